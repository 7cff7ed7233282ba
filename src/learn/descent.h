/* The optimisers. All take one struct, and leave their results in it. */
#ifndef OC_LEARN_DESCENT_H
#define OC_LEARN_DESCENT_H

#include "src/learn/precondition.h"
#include "src/learn/problem.h"

typedef struct oc_descent {
    const oc_problem *problem;
    const oc_precondition *precondition; /* the identity where a penalty has no gradient */
    const float *covariance;             /* (D,D), both triangles, for such penalties; or NULL */
    const float *shift;                  /* (D): of the classifier's scaling */
    double tolerance;       /* full passes end when no more than this part of the objective is left to gain */
    oc_train_options used;  /* batch, epochs and batch_passes are set; a rate of auto is replaced */
    float *w;               /* (C D + C): the start, then the result */
    size_t passes, steps;   /* over the rows, and changes of w, so far */
    oc_objective objective; /* at the result; its gradient is not used */
    double gap;             /* estimate of objective - minimum; NaN where there is none */
} oc_descent;

/* Errors of all: OC_NO_MEMORY, OC_CANCELLED. */

/* Minibatch stochastic gradient descent with momentum on preconditioned gradients: `epochs` passes in steps of `batch` rows;
 * with all rows in a batch and no preconditioner, plain gradient descent. A rate of auto is worked out from curvature and
 * rows, and quartered as long as training diverges. The objective is not set. OC_BAD_DATA when a given rate diverges. */
oc_status oc_sgd(oc_descent *descent, oc_job *job, oc_error *err);

/* At most `batch_passes` passes over all rows: proximal Newton steps if the problem has l1 or max_norm, else L-BFGS. */
oc_status oc_lbfgs(oc_descent *descent, oc_job *job, oc_error *err);
oc_status oc_proximal_newton(oc_descent *descent, oc_job *job, oc_error *err);

/* Random search, or local search, over whole weight matrices: the baselines for following the slope. `epochs` tries; the
 * result has the least objective of all, steps is the number of tries that were kept. Weights and bias are drawn for z = (x -
 * shift) * scale. OC_BAD_DATA where every objective is infinite. */
oc_status oc_search(oc_descent *descent, oc_job *job, oc_error *err);

#endif
