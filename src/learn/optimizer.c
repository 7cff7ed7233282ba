/* The table of optimisers. */
#include "src/learn/optimizer.h"

#include <math.h>

/* Preconditioning a step costs about C D^2 operations, and each row of the step C D. With more columns than WIDE_STEP
 * times the rows of a step, plain steps make more progress in the same time. */
enum { WIDE_STEP = 16 };

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

/* Epochs of SGD, then full passes; either number may be 0. */
static oc_status minibatches_then_passes(oc_descent *descent, oc_job *job, oc_error *err)
{
    oc_status status = descent->used.epochs ? minibatches(descent, job, err) : OC_OK;
    if (status != OC_OK) {
        return status;
    }
    return oc_problem_nonsmooth(descent->problem) ? oc_proximal_newton(descent, job, err) : oc_lbfgs(descent, job, err);
}

static oc_status gradient_descent(oc_descent *descent, oc_job *job, oc_error *err)
{
    oc_status status = oc_sgd(descent, job, err);
    descent->gap = NAN;
    return status == OC_OK ? oc_problem_evaluate(descent->problem, descent->w, &descent->objective, job, err) : status;
}

enum { READS_SGD = OC_READS_BATCH | OC_READS_EPOCHS | OC_READS_STEPS };

const char *const oc_optimizer_names[] = {"auto", "sgd", "lbfgs", "gd", "random-search", "local-search", NULL};
const oc_optimizer_type oc_optimizer_types[] = {
    [OC_OPTIMIZER_AUTO] = {minibatches_then_passes, READS_SGD | OC_READS_FINISH, 1, 100, .preconditioned = true},
    [OC_OPTIMIZER_SGD] = {minibatches_then_passes, READS_SGD, 10, 0, .preconditioned = true},
    [OC_OPTIMIZER_LBFGS] = {minibatches_then_passes, OC_READS_FINISH, 0, 100, .preconditioned = true},
    [OC_OPTIMIZER_GD] = {gradient_descent, OC_READS_EPOCHS | OC_READS_STEPS, 100, 0, .preconditioned = false},
    [OC_OPTIMIZER_RANDOM_SEARCH] = {oc_search, OC_READS_EPOCHS, 1000, 0, .searches = true},
    [OC_OPTIMIZER_LOCAL_SEARCH] = {oc_search, OC_READS_EPOCHS, 1000, 0, .searches = true},
};
const size_t oc_optimizer_count = sizeof oc_optimizer_types / sizeof *oc_optimizer_types;
