/* Full-batch gradient descent with momentum: every step looks at all rows. */
#ifndef OC_LEARN_DESCENT_H
#define OC_LEARN_DESCENT_H

#include "src/learn/sgd.h"

/* Improves weights (C,D) and bias (C), which the caller sets to where it starts, by options->epochs steps.
 * Plain: it is not preconditioned; `identity` (a preconditioner without a matrix) holds the largest
 * eigenvalue of the rows' covariance, which the step size is worked out from. Rates and errors as in oc_sgd.
 * */
oc_status oc_descent(const oc_problem *problem, const oc_precondition *identity, const oc_sgd_options *options,
                     float *weights, float *bias, double *rate, size_t *steps, oc_job *job, oc_error *err);

#endif
