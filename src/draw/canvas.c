/* Draws lines, rectangles and pixels on a canvas. A line covers a pixel by the fraction r + 1/2 - d, clamped to 0..1,
 * where d is the distance of the pixel's centre from the line and r half the width of the line. Where segments of one
 * shape overlap, the larger coverage counts; the shape is painted once, so that its joints are not darker. */
#include "src/draw/canvas.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/image/picture.h"

#include <math.h>
#include <string.h>

enum { MAX_SIDE = 20000 };

const oc_color OC_INK = {34, 36, 40}, OC_QUIET = {110, 114, 122}, OC_RULE = {208, 211, 216}, OC_PAPER = {255, 255, 255},
               OC_FOR = {20, 92, 168}, OC_AGAINST = {200, 86, 10};

static uint8_t mix_channel(uint8_t from, uint8_t to, double part)
{
    return (uint8_t)lround(from + part * (to - from));
}

static oc_color mix(oc_color from, oc_color to, double part)
{
    return (oc_color){mix_channel(from.r, to.r, part), mix_channel(from.g, to.g, part),
                      mix_channel(from.b, to.b, part)};
}

static double clamp(double value, double low, double high)
{
    return value > low ? (value < high ? value : high) : low; /* NaN becomes low */
}

oc_color oc_color_signed(double value)
{
    return mix(OC_PAPER, value < 0 ? OC_AGAINST : OC_FOR, clamp(fabs(value), 0, 1));
}

oc_color oc_color_scale(double value)
{
    static const oc_color stops[] = {{18, 26, 74},   {36, 70, 130},   {52, 118, 148},
                                     {92, 166, 140}, {178, 206, 110}, {250, 238, 170}};
    double at = clamp(value, 0, 1) * 5;
    size_t first = at < 4 ? (size_t)at : 4;
    return mix(stops[first], stops[first + 1], at - (double)first);
}

oc_status oc_canvas_create(oc_canvas *canvas, size_t width, size_t height, oc_error *err)
{
    if (width == 0 || height == 0 || width > MAX_SIDE || height > MAX_SIDE) {
        return oc_fail(err, OC_TOO_LARGE, "a picture of %zux%zu pixels; a side has 1 to %d", width, height, MAX_SIDE);
    }
    *canvas = (oc_canvas){width, height, oc_alloc(width * height, 3), oc_alloc(width * height, sizeof(float))};
    if (!canvas->rgb || !canvas->mask) {
        oc_canvas_free(canvas);
        return oc_fail_memory(err, "the picture");
    }
    memset(canvas->rgb, 255, width * height * 3);
    return OC_OK;
}

void oc_canvas_free(oc_canvas *canvas)
{
    oc_free(canvas->rgb);
    oc_free(canvas->mask);
    *canvas = (oc_canvas){0};
}

static size_t to_pixel(double at, size_t limit)
{
    return (size_t)clamp(at, 0, (double)limit);
}

static void paint(oc_canvas *canvas, size_t x, size_t y, oc_color color, double part)
{
    uint8_t *pixel = canvas->rgb + 3 * (y * canvas->width + x);
    oc_color mixed = mix((oc_color){pixel[0], pixel[1], pixel[2]}, color, part);
    pixel[0] = mixed.r;
    pixel[1] = mixed.g;
    pixel[2] = mixed.b;
}

/* The fraction of pixel `at` that is between the two ends. */
static double covered(size_t at, double from, double to)
{
    double p = (double)at;
    return clamp((to < p + 1 ? to : p + 1) - (from > p ? from : p), 0, 1);
}

void oc_canvas_wash(oc_canvas *canvas, oc_rectangle where, oc_color color, double part)
{
    double x = where.x, y = where.y, width = where.width, height = where.height;
    size_t right = to_pixel(ceil(x + width), canvas->width), bottom = to_pixel(ceil(y + height), canvas->height);
    for (size_t i = to_pixel(floor(y), canvas->height); i < bottom; i++) {
        double down = part * covered(i, y, y + height);
        for (size_t j = to_pixel(floor(x), canvas->width); j < right; j++) {
            paint(canvas, j, i, color, down * covered(j, x, x + width));
        }
    }
}

void oc_canvas_fill(oc_canvas *canvas, double x, double y, double width, double height, oc_color color)
{
    oc_canvas_wash(canvas, (oc_rectangle){x, y, width, height}, color, 1);
}

void oc_canvas_frame(oc_canvas *canvas, double x, double y, double width, double height, oc_color color)
{
    double left = round(x) - 1, top = round(y) - 1, right = round(x + width), bottom = round(y + height);
    oc_canvas_fill(canvas, left, top, right - left + 1, 1, color);
    oc_canvas_fill(canvas, left, bottom, right - left + 1, 1, color);
    oc_canvas_fill(canvas, left, top, 1, bottom - top, color);
    oc_canvas_fill(canvas, right, top, 1, bottom - top, color);
}

