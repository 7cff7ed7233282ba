/* What the pictures of several stages are made of. */
#ifndef OC_DRAW_SHAPES_H
#define OC_DRAW_SHAPES_H

#include "src/draw/canvas.h"

/* Adds `value` to the pixels of map (height, width) under the rectangle x0..x1, y0..y1, evenly by area; of a rectangle
 * that reaches over the border the part inside takes all. Outside altogether, the nearest pixel does. */
void oc_spread_evenly(double *map, size_t width, size_t height, double x0, double y0, double x1, double y1,
                      double value);

/* Lines through (x, y) of which line k stands for gradients at `first` + k `step` radians, and runs along the edge that
 * has them, at right angles. Its length is `radius` for values[k * stride] = limit, nothing from 0 downwards. Whole
 * circles are drawn as half lines. */
typedef struct oc_star {
    double first, step, radius, width;
    bool circle;
    oc_color color;
} oc_star;
void oc_draw_star(oc_canvas *canvas, const oc_star *star, double x, double y, const double *values, size_t count,
                  double sign, double limit);

/* The largest absolute value; at least a tiny number, so that one can divide by it. */
double oc_largest(const float *values, size_t count);
/* The same but for the topmost hundredth, which would leave the others pale or short. */
double oc_draw_limit(const double *values, size_t count);

#endif
