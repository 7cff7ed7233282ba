/* Computes the Gram matrix of the rows tile by tile, its Cholesky factor, and the weights from the coordinates. */
#include "src/learn/row_space.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/threads.h"
#include "src/learn/scaler.h"
#include "src/matrix/blas.h"
#include "src/matrix/cholesky.h"

#include <string.h>

enum { TILE = 64, COLUMNS = 512 };

typedef struct work {
    const oc_problem *problem;
    float *gram;    /* (N,N) */
    float *scratch; /* (threads, 2 TILE, D) */
    /* used by oc_row_space_expand alone: */
    size_t first, count; /* rows of this tile */
    const float *a;      /* (C,N) */
    float *weights;      /* (C,D) */
} work;

static size_t tile_rows(const work *w, size_t tile)
{
    size_t left = w->problem->rows->count - tile * TILE;
    return left < TILE ? left : TILE;
}

static void scale_tile(const work *w, size_t tile, float *z)
{
    const oc_problem *p = w->problem;
    for (size_t i = 0; i < tile_rows(w, tile); i++) {
        oc_scaler_row(p->rows, tile * TILE + i, p->center, p->scale, z + i * p->rows->dimension);
    }
}

/* Computes one row of tiles of the lower triangle. */
static void gram_tiles(void *context, size_t row, size_t worker)
{
    work *w = context;
    size_t n = w->problem->rows->count, d = w->problem->rows->dimension;
    float *z = w->scratch + worker * 2 * TILE * d, *other = z + TILE * d;
    scale_tile(w, row, z);
    for (size_t column = 0; column <= row; column++) {
        scale_tile(w, column, other);
        oc_matmul_nt(1, oc_packed(z, tile_rows(w, row), d), oc_packed(other, tile_rows(w, column), d), 0,
                     w->gram + row * TILE * n + column * TILE, n);
    }
}

oc_status oc_row_space_gram(const oc_problem *problem, float *gram, oc_job *job, oc_error *err)
{
    work w = {.problem = problem, .gram = gram};
    w.scratch = oc_alloc(problem->rows->dimension, oc_job_threads(job) * 2 * TILE * sizeof *w.scratch);
    if (!w.scratch) {
        return oc_fail_memory(err, "the products of the rows");
    }
    oc_parallel(job, (problem->rows->count + TILE - 1) / TILE, gram_tiles, &w);
    oc_free(w.scratch);
    return OC_OK;
}

void oc_row_space_free(oc_row_space *space)
{
    oc_free(space->rows);
    oc_free(space->center);
    oc_free(space->scale);
    *space = (oc_row_space){0};
}

oc_status oc_row_space_fit(const oc_problem *problem, oc_row_space *out, oc_job *job, oc_error *err)
{
    size_t n = problem->rows->count;
    oc_status status = OC_OK;
    oc_row_space space = {.count = n};
    space.rows = oc_alloc(n, n * sizeof *space.rows);
    space.center = oc_alloc(n, sizeof *space.center);
    space.scale = oc_alloc(n, sizeof *space.scale);
    if (!space.rows || !space.center || !space.scale) {
        status = oc_fail_memory(err, "the row space");
        goto cleanup;
    }
    status = oc_row_space_gram(problem, space.rows, job, err);
    if (status != OC_OK) {
        goto cleanup;
    }
    double trace = 0;
    for (size_t i = 0; i < n; i++) {
        trace += (double)space.rows[i * n + i];
        space.scale[i] = 1;
    }
    /* Centred rows are linearly dependent: one eigenvalue is 0, and rounding must not make it negative. */
    for (size_t i = 0; i < n; i++) {
        space.rows[i * n + i] += (float)(1e-6 * trace + 1e-30);
    }
    if (!oc_cholesky_factor(n, space.rows, job)) {
        status = oc_job_cancelled(job)
                     ? oc_fail(err, OC_CANCELLED, "cancelled")
                     : oc_fail(err, OC_BAD_DATA,
                               "the rows are too similar, or their lengths too different, to separate them");
        goto cleanup;
    }
    for (size_t i = 0; i < n; i++) {
        memset(space.rows + i * n + i + 1, 0, (n - i - 1) * sizeof *space.rows);
    }
cleanup:
    if (status != OC_OK) {
        oc_row_space_free(&space);
        return status;
    }
    *out = space;
    return OC_OK;
}

static void add_columns(void *context, size_t index, size_t worker)
{
    (void)worker;
    work *w = context;
    size_t n = w->problem->rows->count, d = w->problem->rows->dimension, left = index * COLUMNS;
    size_t width = d - left < COLUMNS ? d - left : COLUMNS;
    oc_matmul_nn(1, oc_view(w->a + w->first, w->problem->classes, w->count, n),
                 oc_view(w->scratch + left, w->count, width, d), 1, w->weights + left, d);
}

oc_status oc_row_space_expand(const oc_problem *problem, const oc_row_space *space, float *v, float *weights,
                              oc_job *job, oc_error *err)
{
    size_t n = space->count, d = problem->rows->dimension;
    work w = {.problem = problem, .a = v, .weights = weights};
    w.scratch = oc_alloc(d, TILE * sizeof *w.scratch);
    if (!w.scratch) {
        return oc_fail_memory(err, "the weights");
    }
    oc_cholesky_backward(n, space->rows, problem->classes, v, job);
    memset(weights, 0, problem->classes * d * sizeof *weights);
    for (size_t tile = 0; tile * TILE < n; tile++) {
        w.first = tile * TILE;
        w.count = tile_rows(&w, tile);
        scale_tile(&w, tile, w.scratch);
        oc_parallel(job, (d + COLUMNS - 1) / COLUMNS, add_columns, &w);
    }
    oc_free(w.scratch);
    return OC_OK;
}
