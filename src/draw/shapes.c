/* Draws stars of lines, and spreads values over an image. */
#include "src/draw/shapes.h"

#include <math.h>

static double overlap(size_t pixel, double from, double to)
{
    double p = (double)pixel, low = from > p ? from : p, high = to < p + 1 ? to : p + 1;
    return high > low ? high - low : 0;
}

/* Clips from..to to 0..length; an empty interval becomes the nearest pixel. */
static void cut(double *from, double *to, size_t length)
{
    double last = (double)length;
    *from = *from < 0 ? 0 : *from;
    *to = *to > last ? last : *to;
    if (!(*to > *from)) {
        *from = *from < last - 1 ? floor(*from) : last - 1;
        *to = *from + 1;
    }
}

void oc_spread_evenly(oc_map map, oc_box box, double value)
{
    cut(&box.x0, &box.x1, map.width);
    cut(&box.y0, &box.y1, map.height);
    double density = value / ((box.x1 - box.x0) * (box.y1 - box.y0));
    for (size_t y = (size_t)box.y0; y < map.height && (double)y < box.y1; y++) {
        double down = overlap(y, box.y0, box.y1);
        for (size_t x = (size_t)box.x0; x < map.width && (double)x < box.x1; x++) {
            map.values[y * map.width + x] += density * down * overlap(x, box.x0, box.x1);
        }
    }
}

void oc_draw_star(oc_canvas *canvas, const oc_star *star, double x, double y, const double *values)
{
    for (size_t k = 0; k < star->lines; k++) {
        double length = star->radius * fmin(1, values[k] / star->limit);
        if (!(length > 0.2)) {
            continue;
        }
        double angle = star->first + (double)k * star->step, dx = -sin(angle) * length, dy = cos(angle) * length;
        double ends[4] = {star->circle ? x : x - dx, star->circle ? y : y - dy, x + dx, y + dy};
        oc_canvas_line(canvas, ends, star->width, star->color);
    }
}

double oc_largest(const float *values, size_t count)
{
    double largest = 1e-30;
    for (size_t i = 0; i < count; i++) {
        double size = fabs((double)values[i]);
        largest = size > largest ? size : largest;
    }
    return largest;
}

double oc_draw_limit(const double *values, size_t count, double share)
{
    enum { BINS = 1000 };
    size_t bins[BINS] = {0}, above = 0, at = BINS;
    double largest = 1e-30;
    for (size_t i = 0; i < count; i++) {
        largest = fmax(largest, fabs(values[i]));
    }
    for (size_t i = 0; i < count; i++) {
        bins[(size_t)(fabs(values[i]) / largest * (BINS - 1))]++;
    }
    size_t most = (size_t)(share * (double)count);
    while (at > 1 && above + bins[at - 1] <= most) {
        above += bins[--at];
    }
    return largest * (double)at / BINS;
}
