/* One step, with the gradient G of the objective over a batch of B rows:
 *
 *     V <- momentum V - rate G P,  w <- w + V          P: the preconditioner
 *
 * Step size. For a quadratic loss of curvature c the noise of the batch is bounded when rate < 2 (1 - momentum) B / (c
 * (R^2 + (B - 1) lambda)), with R^2 the squared length of a row under P and lambda the largest eigenvalue of the
 * covariance under P (Ma, Bassily and Belkin, "The power of interpolation", 2018, section 3). The default rate is half
 * of that bound, with R^2 = sum q^2 / sum q for the squared lengths q of the rows. */
#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/threads.h"
#include "src/learn/descent.h"
#include "src/learn/loss.h"
#include "src/learn/penalty.h"
#include "src/learn/shuffle.h"
#include "src/matrix/rows.h"
#include "src/matrix/vector.h"

#include <math.h>
#include <string.h>

enum { ATTEMPTS = 8 };        /* number of rates that are tried, each a quarter of the previous one */
enum { CHECKED_ROWS = 1024 }; /* rows that show whether the last steps diverged */

typedef struct sgd {
    oc_descent *d;
    oc_evaluator *evaluator;
    oc_shuffle shuffle;         /* of the rows; empty when every step uses all rows */
    float *gradient, *velocity; /* (C D + C) */
    float *start;               /* (C D + C) */
    size_t batch, rows;         /* B, N */
    double zero_loss;           /* of scores of 0 */
} sgd;

/* Computes the mean loss, and the gradient unless it is NULL, of the rows first .. first + count - 1 in the order of
 * the epoch. */
static double evaluate(sgd *s, size_t first, size_t count, float *gradient, oc_job *job)
{
    oc_objective found = {.gradient = gradient};
    oc_evaluator_run(s->evaluator, s->d->w, s->shuffle.row ? s->shuffle.row + first : NULL, count, &found, job);
    return found.loss;
}

/* V <- momentum V - rate G, w <- w + V; then the penalties without a gradient. */
static void move(sgd *s, double rate)
{
    const oc_problem *p = s->d->problem;
    size_t d = p->rows->dimension, weights = oc_problem_weights(p);
    oc_vector_scale(s->velocity, s->d->used.momentum, weights + p->classes);
    oc_vector_add(s->velocity, -rate, s->gradient, weights + p->classes);
    oc_vector_add(s->d->w, 1, s->velocity, weights + p->classes);
    for (size_t c = 0; oc_problem_nonsmooth(p) && c < p->classes; c++) {
        oc_penalty_restrain(s->d->w + c * d, s->velocity + c * d, d, rate * p->l1, p->max_norm);
    }
}

/* Asks for the chunks of each window that begins before index `end` of the epoch; *window is the next window. Otherwise
 * the first value of a chunk that is used would make the kernel read far more of the file than the chunk: read_ahead_kb
 * of the disk, which may be megabytes. */
static void read_windows(const sgd *s, size_t *window, size_t end)
{
    const oc_shuffle *shuffle = &s->shuffle;
    for (; shuffle->windows > 1 && *window < shuffle->windows; ++*window) {
        size_t begin = *window ? shuffle->end[*window - 1] : 0;
        if (begin >= end) {
            return;
        }
        for (size_t i = begin; i < shuffle->end[*window]; i++) {
            size_t row = shuffle->row[i], left = s->rows - row;
            if (row % shuffle->chunk == 0) {
                oc_rows_read_ahead(s->d->problem->rows, row, left < shuffle->chunk ? left : shuffle->chunk);
            }
        }
    }
}

static double default_rate(const oc_descent *descent)
{
    const oc_problem *problem = descent->problem;
    const oc_precondition *p = descent->precondition;
    oc_curvature c = oc_loss_types[problem->loss].curvature(problem->classes);
    double penalty = 2 * problem->score_l2 + (p->covariance ? 0 : 2 * problem->l2 / fmax(p->largest, 1e-12));
    double batch = (double)descent->used.batch, momentum = descent->used.momentum;
    double noise = (c.row + penalty) * p->length + (c.mean + penalty) * (batch - 1) * p->largest;
    /* The bias is a column of ones, and is never preconditioned: short rows must not make its steps unstable. */
    double bias = (c.row + c.mean * (batch - 1)) * (1 - momentum) / (1 + momentum);
    return (1 - momentum) * batch / fmax(noise, bias);
}

static double scheduled(const oc_descent *d, double rate, size_t step, size_t steps)
{
    double part = (double)step / (double)steps;
    return d->used.schedule == OC_SCHEDULE_COSINE ? rate * 0.5 * (1 + cos(3.14159265358979323846 * part)) : rate;
}

