/* try t:   random search  W_t = 1e-4 N(0, 1)
 *          local search   W_t = W + 1e-4 N(0, 1), from W_0 = 1e-3 N(0, 1)
 *          W <- W_t where F(W_t) < F(W)
 * Tries of random search are independent: the scores of many tries are one matrix product. */
#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/random.h"
#include "src/base/threads.h"
#include "src/learn/descent.h"
#include "src/learn/loss.h"
#include "src/learn/scaler.h"
#include "src/matrix/blas.h"
#include "src/matrix/vector.h"

#include <math.h>
#include <string.h>

enum { GUESSES = 64, TILE = 64 };              /* tries in one product; rows per task */
static const double STEP = 1e-4, START = 1e-3; /* standard deviations */

typedef struct search {
    const oc_problem *problem;
    const oc_descent *descent;
    bool local;
    size_t first, tries; /* number of the first try; T, the number of tries */
    float *weights;      /* (T C, D) */
    float *bias;         /* (T C) */
    float *z;            /* (threads, TILE, D) */
    float *scores;       /* (threads, TILE, T C) */
    double *s;           /* (threads, C) */
    double *sums;        /* (tiles, T): losses */
} search;

/* Draws try t: w, or 0, plus normal random numbers. The bias is drawn for z = (x - shift) * scale, but the rows of the
 * problem are (x - center) * scale: the bias is corrected for the difference. */
static void draw(void *context, size_t t, size_t worker)
{
    (void)worker;
    search *s = context;
    const oc_problem *p = s->problem;
    size_t d = p->rows->dimension;
    double deviation = s->local && s->first + t == 0 ? START : STEP;
    oc_random random = oc_random_stream(s->descent->used.seed, 0x747279, s->first + t);
    for (size_t c = 0; c < p->classes; c++) {
        const float *from = s->descent->w + c * d;
        float *w = s->weights + (t * p->classes + c) * d;
        double sum = deviation * oc_random_normal(&random);
        for (size_t j = 0; j < d; j++) {
            float drawn = (float)(deviation * oc_random_normal(&random));
            w[j] = s->local ? from[j] + drawn : drawn;
            sum += (double)drawn * ((double)p->center[j] - (double)s->descent->shift[j]) * (double)p->scale[j];
        }
        s->bias[t * p->classes + c] = (s->local ? s->descent->w[p->classes * d + c] : 0) + (float)sum;
    }
}

/* Computes the losses of all tries on the rows of a tile. */
static void measure(void *context, size_t tile, size_t worker)
{
    search *s = context;
    const oc_problem *p = s->problem;
    size_t d = p->rows->dimension, classes = p->classes, columns = s->tries * classes;
    size_t first = tile * TILE, count = p->rows->count - first < TILE ? p->rows->count - first : TILE;
    float *z = s->z + worker * TILE * d, *scores = s->scores + worker * TILE * columns;
    double *row = s->s + worker * classes, *sums = s->sums + tile * s->tries;
    for (size_t i = 0; i < count; i++) {
        oc_scaler_row(p->rows, first + i, p->center, p->scale, z + i * d);
    }
    oc_matmul_nt(1, oc_packed(z, count, d), oc_packed(s->weights, columns, d), 0, scores, columns);
    memset(sums, 0, s->tries * sizeof *sums);
    for (size_t i = 0; i < count; i++) {
        size_t y = (size_t)p->labels[first + i];
        double weight = p->importance ? p->importance[y] : 1;
        for (size_t t = 0; t < s->tries; t++) {
            for (size_t c = 0; c < classes; c++) {
                double score = (double)scores[i * columns + t * classes + c];
                row[c] = score + (double)s->bias[t * classes + c];
                sums[t] += p->score_l2 * score * score;
            }
            sums[t] += weight * oc_loss_value(p->loss, row, classes, y, NULL);
        }
    }
}

/* The objective of try t; infinite when the norm of the weights of a class is above max_norm. */
static double value_of(const search *s, size_t t)
{
    const oc_problem *p = s->problem;
    size_t n = p->rows->count, d = p->rows->dimension;
    double value = 0;
    for (size_t tile = 0; tile * TILE < n; tile++) {
        value += s->sums[tile * s->tries + t] / (double)n;
    }
    for (size_t c = 0; c < p->classes; c++) {
        const float *w = s->weights + (t * p->classes + c) * d;
        double square = oc_vector_dot(w, w, d);
        value += p->l2 * square + (p->max_norm > 0 && sqrt(square) > p->max_norm ? INFINITY : 0);
        for (size_t j = 0; p->l1 > 0 && j < d; j++) {
            value += p->l1 * fabs((double)w[j]);
        }
    }
    return value;
}

static oc_status run(search *s, oc_descent *descent, oc_job *job, oc_error *err)
{
    const oc_problem *p = s->problem;
    size_t tries = (size_t)descent->used.epochs, weights = oc_problem_weights(p), most = s->tries;
    double least = INFINITY;
    for (s->first = 0; s->first < tries && !oc_job_cancelled(job); s->first += s->tries) {
        s->tries = tries - s->first < most ? tries - s->first : most;
        oc_parallel(job, s->tries, draw, s);
        oc_parallel(job, (p->rows->count + TILE - 1) / TILE, measure, s);
        for (size_t t = 0; t < s->tries; t++) {
            double value = value_of(s, t);
            if (value < least) {
                memcpy(descent->w, s->weights + t * weights, weights * sizeof *descent->w);
                memcpy(descent->w + weights, s->bias + t * p->classes, p->classes * sizeof *descent->w);
                least = value;
                oc_job_loss(job, s->first + t + 1, tries, ++descent->steps, value);
            }
        }
        oc_job_progress(job, "searching", s->first + s->tries, tries);
    }
    if (!oc_job_cancelled(job) && !isfinite(least)) {
        return oc_fail(err, OC_BAD_DATA,
                       "the objective of every try is infinite: the features are too large, or the weights longer "
                       "than `max_norm`");
    }
    return oc_problem_evaluate(p, descent->w, &descent->objective, job, err);
}

oc_status oc_search(oc_descent *descent, oc_job *job, oc_error *err)
{
    const oc_problem *p = descent->problem;
    size_t d = p->rows->dimension, classes = p->classes, threads = oc_job_threads(job);
    size_t tiles = (p->rows->count + TILE - 1) / TILE;
    search s = {.problem = p, .descent = descent, .local = descent->used.optimizer == OC_OPTIMIZER_LOCAL_SEARCH};
    s.tries = s.local ? 1 : GUESSES;
    s.weights = oc_alloc(s.tries * classes, d * sizeof *s.weights);
    s.bias = oc_alloc(s.tries, classes * sizeof *s.bias);
    s.z = oc_alloc(threads * TILE, d * sizeof *s.z);
    s.scores = oc_alloc(threads * TILE, s.tries * classes * sizeof *s.scores);
    s.s = oc_alloc(threads, classes * sizeof *s.s);
    s.sums = oc_alloc(tiles, s.tries * sizeof *s.sums);
    oc_status status = s.weights && s.bias && s.z && s.scores && s.s && s.sums ? run(&s, descent, job, err)
                                                                               : oc_fail_memory(err, "the search");
    oc_free(s.weights);
    oc_free(s.bias);
    oc_free(s.z);
    oc_free(s.scores);
    oc_free(s.s);
    oc_free(s.sums);
    return status;
}
