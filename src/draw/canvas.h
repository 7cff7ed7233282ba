/* A sheet to draw on: 8-bit RGB, white at first. Lengths are in pixels, x to the right and y down, (0, 0) the upper
 * left corner of the sheet; edges are antialiased by the part of a pixel that is covered. What lies outside of the
 * sheet is cut off. One thread at a time may use a canvas. */
#ifndef OC_DRAW_CANVAS_H
#define OC_DRAW_CANVAS_H

#include <ocellus/image.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct oc_color {
    uint8_t r, g, b;
} oc_color;

/* Ink, gray ink, rules, paper; and two colours, for and against, that every kind of colour vision distinguishes. */
extern const oc_color OC_INK, OC_QUIET, OC_RULE, OC_PAPER, OC_FOR, OC_AGAINST;

/* From OC_AGAINST at -1 through white at 0 to OC_FOR at 1; from dark blue at 0 to light yellow at 1, ever lighter. */
oc_color oc_color_signed(double value);
oc_color oc_color_scale(double value);

typedef struct oc_rectangle {
    double x, y, width, height;
} oc_rectangle;

typedef struct oc_canvas {
    size_t width, height;
    uint8_t *rgb; /* (height, width, 3) */
    float *mask;  /* (height, width): coverage by the shape in work; all 0 between calls */
} oc_canvas;

/* OC_TOO_LARGE past 20,000 pixels a side, OC_NO_MEMORY. */
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
/* Pixels of 1 or 3 channels, without gaps between rows, over a rectangle whose sides are rounded to whole pixels; each
 * pixel of the canvas takes the value of the pixel that its centre lies on. */
void oc_canvas_pixels(oc_canvas *canvas, oc_rectangle where, oc_pixels pixels);

/* Text in strokes; `size` is the height of a line, capitals are 0.7 of it; y is the base line. Letters outside of ASCII
 * are drawn as an empty box. `align` is the part of the text that lies left of x: 0, 0.5 or 1. */
typedef struct oc_pen {
    double size, align;
    bool bold;
    oc_color color;
} oc_pen;
void oc_canvas_text(oc_canvas *canvas, double x, double y, oc_pen pen, const char *text);
double oc_text_extent(oc_pen pen, const char *text);
/* The same, cut and ended by dots where it would be wider than `room`. */
void oc_canvas_text_cut(oc_canvas *canvas, double x, double y, oc_pen pen, double room, const char *text);

#endif
