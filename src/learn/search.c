/* Several tries V_1 .. V_K are scored in one product, S = Z [V_1; ..; V_K]^T, so that rows are read once for
 * all of them. Scores are linear in the weights: local search keeps the scores of its W, and the scores of W
 * + V are the sum, wherever W has moved meanwhile.
 *
 * Random search leaves out tries that cannot win. The losses are convex in the scores, so by Jensen's
 * inequality the mean loss of a class is at least the loss of its mean row: a lower bound of the objective
 * from C rows instead of N. With weights as small as 1e-4 most margins stay on one side of the hinge, and the
 * bound is nearly the loss itself. */
#include "src/learn/search.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/random.h"
#include "src/base/threads.h"
#include "src/learn/scaler.h"
#include "src/matrix/blas.h"

#include <math.h>
#include <string.h>

enum { TILE = 256, SLOTS = 32, MOST_COLUMNS = 512, MOST_SCORES = 1 << 24 };
static const double STEP = 1e-4, START = 1e-3; /* standard deviations */
static const double ROUNDING = 1e-4;           /* relative, of the bound in single precision */

typedef struct search {
    const oc_problem *problem;
    const oc_search_options *options;
    double *offset;          /* (D): mean of z */
    size_t slots, used;      /* K at most, K now */
    size_t *number;          /* (K) of the try in each slot */
    float *weights;          /* (K, C, D) */
    float *bias;             /* (K, C) on centred rows */
    float *z;                /* (workers, TILE, D) */
    float *scores;           /* (N, K, C) without bias */
    double *row;             /* (workers, C) */
    double *sums;            /* (tiles, K, 2): losses and squared scores */
    float *mean;             /* (C, D): mean centred row of each class */
    float *mean_scores;      /* (C, C) */
    double *share;           /* (C): part of the rows in each class */
    float *base;             /* (N, C): scores that those of a try are added to; NULL: none */
    float *best, *best_bias; /* (C, D), (C): the caller's */
    double least;
} search;

/* Slots first .. first + count - 1. */
typedef struct range {
    search *s;
    size_t first, count;
    double deviation;
} range;

static void draw_try(void *context, size_t index, size_t worker)
{
    (void)worker;
    const range *drawn = context;
    search *s = drawn->s;
    size_t slot = drawn->first + index, d = s->problem->rows->dimension, classes = s->problem->classes;
    oc_random random = oc_random_stream(s->options->seed, 0x747279, s->number[slot]);
    for (size_t c = 0; c < classes; c++) {
        float *w = s->weights + (slot * classes + c) * d;
        double bias = drawn->deviation * oc_random_normal(&random);
        for (size_t j = 0; j < d; j++) {
            w[j] = (float)(drawn->deviation * oc_random_normal(&random));
            bias += (double)w[j] * s->offset[j];
        }
        s->bias[slot * classes + c] = (float)bias;
    }
}

/* Draws tries number, number + 1, ... into `count` slots. */
static void draw(search *s, size_t first, size_t count, size_t number, double deviation, oc_job *job)
{
    range drawn = {s, first, count, deviation};
    for (size_t i = 0; i < count; i++) {
        s->number[first + i] = number + i;
    }
    oc_parallel(job, count, draw_try, &drawn);
}

static void score_tile(void *context, size_t index, size_t worker)
{
    search *s = context;
    const oc_problem *p = s->problem;
    size_t d = p->rows->dimension, columns = s->used * p->classes, first = index * TILE;
    size_t count = p->rows->count - first < TILE ? p->rows->count - first : TILE;
    float *z = s->z + worker * TILE * d;
    for (size_t i = 0; i < count; i++) {
        oc_scaler_row(p->rows, first + i, p->center, p->scale, z + i * d);
    }
    oc_gemm_nt(count, columns, d, 1, z, d, s->weights, d, 0, s->scores + first * columns, columns);
}

