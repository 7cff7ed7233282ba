/* The objective, its gradient and the accuracy over all rows. */
#include "src/learn/problem.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/threads.h"
#include "src/learn/loss.h"
#include "src/learn/scaler.h"
#include "src/matrix/blas.h"

#include <math.h>
#include <string.h>

enum { TILE = 64, TILES = 16, COLUMNS = 512 }; /* rows a task; tasks a round; columns a task */

typedef struct pass {
    const oc_problem *problem;
    const float *weights, *bias;
    bool gradient;
    size_t first, count; /* rows of this round */
    float *z;            /* (TILES * TILE, D) */
    float *scores;       /* (TILES * TILE, C), then the gradient by the scores */
    double *work;        /* (TILES, 2 C) */
    double *bias_sum;    /* (TILES, C) */
    double loss[TILES], rounded[TILES], slack[TILES], square[TILES];
    size_t correct[TILES];
    float *sum; /* (C, D) */
} pass;

/* Of one row of scores, rounded where the problem says so. */
static double value(const oc_problem *problem, const double *scores, size_t y, double *g)
{
    const oc_loss_type *loss = &oc_losses[problem->loss];
    return problem->rounding > 0 && loss->rounded ? loss->rounded(problem->rounding, scores, problem->classes, y, g)
                                                  : loss->value(scores, problem->classes, y, g);
}

/* Loss, slack and gradient g (C) of one row of scores. The hinge's tangent at its rounded slopes g is <g, s> +
 * sum_{j != y} g_j, and g_y = -sum_{j != y} g_j. */
static void add_loss(pass *p, size_t tile, const double *scores, size_t y, double *g)
{
    const oc_problem *problem = p->problem;
    double weight = problem->importance ? problem->importance[y] : 1;
    double rounded = value(problem, scores, y, g), exact = rounded;
    if (problem->rounding > 0 && oc_losses[problem->loss].rounded) {
        double tangent = -g[y];
        for (size_t j = 0; j < problem->classes; j++) {
            tangent += g[j] * scores[j];
        }
        exact = oc_loss_value(problem->loss, scores, problem->classes, y, NULL);
        p->slack[tile] += weight * (exact - tangent);
    }
    p->loss[tile] += weight * exact;
    p->rounded[tile] += weight * rounded;
    for (size_t j = 0; problem->importance && j < problem->classes; j++) {
        g[j] *= weight;
    }
}

static void score_tile(void *context, size_t index, size_t worker)
{
    (void)worker;
    pass *p = context;
    const oc_problem *problem = p->problem;
    size_t d = problem->rows->dimension, classes = problem->classes, first = index * TILE;
    size_t count = p->count - first < TILE ? p->count - first : TILE;
    float *z = p->z + first * d, *scores = p->scores + first * classes;
    double *s = p->work + index * 2 * classes, *g = s + classes;
    for (size_t i = 0; i < count; i++) {
        oc_scaler_row(problem->rows, p->first + first + i, problem->center, problem->scale, z + i * d);
    }
    oc_matmul_nt(1, oc_packed(z, count, d), oc_packed(p->weights, classes, d), 0, scores, classes);
    for (size_t i = 0; i < count; i++) {
        float *row = scores + i * classes;
        size_t y = (size_t)problem->labels[p->first + first + i], best = 0;
        for (size_t j = 0; j < classes; j++) {
            p->square[index] += (double)row[j] * (double)row[j];
            s[j] = (double)row[j] + (double)p->bias[j];
            best = s[j] > s[best] ? j : best;
        }
        p->correct[index] += best == y;
        add_loss(p, index, s, y, g);
        for (size_t j = 0; j < classes; j++) {
            p->bias_sum[index * classes + j] += g[j];
            row[j] = (float)(g[j] + 2 * problem->score_l2 * (double)row[j]);
        }
    }
}

static void sum_columns(void *context, size_t index, size_t worker)
{
    (void)worker;
    pass *p = context;
    size_t d = p->problem->rows->dimension, classes = p->problem->classes, left = index * COLUMNS;
    size_t width = d - left < COLUMNS ? d - left : COLUMNS;
    oc_matmul_tn(1, oc_packed(p->scores, p->count, classes), oc_view(p->z + left, p->count, width, d), 1, p->sum + left,
                 d);
}

