/* C = Z^T Z / N of centred, scaled rows, and its factor. */
#ifndef OC_LEARN_COVARIANCE_H
#define OC_LEARN_COVARIANCE_H

#include "src/learn/problem.h"

typedef struct oc_covariance {
    size_t dimension;
    float *matrix;   /* (D,D): C above the diagonal; on it and below, once factored, L with L L^T = C + ridge I */
    float *variance; /* (D): the diagonal of C */
    double trace;    /* of C */
    double ridge;    /* of the factor */
} oc_covariance;

/* covariance, and sums (C,D): of the rows of each class, over N. OC_NO_MEMORY, OC_CANCELLED. 1,024 rows at a time; each
 * tile of the result is summed by one task in the order of the rows. */
oc_status oc_covariance_fit(const oc_problem *problem, oc_covariance *covariance, float *sums, oc_job *job,
                            oc_error *err);

/* L for a ridge, at least, which is kept above what rounding does to the smallest eigenvalues; nothing is done when L is
 * there already. OC_BAD_DATA when there is no factor, OC_CANCELLED. */
oc_status oc_covariance_factor(oc_covariance *covariance, double ridge, oc_job *job, oc_error *err);

/* Replaces rows B (count,D) by B (C + ridge I)^-1. */
void oc_covariance_solve(const oc_covariance *covariance, size_t count, float *b, oc_job *job);

void oc_covariance_free(oc_covariance *covariance);

#endif
