/* Learning the words. */
#ifndef OC_FEATURES_WORDS_FIT_H
#define OC_FEATURES_WORDS_FIT_H

#include "features/words/codebook.h"
#include "features/words/plan.h"

/* Learns from images of the planned size; words is unchanged on failure. OC_BAD_DATA when the images do not suffice,
 * OC_NO_MEMORY, OC_CANCELLED. */
oc_status oc_words_fit(const oc_words_plan *plan, const oc_source *source, uint64_t seed, oc_words *words, oc_job *job,
                       oc_error *err);

#endif
