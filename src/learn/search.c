/* try t:   random search  W_t = 1e-4 N(0, 1)
 *          local search   W_t = W + 1e-4 N(0, 1), from W_0 = 1e-3 N(0, 1)
 *          W <- W_t where F(W_t) < F(W) */
#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/random.h"
#include "src/base/threads.h"
#include "src/learn/descent.h"
#include "src/matrix/vector.h"

#include <math.h>
#include <string.h>

static const double STEP = 1e-4, START = 1e-3; /* standard deviations */

/* tried <- from, or 0 if it is NULL, plus normal random numbers. The bias is drawn for z = (x - shift) * scale, but the
 * rows of the problem are (x - center) * scale: it is corrected for the difference. */
static void draw(const oc_descent *descent, const float *from, double deviation, size_t try, float *tried)
{
    const oc_problem *p = descent->problem;
    size_t d = p->rows->dimension;
    oc_random random = oc_random_stream(descent->used.seed, 0x747279, try);
    float *bias = tried + oc_problem_weights(p);
    if (from) {
        memcpy(tried, from, oc_problem_parameters(p) * sizeof *tried);
    } else {
        memset(tried, 0, oc_problem_parameters(p) * sizeof *tried);
    }
    for (size_t c = 0; c < p->classes; c++, tried += d) {
        double sum = deviation * oc_random_normal(&random);
        for (size_t j = 0; j < d; j++) {
            float drawn = (float)(deviation * oc_random_normal(&random));
            tried[j] += drawn;
            sum += (double)drawn * ((double)p->center[j] - (double)descent->shift[j]) * (double)p->scale[j];
        }
        bias[c] += (float)sum;
    }
}

/* True when the weights of no class are longer than max_norm. */
static bool allowed(const oc_problem *p, const float *w)
{
    size_t d = p->rows->dimension;
    for (size_t c = 0; p->max_norm > 0 && c < p->classes; c++, w += d) {
        if (sqrt(oc_vector_dot(w, w, d)) > p->max_norm) {
            return false;
        }
    }
    return true;
}

oc_status oc_search(oc_descent *descent, oc_job *job, oc_error *err)
{
    const oc_problem *p = descent->problem;
    bool local = descent->used.optimizer == OC_OPTIMIZER_LOCAL_SEARCH;
    size_t parameters = oc_problem_parameters(p), tries = (size_t)descent->used.epochs;
    oc_evaluator *evaluator;
    oc_status status = oc_evaluator_create(p, &evaluator, err);
    if (status != OC_OK) {
        return status;
    }
    float *tried = oc_alloc(parameters, sizeof *tried);
    if (!tried) {
        oc_evaluator_free(evaluator);
        return oc_fail_memory(err, "the search");
    }
    descent->objective = (oc_objective){.value = INFINITY};
    descent->gap = NAN;
    for (size_t t = 0; t < tries && !oc_job_cancelled(job); t++) {
        oc_objective found = {.value = INFINITY};
        draw(descent, local ? descent->w : NULL, local && t == 0 ? START : STEP, t, tried);
        if (allowed(p, tried)) {
            oc_evaluator_run(evaluator, tried, NULL, 0, &found, job);
        }
        if (found.value < descent->objective.value && !oc_job_cancelled(job)) {
            memcpy(descent->w, tried, parameters * sizeof *tried);
            descent->objective = found;
            oc_job_loss(job, t + 1, tries, ++descent->steps, found.value);
        }
        oc_job_progress(job, "searching", t + 1, tries);
    }
    oc_evaluator_free(evaluator);
    oc_free(tried);
    if (oc_job_cancelled(job)) {
        return oc_fail(err, OC_CANCELLED, "cancelled");
    }
    if (!isfinite(descent->objective.value)) {
        return oc_fail(err, OC_BAD_DATA,
                       "the objective of every try is infinite: the features are too large, or the weights longer "
                       "than `max_norm`");
    }
    return OC_OK;
}
