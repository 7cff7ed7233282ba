/* A canvas: 8-bit RGB pixels, white at first. Lengths are in pixels, x to the right and y down; (0, 0) is the upper
 * left corner. Edges are antialiased by the covered fraction of each pixel. Shapes are clipped to the canvas. One
 * thread at a time may use a canvas. */
#ifndef OC_DRAW_CANVAS_H
#define OC_DRAW_CANVAS_H

#include <ocellus/image.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct oc_color {
    uint8_t r, g, b;
} oc_color;

/* Ink, gray ink, rules, paper; and two colours, for and against, that colour-blind people can distinguish. */
extern const oc_color OC_INK, OC_QUIET, OC_RULE, OC_PAPER, OC_FOR, OC_AGAINST;

/* oc_color_signed: OC_AGAINST at -1, white at 0, OC_FOR at 1. oc_color_scale: from dark blue at 0 to light yellow at 1,
 * with increasing lightness. */
oc_color oc_color_signed(double value);
oc_color oc_color_scale(double value);

typedef struct oc_rectangle {
    double x, y, width, height;
} oc_rectangle;

typedef struct oc_canvas {
    size_t width, height;
    uint8_t *rgb; /* (height, width, 3) */
    float *mask;  /* (height, width): coverage by the current shape; all 0 between calls */
} oc_canvas;

/* OC_TOO_LARGE when a side is 0 or more than 20,000 pixels, OC_NO_MEMORY. */
oc_status oc_canvas_create(oc_canvas *canvas, size_t width, size_t height, oc_error *err);
void oc_canvas_free(oc_canvas *canvas);

void oc_canvas_fill(oc_canvas *canvas, double x, double y, double width, double height, oc_color color);
/* Mixes the colour with the canvas: `part` of the new colour, 0 to 1. */
void oc_canvas_wash(oc_canvas *canvas, oc_rectangle where, oc_color color, double part);
/* The outline of a rectangle, one pixel wide, just outside of it. */
void oc_canvas_frame(oc_canvas *canvas, double x, double y, double width, double height, oc_color color);
/* Lines have round ends and joints. ends: x0, y0, x1, y1; points (count, 2). */
void oc_canvas_line(oc_canvas *canvas, const double ends[4], double width, oc_color color);
void oc_canvas_polyline(oc_canvas *canvas, const double *points, size_t count, double width, oc_color color);
/* One shape of several polylines: points (ends[lines - 1], 2), line i from the end of line i - 1 up to ends[i]. */
void oc_canvas_strokes(oc_canvas *canvas, const double *points, const size_t *ends, size_t lines, double width,
                       oc_color color);
/* Draws pixels (height, width, 1 or 3 channels), without gaps between rows, over a rectangle whose sides are rounded to
 * whole pixels. Each pixel of the canvas gets the value of the pixel that contains its centre. */
void oc_canvas_pixels(oc_canvas *canvas, oc_rectangle where, oc_pixels pixels);

/* Draws text in strokes; y is the base line. `size` is the height of a line; the height of capitals is 0.7 of it.
 * Letters outside of ASCII are drawn as an empty box. `align` is the fraction of the text that is left of x: 0, 0.5 or
 * 1. */
typedef struct oc_pen {
    double size, align;
    bool bold;
    oc_color color;
} oc_pen;
void oc_canvas_text(oc_canvas *canvas, double x, double y, oc_pen pen, const char *text);
double oc_text_extent(oc_pen pen, const char *text);
/* The same; text wider than `room` is cut and ends with dots. */
void oc_canvas_text_cut(oc_canvas *canvas, double x, double y, oc_pen pen, double room, const char *text);

#endif
