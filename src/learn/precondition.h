/* Preconditioner of the stochastic gradient.
 *
 * Columns of features are correlated: the covariance of visual words spans eight orders of magnitude, and a single step
 * size must suit the largest. A step along G P with P = (Z^T Z / N + ridge I)^-1 is a plain step in columns that were
 * decorrelated; it changes the path, not the optimum. P is never formed: a factor of its inverse costs a third, and as
 * much to apply. */
#ifndef OC_LEARN_PRECONDITION_H
#define OC_LEARN_PRECONDITION_H

#include "src/learn/covariance.h"
#include "src/learn/problem.h"

typedef struct oc_precondition {
    const oc_covariance *covariance; /* P^-1, factored; NULL for the identity */
    double length;  /* sum_i q_i^2 / sum_i q_i over sampled rows with q = z^T P z: their squared length under P */
    double largest; /* eigenvalue of P^1/2 (Z^T Z / N) P^1/2: at most 1 under P, measured for the identity */
} oc_precondition;

/* The widest rows that get a matrix; wider ones get the identity. */
enum { OC_PRECONDITION_WIDEST = 16384 };

/* The covariance, which must outlive the preconditioner, is factored; NULL for the identity. OC_NO_MEMORY,
 * OC_CANCELLED; OC_BAD_DATA when there is no factor. */
oc_status oc_precondition_fit(const oc_problem *problem, oc_covariance *covariance, double ridge,
                              oc_precondition *precondition, oc_job *job, oc_error *err);

/* Replaces rows G (count,D) by G P. */
void oc_precondition_apply(const oc_precondition *precondition, size_t count, float *g, oc_job *job);

#endif
