/* Shapes that the pictures of several stages have in common. */
#ifndef OC_DRAW_SHAPES_H
#define OC_DRAW_SHAPES_H

#include "src/draw/canvas.h"

/* oc_spread_evenly adds `value` to the pixels of the map inside the box, in proportion to their area in the box. When
 * only a part of the box is inside the map, that part gets the whole value; when none is, the nearest pixel gets it. */
typedef struct oc_map {
    double *values; /* (height, width) */
    size_t width, height;
} oc_map;
typedef struct oc_box {
    double x0, y0, x1, y1;
} oc_box;
void oc_spread_evenly(oc_map map, oc_box box, double value);

/* A star of lines through (x, y). Line k shows gradients in the direction first + k * step (radians); it is drawn along
 * the edge, at right angles to the gradient. Each half of the line has the length radius * min(1, values[k] / limit); a
 * line of negative length is not drawn, so that a negative limit draws the negative values. When the directions cover
 * the whole circle, only one half of each line is drawn. */
typedef struct oc_star {
    double first, step, radius, width;
    size_t lines;
    double limit;
    bool circle; /* the directions cover 360 degrees, not 180 */
    oc_color color;
} oc_star;
void oc_draw_star(oc_canvas *canvas, const oc_star *star, double x, double y, const double *values);

/* The largest absolute value, but at least 1e-30: a safe divisor. */
double oc_largest(const float *values, size_t count);
/* The value that at most the fraction `share` (0 to 1) of the absolute values exceed. Used as upper limit of a picture,
 * so that a few large values do not make all others pale or short. */
double oc_draw_limit(const double *values, size_t count, double share);

#endif
