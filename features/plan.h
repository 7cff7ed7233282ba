/* Plans of stages, for the pipeline that owns them. */
#ifndef OC_FEATURES_PLAN_H
#define OC_FEATURES_PLAN_H

#include "features/stage.h"

/* Plans a stage for images of that size, or of the stage's own; *plan is unchanged on failure. */
oc_status oc_plan_make(const oc_stage *stage, size_t width, size_t height, oc_plan *plan, oc_error *err);
void oc_plan_free(oc_plan *plan);

/* The name of value j without that of the stage, such as y2.x1.b4; truncates like snprintf, whose result it returns. */
size_t oc_plan_column(const oc_plan *plan, size_t j, char *text, size_t size);

#endif
