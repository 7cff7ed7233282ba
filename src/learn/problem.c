/* With rows Z (N,D), scores S = Z W^T + b (N,C) and the gradient dS (N,C) of the losses by the scores, over N:
 *
 *     dF/dW = dS^T Z + (2 score_l2 / N) (S - b)^T Z + 2 l2 W,   dF/db = the column sums of dS
 * Rows are processed in rounds of tiles. A round computes scores, one task for each tile of rows, then adds to the
 * gradient, one task for each tile of columns. The boundaries of tiles depend on shapes alone. */
#include "src/learn/problem.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/threads.h"
#include "src/learn/loss.h"
#include "src/learn/scaler.h"
#include "src/matrix/blas.h"
#include "src/matrix/vector.h"

#include <math.h>
#include <string.h>

enum { TILE = 64, TILES = 16, COLUMNS = 512 }; /* rows per task; tasks per round; columns per task */
enum { SMALL = 1 << 18 };                      /* with fewer multiply-adds, the calling thread does all work */

/* Sums over the rows of a tile. */
typedef struct sums {
    double loss, rounded, slack, square; /* square: of the scores without bias */
    double *bias;                        /* (C): of the gradient */
    double *scores, *g;                  /* (C): of the current row, and the gradient by the scores */
} sums;

struct oc_evaluator {
    const oc_problem *problem;
    const float *w;
    const uint32_t *batch;
    size_t first, count; /* rows of this round */
    float *z;            /* (TILES * TILE, D) */
    float *scores;       /* (TILES * TILE, C), then the gradient by the scores */
    float *sum;          /* (C, D): of the gradient */
    double *doubles;     /* (TILES, 3 C) */
    sums tile[TILES];
};

size_t oc_problem_weights(const oc_problem *problem)
{
    return problem->classes * problem->rows->dimension;
}

size_t oc_problem_parameters(const oc_problem *problem)
{
    return problem->classes * (problem->rows->dimension + 1);
}

bool oc_problem_nonsmooth(const oc_problem *problem)
{
    return problem->l1 > 0 || problem->max_norm > 0;
}

void oc_problem_balance(const int *labels, size_t count, size_t classes, double *importance)
{
    size_t used = 0;
    memset(importance, 0, classes * sizeof *importance);
    for (size_t i = 0; i < count; i++) {
        used += importance[labels[i]]++ < 0.5;
    }
    for (size_t c = 0; c < classes; c++) {
        importance[c] = importance[c] > 0 ? (double)count / ((double)used * importance[c]) : 0;
    }
}

void oc_evaluator_free(oc_evaluator *e)
{
    if (e) {
        oc_free(e->z);
        oc_free(e->scores);
        oc_free(e->sum);
        oc_free(e->doubles);
        oc_free(e);
    }
}

oc_status oc_evaluator_create(const oc_problem *problem, oc_evaluator **evaluator, oc_error *err)
{
    size_t d = problem->rows->dimension, classes = problem->classes;
    oc_evaluator *e = oc_alloc(1, sizeof *e);
    if (e) {
        e->problem = problem;
        e->z = oc_alloc(d, TILES * TILE * sizeof *e->z);
        e->scores = oc_alloc(classes, TILES * TILE * sizeof *e->scores);
        e->sum = oc_alloc(classes, d * sizeof *e->sum);
        e->doubles = oc_alloc(classes, TILES * 3 * sizeof *e->doubles);
    }
    if (!e || !e->z || !e->scores || !e->sum || !e->doubles) {
        oc_evaluator_free(e);
        return oc_fail_memory(err, "the objective");
    }
    *evaluator = e;
    return OC_OK;
}

/* Adds loss, slack and gradient of a row of scores. The hinge's tangent at its rounded slopes g is <g, s> + sum_{j !=
 * y} g_j, and g_y = -sum_{j != y} g_j. */
