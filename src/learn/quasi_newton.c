/* Limited-memory BFGS (Liu and Nocedal, 1989; Nocedal and Wright, "Numerical Optimization", algorithm 7.4) with the
 * preconditioner as its first guess of the inverse Hessian:
 *
 *     x <- x - t H grad F(x),   H from gamma P and the last pairs s = x' - x, y = grad F(x') - grad F(x)
 *
 * P makes the Hessian nearly a multiple of the identity, so that few passes do. 1/2 grad F^T H grad F, the decrease
 * that the quadratic model promises, estimates what is left to gain: too little as long as H has not seen the flat
 * directions, so it is held against what the last steps gained (finish.h). */
#include "src/learn/quasi_newton.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/threads.h"

#include <math.h>
#include <string.h>

enum { PAIRS = 8, HALVINGS = 20 };
static const double SUFFICIENT = 1e-4; /* part of the decrease that the slope promises */

typedef struct state {
    oc_problem problem; /* with its own rounding */
    const oc_precondition *precondition;
    double curvature;
    size_t weights, size;                                              /* C D; with the biases C D + C */
    float *x, *gradient, *trial, *trial_gradient, *direction, *scaled; /* (size) */
    float *s, *y;          /* (PAIRS, size): changes of x and of the gradient */
    double rho[PAIRS];     /* 1 / <s, y> */
    double scale;          /* <s, y> / <y, P y> of the last pair */
    double slope;          /* <direction, gradient> */
    size_t pairs;          /* made so far; pair i is in slot i % PAIRS */
    double *bias_gradient; /* (C) */
} state;

static double dot(const float *a, const float *b, size_t n)
{
    double sum = 0;
    for (size_t j = 0; j < n; j++) {
        sum += (double)a[j] * (double)b[j];
    }
    return sum;
}

/* to += factor * v */
static void add(float *restrict to, double factor, const float *restrict v, size_t n)
{
    float f = (float)factor;
    for (size_t j = 0; j < n; j++) {
        to[j] += f * v[j];
    }
}

static oc_status evaluate(state *q, const float *x, float *gradient, oc_objective *objective, oc_job *job,
                          oc_error *err)
{
    objective->gradient = gradient;
    objective->bias = q->bias_gradient;
    oc_status status = oc_problem_evaluate(&q->problem, x, x + q->weights, objective, job, err);
    for (size_t c = 0; status == OC_OK && c < q->size - q->weights; c++) {
        gradient[q->weights + c] = (float)q->bias_gradient[c];
    }
    if (status == OC_OK && oc_job_cancelled(job)) {
        status = oc_fail(err, OC_CANCELLED, "cancelled");
    }
    return status;
}

/* v <- first guess of the inverse Hessian times v: P over the curvature for the weights, whose columns have mean 0, and
 * one over the curvature for the biases. */
static void apply_guess(const state *q, float *v, oc_job *job)
{
    const oc_precondition *p = q->precondition;
    double of_weights = q->curvature + 2 * q->problem.score_l2;
    if (!p->covariance) {
        of_weights = of_weights * fmax(p->largest, 1e-12) + 2 * q->problem.l2;
    }
    oc_precondition_apply(p, q->problem.classes, v, job);
    for (size_t j = 0; j < q->size; j++) {
        v[j] /= (float)(j < q->weights ? of_weights : q->curvature);
    }
}

/* direction <- -H gradient; the quadratic model promises half of the slope. */
static double plan(void *context, oc_job *job)
{
    state *q = context;
    size_t n = q->size, kept = q->pairs < PAIRS ? q->pairs : PAIRS;
    double factor[PAIRS];
    memcpy(q->direction, q->gradient, n * sizeof *q->direction);
    for (size_t i = 0; i < kept; i++) { /* newest first */
        size_t slot = (q->pairs - 1 - i) % PAIRS;
        factor[slot] = q->rho[slot] * dot(q->s + slot * n, q->direction, n);
        add(q->direction, -factor[slot], q->y + slot * n, n);
    }
    apply_guess(q, q->direction, job);
    for (size_t j = 0; j < n; j++) {
        q->direction[j] *= (float)q->scale;
    }
    for (size_t i = kept; i-- > 0;) {
        size_t slot = (q->pairs - 1 - i) % PAIRS;
        double back = q->rho[slot] * dot(q->y + slot * n, q->direction, n);
        add(q->direction, factor[slot] - back, q->s + slot * n, n);
    }
    for (size_t j = 0; j < n; j++) {
        q->direction[j] = -q->direction[j];
    }
    q->slope = dot(q->direction, q->gradient, n);
    return -q->slope / 2;
}