static void finish(const pass *p, oc_objective *objective)
{
    const oc_problem *problem = p->problem;
    size_t n = problem->rows->count, d = problem->rows->dimension, classes = problem->classes, correct = 0;
    double loss = 0, rounded = 0, slack = 0, square = 0, squares = 0, sizes = 0;
    for (size_t t = 0; t < TILES; t++) {
        loss += p->loss[t];
        rounded += p->rounded[t];
        slack += p->slack[t];
        square += p->square[t];
        correct += p->correct[t];
    }
    for (size_t j = 0; j < classes * d; j++) {
        squares += (double)p->weights[j] * (double)p->weights[j];
        sizes += fabs((double)p->weights[j]);
    }
    objective->loss = loss / (double)n;
    double penalties = problem->score_l2 * square / (double)n + problem->l2 * squares + problem->l1 * sizes;
    objective->value = objective->loss + penalties;
    objective->rounded = rounded / (double)n + penalties;
    objective->slack = slack / (double)n;
    objective->accuracy = (double)correct / (double)n;
    for (size_t j = 0; p->gradient && j < classes * d; j++) {
        objective->gradient[j] = p->sum[j] / (float)n + 2 * (float)problem->l2 * p->weights[j];
    }
    for (size_t c = 0; objective->bias && c < classes; c++) {
        objective->bias[c] = 0;
        for (size_t t = 0; t < TILES; t++) {
            objective->bias[c] += p->bias_sum[t * classes + c] / (double)n;
        }
    }
}

oc_status oc_problem_evaluate(const oc_problem *problem, const float *weights, const float *bias,
                              oc_objective *objective, oc_job *job, oc_error *err)
{
    size_t n = problem->rows->count, d = problem->rows->dimension, classes = problem->classes;
    oc_status status = OC_OK;
    pass p = {.problem = problem, .weights = weights, .bias = bias, .gradient = objective->gradient != NULL};
    p.z = oc_alloc(d, TILES * TILE * sizeof *p.z);
    p.scores = oc_alloc(classes, TILES * TILE * sizeof *p.scores);
    p.work = oc_alloc(classes, TILES * 2 * sizeof *p.work);
    p.bias_sum = oc_alloc(classes, TILES * sizeof *p.bias_sum);
    p.sum = oc_alloc(classes, d * sizeof *p.sum);
    if (!p.z || !p.scores || !p.work || !p.bias_sum || !p.sum) {
        status = oc_fail_memory(err, "the objective");
        goto cleanup;
    }
    for (p.first = 0; p.first < n; p.first += TILES * TILE) {
        p.count = n - p.first < TILES * TILE ? n - p.first : TILES * TILE;
        oc_parallel(job, (p.count + TILE - 1) / TILE, score_tile, &p);
        if (p.gradient) {
            oc_parallel(job, (d + COLUMNS - 1) / COLUMNS, sum_columns, &p);
        }
    }
    finish(&p, objective);
cleanup:
    oc_free(p.z);
    oc_free(p.scores);
    oc_free(p.work);
    oc_free(p.bias_sum);
    oc_free(p.sum);
    return status;
}

typedef struct scoring {
    const oc_problem *problem;
    const float *weights, *bias;
    float *z;      /* (threads, TILE, D) */
    float *scores; /* (N, C) */
} scoring;

static void score_rows(void *context, size_t index, size_t worker)
{
    scoring *w = context;
    const oc_problem *p = w->problem;
    size_t d = p->rows->dimension, classes = p->classes, first = index * TILE;
    size_t count = p->rows->count - first < TILE ? p->rows->count - first : TILE;
    float *z = w->z + worker * TILE * d, *scores = w->scores + first * classes;
    for (size_t i = 0; i < count; i++) {
        oc_scaler_row(p->rows, first + i, p->center, p->scale, z + i * d);
        memcpy(scores + i * classes, w->bias, classes * sizeof *scores);
    }
    oc_matmul_nt(1, oc_packed(z, count, d), oc_packed(w->weights, classes, d), 1, scores, classes);
}

oc_status oc_problem_scores(const oc_problem *problem, const float *weights, const float *bias, float *scores,
                            oc_job *job, oc_error *err)
{
    scoring w = {problem, weights, bias, oc_alloc(problem->rows->dimension, oc_job_threads(job) * TILE * sizeof(float)),
                 scores};
    if (!w.z) {
        return oc_fail_memory(err, "scores");
    }
    oc_parallel(job, (problem->rows->count + TILE - 1) / TILE, score_rows, &w);
    oc_free(w.z);
    return OC_OK;
}
