/* try t:   random search  W_t = 1e-4 N(0, 1)
 *          local search   W_t = W + 1e-4 N(0, 1), from W_0 = 1e-3 N(0, 1)
 *          W <- W_t where F(W_t) < F(W) */
#include "src/learn/search.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/random.h"
#include "src/base/threads.h"

#include <math.h>
#include <string.h>

static const double STEP = 1e-4, START = 1e-3; /* standard deviations */

/* Adds normal numbers to weights (C,D) and bias (C). The bias is drawn for z = (x - shift) * scale, the rows of the problem
 * are (x - center) * scale: it takes up the difference. */
static void add_random(const oc_problem *problem, const float *shift, double deviation, oc_random random,
                       float *weights, float *bias)
{
    size_t d = problem->rows->dimension;
    for (size_t c = 0; c < problem->classes; c++) {
        double sum = deviation * oc_random_normal(&random);
        for (size_t j = 0; j < d; j++) {
            float drawn = (float)(deviation * oc_random_normal(&random));
            weights[c * d + j] += drawn;
            sum += (double)drawn * ((double)problem->center[j] - (double)shift[j]) * (double)problem->scale[j];
        }
        bias[c] += (float)sum;
    }
}

/* Are the weights of every class within the length that max_norm allows? */
static bool allowed(const oc_problem *problem, const float *weights)
{
    size_t d = problem->rows->dimension;
    bool within = true;
    for (size_t c = 0; c < problem->classes && problem->max_norm > 0; c++) {
        double square = 0;
        for (size_t j = 0; j < d; j++) {
            square += (double)weights[c * d + j] * (double)weights[c * d + j];
        }
        within = within && sqrt(square) <= problem->max_norm;
    }
    return within;
}

static oc_status search(const oc_problem *problem, const float *shift, const oc_search_options *options, float *best,
                        float *tried, double *least, size_t *steps, oc_job *job, oc_error *err)
{
    size_t weights = problem->classes * problem->rows->dimension, size = weights + problem->classes;
    for (size_t t = 0; t < options->tries; t++) {
        oc_objective found = {0};
        if (options->local) {
            memcpy(tried, best, size * sizeof *tried);
        } else {
            memset(tried, 0, size * sizeof *tried);
        }
        add_random(problem, shift, options->local && t == 0 ? START : STEP,
                   oc_random_stream(options->seed, 0x747279, t), tried, tried + weights);
        oc_status status = oc_problem_evaluate(problem, tried, tried + weights, &found, job, err);
        if (status != OC_OK || oc_job_cancelled(job)) {
            return status != OC_OK ? status : oc_fail(err, OC_CANCELLED, "cancelled");
        }
        if (found.value < *least && allowed(problem, tried)) {
            memcpy(best, tried, size * sizeof *best);
            *least = found.value;
            ++*steps;
            oc_job_loss(job, t + 1, options->tries, *steps, found.value);
        }
        oc_job_progress(job, "searching", t + 1, options->tries);
    }
    return OC_OK;
}

oc_status oc_search(const oc_problem *problem, const float *shift, const oc_search_options *options, float *weights,
                    float *bias, size_t *steps, oc_job *job, oc_error *err)
{
    size_t classes = problem->classes, d = problem->rows->dimension;
    float *best = oc_alloc(classes, (d + 1) * sizeof *best), *tried = oc_alloc(classes, (d + 1) * sizeof *tried);
    double least = INFINITY;
    *steps = 0;
    oc_status status = best && tried ? search(problem, shift, options, best, tried, &least, steps, job, err)
                                     : oc_fail_memory(err, "the search");
    if (status == OC_OK && !isfinite(least)) {
        status = oc_fail(err, OC_BAD_DATA,
                         "the objective of every try is infinite: the features are too large, or the weights longer "
                         "than --max-norm");
    }
    if (status == OC_OK) {
        memcpy(weights, best, classes * d * sizeof *weights);
        memcpy(bias, best + classes * d, classes * sizeof *bias);
    }
    oc_free(best);
    oc_free(tried);
    return status;
}
