/* One step, with B rows Z (B,D) of the batch, scores S = Z W^T + b (B,C), and dS the gradient of the losses
 * by the scores over B:
 *
 *     G = dS^T Z + (2 score_l2 / B) (S - b)^T Z + 2 l2 W         gradient (C,D)
 *     V <- momentum V - rate G P,  W <- W + V                     P (D,D): the preconditioner
 *
 * Step size. For a quadratic loss of curvature c the noise of the batch is bounded when rate < 2 (1 -
 * momentum) B / (c (R^2 + (B - 1) lambda)), with R^2 the squared length of a row under P and lambda the
 * largest eigenvalue of the covariance under P (Ma, Bassily and Belkin, "The power of interpolation", 2018,
 * section 3). We take half of that, with R^2 the mean of the squared lengths weighted by themselves.
 *
 * Work is split over rows for the scores and over columns for the rest, at boundaries that depend on shapes alone. */
#include "src/learn/sgd.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/threads.h"
#include "src/learn/loss.h"
#include "src/learn/order.h"
#include "src/learn/penalty.h"
#include "src/learn/scaler.h"
#include "src/matrix/blas.h"

#include <math.h>
#include <string.h>

enum { ROWS = 64, COLUMNS = 256 }; /* rows and columns a task */
enum { SMALL_STEP = 1 << 18 };     /* products of a step that are not worth waking threads for */

typedef struct sgd {
    const oc_problem *problem;
    const oc_precondition *precondition;
    const uint32_t *rows; /* of the batch */
    size_t batch;
    float *z;                   /* (B, D) */
    float *slope;               /* (B, C): scores, then dS */
    double *work;               /* (tasks, 2 C) */
    double *sums;               /* (tasks, C + 1): bias gradient and loss of each task */
    float *gradient, *velocity; /* (C, D) */
    double *bias_velocity;      /* (C) */
    float *weights, *bias;
    float rate, momentum;
} sgd;

static void score_rows(void *context, size_t index, size_t worker)
{
    (void)worker;
    sgd *s = context;
    const oc_problem *p = s->problem;
    size_t d = p->rows->dimension, classes = p->classes, first = index * ROWS;
    size_t count = s->batch - first < ROWS ? s->batch - first : ROWS;
    float *z = s->z + first * d, *slope = s->slope + first * classes;
    double *scores = s->work + index * 2 * classes, *g = scores + classes;
    double *sums = s->sums + index * (classes + 1);
    memset(sums, 0, (classes + 1) * sizeof *sums);
    for (size_t i = 0; i < count; i++) {
        oc_scaler_row(p->rows, s->rows[first + i], p->center, p->scale, z + i * d);
    }
    oc_matmul_nt(1, oc_packed(z, count, d), oc_packed(s->weights, classes, d), 0, slope, classes);
    double share = 1 / (double)s->batch;
    for (size_t i = 0; i < count; i++) {
        float *row = slope + i * classes;
        for (size_t j = 0; j < classes; j++) {
            scores[j] = (double)row[j] + (double)s->bias[j];
        }
        size_t y = (size_t)p->labels[s->rows[first + i]];
        double weight = p->importance ? p->importance[y] : 1;
        sums[classes] += share * weight * oc_loss_value(p->loss, scores, classes, y, g);
        for (size_t j = 0; j < classes; j++) {
            sums[j] += share * weight * g[j];
            row[j] = (float)(share * (weight * g[j] + 2 * p->score_l2 * (double)row[j]));
        }
    }
}

/* velocity and weights from the preconditioned gradient. */
static void move(void *context, size_t index, size_t worker)
{
    (void)worker;
    sgd *s = context;
    size_t d = s->problem->rows->dimension, left = index * COLUMNS;
    size_t width = d - left < COLUMNS ? d - left : COLUMNS;
    for (size_t c = 0; c < s->problem->classes; c++) {
        float *restrict v = s->velocity + c * d + left, *restrict w = s->weights + c * d + left;
        const float *restrict g = s->gradient + c * d + left;
        for (size_t j = 0; j < width; j++) {
            v[j] = s->momentum * v[j] - s->rate * g[j];
            w[j] += v[j];
        }
        if (s->problem->l1 > 0) {
            oc_penalty_restrain(w, v, width, s->problem->l1 * (double)s->rate, 0);
        }
    }
}

