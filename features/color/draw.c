/* color: pictures of histograms. One bar a bin in the bin's own colour, region by region as they lie in the image;
 * up for positive values, down for negative ones. Of a joint histogram only the largest bars are drawn, in order. */
#include "features/color/draw.h"

#include "features/color/histogram.h"
#include "src/base/fail.h"
#include "src/draw/shapes.h"

#include <math.h>
#include <stdlib.h>

enum { MAX_BARS = 24 };

static double aspect(const oc_stage *stage, oc_drawing kind)
{
    (void)stage;
    return kind >= OC_DRAW_LEARNED ? 0 : 1.5;
}

static uint8_t to_level(double value)
{
    return (uint8_t)lround(255 * fmin(1, fmax(0, value)));
}

/* Hue, saturation and value, each 0..1. */
static oc_color from_hsv(double h, double s, double v)
{
    double channel[3];
    for (int c = 0; c < 3; c++) {
        double k = fmod(5 - 2 * c + 6 * h, 6);
        channel[c] = v - v * s * fmax(0, fmin(1, fmin(k, 4 - k)));
    }
    return (oc_color){to_level(channel[0]), to_level(channel[1]), to_level(channel[2])};
}

static double from_linear(double c)
{
    return c <= 0.0031308 ? 12.92 * c : 1.055 * pow(c, 1 / 2.4) - 0.055;
}

/* CIE Lab under daylight D65 to sRGB. */
static oc_color from_lab(double l, double a, double b)
{
    double f[3] = {(l + 16) / 116 + a / 500, (l + 16) / 116, (l + 16) / 116 - b / 200};
    static const double white[3] = {0.950456, 1, 1.088754};
    for (int i = 0; i < 3; i++) {
        f[i] = white[i] * (f[i] > 6.0 / 29 ? f[i] * f[i] * f[i] : 3 * 36.0 / 841 * (f[i] - 4.0 / 29));
    }
    return (oc_color){to_level(from_linear(3.2404542 * f[0] - 1.5371385 * f[1] - 0.4985314 * f[2])),
                      to_level(from_linear(-0.9692660 * f[0] + 1.8760108 * f[1] + 0.0415560 * f[2])),
                      to_level(from_linear(0.0556434 * f[0] - 0.2040259 * f[1] + 1.0572252 * f[2]))};
}

/* The colour in the middle of a bin. Histograms of single channels have the colour of their channel. */
static oc_color bin_color(const oc_histogram *h, size_t k)
{
    double n = (double)h->bins, p[3];
    size_t channel = k / h->bins;
    p[0] = ((double)(h->joint ? k / (h->bins * h->bins) : k % h->bins) + 0.5) / n;
    p[1] = ((double)(k / h->bins % h->bins) + 0.5) / n;
    p[2] = ((double)(k % h->bins) + 0.5) / n;
    if (h->joint) {
        return h->space == OC_SPACE_RGB   ? (oc_color){to_level(p[0]), to_level(p[1]), to_level(p[2])}
               : h->space == OC_SPACE_LAB ? from_lab(100 * p[0], 255 * p[1] - 128, 255 * p[2] - 128)
                                          : from_hsv(p[0], p[1], p[2]);
    }
    if (h->space == OC_SPACE_RGB) {
        return (oc_color){to_level(channel == 0 ? p[0] : 0), to_level(channel == 1 ? p[0] : 0),
                          to_level(channel == 2 ? p[0] : 0)};
    }
    if (h->space == OC_SPACE_LAB) {
        double chroma = 255 * p[0] - 128;
        return from_lab(channel == 0 ? 100 * p[0] : 65, channel == 1 ? chroma : 0, channel == 2 ? chroma : 0);
    }
    return channel == 0 ? from_hsv(p[0], 0.85, 0.9) : channel == 1 ? from_hsv(0.92, p[0], 0.8) : from_hsv(0, 0, p[0]);
}

typedef struct bar {
    float value;
    size_t bin;
} bar;

