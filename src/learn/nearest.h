/* k nearest neighbours: a row gets the most frequent class of the k nearest training rows. Distances of scaled rows: l2
 * sqrt(sum (x - y)^2), l1 sum |x - y|. Of classes with equally many neighbours, the class of the nearest one wins; of
 * training rows at the same distance, the first counts as nearer. */
#ifndef OC_LEARN_NEAREST_H
#define OC_LEARN_NEAREST_H

#include "src/matrix/matrix.h"

#include <ocellus/classifier.h>

struct oc_nearest {
    oc_learner learner; /* k and metric */
    size_t count, dimension;
    float *rows;       /* (N,D), scaled */
    int *labels;       /* (N) */
    float *half_norms; /* (N): |x|^2 / 2 of each row */
    float longest;     /* the largest half norm */
};

/* Sets classifier->nearest: rows scaled by the shift and scale of the classifier. OC_USAGE when k is larger than N;
 * OC_NO_MEMORY. */
oc_status oc_nearest_learn(oc_classifier *classifier, const oc_learner *learner, const oc_examples *examples,
                           oc_job *job, oc_error *err);

/* Copies scaled rows (N,D), stride D, and labels (N) as stored in a file; OC_BAD_FILE unless they are whole numbers in
 * 0..classes-1. OC_USAGE, OC_NO_MEMORY as above. */
oc_status oc_nearest_restore(const oc_learner *learner, oc_matrix rows, const float *labels, size_t classes,
                             oc_nearest **nearest, oc_error *err);

void oc_nearest_free(oc_nearest *nearest);

/* scores (Q,C) of rows (Q,D), as for oc_scores; the first score of a row is NaN when its distances overflow.
 * OC_NO_MEMORY, OC_CANCELLED. Scratch memory: about 256 x (D + 512 + 2 k) floats for each thread. */
oc_status oc_nearest_scores(const oc_classifier *classifier, const oc_rows *rows, float *scores, oc_job *job,
                            oc_error *err);

#endif
