/* An image as codes of words. */
#ifndef OC_FEATURES_WORDS_ENCODE_H
#define OC_FEATURES_WORDS_ENCODE_H

#include "features/words/codebook.h"

oc_status oc_words_encode(const oc_words_params *params, const oc_words *words, const oc_image *image, oc_arena *arena,
                          float *row, oc_error *err);
/* The codes (count, K) of single places, at most OC_PANEL_BLOCK, before they are pooled; with `mirror` those of their
 * mirror images are added. */
oc_status oc_words_codes(const oc_words_params *params, const oc_words *words, const oc_image *image,
                         const oc_words_place *places, size_t count, oc_arena *arena, float *codes, oc_error *err);

#endif
