/* Preconditioner of the stochastic gradient. Feature columns are correlated: the eigenvalues of the covariance of
 * visual words span eight orders of magnitude, and a single step size must suit the largest. A step along G P with P =
 * (Z^T Z / N + ridge I)^-1 is a plain step in decorrelated columns; it changes the path, not the optimum. P is never
 * computed: a Cholesky factor of its inverse costs a third, and applying it costs the same. */
#ifndef OC_LEARN_PRECONDITION_H
#define OC_LEARN_PRECONDITION_H

#include "src/learn/covariance.h"
#include "src/learn/problem.h"

typedef struct oc_precondition {
    const oc_covariance *covariance; /* P^-1, factored; NULL for the identity */
    double length;  /* mean squared length of rows under P: sum_i q_i^2 / sum_i q_i over a sample, q = z^T P z */
    double largest; /* largest eigenvalue of P^1/2 (Z^T Z / N) P^1/2: 1, or measured if P is the identity */
} oc_precondition;

/* Maximum number of columns for which P is a matrix; with more columns it is the identity. */
enum { OC_PRECONDITION_WIDEST = 24576 };

/* Factors the covariance, which must outlive the preconditioner; NULL for the identity. OC_NO_MEMORY, OC_CANCELLED;
 * OC_BAD_DATA when there is no factor. */
oc_status oc_precondition_fit(const oc_problem *problem, oc_covariance *covariance, double ridge,
                              oc_precondition *precondition, oc_job *job, oc_error *err);

/* Replaces rows G (count,D) by G P. */
void oc_precondition_apply(const oc_precondition *precondition, size_t count, float *g, oc_job *job);

#endif
