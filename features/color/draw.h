/* Pictures of rows and weights of the stage color; see oc_stage_type. */
#ifndef OC_FEATURES_COLOR_DRAW_H
#define OC_FEATURES_COLOR_DRAW_H

#include "features/stage.h"

double oc_histogram_aspect(const oc_stage *stage, oc_drawing what);
const char *oc_histogram_key(const oc_stage *stage);
oc_status oc_histogram_draw(const oc_stage *stage, const oc_sketch *sketch, oc_error *err);

#endif