/* The largest first, negative values last; of equal ones the lower bin. */
static int by_value(const void *a, const void *b)
{
    const bar *one = a, *other = b;
    return one->value > other->value   ? -1
           : one->value < other->value ? 1
           : one->bin < other->bin     ? -1
                                       : one->bin > other->bin;
}

/* Picks the values of a region that are drawn; bars has room for all. Returns their number. */
static size_t pick(const oc_histogram *h, const float *values, bar *bars)
{
    for (size_t k = 0; k < h->size; k++) {
        bars[k] = (bar){values[k], k};
    }
    if (!h->joint) {
        return h->size;
    }
    qsort(bars, h->size, sizeof *bars, by_value);
    size_t shown = h->size < MAX_BARS ? h->size : MAX_BARS;
    bool negative = bars[h->size - 1].value < 0;
    for (size_t i = shown / 2; negative && i < shown; i++) { /* half of them from either end */
        bars[i] = bars[h->size - shown + i];
    }
    while (!negative && shown > 1 && !(bars[shown - 1].value > 0)) {
        shown--;
    }
    return shown;
}

typedef struct frame {
    double x, y, width, height;
    double limit; /* the value whose bar fills the frame */
} frame;

/* The bars of one region. */
static void draw_bars(const oc_histogram *h, const bar *bars, size_t count, const oc_draw_request *s, frame f)
{
    bool weights = s->kind == OC_DRAW_WEIGHTS;
    double gaps = h->joint ? 0 : (double)(h->channels - 1), places = h->joint && !weights ? MAX_BARS : (double)count;
    double wide = f.width / (places + gaps), room = f.height * (weights ? 0.5 : 1), zero = f.y + room;
    for (size_t i = 0; i < count; i++) {
        double length = 0.96 * room * fmin(1, fabs((double)bars[i].value) / f.limit);
        double x = f.x + wide * ((double)i + (h->joint ? 0 : (double)(i / h->bins)));
        double top = bars[i].value > 0 ? zero - length : zero;
        oc_color color = bin_color(h, bars[i].bin);
        if (length > 0.3) {
            oc_canvas_fill(s->canvas, x + 0.06 * wide, top, 0.88 * wide, length, color);
            if (color.r + color.g + color.b > 640) {
                oc_canvas_frame(s->canvas, x + 0.06 * wide + 1, top + 1, 0.88 * wide - 2, length - 2, OC_RULE);
            }
        }
    }
    oc_canvas_fill(s->canvas, f.x, zero - 0.5, f.width, 1, OC_QUIET);
}

static const char *legend(const oc_stage *stage)
{
    (void)stage;
    return "colours above the line speak for the class, those below it against it";
}

static oc_status draw(const oc_stage *stage, const oc_draw_request *s, oc_error *err)
{
    const oc_histogram *h = &((const oc_color_plan *)stage->plan.own)->histogram;
    bar *bars = oc_alloc(h->size, sizeof *bars);
    if (!bars) {
        return oc_fail_memory(err, "the picture");
    }
    double limit = oc_largest(s->row, stage->plan.dimension), wide = s->width / (double)h->grid;
    double high = s->height / (double)h->grid, gap = h->grid > 1 ? 0.06 : 0.02;
    for (size_t i = 0; i < h->grid * h->grid; i++) {
        double left = s->x + (double)(i % h->grid) * wide, top = s->y + (double)(i / h->grid) * high;
        frame f = {s->x + ((double)(i % h->grid) + gap) * wide, s->y + ((double)(i / h->grid) + gap) * high,
                   (1 - 2 * gap) * wide, (1 - 2 * gap) * high, limit};
        size_t shown = pick(h, s->row + i * h->size, bars);
        draw_bars(h, bars, shown, s, f);
        oc_canvas_frame(s->canvas, left, top, wide, high, OC_RULE);
    }
    oc_free(bars);
    return OC_OK;
}

const oc_stage_pictures oc_color_pictures = {aspect, legend, draw, oc_histogram_attribute};