static void add_loss(const oc_problem *problem, size_t y, sums *t)
{
    const oc_loss_type *loss = &oc_loss_types[problem->loss];
    size_t classes = problem->classes;
    double weight = problem->importance ? problem->importance[y] : 1, exact, rounded;
    if (problem->rounding > 0 && loss->rounded) {
        rounded = loss->rounded(problem->rounding, t->scores, classes, y, t->g);
        exact = loss->value(t->scores, classes, y, NULL);
        double tangent = -t->g[y];
        for (size_t j = 0; j < classes; j++) {
            tangent += t->g[j] * t->scores[j];
        }
        t->slack += weight * (exact - tangent);
    } else {
        rounded = exact = loss->value(t->scores, classes, y, t->g);
    }
    t->loss += weight * exact;
    t->rounded += weight * rounded;
    for (size_t j = 0; j < classes; j++) {
        t->g[j] *= weight;
        t->bias[j] += t->g[j];
    }
}

static void score_tile(void *context, size_t index, size_t worker)
{
    (void)worker;
    oc_evaluator *e = context;
    const oc_problem *p = e->problem;
    size_t d = p->rows->dimension, classes = p->classes, first = index * TILE;
    size_t count = e->count - first < TILE ? e->count - first : TILE;
    float *z = e->z + first * d, *scores = e->scores + first * classes;
    const float *bias = e->w + classes * d;
    const uint32_t *batch = e->batch ? e->batch + e->first + first : NULL;
    sums *t = &e->tile[index];
    for (size_t i = 0; i < count; i++) {
        oc_scaler_row(p->rows, batch ? batch[i] : e->first + first + i, p->center, p->scale, z + i * d);
    }
    oc_matmul_nt(1, oc_packed(z, count, d), oc_packed(e->w, classes, d), 0, scores, classes);
    for (size_t i = 0; i < count; i++) {
        float *row = scores + i * classes;
        size_t y = (size_t)p->labels[batch ? batch[i] : e->first + first + i];
        for (size_t j = 0; j < classes; j++) {
            t->square += (double)row[j] * (double)row[j];
            t->scores[j] = (double)row[j] + (double)bias[j];
        }
        add_loss(p, y, t);
        for (size_t j = 0; j < classes; j++) {
            row[j] = (float)(t->g[j] + 2 * p->score_l2 * (double)row[j]);
        }
    }
}

static void sum_columns(void *context, size_t index, size_t worker)
{
    (void)worker;
    oc_evaluator *e = context;
    size_t d = e->problem->rows->dimension, classes = e->problem->classes, left = index * COLUMNS;
    size_t width = d - left < COLUMNS ? d - left : COLUMNS;
    oc_matmul_tn(1, oc_packed(e->scores, e->count, classes), oc_view(e->z + left, e->count, width, d), e->first > 0,
                 e->sum + left, d);
}

/* Computes the mean loss and the gradient of n rows; `all` has the sums of all tiles. */
static void take_means(const oc_evaluator *e, size_t n, const sums *all, oc_objective *objective)
{
    const oc_problem *p = e->problem;
    size_t weights = oc_problem_weights(p);
    objective->loss = all->loss / (double)n;
    for (size_t j = 0; objective->gradient && j < weights; j++) {
        objective->gradient[j] = e->sum[j] / (float)n + 2 * (float)p->l2 * e->w[j];
    }
    for (size_t c = 0; objective->gradient && c < p->classes; c++) {
        objective->gradient[weights + c] = (float)(all->bias[c] / (double)n);
    }
}

static void take_penalties(const oc_evaluator *e, size_t n, const sums *all, oc_objective *objective)
{
    const oc_problem *p = e->problem;
    size_t weights = oc_problem_weights(p);
    double sizes = 0;
    for (size_t j = 0; p->l1 > 0 && j < weights; j++) {
        sizes += fabs((double)e->w[j]);
    }
    double penalties = p->score_l2 * all->square / (double)n + p->l2 * oc_vector_dot(e->w, e->w, weights) +
                       p->l1 * sizes;
    objective->value = objective->loss + penalties;
    objective->rounded = all->rounded / (double)n + penalties;
    objective->slack = all->slack / (double)n;
}

