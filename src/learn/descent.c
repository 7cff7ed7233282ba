/* V <- momentum V - rate grad F(W),  W <- W + V. The mean of the rows is 0 here, whatever scaling was asked
 * for, which takes the direction of their mean, by far the longest in raw pixels, out of the eigenvalues that
 * the step has to suit. */
#include "src/learn/descent.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/threads.h"
#include "src/learn/penalty.h"

#include <math.h>
#include <string.h>

typedef struct descent {
    const oc_problem *problem;
    const oc_sgd_options *options;
    float *weights, *bias;
    float *gradient, *velocity;            /* (C, D) */
    double *bias_gradient, *bias_velocity; /* (C) */
} descent;

static void move(descent *s, double rate)
{
    size_t classes = s->problem->classes, size = classes * s->problem->rows->dimension;
    float momentum = (float)s->options->momentum, step = (float)rate;
    float *restrict v = s->velocity, *restrict w = s->weights;
    const float *restrict g = s->gradient;
    for (size_t j = 0; j < size; j++) {
        v[j] = momentum * v[j] - step * g[j];
        w[j] += v[j];
    }
    bool rough = s->problem->l1 > 0 || s->problem->max_norm > 0;
    for (size_t c = 0; rough && c < classes; c++) {
        size_t first = c * s->problem->rows->dimension;
        oc_penalty_restrain(w + first, v + first, s->problem->rows->dimension, rate * s->problem->l1,
                            s->problem->max_norm);
    }
    for (size_t c = 0; c < classes; c++) {
        s->bias_velocity[c] = s->options->momentum * s->bias_velocity[c] - rate * s->bias_gradient[c];
        s->bias[c] += (float)s->bias_velocity[c];
    }
}

/* All steps at one rate; *diverged is set, and the rest left undone, when the objective is not finite or far above the
 * first. */
static oc_status run(descent *s, double rate, bool *diverged, size_t *steps, oc_job *job, oc_error *err)
{
    const oc_sgd_options *options = s->options;
    oc_objective objective = {.gradient = s->gradient, .bias = s->bias_gradient};
    oc_status status = OC_OK;
    double first = 0;
    *diverged = false;
    for (*steps = 0; *steps < options->epochs && status == OC_OK && !*diverged; ++*steps) {
        status = oc_job_cancelled(job) ? oc_fail(err, OC_CANCELLED, "cancelled")
                                       : oc_problem_evaluate(s->problem, s->weights, s->bias, &objective, job, err);
        first = *steps ? first : objective.value;
        *diverged = !(objective.value <= 2 * first + 1e-6);
        if (status == OC_OK && !*diverged) {
            oc_job_loss(job, *steps + 1, options->epochs, *steps, objective.loss);
            oc_job_progress(job, "training", *steps + 1, options->epochs);
            move(s, oc_sgd_scheduled(rate, options->schedule, *steps, options->epochs));
        }
    }
    return status;
}

oc_status oc_descent(const oc_problem *problem, const oc_precondition *identity, const oc_sgd_options *options,
                     float *weights, float *bias, double *rate, size_t *steps, oc_job *job, oc_error *err)
{
    size_t classes = problem->classes, size = classes * problem->rows->dimension;
    oc_status status = OC_OK;
    descent s = {.problem = problem, .options = options, .weights = weights, .bias = bias};
    float *start = oc_alloc(classes, (problem->rows->dimension + 1) * sizeof *start);
    s.gradient = oc_alloc(size, sizeof *s.gradient);
    s.velocity = oc_alloc(size, sizeof *s.velocity);
    s.bias_gradient = oc_alloc(classes, sizeof *s.bias_gradient);
    s.bias_velocity = oc_alloc(classes, sizeof *s.bias_velocity);
    bool given = !isnan(options->rate), diverged = true;
    if (!start || !s.gradient || !s.velocity || !s.bias_gradient || !s.bias_velocity) {
        status = oc_fail_memory(err, "training");
        goto cleanup;
    }
    memcpy(start, weights, size * sizeof *start);
    memcpy(start + size, bias, classes * sizeof *start);
    *rate = given ? options->rate : oc_sgd_rate(problem, identity, options);
    for (int attempt = 0; attempt < 8; attempt++) {
        memcpy(weights, start, size * sizeof *start);
        memcpy(bias, start + size, classes * sizeof *start);
        memset(s.velocity, 0, size * sizeof *s.velocity);
        memset(s.bias_velocity, 0, classes * sizeof *s.bias_velocity);
        status = run(&s, *rate, &diverged, steps, job, err);
        if (status != OC_OK || !diverged || given) {
            break;
        }
        oc_job_note(job, "the step size %.3g diverges; starting again with a quarter of it", *rate);
        *rate /= 4;
    }
    if (status == OC_OK && diverged) {
        status = oc_fail(err, OC_BAD_DATA, "training diverges at a step size of %g; try %s", *rate,
                         given ? "--rate auto" : "other features or a stronger --l2");
    }
cleanup:
    oc_free(start);
    oc_free(s.gradient);
    oc_free(s.velocity);
    oc_free(s.bias_gradient);
    oc_free(s.bias_velocity);
    return status;
}
