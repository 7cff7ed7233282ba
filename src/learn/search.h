/* Random search and random local search over whole weight matrices: what following the slope is measured against. */
#ifndef OC_LEARN_SEARCH_H
#define OC_LEARN_SEARCH_H

#include "src/learn/problem.h"

typedef struct oc_search_options {
    size_t tries;
    bool local; /* local: W starts at 1e-3 * normal, a try is W + 1e-4 * normal; else a try is 1e-4 * normal */
    uint64_t seed;
} oc_search_options;

/* Puts the best weights (C,D) and bias (C) that were tried, by the objective over all rows, into place of what is there.
 * Weights and bias are drawn for z = (x - shift) * scale; the bias is returned for the centred rows of the problem. *steps
 * takes the number of tries that were kept. OC_NO_MEMORY, OC_CANCELLED, OC_BAD_DATA where every objective is infinite. */
oc_status oc_search(const oc_problem *problem, const float *shift, const oc_search_options *options, float *weights,
                    float *bias, size_t *steps, oc_job *job, oc_error *err);

#endif
