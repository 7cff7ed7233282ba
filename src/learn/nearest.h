/* k nearest neighbours: a row gets the class that most of the k training rows at the smallest distance have.
 * Distances are measured on scaled rows: l2 sqrt(sum (x - y)^2), l1 sum |x - y|. Of classes with equally many
 * neighbours the one with the nearest of them wins; of training rows at the same distance the first counts as
 * nearer. */
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
    float longest;     /* the largest of them */
};

/* Sets classifier->nearest: rows scaled by the shift and scale of the classifier. OC_USAGE when k is larger than N;
 * OC_NO_MEMORY. */
oc_status oc_nearest_learn(oc_classifier *classifier, const oc_learner *learner, const oc_examples *examples,
                           oc_job *job, oc_error *err);

/* Copies rows (N,D) that are scaled already, without gaps, and labels (N) as they are stored in a file: whole numbers in
 * 0..classes-1, else OC_BAD_FILE. OC_USAGE, OC_NO_MEMORY as above. */
oc_status oc_nearest_restore(const oc_learner *learner, oc_matrix rows, const float *labels, size_t classes,
                             oc_nearest **nearest, oc_error *err);

void oc_nearest_free(oc_nearest *nearest);

/* scores (Q,C) of rows (Q,D), as oc_scores describes them; the first is NaN for a row whose distances overflow. OC_NO_MEMORY, OC_CANCELLED.
 * Memory besides: for each thread about 256 x (D + 512 + 2 k) floats, whatever Q and N are. */
oc_status oc_nearest_scores(const oc_classifier *classifier, const oc_rows *rows, float *scores, oc_job *job,
                            oc_error *err);

#endif
