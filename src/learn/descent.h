/* The optimisers. All have one struct for their arguments and results. */
#ifndef OC_LEARN_DESCENT_H
#define OC_LEARN_DESCENT_H

#include "src/learn/precondition.h"
#include "src/learn/problem.h"

typedef struct oc_descent {
    const oc_problem *problem;
    const oc_precondition *precondition; /* the identity if a penalty has no gradient */
    const float *covariance;             /* (D,D), both triangles, if a penalty has no gradient; or NULL */
    const float *shift;                  /* (D): of the scaling of the classifier */
    double tolerance;                    /* full passes end when gap <= tolerance * objective */
    oc_train_options used;               /* batch, epochs and batch_passes are set; a rate of auto is replaced */
    float *w;                            /* (C D + C): the start, then the result */
    size_t passes, steps;                /* over the rows, and changes of w, so far */
    oc_objective objective;              /* at the result; its gradient is not used */
    double gap;                          /* estimate of objective - minimum; NaN: no estimate */
} oc_descent;

/* Errors of all: OC_NO_MEMORY, OC_CANCELLED. */

/* Minibatch stochastic gradient descent with momentum on preconditioned gradients: `epochs` passes in steps of `batch`
 * rows; with all rows in a batch and no preconditioner, plain gradient descent. A rate of auto is computed from
 * curvature and rows, and divided by 4 as long as training diverges. The objective is not set. OC_BAD_DATA when a given
 * rate diverges. */
oc_status oc_sgd(oc_descent *descent, oc_job *job, oc_error *err);

/* At most `batch_passes` passes over all rows: proximal Newton steps if the problem has l1 or max_norm, else L-BFGS. */
oc_status oc_lbfgs(oc_descent *descent, oc_job *job, oc_error *err);
oc_status oc_proximal_newton(oc_descent *descent, oc_job *job, oc_error *err);
/* True when proximal Newton steps copy the rows and need no covariance: rows that are much fewer than columns, in at
 * most 1 GB. */
bool oc_proximal_factored(size_t rows, size_t columns);

/* Random search or local search over whole weight matrices, as baselines of gradient descent. `epochs` tries; the
 * result has the least objective, and `steps` is the number of accepted tries. Weights and bias are drawn for z = (x -
 * shift) * scale. OC_BAD_DATA when every objective is infinite. */
oc_status oc_search(oc_descent *descent, oc_job *job, oc_error *err);

#endif