/* Keeps the weights of a class within their length. */
static void project(void *context, size_t c, size_t worker)
{
    (void)worker;
    sgd *s = context;
    size_t d = s->problem->rows->dimension;
    oc_penalty_restrain(s->weights + c * d, s->velocity + c * d, d, 0, s->problem->max_norm);
}

static void differentiate(void *context, size_t index, size_t worker)
{
    (void)worker;
    sgd *s = context;
    size_t d = s->problem->rows->dimension, classes = s->problem->classes, left = index * COLUMNS;
    size_t width = d - left < COLUMNS ? d - left : COLUMNS;
    float decay = 2 * (float)s->problem->l2;
    for (size_t c = 0; c < classes; c++) {
        for (size_t j = left; j < left + width; j++) {
            s->gradient[c * d + j] = decay * s->weights[c * d + j];
        }
    }
    oc_matmul_tn(1, oc_packed(s->slope, s->batch, classes), oc_view(s->z + left, s->batch, width, d), 1,
                 s->gradient + left, d);
}

/* One step over s->batch rows; returns the mean loss before it. */
static double step(sgd *s, oc_job *job)
{
    size_t classes = s->problem->classes, d = s->problem->rows->dimension;
    size_t row_tasks = (s->batch + ROWS - 1) / ROWS, column_tasks = (d + COLUMNS - 1) / COLUMNS;
    oc_job *threads = (double)s->batch * (double)classes * (double)d < SMALL_STEP ? NULL : job;
    oc_parallel(threads, row_tasks, score_rows, s);
    oc_parallel(threads, column_tasks, differentiate, s);
    oc_precondition_apply(s->precondition, classes, s->gradient, job);
    oc_parallel(threads, column_tasks, move, s);
    if (s->problem->max_norm > 0) {
        oc_parallel(threads, classes, project, s);
    }
    double loss = 0;
    for (size_t j = 0; j <= classes; j++) {
        double sum = 0;
        for (size_t t = 0; t < row_tasks; t++) {
            sum += s->sums[t * (classes + 1) + j];
        }
        if (j == classes) {
            loss = sum;
        } else {
            s->bias_velocity[j] = (double)s->momentum * s->bias_velocity[j] - (double)s->rate * sum;
            s->bias[j] += (float)s->bias_velocity[j];
        }
    }
    return loss;
}

double oc_sgd_rate(const oc_problem *problem, const oc_precondition *p, const oc_sgd_options *options)
{
    oc_curvature c = oc_losses[problem->loss].curvature(problem->classes);
    double penalty = 2 * problem->score_l2 + (p->covariance ? 0 : 2 * problem->l2 / fmax(p->largest, 1e-12));
    double batch = (double)options->batch;
    double noise = (c.row + penalty) * p->length + (c.mean + penalty) * (batch - 1) * p->largest;
    /* The bias is a column of ones, and is never preconditioned: short rows must not make its steps unstable. */
    double bias = (c.row + c.mean * (batch - 1)) * (1 - options->momentum) / (1 + options->momentum);
    return (1 - options->momentum) * batch / fmax(noise, bias);
}

double oc_sgd_scheduled(double rate, oc_schedule schedule, size_t step, size_t steps)
{
    double part = (double)step / (double)steps;
    return schedule == OC_SCHEDULE_COSINE ? rate * 0.5 * (1 + cos(3.14159265358979323846 * part)) : rate;
}

/* The loss of scores that are all 0. */
static double loss_of_nothing(const sgd *s)
{
    memset(s->work, 0, s->problem->classes * sizeof *s->work);
    return oc_loss_value(s->problem->loss, s->work, s->problem->classes, 0, NULL);
}

/* All epochs at one rate; *diverged is set, and the rest left undone, when the loss of an epoch is not finite
 * or far above the loss of the first step and of weights that are 0. */