/* Goes to the trial point and learns from the step. */
static void accept(state *q, oc_job *job)
{
    size_t n = q->size, slot = q->pairs % PAIRS;
    float *s = q->s + slot * n, *y = q->y + slot * n;
    for (size_t j = 0; j < n; j++) {
        s[j] = q->trial[j] - q->x[j];
        y[j] = q->trial_gradient[j] - q->gradient[j];
    }
    memcpy(q->scaled, y, n * sizeof *y);
    apply_guess(q, q->scaled, job);
    double product = dot(s, y, n), square = dot(y, q->scaled, n);
    if (product > 1e-12 * dot(y, y, n) && square > 0) {
        q->rho[slot] = 1 / product;
        q->scale = product / square;
        q->pairs++;
    }
    float *x = q->x, *gradient = q->gradient;
    q->x = q->trial;
    q->gradient = q->trial_gradient;
    q->trial = x;
    q->trial_gradient = gradient;
}

static oc_status start(void *context, oc_objective *objective, oc_job *job, oc_error *err)
{
    state *q = context;
    return evaluate(q, q->x, q->gradient, objective, job, err);
}

/* A step along the direction. Where it finds no decrease rounding has the last word. */
static oc_status step(void *context, oc_finish *finish, oc_objective *objective, bool *moved, oc_job *job,
                      oc_error *err)
{
    state *q = context;
    oc_status status = OC_OK;
    double length = 1, slope = q->slope;
    *moved = false;
    for (size_t tries = 0; tries < HALVINGS && finish->passes && !*moved && status == OC_OK; tries++) {
        oc_objective found;
        memcpy(q->trial, q->x, q->size * sizeof *q->trial);
        add(q->trial, length, q->direction, q->size);
        status = evaluate(q, q->trial, q->trial_gradient, &found, job, err);
        finish->passes--;
        finish->before++;
        if (status == OC_OK && found.rounded <= objective->rounded + SUFFICIENT * length * slope) {
            *objective = found;
            *moved = true;
            accept(q, job);
        } else {
            double excess = found.rounded - objective->rounded - length * slope;
            double least = -slope * length * length / (2 * excess); /* of the parabola through what is known */
            length = least >= 0.1 * length && least <= 0.5 * length ? least : least > 0 ? 0.3 * length : 0.1 * length;
        }
    }
    return status;
}

oc_status oc_quasi_newton(const oc_problem *problem, const oc_precondition *precondition, oc_finish *finish,
                          float *weights, float *bias, oc_objective *objective, double *gap, oc_job *job, oc_error *err)
{
    size_t classes = problem->classes, vector, all;
    oc_status status = OC_OK;
    state q = {.problem = *problem, .precondition = precondition, .curvature = finish->curvature, .scale = 1};
    float *memory = NULL;
    if (oc_multiply(classes, problem->rows->dimension + 1, &vector) && oc_multiply(vector, 6 + 2 * PAIRS, &all)) {
        memory = oc_alloc(all, sizeof *memory);
    }
    q.bias_gradient = oc_alloc(classes, sizeof *q.bias_gradient);
    if (!memory || !q.bias_gradient) {
        status = oc_fail_memory(err, "training");
        goto cleanup;
    }
    q.size = vector;
    q.weights = vector - classes;
    float **parts[] = {&q.x, &q.gradient, &q.trial, &q.trial_gradient, &q.direction, &q.scaled};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        *parts[i] = memory + i * vector;
    }
    q.s = memory + 6 * vector;
    q.y = q.s + PAIRS * vector;
    memcpy(q.x, weights, q.weights * sizeof *q.x);
    memcpy(q.x + q.weights, bias, classes * sizeof *q.x);
    status = oc_finish_run(&(oc_method){&q, &q.problem, PAIRS, start, plan, step}, finish, objective, gap, job, err);
    memcpy(weights, q.x, q.weights * sizeof *q.x);
    memcpy(bias, q.x + q.weights, classes * sizeof *q.x);
cleanup:
    oc_free(memory);
    oc_free(q.bias_gradient);
    return status;
}
