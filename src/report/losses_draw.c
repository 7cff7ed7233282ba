/* Pictures of losses: curves over linear or logarithmic axes, a map with contour lines for a plane. */
#include <ocellus/show.h>

#include "src/base/fail.h"
#include "src/base/locale.h"
#include "src/base/memory.h"
#include "src/draw/page.h"

#include <math.h>
#include <stdio.h>

/* The plotting area: low_x and low_y are at its left and bottom, high_x and high_y at its right and top. */
typedef struct axes {
    oc_canvas *canvas;
    double x, y, width, height;
    double low_x, high_x, low_y, high_y;
    bool log_x;
} axes;

static double part_of(double value, double low, double high, bool logarithmic)
{
    return logarithmic ? log10(value / low) / log10(high / low) : (value - low) / (high - low);
}

static double to_x(const axes *a, double value)
{
    return a->x + a->width * part_of(value, a->low_x, a->high_x, a->log_x);
}

static double to_y(const axes *a, double value)
{
    return a->y + a->height * (1 - part_of(value, a->low_y, a->high_y, false));
}

/* 1, 2 or 5 times a power of ten, so that there are about `wanted` ticks between low and high. */
static double tick_step(double low, double high, double wanted)
{
    double rough = (high - low) / wanted, unit = pow(10, floor(log10(rough))), times = rough / unit;
    return unit * (times < 1.5 ? 1 : times < 3.5 ? 2 : times < 7.5 ? 5 : 10);
}

static void put_tick(const axes *a, bool across, double value, const char *text)
{
    oc_pen pen = oc_page_pen(19, across ? 0.5 : 1, false, OC_INK);
    if (across) {
        oc_canvas_fill(a->canvas, to_x(a, value) - 0.5, a->y, 1, a->height, OC_RULE);
        oc_canvas_text(a->canvas, to_x(a, value), a->y + a->height + 28, pen, text);
    } else {
        oc_canvas_fill(a->canvas, a->x, to_y(a, value) - 0.5, a->width, 1, OC_RULE);
        oc_canvas_text(a->canvas, a->x - 12, to_y(a, value) + 7, pen, text);
    }
}

static void put_ticks(const axes *a, bool across)
{
    double low = across ? a->low_x : a->low_y, high = across ? a->high_x : a->high_y;
    char text[40];
    if (across && a->log_x) {
        double decades = log10(high / low), every = ceil(decades / 9);
        for (double e = ceil(log10(low) - 1e-9); e <= log10(high) + 1e-9; e++) {
            bool shown = fmod(fabs(e), every) < 0.5 || decades < 1;
            oc_snprintf(text, sizeof text, fabs(e) < 3.5 ? "%g" : "1e%.0f", fabs(e) < 3.5 ? pow(10, e) : e);
            put_tick(a, across, pow(10, e), shown ? text : "");
        }
        return;
    }
    double step = tick_step(low, high, 6);
    for (double at = ceil(low / step - 1e-9); at * step <= high + 1e-9 * step; at++) {
        oc_snprintf(text, sizeof text, "%g", at == 0 ? 0 : at * step);
        put_tick(a, across, at * step, text);
    }
}

static void put_axes(const axes *a, const char *below, const char *above)
{
    put_ticks(a, true);
    put_ticks(a, false);
    oc_canvas_frame(a->canvas, a->x, a->y, a->width, a->height, OC_QUIET);
    oc_canvas_text(a->canvas, a->x + a->width / 2, a->y + a->height + 64, oc_page_pen(21, 0.5, false, OC_INK), below);
    oc_canvas_text(a->canvas, a->x, a->y - 14, oc_page_pen(21, 0, false, OC_INK), above);
}

static void find_range(const double *values, size_t count, double *low, double *high)
{
    *low = *high = values[0];
    for (size_t i = 1; i < count; i++) {
        *low = fmin(*low, values[i]);
        *high = fmax(*high, values[i]);
    }
    /* Of values that differ by rounding alone, the ticks would be closer together than neighbouring numbers. */
    if (!(*high - *low > 1e-6 * fabs(*high))) {
        *high = *low + fmax(1e-6, fabs(*low) * 1e-6);
    }
}

