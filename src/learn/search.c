/* Several tries W_1 .. W_K are scored in one product, S = Z [W_1; ..; W_K]^T, so that rows are read once for all of them.
 *
 * Random search leaves out tries that cannot win. The losses are convex in the scores, so by Jensen's inequality the mean
 * loss of a class is at least the loss of its mean row: a lower bound of the objective from C rows instead of N. With
 * weights as small as 1e-4 most margins stay on one side of the hinge, and the bound is nearly the loss itself.
 *
 * Local search tries several changes of the same W at once and takes the first, in the order of the tries, that lowers the
 * objective; the ones after it are tried again from there. */
#include "src/learn/search.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/random.h"
#include "src/base/threads.h"
#include "src/learn/scaler.h"
#include "src/matrix/blas.h"

#include <math.h>
#include <string.h>

enum { TILE = 256, MOST_COLUMNS = 512, RANDOM_SLOTS = 32, LOCAL_SLOTS = 8 };
static const double STEP = 1e-4, START = 1e-3; /* standard deviations */
static const double ROUNDING = 1e-4;           /* relative, of the bound in single precision */

typedef struct search {
    const oc_problem *problem;
    const oc_search_options *options;
    double *offset;    /* (D): mean of z */
    size_t slots, used; /* K at most, K now */
    size_t *number;    /* (K) of the try in each slot */
    float *weights;    /* (K, C, D) */
    float *bias;       /* (K, C) on centred rows */
    float *z;          /* (workers, TILE, D) */
    float *scores;     /* (workers, TILE, K, C) */
    double *row;       /* (workers, C) */
    double *sums;      /* (tiles, K, 2): losses and squared scores */
    double *value;     /* (K): objective */
    float *mean;       /* (C, D): mean centred row of each class */
    double *share;     /* (C): part of the rows in each class */
    float *best, *best_bias; /* (C, D), (C): the caller's */
    double least;
} search;

typedef struct drawing {
    search *s;
    size_t first_slot;
    double deviation;
} drawing;

static void draw_try(void *context, size_t index, size_t worker)
{
    (void)worker;
    const drawing *drawn = context;
    search *s = drawn->s;
    size_t slot = drawn->first_slot + index, d = s->problem->rows->dimension, classes = s->problem->classes;
    oc_random random = oc_random_stream(s->options->seed, 0x747279, s->number[slot]);
    for (size_t c = 0; c < classes; c++) {
        float *w = s->weights + (slot * classes + c) * d;
        double bias = drawn->deviation * oc_random_normal(&random);
        for (size_t j = 0; j < d; j++) {
            double change = drawn->deviation * oc_random_normal(&random);
            w[j] = s->options->local ? s->best[c * d + j] + (float)change : (float)change;
            bias += change * s->offset[j];
        }
        s->bias[slot * classes + c] = (float)bias + (s->options->local ? s->best_bias[c] : 0);
    }
}

/* Draws tries first, first + 1, ... into `count` slots. */
static void draw(search *s, size_t first_slot, size_t count, size_t first, double deviation, oc_job *job)
{
    drawing drawn = {s, first_slot, deviation};
    for (size_t i = 0; i < count; i++) {
        s->number[first_slot + i] = first + i;
    }
    oc_parallel(job, count, draw_try, &drawn);
}

static void score_tile(void *context, size_t index, size_t worker)
{
    search *s = context;
    const oc_problem *p = s->problem;
    size_t d = p->rows->dimension, classes = p->classes, columns = s->used * classes, first = index * TILE;
    size_t count = p->rows->count - first < TILE ? p->rows->count - first : TILE;
    float *z = s->z + worker * TILE * d, *scores = s->scores + worker * TILE * s->slots * classes;
    double *row = s->row + worker * classes, *sums = s->sums + index * s->slots * 2;
    for (size_t i = 0; i < count; i++) {
        oc_scaler_row(p->rows, first + i, p->center, p->scale, z + i * d);
    }
    oc_gemm_nt(count, columns, d, 1, z, d, s->weights, d, 0, scores, columns);
    memset(sums, 0, s->used * 2 * sizeof *sums);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < s->used; k++) {
            const float *from = scores + i * columns + k * classes, *bias = s->bias + k * classes;
            for (size_t c = 0; c < classes; c++) {
                row[c] = (double)from[c] + (double)bias[c];
                sums[2 * k + 1] += (double)from[c] * (double)from[c];
            }
            sums[2 * k] += oc_loss_value(p->loss, row, classes, (size_t)p->labels[first + i], NULL);
        }
    }
}