void oc_evaluator_run(oc_evaluator *e, const float *w, const uint32_t *batch, size_t count, oc_objective *objective,
                      oc_job *job)
{
    size_t d = e->problem->rows->dimension, classes = e->problem->classes, n = batch ? count : e->problem->rows->count;
    oc_job *threads = (double)n * (double)classes * (double)d < SMALL ? NULL : job;
    e->w = w;
    e->batch = batch;
    memset(e->doubles, 0, TILES * 3 * classes * sizeof *e->doubles);
    for (size_t t = 0; t < TILES; t++) {
        double *own = e->doubles + 3 * t * classes;
        e->tile[t] = (sums){.bias = own, .scores = own + classes, .g = own + 2 * classes};
    }
    for (e->first = 0; e->first < n && !oc_job_cancelled(job); e->first += TILES * TILE) {
        e->count = n - e->first < TILES * TILE ? n - e->first : TILES * TILE;
        oc_parallel(threads, (e->count + TILE - 1) / TILE, score_tile, e);
        if (objective->gradient) {
            oc_parallel(threads, (d + COLUMNS - 1) / COLUMNS, sum_columns, e);
        }
    }
    sums *all = &e->tile[0];
    for (size_t t = 1; t < TILES; t++) {
        const sums *other = &e->tile[t];
        all->loss += other->loss;
        all->rounded += other->rounded;
        all->slack += other->slack;
        all->square += other->square;
        for (size_t c = 0; c < classes; c++) {
            all->bias[c] += other->bias[c];
        }
    }
    take_means(e, n, all, objective);
    if (!batch) {
        take_penalties(e, n, all, objective);
    }
}

oc_status oc_problem_evaluate(const oc_problem *problem, const float *w, oc_objective *objective, oc_job *job,
                              oc_error *err)
{
    oc_evaluator *evaluator;
    oc_status status = oc_evaluator_create(problem, &evaluator, err);
    if (status != OC_OK) {
        return status;
    }
    oc_evaluator_run(evaluator, w, NULL, 0, objective, job);
    oc_evaluator_free(evaluator);
    return oc_job_cancelled(job) ? oc_fail(err, OC_CANCELLED, "cancelled") : OC_OK;
}

typedef struct scoring {
    const oc_problem *problem;
    const float *w;
    float *z;      /* (threads, TILE, D) */
    float *scores; /* (N, C) */
} scoring;

static void score_rows(void *context, size_t index, size_t worker)
{
    scoring *s = context;
    const oc_problem *p = s->problem;
    size_t d = p->rows->dimension, classes = p->classes, first = index * TILE;
    size_t count = p->rows->count - first < TILE ? p->rows->count - first : TILE;
    float *z = s->z + worker * TILE * d, *scores = s->scores + first * classes;
    for (size_t i = 0; i < count; i++) {
        oc_scaler_row(p->rows, first + i, p->center, p->scale, z + i * d);
        memcpy(scores + i * classes, s->w + classes * d, classes * sizeof *scores);
    }
    oc_matmul_nt(1, oc_packed(z, count, d), oc_packed(s->w, classes, d), 1, scores, classes);
}

oc_status oc_problem_scores(const oc_problem *problem, const float *w, float *scores, oc_job *job, oc_error *err)
{
    scoring s = {problem, w, oc_alloc(problem->rows->dimension, oc_job_threads(job) * TILE * sizeof(float)), scores};
    if (!s.z) {
        return oc_fail_memory(err, "scores");
    }
    oc_parallel(job, (problem->rows->count + TILE - 1) / TILE, score_rows, &s);
    oc_free(s.z);
    return OC_OK;
}