/* Draws a dot at the trained weights. */
static void mark(const axes *a, double x, double y)
{
    oc_canvas_line(a->canvas, (const double[]){x, y, x, y}, 13, OC_AGAINST);
}

static oc_status draw_curve(const oc_losses *l, axes a, oc_error *err)
{
    double *points = oc_alloc(l->count, 2 * sizeof *points), low, high;
    if (!points) {
        return oc_fail_memory(err, "the picture");
    }
    find_range(l->loss, l->count, &low, &high);
    a.log_x = l->kind == OC_LANDSCAPE_STEPS;
    high = a.log_x ? fmin(high, 1.5 * l->start) : high; /* the curve of too long steps is clipped at the top */
    a.low_x = l->at[0];
    a.high_x = l->at[l->count - 1];
    a.low_y = low - 0.06 * (high - low);
    a.high_y = high + 0.06 * (high - low);
    put_axes(&a, l->kind == OC_LANDSCAPE_STEPS ? "step size a" : "a", "loss");
    size_t count = 0;
    for (bool inside = true; count < l->count && inside; count++) {
        points[2 * count] = to_x(&a, l->at[count]);
        points[2 * count + 1] = to_y(&a, l->loss[count]);
        inside = points[2 * count + 1] >= a.y;
    }
    double *last = points + 2 * count - 2;
    if (count > 1 && last[1] < a.y) {
        last[0] = last[-2] + (last[0] - last[-2]) * (a.y - last[-1]) / (last[1] - last[-1]);
        last[1] = a.y;
    }
    oc_canvas_polyline(a.canvas, points, count, 3.2, OC_FOR);
    double x = l->kind == OC_LANDSCAPE_STEPS ? a.x : to_x(&a, 0), y = to_y(&a, l->start);
    mark(&a, x, y);
    oc_free(points);
    return OC_OK;
}

static double at_cell(const oc_losses *l, size_t x, size_t y)
{
    return l->loss[y * l->count + x];
}

/* The loss between the points of the grid, by bilinear interpolation. */
static double interpolate(const oc_losses *l, double x, double y)
{
    size_t last = l->count - 2, i = (size_t)x < last ? (size_t)x : last, j = (size_t)y < last ? (size_t)y : last;
    double u = x - (double)i, v = y - (double)j;
    return (1 - v) * ((1 - u) * at_cell(l, i, j) + u * at_cell(l, i + 1, j)) +
           v * ((1 - u) * at_cell(l, i, j + 1) + u * at_cell(l, i + 1, j + 1));
}

/* Draws the contour lines of `level`: in each cell, segments between the crossings of its sides (marching squares). */
static void draw_contour(const oc_losses *l, const axes *a, double level)
{
    for (size_t j = 0; j + 1 < l->count; j++) {
        for (size_t i = 0; i + 1 < l->count; i++) {
            size_t corner[5][2] = {{i, j}, {i + 1, j}, {i + 1, j + 1}, {i, j + 1}, {i, j}};
            double crossing[2][4]; /* up to two segments */
            size_t found = 0;
            for (size_t k = 0; k < 4; k++) {
                double from = at_cell(l, corner[k][0], corner[k][1]);
                double to = at_cell(l, corner[k + 1][0], corner[k + 1][1]);
                if ((from < level) != (to < level)) {
                    double t = (level - from) / (to - from);
                    double x = (double)corner[k][0] + t * ((double)corner[k + 1][0] - (double)corner[k][0]);
                    double y = (double)corner[k][1] + t * ((double)corner[k + 1][1] - (double)corner[k][1]);
                    double *end = &crossing[found / 2][found % 2 * 2];
                    end[0] = a->x + a->width * x / (double)(l->count - 1);
                    end[1] = a->y + a->height * (1 - y / (double)(l->count - 1));
                    found++;
                }
            }
            for (size_t k = 0; k < found / 2; k++) {
                oc_canvas_line(a->canvas, crossing[k], 1.2, OC_PAPER);
            }
        }
    }
}

