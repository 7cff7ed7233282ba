/* The descriptors of an image. */
#ifndef OC_FEATURES_WORDS_PATCH_H
#define OC_FEATURES_WORDS_PATCH_H

#include "features/words/plan.h"
#include "features/words/sift.h"

/* The place of each value in the mirrored descriptor. */
void oc_words_mirror_order(const oc_words_params *params, uint32_t *order);

/* An image whose descriptors are computed. */
typedef struct oc_words_view {
    const oc_words_params *params; /* of the plan */
    const oc_image *image;
    size_t planes;
    oc_sift_view sift[3]; /* of luma and, for descriptor=opponent-sift, of the opponent colours */
} oc_words_view;

/* OC_NO_MEMORY */
oc_status oc_words_view_create(oc_words_view *view, const oc_words_plan *plan, const oc_image *image, oc_arena *arena,
                               oc_error *err);
/* Writes the descriptors (count, depth) at the places. */
void oc_words_describe(oc_words_view *view, const oc_words_place *places, size_t count, float *out);

#endif
