/* Proximal Newton steps with the covariance K of the rows in place of the Hessian (Lee, Sun and Saunders, 2014): from x
 * = (W, b) with gradient g of the smooth part of F, the next point is the u that minimises
 *
 *     q(u) = <g, u - x> + 1/2 <u - x, A (u - x)> + l1 |U|_1      with |u_c| <= max_norm
 *     A = (c + 2 score_l2) K + 2 l2 I for the weights, c for the biases
 *
 * The curvature c is what the last step has shown (Barzilai and Borwein, 1988; SpaRSA of Wright, Nowak and Figueiredo,
 * 2009), doubled until F falls below the highest of its last values. What is left to gain is estimated by -q(u), for
 * the least curvature that was seen of late: steps across steep directions say nothing of flat ones. It is as much more
 * as the last steps gained more than was estimated before them, and no less than they gained.
 *
 * q is minimised by accelerated proximal gradients (Beck and Teboulle, 2009), restarted where they turn back
 * (O'Donoghue and Candes, 2015). That takes products with K, and no pass over the rows. */
#include "src/learn/proximal.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/threads.h"
#include "src/learn/penalty.h"
#include "src/matrix/blas.h"

#include <math.h>
#include <string.h>

enum { POWER_STEPS = 20, INNER = 300, COLUMNS = 256, DOUBLINGS = 20, RECENT = 5 };
static const double SUFFICIENT = 0.01;  /* part of the decrease that q promises */
static const double INNER_ERROR = 1e-5; /* of a step against the whole way, squared and in the norm of A's bound */

typedef struct state {
    oc_problem problem; /* with its own rounding */
    const float *covariance;
    double largest, curvature;
    double values[RECENT], seen[RECENT]; /* rounded objectives and curvatures of late; step k in slot k % RECENT */
    double promised;                     /* q(u) - q(x) of the step that is planned */
    double value;                        /* rounded objective at x */
    size_t steps;
    size_t classes, dimension, weights; /* C, D, C D */
    float *w, *gradient;                /* (C,D) */
    float *u, *u_gradient;              /* (C,D): next weights */
    float *ahead, *product;             /* (C,D): extrapolated u - w, and its product with K */
    float *bias, *next_bias;            /* (C) */
    double *slope, *next_slope;         /* (C): gradients by the biases */
    const float *factor;                /* of the product that is being made */
    float *out;
} state;

static double dot(const float *a, const float *b, size_t n)
{
    double sum = 0;
    for (size_t j = 0; j < n; j++) {
        sum += (double)a[j] * (double)b[j];
    }
    return sum;
}

static void multiply_columns(void *context, size_t index, size_t worker)
{
    (void)worker;
    const state *s = context;
    size_t d = s->dimension, left = index * COLUMNS, width = d - left < COLUMNS ? d - left : COLUMNS;
    oc_matmul_nn(1, oc_packed(s->factor, s->classes, d), oc_view(s->covariance + left, d, width, d), 0, s->out + left,
                 d);
}

/* out (C,D) = v (C,D) K */
static void multiply(state *s, const float *v, float *out, oc_job *job)
{
    s->factor = v;
    s->out = out;
    if (s->covariance) {
        oc_parallel(job, (s->dimension + COLUMNS - 1) / COLUMNS, multiply_columns, s);
        return;
    }
    for (size_t j = 0; j < s->weights; j++) {
        out[j] = (float)s->largest * v[j];
    }
}

/* A little more than the largest eigenvalue of K. */
static void find_largest(state *s, oc_job *job)
{
    double norm = 1;
    for (size_t j = 0; j < s->weights; j++) {
        s->ahead[j] = 1 + 1e-3F * (float)(j % 7);
    }
    for (int i = 0; s->covariance && i < POWER_STEPS; i++) {
        double least = 1 / fmax(sqrt(dot(s->ahead, s->ahead, s->weights)), 1e-30);
        for (size_t j = 0; j < s->weights; j++) {
            s->ahead[j] *= (float)least;
        }
        multiply(s, s->ahead, s->product, job);
        memcpy(s->ahead, s->product, s->weights * sizeof *s->ahead);
        norm = sqrt(dot(s->ahead, s->ahead, s->weights));
    }
    s->largest = fmax(s->covariance ? 1.05 * norm : s->largest, 1e-12);
}