static void sum_tile(void *context, size_t index, size_t worker)
{
    const range *summed = context;
    search *s = summed->s;
    const oc_problem *p = s->problem;
    size_t classes = p->classes, columns = s->used * classes, first = index * TILE;
    size_t end = p->rows->count - first < TILE ? p->rows->count : first + TILE;
    double *row = s->row + worker * classes, *sums = s->sums + index * s->slots * 2;
    for (size_t k = summed->first; k < summed->first + summed->count; k++) {
        double loss = 0, square = 0;
        for (size_t i = first; i < end; i++) {
            const float *from = s->scores + i * columns + k * classes, *bias = s->bias + k * classes;
            for (size_t c = 0; c < classes; c++) {
                double score = (double)from[c] + (s->base ? (double)s->base[i * classes + c] : 0);
                square += score * score;
                row[c] = score + (double)bias[c] + (s->base ? (double)s->best_bias[c] : 0);
            }
            size_t y = (size_t)p->labels[i];
            loss += (p->importance ? p->importance[y] : 1) * oc_loss_value(p->loss, row, classes, y, NULL);
        }
        sums[2 * k] = loss;
        sums[2 * k + 1] = square;
    }
}

/* Infinite where the weights of a class are longer than allowed. */
static double weight_penalty(const search *s, size_t slot)
{
    size_t d = s->problem->rows->dimension, size = s->problem->classes * d;
    const float *w = s->weights + slot * size;
    double l2 = s->problem->l2, l1 = s->problem->l1, longest = s->problem->max_norm, sum = 0, length = 0;
    for (size_t j = 0; (l2 > 0 || l1 > 0 || longest > 0) && j < size; j++) {
        double weight = (double)w[j] + (s->base ? (double)s->best[j] : 0);
        length = (j % d ? length : 0) + weight * weight;
        if (longest > 0 && length > longest * longest) {
            return INFINITY;
        }
        sum += l2 * weight * weight + l1 * fabs(weight);
    }
    return sum;
}

/* The scores of all slots in use. */
static void score(search *s, oc_job *job)
{
    oc_parallel(job, (s->problem->rows->count + TILE - 1) / TILE, score_tile, s);
}

/* The objective of slots first .. first + count - 1, which were scored. */
static void evaluate(search *s, size_t first, size_t count, double *value, oc_job *job)
{
    size_t n = s->problem->rows->count, tiles = (n + TILE - 1) / TILE;
    range summed = {s, first, count, 0};
    oc_parallel(job, tiles, sum_tile, &summed);
    for (size_t k = first; k < first + count; k++) {
        double loss = 0, square = 0;
        for (size_t t = 0; t < tiles; t++) {
            loss += s->sums[(t * s->slots + k) * 2];
            square += s->sums[(t * s->slots + k) * 2 + 1];
        }
        value[k - first] = (loss + s->problem->score_l2 * square) / (double)n + weight_penalty(s, k);
    }
}

