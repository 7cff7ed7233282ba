/* C = Z^T Z / R of R centred, scaled rows, and its factor.
 *
 * The R rows are all, or a sample where there are many more rows than columns: what is learned from the covariance, how
 * to step and how strong a penalty suits, does not need more, and the products cost R D^2. */
#ifndef OC_LEARN_COVARIANCE_H
#define OC_LEARN_COVARIANCE_H

#include "src/learn/problem.h"

typedef struct oc_covariance {
    size_t dimension, rows; /* D, R */
    float *matrix;          /* (D,D): C above the diagonal; the rest holds L after oc_covariance_factor, C after
                               oc_covariance_restore */
    float *variance;        /* (D): the diagonal of C */
    double trace;           /* of C */
    double ridge;           /* of the factor, L L^T = C + ridge I; 0 where there is no factor */
} oc_covariance;

/* OC_NO_MEMORY, OC_CANCELLED. 1,024 rows at a time; each tile of the result is summed by one task in the order of the
 * rows. */
oc_status oc_covariance_fit(const oc_problem *problem, oc_covariance *covariance, oc_job *job, oc_error *err);

/* Makes L for this ridge, or for the smallest one that exceeds the rounding errors of the eigenvalues; returns at once when
 * L is there already. OC_BAD_DATA when there is no factor, OC_CANCELLED. */
oc_status oc_covariance_factor(oc_covariance *covariance, double ridge, oc_job *job, oc_error *err);

/* Brings back C in both triangles of the matrix. */
void oc_covariance_restore(oc_covariance *covariance, oc_job *job);

void oc_covariance_free(oc_covariance *covariance);

#endif