static double weight_penalty(const search *s, size_t slot)
{
    size_t size = s->problem->classes * s->problem->rows->dimension;
    const float *w = s->weights + slot * size;
    double sum = 0;
    for (size_t j = 0; s->problem->l2 > 0 && j < size; j++) {
        sum += (double)w[j] * (double)w[j];
    }
    return s->problem->l2 * sum;
}

/* s->value of all slots in use. */
static void evaluate(search *s, oc_job *job)
{
    size_t n = s->problem->rows->count, tiles = (n + TILE - 1) / TILE;
    oc_parallel(job, tiles, score_tile, s);
    for (size_t k = 0; k < s->used; k++) {
        double loss = 0, square = 0;
        for (size_t t = 0; t < tiles; t++) {
            loss += s->sums[(t * s->slots + k) * 2];
            square += s->sums[(t * s->slots + k) * 2 + 1];
        }
        s->value[k] = (loss + s->problem->score_l2 * square) / (double)n + weight_penalty(s, k);
    }
}

/* A lower bound of the objective in a slot, from the class means. */
static double bound(const search *s, size_t slot)
{
    size_t d = s->problem->rows->dimension, classes = s->problem->classes;
    double sum = weight_penalty(s, slot);
    oc_gemm_nt(classes, classes, d, 1, s->mean, d, s->weights + slot * classes * d, d, 0, s->scores, classes);
    for (size_t y = 0; y < classes; y++) {
        for (size_t c = 0; c < classes; c++) {
            s->row[c] = (double)s->scores[y * classes + c] + (double)s->bias[slot * classes + c];
        }
        sum += s->share[y] * oc_loss_value(s->problem->loss, s->row, classes, y, NULL);
    }
    return sum * (1 - ROUNDING);
}

static void find_class_means(search *s)
{
    const oc_problem *p = s->problem;
    size_t n = p->rows->count, d = p->rows->dimension;
    for (size_t i = 0; i < n; i++) {
        s->share[p->labels[i]] += 1;
    }
    for (size_t i = 0; i < n; i++) {
        size_t y = (size_t)p->labels[i];
        float *restrict mean = s->mean + y * d, part = (float)(1 / s->share[y]);
        oc_scaler_row(p->rows, i, p->center, p->scale, s->z);
        for (size_t j = 0; j < d; j++) {
            mean[j] += part * s->z[j];
        }
    }
    for (size_t y = 0; y < p->classes; y++) {
        s->share[y] /= (double)n;
    }
}

static void keep(search *s, size_t slot, size_t *steps, oc_job *job)
{
    size_t d = s->problem->rows->dimension, classes = s->problem->classes;
    memcpy(s->best, s->weights + slot * classes * d, classes * d * sizeof *s->best);
    memcpy(s->best_bias, s->bias + slot * classes, classes * sizeof *s->best_bias);
    s->least = s->value[slot];
    (*steps)++;
    oc_job_loss(job, s->number[slot] + 1, s->options->tries, *steps, s->least);
}

/* Moves the tries that may win to the front; s->used counts them and those before `from`. */
static void leave_out_losers(search *s, size_t from, size_t count)
{
    size_t d = s->problem->rows->dimension, classes = s->problem->classes;
    s->used = from;
    for (size_t slot = from; slot < from + count; slot++) {
        if (bound(s, slot) >= s->least) {
            continue;
        }
        if (slot != s->used) {
            memcpy(s->weights + s->used * classes * d, s->weights + slot * classes * d,
                   classes * d * sizeof *s->weights);
            memcpy(s->bias + s->used * classes, s->bias + slot * classes, classes * sizeof *s->bias);
            s->number[s->used] = s->number[slot];
        }
        s->used++;
    }
}

static void search_everywhere(search *s, size_t *steps, oc_job *job)
{
    size_t tries = s->options->tries, kept = 0;
    find_class_means(s);
    for (size_t t = 0; t < tries && !oc_job_cancelled(job);) {
        size_t count = s->slots - kept < tries - t ? s->slots - kept : tries - t;
        draw(s, kept, count, t, STEP, job);
        leave_out_losers(s, kept, count);
        kept = s->used;
        t += count;
        if (kept == s->slots || t == tries) {
            evaluate(s, job);
            for (size_t k = 0; k < kept; k++) {
                if (s->value[k] < s->least) {
                    keep(s, k, steps, job);
                }
            }
            kept = 0;
        }
        oc_job_progress(job, "searching", t, tries);
    }
}

