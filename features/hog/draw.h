/* Pictures of rows and weights of the stage hog; see oc_stage_type. */
#ifndef OC_FEATURES_HOG_DRAW_H
#define OC_FEATURES_HOG_DRAW_H

#include "features/stage.h"

double oc_hog_aspect(const oc_stage *stage, oc_drawing what);
const char *oc_hog_key(const oc_stage *stage);
oc_status oc_hog_draw(const oc_stage *stage, const oc_sketch *sketch, oc_error *err);
oc_status oc_hog_spread(const oc_stage *stage, const oc_image *image, const double *given, const double *fixed,
                        double *map, oc_error *err);

#endif
