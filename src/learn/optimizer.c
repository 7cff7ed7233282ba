/* The optimisers behind one call. */
#include "src/learn/optimizer.h"

#include <math.h>

/* Preconditioning a step takes about C D^2 operations, its rows C D each: with more columns than so many times the rows
 * of a step, plain steps get further in the same time. */
enum { WIDE_STEP = 16 };

bool oc_optimizer_searches(oc_optimizer optimizer)
{
    return optimizer == OC_OPTIMIZER_RANDOM_SEARCH || optimizer == OC_OPTIMIZER_LOCAL_SEARCH;
}

bool oc_optimizer_preconditioned(oc_optimizer optimizer)
{
    return optimizer == OC_OPTIMIZER_AUTO || optimizer == OC_OPTIMIZER_SGD || optimizer == OC_OPTIMIZER_LBFGS;
}

static oc_status minibatches(oc_descent *descent, oc_job *job, oc_error *err)
{
    const oc_precondition *kept = descent->precondition;
    oc_precondition identity;
    if (kept->covariance && (double)descent->problem->rows->dimension > WIDE_STEP * (double)descent->used.batch) {
        oc_status status = oc_precondition_fit(descent->problem, NULL, 0, &identity, job, err);
        if (status != OC_OK) {
            return status;
        }
        descent->precondition = &identity;
    }
    oc_status status = oc_sgd(descent, job, err);
    descent->precondition = kept;
    return status;
}

oc_status oc_optimize(oc_descent *descent, oc_job *job, oc_error *err)
{
    const oc_train_options *used = &descent->used;
    oc_status status = OC_OK;
    descent->gap = NAN;
    if (oc_optimizer_searches(used->optimizer)) {
        return oc_search(descent, job, err);
    }
    if (used->epochs) {
        status = minibatches(descent, job, err);
    }
    if (status != OC_OK) {
        return status;
    }
    if (!oc_optimizer_preconditioned(used->optimizer)) {
        return oc_problem_evaluate(descent->problem, descent->w, &descent->objective, job, err);
    }
    return oc_problem_nonsmooth(descent->problem) ? oc_proximal_newton(descent, job, err) : oc_lbfgs(descent, job, err);
}
