/* With rows Z (N,D), scores S = Z W^T + b (N,C) and the gradient dS (N,C) of the losses by the scores, over N:
 *
 *     dF/dW = dS^T Z + (2 score_l2 / N) (S - b)^T Z + 2 l2 W,   dF/db = the column sums of dS
 *
 * Each task has a share of the rows and sums of its own. It goes through its rows tile by tile: while a tile is in the
 * cache, its rows are scaled, scored, and added to the sums. Shares and tiles depend on shapes alone. */
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

/* Number of tasks: MAX_SHARES, or as many as have SUM_CLASSES classes together, but at least MIN_SHARES. */
enum { MAX_SHARES = 16, MIN_SHARES = 8, SUM_CLASSES = 1024 };
enum { MIN_TILE = 32, MAX_TILE = 256 }; /* rows of a tile */
enum { SCORED_ROWS = 64 };              /* rows of a task that computes scores alone */
enum { SMALL = 1 << 18 };               /* with fewer multiply-adds, the calling thread does all work */

/* The work of one task, and its sums over its rows. */
typedef struct share {
    float *z;                            /* (tile, D) */
    float *scores;                       /* (tile, C), then the gradient by the scores */
    float *gradient;                     /* (C, D) */
    double loss, rounded, slack, square; /* square: of the scores without bias */
    double *bias;                        /* (C): of the gradient */
    double *row, *g;                     /* (C): scores of the current row, and the gradient by them */
} share;

struct oc_evaluator {
    const oc_problem *problem;
    const float *w;
    const uint32_t *batch; /* numbers of the rows, or NULL: all */
    size_t count, tile;    /* rows of this evaluation, and of a tile */
    size_t most, shares;   /* shares that have memory, and that this evaluation uses */
    bool sloped;           /* the gradient is wanted */
    const oc_job *job;     /* that may be cancelled */
    float *z, *scores, *gradient;
    double *doubles;
    share share[MAX_SHARES];
};

static size_t clamp(size_t value, size_t least, size_t most)
{
    return value < least ? least : value > most ? most : value;
}

/* The largest number of shares of n rows; 1 of none. */
static size_t most_shares(size_t n, size_t classes)
{
    size_t shares = classes ? clamp(SUM_CLASSES / classes, MIN_SHARES, MAX_SHARES) : 1;
    return clamp(n / MIN_TILE + (n % MIN_TILE > 0), 1, shares);
}

/* The number of rows of a tile. With few classes a tile should stay in the second-level cache; with many the weights do
 * not, and are read once for each tile. */
static size_t tile_of(size_t n, size_t shares, size_t classes)
{
    return clamp(n / shares, MIN_TILE, clamp(2 * classes, MIN_TILE, MAX_TILE));
}

double oc_evaluator_floats(size_t rows, size_t columns, size_t classes)
{
    size_t shares = most_shares(rows, classes), tile = tile_of(rows, shares, classes);
    return (double)shares * ((double)tile * ((double)columns + (double)classes) + (double)classes * (double)columns);
}

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
        oc_free(e->gradient);
        oc_free(e->doubles);
        oc_free(e);
    }
}

oc_status oc_evaluator_create(const oc_problem *problem, oc_evaluator **evaluator, oc_error *err)
{
    size_t n = problem->rows->count, d = problem->rows->dimension, classes = problem->classes;
    size_t most = most_shares(n, classes), tile = tile_of(n, most, classes);
    oc_evaluator *e = oc_alloc(1, sizeof *e);
    if (e) {
        e->problem = problem;
        e->most = most;
        e->z = oc_alloc(d, most * tile * sizeof *e->z);
        e->scores = oc_alloc(classes, most * tile * sizeof *e->scores);
        e->gradient = oc_alloc(oc_problem_weights(problem), most * sizeof *e->gradient);
        e->doubles = oc_alloc(classes, most * 3 * sizeof *e->doubles);
    }
    if (!e || !e->z || !e->scores || !e->gradient || !e->doubles) {
        oc_evaluator_free(e);
        return oc_fail_memory(err, "the objective");
    }
    for (size_t k = 0; k < most; k++) {
        double *sums = e->doubles + k * 3 * classes;
        e->share[k] = (share){.z = e->z + k * tile * d,
                              .scores = e->scores + k * tile * classes,
                              .gradient = e->gradient + k * classes * d,
                              .bias = sums,
                              .row = sums + classes,
                              .g = sums + 2 * classes};
    }
    *evaluator = e;
    return OC_OK;
}

/* Adds loss, slack and gradient of a row of scores. The hinge's tangent at its rounded slopes g is <g, s> + sum_{j !=
 * y} g_j, and g_y = -sum_{j != y} g_j. */
static void add_loss(const oc_problem *problem, size_t y, share *t)
{
    const oc_loss_type *loss = &oc_loss_types[problem->loss];
    size_t classes = problem->classes;
    double weight = problem->importance ? problem->importance[y] : 1, exact, rounded;
    if (problem->rounding > 0 && loss->rounded) {
        rounded = loss->rounded(problem->rounding, t->row, classes, y, t->g);
        exact = loss->value(t->row, classes, y, NULL);
        double tangent = -t->g[y];
        for (size_t j = 0; j < classes; j++) {
            tangent += t->g[j] * t->row[j];
        }
        t->slack += weight * (exact - tangent);
    } else {
        rounded = exact = loss->value(t->row, classes, y, t->g);
    }
    t->loss += weight * exact;
    t->rounded += weight * rounded;
    for (size_t j = 0; j < classes; j++) {
        t->g[j] *= weight;
        t->bias[j] += t->g[j];
    }
}

