/* The optimisers behind one call. */
#include "src/learn/optimizer.h"

#include "src/learn/descent.h"
#include "src/learn/search.h"
#include "src/learn/sgd.h"

bool oc_optimizer_searches(int optimizer)
{
    return optimizer == OC_OPTIMIZER_RANDOM_SEARCH || optimizer == OC_OPTIMIZER_LOCAL_SEARCH;
}

oc_status oc_optimize(const oc_problem *problem, const oc_precondition *precondition, const float *shift,
                      oc_train_options *used, float *weights, float *bias, size_t *steps, oc_job *job, oc_error *err)
{
    if (oc_optimizer_searches(used->optimizer)) {
        oc_search_options search = {.tries = (size_t)used->epochs,
                                    .local = used->optimizer == OC_OPTIMIZER_LOCAL_SEARCH,
                                    .seed = used->seed};
        return oc_search(problem, shift, &search, weights, bias, steps, job, err);
    }
    oc_sgd_options options = {.batch = (size_t)used->batch,
                              .epochs = (size_t)used->epochs,
                              .rate = used->rate,
                              .momentum = used->momentum,
                              .schedule = (oc_schedule)used->schedule,
                              .seed = used->seed};
    return used->optimizer == OC_OPTIMIZER_GD
               ? oc_descent(problem, precondition, &options, weights, bias, &used->rate, steps, job, err)
               : oc_sgd(problem, precondition, &options, weights, bias, &used->rate, steps, job, err);
}