static void search_nearby(search *s, size_t *steps, oc_job *job)
{
    size_t tries = s->options->tries;
    memset(s->best, 0, s->problem->classes * s->problem->rows->dimension * sizeof *s->best);
    memset(s->best_bias, 0, s->problem->classes * sizeof *s->best_bias);
    for (size_t t = 0; t < tries && !oc_job_cancelled(job);) {
        size_t count = s->slots < tries - t ? s->slots : tries - t, k = 0;
        s->used = count = t ? count : 1;
        draw(s, 0, count, t, t ? STEP : START, job);
        evaluate(s, job);
        while (k < count && !(s->value[k] < s->least)) {
            k++;
        }
        if (k < count) {
            keep(s, k, steps, job);
            k++;
        }
        t += k;
        oc_job_progress(job, "searching", t, tries);
    }
}

static bool allocate(search *s, size_t workers)
{
    size_t d = s->problem->rows->dimension, classes = s->problem->classes, columns = s->slots * classes;
    size_t tiles = (s->problem->rows->count + TILE - 1) / TILE, size;
    /* The means of the classes are scored in the same memory. */
    size_t scores = columns > classes ? columns : classes, score_rows = TILE > classes ? TILE : classes;
    s->offset = oc_alloc(d, sizeof *s->offset);
    s->number = oc_alloc(s->slots, sizeof *s->number);
    s->weights = oc_multiply(columns, d, &size) ? oc_alloc(size, sizeof *s->weights) : NULL;
    s->bias = oc_alloc(columns, sizeof *s->bias);
    s->z = oc_multiply(workers * TILE, d, &size) ? oc_alloc(size, sizeof *s->z) : NULL;
    s->scores = oc_multiply(workers * score_rows, scores, &size) ? oc_alloc(size, sizeof *s->scores) : NULL;
    s->row = oc_alloc(classes, workers * sizeof *s->row);
    s->sums = oc_alloc(tiles, s->slots * 2 * sizeof *s->sums);
    s->value = oc_alloc(s->slots, sizeof *s->value);
    s->mean = oc_multiply(classes, d, &size) ? oc_alloc(size, sizeof *s->mean) : NULL;
    s->share = oc_alloc(classes, sizeof *s->share);
    return s->offset && s->number && s->weights && s->bias && s->z && s->scores && s->row && s->sums && s->value &&
           s->mean && s->share;
}

oc_status oc_search(const oc_problem *problem, const float *shift, const oc_search_options *options, float *weights,
                    float *bias, size_t *steps, oc_job *job, oc_error *err)
{
    size_t d = problem->rows->dimension, fitting = MOST_COLUMNS / problem->classes;
    size_t most = options->local ? LOCAL_SLOTS : RANDOM_SLOTS;
    oc_status status = OC_OK;
    search s = {.problem = problem, .options = options, .best = weights, .best_bias = bias, .least = INFINITY};
    s.slots = fitting < 1 ? 1 : fitting < most ? fitting : most;
    *steps = 0;
    if (!allocate(&s, oc_job_threads(job))) {
        status = oc_fail_memory(err, "the search");
        goto cleanup;
    }
    for (size_t j = 0; j < d; j++) {
        s.offset[j] = ((double)problem->center[j] - (double)shift[j]) * (double)problem->scale[j];
    }
    if (options->local) {
        search_nearby(&s, steps, job);
    } else {
        search_everywhere(&s, steps, job);
    }
    if (oc_job_cancelled(job)) {
        status = oc_fail(err, OC_CANCELLED, "cancelled");
    } else if (!isfinite(s.least)) {
        status = oc_fail(err, OC_BAD_DATA, "the loss of every try is infinite: the features are too large");
    }
cleanup:
    oc_free(s.offset);
    oc_free(s.number);
    oc_free(s.weights);
    oc_free(s.bias);
    oc_free(s.z);
    oc_free(s.scores);
    oc_free(s.row);
    oc_free(s.sums);
    oc_free(s.value);
    oc_free(s.mean);
    oc_free(s.share);
    return status;
}
