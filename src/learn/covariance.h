/* The covariance C = Z^T Z / R of R centred, scaled rows, and its Cholesky factor.
 *
 * When there are many more rows than columns, the R rows are a sample: it is enough to choose steps and penalties, and
 * the cost is R D^2. */
#ifndef OC_LEARN_COVARIANCE_H
#define OC_LEARN_COVARIANCE_H

#include "src/learn/problem.h"

typedef struct oc_covariance {
    size_t dimension, rows; /* D, R */
    float *matrix;          /* (D,D): C above the diagonal; the rest holds L after oc_covariance_factor, C after
                               oc_covariance_restore */
    float *variance;        /* (D): the diagonal of C */
    double trace;           /* of C */
    double ridge;           /* of the factor, L L^T = C + ridge I; 0 when there is no factor */
} oc_covariance;

/* Reads 1,024 rows at a time; one task sums each tile of the result in the order of the rows. OC_NO_MEMORY,
 * OC_CANCELLED. */
oc_status oc_covariance_fit(const oc_problem *problem, oc_covariance *covariance, oc_job *job, oc_error *err);

/* Computes L for this ridge, or for the smallest ridge above the rounding errors of the eigenvalues; returns at once
 * when L has this ridge already. OC_BAD_DATA when there is no factor, OC_CANCELLED. */
oc_status oc_covariance_factor(oc_covariance *covariance, double ridge, oc_job *job, oc_error *err);

/* Restores C in both triangles of the matrix. */
void oc_covariance_restore(oc_covariance *covariance, oc_job *job);

void oc_covariance_free(oc_covariance *covariance);

#endif