/* u <- where gradients of q at w + ahead lead; ahead <- u extrapolated, minus w. Returns the squared length of u's way,
 * and in *back its product with the way to the point before. */
static double advance(state *s, double a, double ridge, double momentum, double *back)
{
    double step = 1 / (a * s->largest + ridge), way = 0;
    *back = 0;
    for (size_t c = 0; c < s->classes; c++) {
        size_t first = c * s->dimension;
        float *restrict ahead = s->ahead + first, *restrict next = s->product + first;
        const float *restrict w = s->w + first, *restrict g = s->gradient + first;
        float *restrict u = s->u + first;
        for (size_t j = 0; j < s->dimension; j++) {
            double slope = (double)g[j] + a * (double)next[j] + ridge * (double)ahead[j];
            next[j] = (float)((double)w[j] + (double)ahead[j] - step * slope);
        }
        oc_penalty_shrink(next, s->dimension, step * s->problem.l1);
        oc_penalty_project(next, s->dimension, s->problem.max_norm);
        for (size_t j = 0; j < s->dimension; j++) {
            double moved = (double)next[j] - (double)u[j];
            *back += ((double)w[j] + (double)ahead[j] - (double)next[j]) * moved;
            way += moved * moved;
            u[j] = next[j];
            ahead[j] = (float)((double)next[j] + momentum * moved - (double)w[j]);
        }
    }
    return way;
}

static double size_of(const float *v, size_t n)
{
    double sum = 0;
    for (size_t j = 0; j < n; j++) {
        sum += fabs((double)v[j]);
    }
    return sum;
}

/* Finds u and the next biases; leaves u - w in ahead and its product with K in product. Returns q(u) - q(x). */
static double solve(state *s, oc_job *job)
{
    double a = s->curvature + 2 * s->problem.score_l2, ridge = 2 * s->problem.l2, t = 1, way = 0;
    memcpy(s->u, s->w, s->weights * sizeof *s->u);
    memset(s->ahead, 0, s->weights * sizeof *s->ahead);
    for (int i = 0; i < INNER && !oc_job_cancelled(job); i++) {
        double grown = (1 + sqrt(1 + 4 * t * t)) / 2, back;
        multiply(s, s->ahead, s->product, job);
        double moved = advance(s, a, ridge, (t - 1) / grown, &back);
        way += moved;
        t = back > 0 ? 1 : grown;
        if (!s->covariance || moved <= INNER_ERROR * way) { /* without it the first step is exact */
            break;
        }
    }
    for (size_t j = 0; j < s->weights; j++) {
        s->ahead[j] = s->u[j] - s->w[j];
    }
    multiply(s, s->ahead, s->product, job);
    double linear = dot(s->gradient, s->ahead, s->weights),
           sizes = size_of(s->u, s->weights) - size_of(s->w, s->weights);
    double square = a * dot(s->ahead, s->product, s->weights) + ridge * dot(s->ahead, s->ahead, s->weights);
    for (size_t c = 0; c < s->classes; c++) {
        s->next_bias[c] = s->bias[c] - (float)(s->slope[c] / s->curvature);
        linear -= s->slope[c] * s->slope[c] / (2 * s->curvature);
    }
    return linear + square / 2 + s->problem.l1 * sizes;
}

/* Goes to u; the curvature becomes what the change of the gradient says. */
static void accept(state *s)
{
    double seen = 0, metric = dot(s->ahead, s->product, s->weights), square = dot(s->ahead, s->ahead, s->weights);
    for (size_t j = 0; j < s->weights; j++) {
        seen += (double)s->ahead[j] * ((double)s->u_gradient[j] - (double)s->gradient[j]);
    }
    seen -= 2 * s->problem.l2 * square + 2 * s->problem.score_l2 * metric;
    for (size_t c = 0; c < s->classes; c++) {
        double change = (double)s->next_bias[c] - (double)s->bias[c];
        seen += change * (s->next_slope[c] - s->slope[c]);
        metric += change * change;
    }
    s->seen[s->steps++ % RECENT] = metric > 0 && seen > 0 ? seen / metric : s->curvature;
    if (metric > 0) {
        s->curvature = fmin(fmax(seen / metric, 0.1 * s->curvature), 10 * s->curvature);
    }
    memcpy(s->w, s->u, s->weights * sizeof *s->w);
    memcpy(s->gradient, s->u_gradient, s->weights * sizeof *s->gradient);
    memcpy(s->bias, s->next_bias, s->classes * sizeof *s->bias);
    memcpy(s->slope, s->next_slope, s->classes * sizeof *s->slope);
}

