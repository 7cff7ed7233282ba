/* Helpers of the stages' pictures. */
#include "features/draw.h"

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

void oc_draw_pale(const oc_sketch *s, bool color)
{
    oc_canvas_pixels(s->canvas, s->x, s->y, s->width, s->height, color ? s->image->rgb : s->image->gray,
                     s->image->width, s->image->height, color ? 3 : 1);
    oc_canvas_wash(s->canvas, s->x, s->y, s->width, s->height, OC_PAPER, 0.55);
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

/* Bars from a middle line, up and down, or from the ground where no value is below 0. Of more values than MOST_BARS
 * each bar is the largest of its share. */
static void draw_bars(const oc_stage *stage, const oc_sketch *s)
{
    enum { MOST_BARS = 128 };
    size_t n = stage->dimension, bars = n < MOST_BARS ? n : MOST_BARS;
    double largest = oc_largest(s->row, n), width = s->width / (double)bars;
    bool both = s->what == OC_DRAW_WEIGHTS;
    for (size_t j = 0; j < n && !both; j++) {
        both = s->row[j] < 0;
    }
    double room = both ? s->height / 2 : s->height, ground = s->y + room;
    for (size_t b = 0; b < bars; b++) {
        double value = 0;
        for (size_t j = b * n / bars; j < (b + 1) * n / bars; j++) {
            value = fabs((double)s->row[j]) > fabs(value) ? (double)s->row[j] : value;
        }
        double height = room * fabs(value) / largest;
        oc_canvas_fill(s->canvas, s->x + (double)b * width, value > 0 ? ground - height : ground, width, height,
                       both ? oc_color_signed(value > 0 ? 1 : -1) : OC_QUIET);
    }
    oc_canvas_frame(s->canvas, s->x, s->y, s->width, s->height, OC_RULE);
}

double oc_stage_aspect(const oc_stage *stage, oc_drawing what)
{
    if (stage->type->aspect) {
        return stage->type->aspect(stage, what);
    }
    return what == OC_DRAW_LEARNED ? 0 : 2;
}

const char *oc_stage_key(const oc_stage *stage)
{
    return stage->type->key ? stage->type->key(stage) : "bars up speak for the class, bars down against it";
}

oc_status oc_stage_draw(const oc_stage *stage, const oc_sketch *sketch, oc_error *err)
{
    if (stage->type->draw) {
        return stage->type->draw(stage, sketch, err);
    }
    draw_bars(stage, sketch);
    return OC_OK;
}

oc_status oc_stage_spread(const oc_stage *stage, const oc_image *image, const double *given, const double *fixed,
                          double *map, oc_error *err)
{
    if (stage->type->spread) {
        return stage->type->spread(stage, image, given, fixed, map, err);
    }
    double sum = 0, width = (double)image->width, height = (double)image->height;
    for (size_t j = 0; j < stage->dimension; j++) {
        sum += given[j] + fixed[j];
    }
    oc_spread_evenly(map, image->width, image->height, 0, 0, width, height, sum);
    return OC_OK;
}
