/* The pictures of any stage. */
#ifndef OC_FEATURES_PICTURES_H
#define OC_FEATURES_PICTURES_H

#include "features/stage.h"
#include "src/draw/canvas.h"

/* A stage's pictures (stage.h). One that has none of its own gets bars of its values for its row and its weights,
 * and what its values contribute is laid out evenly over the image. */
double oc_stage_aspect(const oc_stage *stage, oc_drawing what);
const char *oc_stage_key(const oc_stage *stage);
oc_status oc_stage_draw(const oc_stage *stage, const oc_sketch *sketch, oc_error *err);
oc_status oc_stage_spread(const oc_stage *stage, const oc_image *image, const double *given, const double *fixed,
                          double *map, oc_error *err);

/* The image in a sketch's frame, pale enough to draw on; colour with `color`. */
void oc_draw_pale(const oc_sketch *sketch, bool color);

#endif