static size_t run(sgd *s, const oc_sgd_options *options, double rate, oc_order *order, bool *diverged, oc_job *job)
{
    size_t n = s->problem->rows->count, steps = 0;
    size_t per_epoch = (n + options->batch - 1) / options->batch, all = per_epoch * options->epochs;
    double first_loss = 0;
    *diverged = false;
    for (size_t epoch = 0; epoch < options->epochs && !*diverged && !oc_job_cancelled(job); epoch++) {
        oc_order_epoch(order, options->seed, epoch);
        double loss = 0;
        for (size_t k = 0; k < per_epoch && !oc_job_cancelled(job); k++, steps++) {
            s->rows = order->row + k * options->batch;
            s->batch = k + 1 < per_epoch ? options->batch : n - k * options->batch;
            s->rate = (float)oc_sgd_scheduled(rate, options->schedule, steps, all) * (float)s->batch /
                      (float)options->batch;
            double now = step(s, job);
            first_loss = steps ? first_loss : fmax(now, loss_of_nothing(s));
            loss += now / (double)per_epoch;
            oc_job_progress(job, "training", steps + 1, all);
        }
        if (!oc_job_cancelled(job)) {
            *diverged = !(loss <= 2 * first_loss + 1e-6);
            oc_job_loss(job, epoch + 1, options->total, steps, loss);
        }
    }
    return steps;
}

oc_status oc_sgd(const oc_problem *problem, const oc_precondition *precondition, const oc_sgd_options *options,
                 float *weights, float *bias, double *rate, size_t *steps, oc_job *job, oc_error *err)
{
    size_t n = problem->rows->count, d = problem->rows->dimension, classes = problem->classes;
    size_t row_tasks = (options->batch + ROWS - 1) / ROWS;
    oc_status status = OC_OK;
    oc_order order;
    bool ordered = oc_order_init(&order, n, d * sizeof(float));
    float *start = oc_alloc(classes, (d + 1) * sizeof *start);
    sgd s = {.problem = problem,
             .precondition = precondition,
             .weights = weights,
             .bias = bias,
             .momentum = (float)options->momentum};
    s.z = oc_alloc(options->batch, d * sizeof *s.z);
    s.slope = oc_alloc(options->batch, classes * sizeof *s.slope);
    s.work = oc_alloc(row_tasks, 2 * classes * sizeof *s.work);
    s.sums = oc_alloc(row_tasks, (classes + 1) * sizeof *s.sums);
    s.gradient = oc_alloc(classes, d * sizeof *s.gradient);
    s.velocity = oc_alloc(classes, d * sizeof *s.velocity);
    s.bias_velocity = oc_alloc(classes, sizeof *s.bias_velocity);
    if (!ordered || !start || !s.z || !s.slope || !s.work || !s.sums || !s.gradient || !s.velocity ||
        !s.bias_velocity) {
        status = oc_fail_memory(err, "training");
        goto cleanup;
    }
    memcpy(start, weights, classes * d * sizeof *start);
    memcpy(start + classes * d, bias, classes * sizeof *start);
    bool given = !isnan(options->rate), diverged = true;
    *rate = given ? options->rate : oc_sgd_rate(problem, precondition, options);
    for (int attempt = 0; diverged && attempt < 8; attempt++, *rate /= 4) {
        if (attempt) {
            oc_job_note(job, "the step size %.3g diverges; starting again with a quarter of it", 4 * *rate);
        }
        memcpy(weights, start, classes * d * sizeof *start);
        memcpy(bias, start + classes * d, classes * sizeof *start);
        memset(s.velocity, 0, classes * d * sizeof *s.velocity);
        memset(s.bias_velocity, 0, classes * sizeof *s.bias_velocity);
        *steps = run(&s, options, *rate, &order, &diverged, job);
        if (!diverged || given) {
            break;
        }
    }
    if (oc_job_cancelled(job)) {
        status = oc_fail(err, OC_CANCELLED, "cancelled");
    } else if (diverged) {
        status = oc_fail(err, OC_BAD_DATA, "training diverges at a step size of %g; try %s", *rate,
                         given ? "--rate auto" : "other features or a stronger --l2");
    }
cleanup:
    oc_order_free(&order);
    oc_free(start);
    oc_free(s.z);
    oc_free(s.slope);
    oc_free(s.work);
    oc_free(s.sums);
    oc_free(s.gradient);
    oc_free(s.velocity);
    oc_free(s.bias_velocity);
    return status;
}
