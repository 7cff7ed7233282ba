/* The plan of the stage words: where descriptors are taken in images of one size. */
#ifndef OC_FEATURES_WORDS_PLAN_H
#define OC_FEATURES_WORDS_PLAN_H

#include "features/words/layout.h"

typedef struct oc_words_plan {
    oc_words_params params; /* with the stride and the cells for this size of images */
    size_t width, height;
    size_t place_count;
    oc_words_place places[]; /* as oc_words_places orders them */
} oc_words_plan;

/* For oc_stage_type. */
oc_status oc_words_plan_make(const void *params, oc_plan *plan, oc_error *err);
void oc_words_mirror_columns(const oc_stage *stage, uint32_t *order);

#endif
