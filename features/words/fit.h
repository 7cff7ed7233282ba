/* Learning the words. */
#ifndef OC_FEATURES_WORDS_FIT_H
#define OC_FEATURES_WORDS_FIT_H

#include "features/words/codebook.h"

/* words is unchanged on failure. */
oc_status oc_words_fit(const oc_words_params *params, size_t width, size_t height, const oc_source *source,
                       uint64_t seed, oc_words *words, oc_job *job, oc_error *err);

#endif
