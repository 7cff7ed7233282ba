/* The class that scores name. */
#ifndef OC_LEARN_BEST_SCORE_H
#define OC_LEARN_BEST_SCORE_H

#include <stddef.h>

/* The first class with the highest of scores (classes); `classes` when a score is not finite. */
size_t oc_best_score(const float *scores, size_t classes);

#endif