/* Runs all epochs at one rate. Stops and returns true when training diverges: the mean loss of an epoch, or the loss
 * after the last step, is not finite, or more than twice the loss of the first step and more than twice the loss of
 * scores 0. */
static bool diverges(sgd *s, double rate, oc_job *job)
{
    size_t per_epoch = (s->rows + s->batch - 1) / s->batch, epochs = (size_t)s->d->used.epochs;
    size_t all = per_epoch * epochs, total = epochs + (size_t)s->d->used.batch_passes;
    double limit = s->zero_loss;
    s->d->steps = 0;
    for (size_t epoch = 0; epoch < epochs; epoch++) {
        double mean = 0;
        size_t window = 0;
        if (s->shuffle.row) {
            oc_shuffle_epoch(&s->shuffle, s->d->used.seed, epoch);
        }
        for (size_t first = 0; first < s->rows; first += s->batch) {
            size_t count = s->rows - first < s->batch ? s->rows - first : s->batch;
            double share = (double)count / (double)s->batch, loss;
            read_windows(s, &window, first + count);
            loss = evaluate(s, first, count, s->gradient, job);
            limit = s->d->steps ? limit : fmax(limit, loss);
            mean += loss / (double)per_epoch;
            oc_precondition_apply(s->d->precondition, s->d->problem->classes, s->gradient, job);
            move(s, share * scheduled(s->d, rate, s->d->steps, all));
            oc_job_progress(job, "training", ++s->d->steps, all);
            if (oc_job_cancelled(job)) {
                return false;
            }
        }
        oc_job_loss(job, epoch + 1, total, s->d->steps, mean);
        if (!(mean <= 2 * limit + 1e-6)) {
            return true;
        }
    }
    size_t checked = s->rows < CHECKED_ROWS ? s->rows : CHECKED_ROWS;
    return !(evaluate(s, s->rows - checked, checked, NULL, job) <= 2 * limit + 1e-6);
}

static oc_status run(sgd *s, oc_job *job, oc_error *err)
{
    oc_train_options *used = &s->d->used;
    size_t size = oc_problem_parameters(s->d->problem) * sizeof *s->start;
    bool given = !isnan(used->rate);
    memcpy(s->start, s->d->w, size);
    used->rate = given ? used->rate : (double)(float)default_rate(s->d); /* nine digits, as it is printed, are all */
    for (int attempt = 1; diverges(s, used->rate, job); attempt++) {
        if (given || attempt == ATTEMPTS) {
            return oc_fail(err, OC_BAD_DATA,
                           given ? "training diverges at a step size of %g; try `rate` auto"
                                 : "training diverges at a step size of %g; try other features or another `l2`",
                           used->rate);
        }
        oc_job_note(job, "the step size %.3g diverges; starting again with a quarter of it", used->rate);
        used->rate /= 4;
        memcpy(s->d->w, s->start, size);
        memset(s->velocity, 0, size);
    }
    s->d->passes += (size_t)used->epochs;
    return oc_job_cancelled(job) ? oc_fail(err, OC_CANCELLED, "cancelled") : OC_OK;
}

oc_status oc_sgd(oc_descent *descent, oc_job *job, oc_error *err)
{
    const oc_problem *problem = descent->problem;
    size_t size = oc_problem_parameters(problem);
    sgd s = {.d = descent, .batch = (size_t)descent->used.batch, .rows = problem->rows->count};
    oc_status status = oc_evaluator_create(problem, &s.evaluator, err);
    double *zeros = oc_alloc(problem->classes, sizeof *zeros);
    s.gradient = oc_alloc(size, sizeof *s.gradient);
    s.velocity = oc_alloc(size, sizeof *s.velocity);
    s.start = oc_alloc(size, sizeof *s.start);
    bool ordered = s.batch >= s.rows || oc_shuffle_init(&s.shuffle, s.rows, problem->rows->dimension * sizeof(float));
    if (status == OC_OK && (!ordered || !zeros || !s.gradient || !s.velocity || !s.start)) {
        status = oc_fail_memory(err, "training");
    }
    if (status == OC_OK) {
        s.zero_loss = oc_loss_value(problem->loss, zeros, problem->classes, 0, NULL);
        status = run(&s, job, err);
    }
    oc_evaluator_free(s.evaluator);
    oc_shuffle_free(&s.shuffle);
    oc_free(zeros);
    oc_free(s.gradient);
    oc_free(s.velocity);
    oc_free(s.start);
    return status;
}