/* Adds the rows first .. first + count - 1 of the evaluation to a share. */
static void add_tile(const oc_evaluator *e, share *t, size_t first, size_t count, bool begins)
{
    const oc_problem *p = e->problem;
    size_t d = p->rows->dimension, classes = p->classes;
    const float *bias = e->w + classes * d;
    oc_matrix z = oc_packed(t->z, count, d);
    double square = 0;
    for (size_t i = 0; i < count; i++) {
        oc_scaler_row(p->rows, e->batch ? e->batch[first + i] : first + i, p->center, p->scale, t->z + i * d);
    }
    oc_matmul_nt(1, z, oc_packed(e->w, classes, d), 0, t->scores, classes);
    for (size_t i = 0; i < count; i++) {
        float *row = t->scores + i * classes;
        size_t y = (size_t)p->labels[e->batch ? e->batch[first + i] : first + i];
        for (size_t j = 0; j < classes; j++) {
            square += (double)row[j] * (double)row[j];
            t->row[j] = (double)row[j] + (double)bias[j];
        }
        add_loss(p, y, t);
        for (size_t j = 0; j < classes; j++) {
            row[j] = (float)(t->g[j] + 2 * p->score_l2 * (double)row[j]);
        }
    }
    t->square += square;
    if (e->sloped) {
        oc_matmul_tn(1, oc_packed(t->scores, count, classes), z, begins ? 0 : 1, t->gradient, d);
    }
}

/* Every share but the last has whole tiles. */
static void add_share(void *context, size_t index, size_t worker)
{
    (void)worker;
    oc_evaluator *e = context;
    size_t tiles = (e->count + e->tile - 1) / e->tile, from = tiles * index / e->shares;
    for (size_t tile = from; tile < tiles * (index + 1) / e->shares && !oc_job_cancelled(e->job); tile++) {
        size_t first = tile * e->tile, count = e->count - first < e->tile ? e->count - first : e->tile;
        add_tile(e, &e->share[index], first, count, tile == from);
    }
}

/* Adds the sums of all shares to those of the first. */
static void add_up(oc_evaluator *e)
{
    share *all = &e->share[0];
    for (size_t k = 1; k < e->shares; k++) {
        const share *other = &e->share[k];
        all->loss += other->loss;
        all->rounded += other->rounded;
        all->slack += other->slack;
        all->square += other->square;
        for (size_t c = 0; c < e->problem->classes; c++) {
            all->bias[c] += other->bias[c];
        }
        if (e->sloped) { /* little beside the products: (shares - 1) C D additions */
            oc_vector_add(all->gradient, 1, other->gradient, oc_problem_weights(e->problem));
        }
    }
}

/* Computes the mean loss and the gradient of n rows; `all` has the sums of all shares. */
static void take_means(const oc_evaluator *e, size_t n, const share *all, oc_objective *objective)
{
    const oc_problem *p = e->problem;
    size_t weights = oc_problem_weights(p);
    objective->loss = all->loss / (double)n;
    for (size_t j = 0; objective->gradient && j < weights; j++) {
        objective->gradient[j] = all->gradient[j] / (float)n + 2 * (float)p->l2 * e->w[j];
    }
    for (size_t c = 0; objective->gradient && c < p->classes; c++) {
        objective->gradient[weights + c] = (float)(all->bias[c] / (double)n);
    }
}

static void take_penalties(const oc_evaluator *e, size_t n, const share *all, oc_objective *objective)
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
    e->w = w;
    e->batch = batch;
    e->count = n;
    e->job = job;
    e->tile = tile_of(n, e->most, classes);
    size_t tiles = (n + e->tile - 1) / e->tile;
    e->shares = tiles < e->most ? tiles : e->most;
    e->sloped = objective->gradient != NULL;
    memset(e->doubles, 0, e->most * 3 * classes * sizeof *e->doubles);
    for (size_t k = 0; k < e->shares; k++) {
        e->share[k].loss = e->share[k].rounded = e->share[k].slack = e->share[k].square = 0;
    }
    oc_parallel((double)n * (double)classes * (double)d < SMALL ? NULL : job, e->shares, add_share, e);
    add_up(e);
    take_means(e, n, &e->share[0], objective);
    if (!batch) {
        take_penalties(e, n, &e->share[0], objective);
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
    float *z;      /* (threads, SCORED_ROWS, D) */
    float *scores; /* (N, C) */
} scoring;

static void score_rows(void *context, size_t index, size_t worker)
{
    scoring *s = context;
    const oc_problem *p = s->problem;
    size_t d = p->rows->dimension, classes = p->classes, first = index * SCORED_ROWS;
    size_t count = p->rows->count - first < SCORED_ROWS ? p->rows->count - first : SCORED_ROWS;
    float *z = s->z + worker * SCORED_ROWS * d, *scores = s->scores + first * classes;
    for (size_t i = 0; i < count; i++) {
        oc_scaler_row(p->rows, first + i, p->center, p->scale, z + i * d);
        memcpy(scores + i * classes, s->w + classes * d, classes * sizeof *scores);
    }
    oc_matmul_nt(1, oc_packed(z, count, d), oc_packed(s->w, classes, d), 1, scores, classes);
}

oc_status oc_problem_scores(const oc_problem *problem, const float *w, float *scores, oc_job *job, oc_error *err)
{
    scoring s = {problem, w, oc_alloc(problem->rows->dimension, oc_job_threads(job) * SCORED_ROWS * sizeof(float)),
                 scores};
    if (!s.z) {
        return oc_fail_memory(err, "scores");
    }
    oc_parallel(job, (problem->rows->count + SCORED_ROWS - 1) / SCORED_ROWS, score_rows, &s);
    oc_free(s.z);
    return OC_OK;
}
