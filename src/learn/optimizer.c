/* The optimisers behind one call. */
#include "src/learn/optimizer.h"

#include "src/learn/descent.h"
#include "src/learn/proximal.h"
#include "src/learn/quasi_newton.h"
#include "src/learn/search.h"
#include "src/learn/sgd.h"

#include <math.h>

/* Preconditioning a step takes about C D^2 operations, its rows C D each: with more columns than so many times the rows
 * of a step, plain steps get further in the same time. */
enum { WIDE_STEP = 16 };

bool oc_optimizer_searches(int optimizer)
{
    return optimizer == OC_OPTIMIZER_RANDOM_SEARCH || optimizer == OC_OPTIMIZER_LOCAL_SEARCH;
}

bool oc_optimizer_preconditioned(int optimizer)
{
    return optimizer == OC_OPTIMIZER_AUTO || optimizer == OC_OPTIMIZER_SGD || optimizer == OC_OPTIMIZER_LBFGS;
}

bool oc_optimizer_rough(const oc_problem *problem)
{
    return problem->l1 > 0 || problem->max_norm > 0;
}

static oc_status evaluate(const oc_problem *problem, const float *weights, const float *bias, oc_objective *objective,
                          oc_job *job, oc_error *err)
{
    *objective = (oc_objective){0};
    return oc_problem_evaluate(problem, weights, bias, objective, job, err);
}

static oc_status descend_rows(const oc_problem *problem, const oc_ground *ground, oc_train_options *used,
                              const oc_sgd_options *options, float *weights, float *bias, size_t *steps, oc_job *job,
                              oc_error *err)
{
    oc_precondition precondition = *ground->precondition;
    if (problem->rows->dimension > WIDE_STEP * options->batch) {
        oc_status status = oc_precondition_fit(problem, NULL, 0, options->seed, &precondition, job, err);
        if (status != OC_OK) {
            return status;
        }
    }
    return oc_sgd(problem, &precondition, options, weights, bias, &used->rate, steps, job, err);
}

/* Minibatches, then full passes until little is left to gain. */
static oc_status descend(const oc_problem *problem, const oc_ground *ground, oc_train_options *used,
                         const oc_sgd_options *options, float *weights, float *bias, oc_objective *objective,
                         oc_found *found, oc_job *job, oc_error *err)
{
    oc_status status = options->epochs
                           ? descend_rows(problem, ground, used, options, weights, bias, &found->steps, job, err)
                           : OC_OK;
    if (status != OC_OK) {
        return status;
    }
    oc_finish finish = {.passes = (size_t)used->finish,
                        .tolerance = ground->tolerance,
                        .curvature = ground->curvature,
                        .before = options->epochs,
                        .steps = found->steps};
    status = oc_optimizer_rough(problem) ? oc_proximal(problem, ground->covariance, ground->precondition->largest,
                                                       &finish, weights, bias, objective, &found->gap, job, err)
                                         : oc_quasi_newton(problem, ground->precondition, &finish, weights, bias,
                                                           objective, &found->gap, job, err);
    found->steps = finish.steps;
    return status;
}

oc_status oc_optimize(const oc_problem *problem, const oc_ground *ground, oc_train_options *used, float *weights,
                      float *bias, oc_found *found, oc_job *job, oc_error *err)
{
    oc_objective objective;
    oc_status status;
    oc_sgd_options options = {.batch = (size_t)used->batch,
                              .epochs = (size_t)used->epochs,
                              .total = (size_t)(used->epochs + used->finish),
                              .rate = used->rate,
                              .momentum = used->momentum,
                              .schedule = (oc_schedule)used->schedule,
                              .seed = used->seed};
    found->gap = NAN;
    if (oc_optimizer_preconditioned(used->optimizer)) {
        status = descend(problem, ground, used, &options, weights, bias, &objective, found, job, err);
    } else if (used->optimizer == OC_OPTIMIZER_GD) {
        status = oc_descent(problem, ground->precondition, &options, weights, bias, &used->rate, &found->steps, job,
                            err);
    } else {
        oc_search_options search = {
            .tries = (size_t)used->epochs, .local = used->optimizer == OC_OPTIMIZER_LOCAL_SEARCH, .seed = used->seed};
        status = oc_search(problem, ground->shift, &search, weights, bias, &found->steps, job, err);
    }
    if (status == OC_OK && !oc_optimizer_preconditioned(used->optimizer)) {
        status = evaluate(problem, weights, bias, &objective, job, err);
    }
    if (status == OC_OK) {
        found->loss = objective.loss;
        found->objective = objective.value;
        found->accuracy = objective.accuracy;
    }
    return status;
}