static void draw_scale(const axes *a, double low, double high)
{
    double x = a->x + a->width + 50, wide = 26, step = tick_step(low, high, 6);
    char text[40];
    for (double y = 0; y < a->height; y++) {
        oc_canvas_fill(a->canvas, x, a->y + y, wide, 1, oc_color_scale(1 - (y + 0.5) / a->height));
    }
    oc_canvas_frame(a->canvas, x, a->y, wide, a->height, OC_QUIET);
    for (double at = ceil(low / step); at * step <= high; at++) {
        double y = a->y + a->height * (1 - (at * step - low) / (high - low));
        oc_snprintf(text, sizeof text, "%g", at * step);
        oc_canvas_fill(a->canvas, x + wide, y - 0.5, 6, 1, OC_QUIET);
        oc_canvas_text(a->canvas, x + wide + 12, y + 7, oc_page_pen(19, 0, false, OC_INK), text);
    }
    oc_canvas_text(a->canvas, x, a->y - 14, oc_page_pen(21, 0, false, OC_INK), "loss");
}

static void draw_plane(const oc_losses *l, axes a)
{
    double low, high, cells = (double)(l->count - 1);
    find_range(l->loss, l->count * l->count, &low, &high);
    a.low_x = a.low_y = -l->reach;
    a.high_x = a.high_y = l->reach;
    put_axes(&a, "a", "b");
    for (size_t y = 0; y < (size_t)a.height; y++) {
        for (size_t x = 0; x < (size_t)a.width; x++) {
            double loss = interpolate(l, ((double)x + 0.5) / a.width * cells,
                                      (1 - ((double)y + 0.5) / a.height) * cells);
            oc_canvas_fill(a.canvas, a.x + (double)x, a.y + (double)y, 1, 1,
                           oc_color_scale((loss - low) / (high - low)));
        }
    }
    double step = tick_step(low, high, 12);
    for (double at = ceil(low / step); at * step <= high; at++) {
        draw_contour(l, &a, at * step);
    }
    mark(&a, to_x(&a, 0), to_y(&a, 0));
    draw_scale(&a, low, high);
}

oc_status oc_show_losses(const oc_model *model, const oc_losses *l, const char *path, oc_error *err)
{
    static const char *const titles[] = {"Loss along a random ray", "Loss over a random plane", "One step downhill"};
    static const char *const what[] = {"W + a U: W the trained weights, U a random direction with the norm of W",
                                       "W + a U + b V: W the trained weights, U and V random, with the norm of W",
                                       "W - a dL/dW: W random weights of standard deviation 1e-4"};
    bool plane = l->kind == OC_LANDSCAPE_PLANE;
    double width = plane ? 1010 : 1100, height = plane ? 900 : 720;
    char subtitle[200];
    oc_train_options options = oc_model_train_options(model);
    char loss[40];
    oc_param_format(oc_params_find(oc_train_params, oc_train_param_count, "loss"), &options, loss, sizeof loss);
    oc_snprintf(subtitle, sizeof subtitle, "mean %s loss of %zu rows, %.4g at the dot", loss, l->rows, l->start);
    oc_panel panel = {.caption = what[l->kind], .aspect = width / height, .height = height};
    oc_page page = {.title = titles[l->kind], .subtitle = subtitle, .panels = &panel, .count = 1, .widest = 2000};
    oc_status status = oc_page_lay_out(&page, err);
    if (status == OC_OK) {
        axes a = {
            .canvas = &page.canvas, .x = panel.x + 84, .y = panel.y + 44, .width = width - 94, .height = height - 124};
        if (plane) {
            a.width = a.height;
            draw_plane(l, a);
        } else {
            status = draw_curve(l, a, err);
        }
    }
    return oc_page_finish(&page, status, path, err);
}