static double segment_distance(const double *a, const double *b, double x, double y)
{
    double dx = b[0] - a[0], dy = b[1] - a[1], length = dx * dx + dy * dy;
    double t = length > 0 ? clamp(((x - a[0]) * dx + (y - a[1]) * dy) / length, 0, 1) : 0;
    return hypot(a[0] + t * dx - x, a[1] + t * dy - y);
}

/* The pixels that a shape may touch. */
typedef struct touched {
    size_t left, top, right, bottom;
} touched;

/* Marks the pixels near the segment a, b and extends the box to them. */
static void cover(oc_canvas *canvas, const double *a, const double *b, double radius, touched *box)
{
    double reach = radius + 1;
    size_t left = to_pixel(fmin(a[0], b[0]) - reach, canvas->width);
    size_t right = to_pixel(ceil(fmax(a[0], b[0]) + reach), canvas->width);
    size_t top = to_pixel(fmin(a[1], b[1]) - reach, canvas->height);
    size_t bottom = to_pixel(ceil(fmax(a[1], b[1]) + reach), canvas->height);
    for (size_t y = top; y < bottom; y++) {
        float *row = canvas->mask + y * canvas->width;
        for (size_t x = left; x < right; x++) {
            double distance = segment_distance(a, b, (double)x + 0.5, (double)y + 0.5);
            float part = (float)clamp(radius + 0.5 - distance, 0, fmin(1, 2 * radius));
            row[x] = part > row[x] ? part : row[x];
        }
    }
    box->left = left < box->left ? left : box->left;
    box->top = top < box->top ? top : box->top;
    box->right = right > box->right ? right : box->right;
    box->bottom = bottom > box->bottom ? bottom : box->bottom;
}

/* Paints the marked pixels and clears the marks. */
static void paint_marked(oc_canvas *canvas, const touched *box, oc_color color)
{
    for (size_t y = box->top; y < box->bottom; y++) {
        float *row = canvas->mask + y * canvas->width;
        for (size_t x = box->left; x < box->right; x++) {
            if (row[x] > 0) {
                paint(canvas, x, y, color, (double)row[x]);
                row[x] = 0;
            }
        }
    }
}

/* True when all coordinates are finite. */
static bool drawable(const double *points, size_t count)
{
    for (size_t i = 0; i < 2 * count; i++) {
        if (!(fabs(points[i]) < 1e9)) {
            return false;
        }
    }
    return true;
}

void oc_canvas_strokes(oc_canvas *canvas, const double *points, const size_t *ends, size_t lines, double width,
                       oc_color color)
{
    touched box = {canvas->width, canvas->height, 0, 0};
    if (!lines || !drawable(points, ends[lines - 1])) {
        return;
    }
    for (size_t line = 0, i = 0; line < lines; line++) {
        for (; i + 1 < ends[line]; i++) {
            cover(canvas, points + 2 * i, points + 2 * i + 2, width / 2, &box);
        }
        i = ends[line];
    }
    paint_marked(canvas, &box, color);
}

void oc_canvas_polyline(oc_canvas *canvas, const double *points, size_t count, double width, oc_color color)
{
    oc_canvas_strokes(canvas, points, &count, 1, width, color);
}

void oc_canvas_line(oc_canvas *canvas, const double ends[4], double width, oc_color color)
{
    oc_canvas_polyline(canvas, ends, 2, width, color);
}

void oc_canvas_pixels(oc_canvas *canvas, oc_rectangle where, oc_pixels pixels)
{
    size_t columns = pixels.width, rows = pixels.height, channels = pixels.channels;
    size_t stride = oc_pixels_stride(&pixels);
    double left = round(where.x), top = round(where.y);
    double across = round(where.x + where.width) - left, down = round(where.y + where.height) - top;
    size_t right = to_pixel(left + across, canvas->width), bottom = to_pixel(top + down, canvas->height);
    for (size_t i = to_pixel(top, canvas->height); i < bottom; i++) {
        size_t row = (size_t)(((double)i + 0.5 - top) / down * (double)rows);
        for (size_t j = to_pixel(left, canvas->width); j < right; j++) {
            size_t column = (size_t)(((double)j + 0.5 - left) / across * (double)columns);
            const uint8_t *from = pixels.data + (row < rows ? row : rows - 1) * stride +
                                  (column < columns ? column : columns - 1) * channels;
            uint8_t *to = canvas->rgb + 3 * (i * canvas->width + j);
            to[0] = from[0];
            to[1] = from[channels > 1 ? 1 : 0];
            to[2] = from[channels > 1 ? 2 : 0];
        }
    }
}
