/* An image as codes of words. */
#ifndef OC_FEATURES_WORDS_ENCODE_H
#define OC_FEATURES_WORDS_ENCODE_H

#include "features/words/codebook.h"
#include "features/words/plan.h"

/* An image to code, with plan, codebook and memory. */
typedef struct oc_words_coding {
    const oc_words_plan *plan;
    const oc_words *words;
    const oc_image *image; /* of the planned size */
    oc_arena *arena;
} oc_words_coding;

/* The row of the image. OC_NO_MEMORY. */
oc_status oc_words_encode(const oc_words_coding *coding, float *row, oc_error *err);
/* The codes (count, K) of single places, at most OC_PANEL_BLOCK, before they are pooled; with `mirror` the codes of
 * their mirror images are added. OC_NO_MEMORY. */
oc_status oc_words_codes(const oc_words_coding *coding, const oc_words_place *places, size_t count, float *codes,
                         oc_error *err);

#endif
