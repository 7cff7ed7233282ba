/* Stars, and values laid out over an image. */
#include "src/draw/shapes.h"

#include <math.h>

static double overlap(size_t pixel, double from, double to)
{
    double p = (double)pixel, low = from > p ? from : p, high = to < p + 1 ? to : p + 1;
    return high > low ? high - low : 0;
}

/* Cuts from..to to 0..length, to the nearest pixel where nothing is left. */
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

void oc_spread_evenly(double *map, size_t width, size_t height, double x0, double y0, double x1, double y1,
                      double value)
{
    cut(&x0, &x1, width);
    cut(&y0, &y1, height);
    double density = value / ((x1 - x0) * (y1 - y0));
    for (size_t y = (size_t)y0; y < height && (double)y < y1; y++) {
        double down = overlap(y, y0, y1);
        for (size_t x = (size_t)x0; x < width && (double)x < x1; x++) {
            map[y * width + x] += density * down * overlap(x, x0, x1);
        }
    }
}

void oc_draw_star(oc_canvas *canvas, const oc_star *star, double x, double y, const double *values, size_t count,
                  double sign, double limit)
{
    for (size_t k = 0; k < count; k++) {
        double length = star->radius * fmin(1, sign * values[k] / limit);
        if (!(length > 0.2)) {
            continue;
        }
        double angle = star->first + (double)k * star->step, dx = -sin(angle) * length, dy = cos(angle) * length;
        oc_canvas_line(canvas, star->circle ? x : x - dx, star->circle ? y : y - dy, x + dx, y + dy, star->width,
                       star->color);
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

double oc_draw_limit(const double *values, size_t count)
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
    while (at > 1 && above + bins[at - 1] <= count / 100) {
        above += bins[--at];
    }
    return largest * (double)at / BINS;
}