static oc_status evaluate(const state *s, const float *w, const float *bias, float *gradient, double *slope,
                          oc_objective *objective, oc_job *job, oc_error *err)
{
    objective->gradient = gradient;
    objective->bias = slope;
    oc_status status = oc_problem_evaluate(&s->problem, w, bias, objective, job, err);
    return status == OC_OK && oc_job_cancelled(job) ? oc_fail(err, OC_CANCELLED, "cancelled") : status;
}

static double highest(const state *s)
{
    double most = s->values[0];
    for (size_t k = 1; k < RECENT; k++) {
        most = fmax(most, s->values[k]);
    }
    return most;
}

static double flattest(const state *s)
{
    double least = s->curvature;
    for (size_t k = 0; k < RECENT && k < s->steps; k++) {
        least = fmin(least, s->seen[k]);
    }
    return least;
}

static void forget(state *s, double value)
{
    for (size_t k = 0; k < RECENT; k++) {
        s->values[k] = value;
    }
}

static oc_status start(void *context, oc_objective *objective, oc_job *job, oc_error *err)
{
    state *s = context;
    oc_status status = evaluate(s, s->w, s->bias, s->gradient, s->slope, objective, job, err);
    s->value = objective->rounded;
    forget(s, s->value);
    return status;
}

/* What is left is no less than the last steps lie above. */
static double plan(void *context, oc_job *job)
{
    state *s = context;
    s->promised = solve(s, job);
    return fmax(-s->promised * s->curvature / flattest(s), highest(s) - s->value);
}

/* To u, under a curvature that is doubled until F falls. */
static oc_status step(void *context, oc_finish *finish, oc_objective *objective, bool *moved, oc_job *job,
                      oc_error *err)
{
    state *s = context;
    oc_status status = OC_OK;
    *moved = false;
    for (size_t tries = 0; tries < DOUBLINGS && finish->passes && !*moved && status == OC_OK; tries++) {
        oc_objective found;
        s->promised = tries ? solve(s, job) : s->promised;
        status = evaluate(s, s->u, s->next_bias, s->u_gradient, s->next_slope, &found, job, err);
        finish->passes--;
        finish->before++;
        if (status == OC_OK && found.rounded <= highest(s) + SUFFICIENT * s->promised) {
            *objective = found;
            *moved = true;
            accept(s);
            s->value = s->values[s->steps % RECENT] = found.rounded;
        } else {
            s->curvature *= 2;
        }
    }
    return status;
}

oc_status oc_proximal(const oc_problem *problem, const float *covariance, double largest, oc_finish *finish,
                      float *weights, float *bias, oc_objective *objective, double *gap, oc_job *job, oc_error *err)
{
    size_t classes = problem->classes, d = problem->rows->dimension;
    oc_status status = OC_OK;
    state s = {.problem = *problem,
               .covariance = covariance,
               .largest = largest,
               .curvature = finish->curvature,
               .classes = classes,
               .dimension = d,
               .weights = classes * d,
               .w = weights,
               .bias = bias};
    float **parts[] = {&s.gradient, &s.u, &s.u_gradient, &s.ahead, &s.product};
    enum { PARTS = sizeof parts / sizeof *parts };
    float *memory = oc_alloc(s.weights, PARTS * sizeof *memory);
    s.next_bias = oc_alloc(classes, sizeof *s.next_bias);
    s.slope = oc_alloc(classes, 2 * sizeof *s.slope);
    if (!memory || !s.next_bias || !s.slope) {
        status = oc_fail_memory(err, "training");
        goto cleanup;
    }
    s.next_slope = s.slope + classes;
    for (size_t i = 0; i < PARTS; i++) {
        *parts[i] = memory + i * s.weights;
    }
    find_largest(&s, job);
    status = oc_finish_run(&(oc_method){&s, &s.problem, 0, start, plan, step}, finish, objective, gap, job, err);
cleanup:
    oc_free(memory);
    oc_free(s.next_bias);
    oc_free(s.slope);
    return status;
}
