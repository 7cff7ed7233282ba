/* What the pictures of several stages share. */
#ifndef OC_FEATURES_DRAW_H
#define OC_FEATURES_DRAW_H

#include "features/stage.h"

/* A stage's pictures (stage.h). One that has none of its own gets bars of its values for its row and its weights,
 * and what its values contribute is laid out evenly over the image. */
double oc_stage_aspect(const oc_stage *stage, oc_drawing what);
const char *oc_stage_key(const oc_stage *stage);
oc_status oc_stage_draw(const oc_stage *stage, const oc_sketch *sketch, oc_error *err);
oc_status oc_stage_spread(const oc_stage *stage, const oc_image *image, const double *given, const double *fixed,
                          double *map, oc_error *err);

/* Adds `value` to the pixels of map (height, width) under the rectangle x0..x1, y0..y1, evenly by area; of a rectangle
 * that reaches over the border the part inside takes all. Outside altogether, the nearest pixel does. */
void oc_spread_evenly(double *map, size_t width, size_t height, double x0, double y0, double x1, double y1,
                      double value);

/* The image in a sketch's frame, pale enough to draw on; colour with `color`. */
void oc_draw_pale(const oc_sketch *sketch, bool color);

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
