/* What the pictures of several stages are made of. */
#ifndef OC_DRAW_SHAPES_H
#define OC_DRAW_SHAPES_H

#include "src/draw/canvas.h"

/* Adds `value` to the pixels of the map inside the box, evenly by area. The part of a box that lies inside the map
 * takes the whole value; a box entirely outside adds it to the nearest pixel. */
typedef struct oc_map {
    double *values; /* (height, width) */
    size_t width, height;
} oc_map;
typedef struct oc_box {
    double x0, y0, x1, y1;
} oc_box;
void oc_spread_evenly(oc_map map, oc_box box, double value);

/* A star of lines through (x, y). Line k stands for gradients in the direction first + k * step (radians) and is drawn
 * along the edge, at right angles to the gradient. Each half of it is radius * min(1, values[k] / limit) long; nothing
 * is drawn where that is negative, so that a negative limit draws the negative values. Where the directions cover the
 * whole circle only one half is drawn. */
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
/* The value that at most `share` (0 to 1) of the absolute values exceed: where these are cut off, they do not leave the
 * others pale or short. */
double oc_draw_limit(const double *values, size_t count, double share);

#endif