/* A lower bound of the objective in a slot, from the class means. */
static double bound(const search *s, size_t slot)
{
    size_t d = s->problem->rows->dimension, classes = s->problem->classes;
    double sum = weight_penalty(s, slot);
    oc_gemm_nt(classes, classes, d, 1, s->mean, d, s->weights + slot * classes * d, d, 0, s->mean_scores, classes);
    for (size_t y = 0; y < classes; y++) {
        for (size_t c = 0; c < classes; c++) {
            s->row[c] = (double)s->mean_scores[y * classes + c] + (double)s->bias[slot * classes + c];
        }
        double weight = s->share[y] * (s->problem->importance ? s->problem->importance[y] : 1);
        sum += weight * oc_loss_value(s->problem->loss, s->row, classes, y, NULL);
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

/* W <- V in random search, W + V in local search. */
static void keep(search *s, size_t slot, double value, size_t *steps, oc_job *job)
{
    size_t d = s->problem->rows->dimension, classes = s->problem->classes, columns = s->used * classes;
    const float *w = s->weights + slot * classes * d;
    for (size_t j = 0; j < classes * d; j++) {
        s->best[j] = w[j] + (s->base ? s->best[j] : 0);
    }
    for (size_t c = 0; c < classes; c++) {
        s->best_bias[c] = s->bias[slot * classes + c] + (s->base ? s->best_bias[c] : 0);
    }
    for (size_t i = 0; s->base && i < s->problem->rows->count; i++) {
        for (size_t c = 0; c < classes; c++) {
            s->base[i * classes + c] += s->scores[i * columns + slot * classes + c];
        }
    }
    s->least = value;
    (*steps)++;
    oc_job_loss(job, s->number[slot] + 1, s->options->tries, *steps, value);
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
            double value[SLOTS];
            score(s, job);
            evaluate(s, 0, kept, value, job);
            for (size_t k = 0; k < kept; k++) {
                if (value[k] < s->least) {
                    keep(s, k, value[k], steps, job);
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
    for (size_t t = 0; t < tries && !oc_job_cancelled(job); t += s->used) {
        s->used = t == 0 ? 1 : s->slots < tries - t ? s->slots : tries - t;
        draw(s, 0, s->used, t, t ? STEP : START, job);
        score(s, job);
        for (size_t k = 0; k < s->used; k++) {
            double value;
            evaluate(s, k, 1, &value, job);
            if (value < s->least) {
                keep(s, k, value, steps, job);
            }
        }
        oc_job_progress(job, "searching", t + s->used, tries);
    }
}

static float *floats(size_t a, size_t b)
{
    size_t size;
    return oc_multiply(a, b, &size) ? oc_alloc(size, sizeof(float)) : NULL;
}

static bool allocate(search *s, size_t workers)
{
    size_t n = s->problem->rows->count, d = s->problem->rows->dimension, classes = s->problem->classes;
    size_t columns = s->slots * classes, tiles = (n + TILE - 1) / TILE;
    bool local = s->options->local;
    s->offset = oc_alloc(d, sizeof *s->offset);
    s->number = oc_alloc(s->slots, sizeof *s->number);
    s->weights = floats(columns, d);
    s->bias = oc_alloc(columns, sizeof *s->bias);
    s->z = floats(workers * TILE, d);
    s->scores = floats(n, columns);
    s->row = oc_alloc(classes, workers * sizeof *s->row);
    s->sums = oc_alloc(tiles, s->slots * 2 * sizeof *s->sums);
    s->mean = floats(classes, d);
    s->mean_scores = floats(classes, classes);
    s->share = oc_alloc(classes, sizeof *s->share);
    s->base = local ? floats(n, classes) : NULL;
    return s->offset && s->number && s->weights && s->bias && s->z && s->scores && s->row && s->sums && s->mean &&
           s->mean_scores && s->share && (s->base || !local);
}

/* Tries in one product: as many as the memory for their scores allows, whatever the number of threads. */
static size_t count_slots(const oc_problem *problem)
{
    size_t by_columns = MOST_COLUMNS / problem->classes,
           by_rows = MOST_SCORES / problem->classes / problem->rows->count;
    size_t slots = by_columns < by_rows ? by_columns : by_rows;
    return slots < 1 ? 1 : slots < SLOTS ? slots : SLOTS;
}

oc_status oc_search(const oc_problem *problem, const float *shift, const oc_search_options *options, float *weights,
                    float *bias, size_t *steps, oc_job *job, oc_error *err)
{
    size_t d = problem->rows->dimension;
    oc_status status = OC_OK;
    search s = {.problem = problem, .options = options, .best = weights, .best_bias = bias, .least = INFINITY};
    s.slots = count_slots(problem);
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
        status = oc_fail(err, OC_BAD_DATA,
                         "the objective of every try is infinite: the features are too large, or the weights longer "
                         "than --max-norm");
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
    oc_free(s.mean_scores);
    oc_free(s.base);
    oc_free(s.mean);
    oc_free(s.share);
    return status;
}
