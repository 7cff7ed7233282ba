/* Computes the covariance in square tiles of the upper triangle, each by matrix products of slabs of rows. */
#include "src/learn/covariance.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/random.h"
#include "src/base/threads.h"
#include "src/learn/scaler.h"
#include "src/matrix/blas.h"
#include "src/matrix/cholesky.h"

#include <string.h>

enum { SLAB = 1024, TILE = 512 }; /* rows of a slab, side of a tile */
/* C is estimated from at most max(4 D, 16384) rows. */
enum { ROWS_PER_COLUMN = 4, MIN_ROWS = 16384 };

typedef struct slab {
    const oc_problem *problem;
    size_t rows;         /* R */
    size_t first, count; /* rows of this slab */
    float *z;            /* (SLAB, D) */
    float *matrix;       /* (D, D) */
} slab;

/* The row of the problem that becomes row i of the slab. One row is drawn at random from each of R parts of equal
 * length, so that data sorted by class are covered evenly. */
static size_t row_of(const slab *s, size_t i)
{
    /* Row numbers have 32 bits, so these products do not overflow. */
    size_t count = s->problem->rows->count, k = s->first + i, first = k * count / s->rows;
    size_t end = (k + 1) * count / s->rows;
    oc_random random = oc_random_stream(0, 0x726f7773, k);
    return end - first > 1 ? first + oc_random_below(&random, end - first) : first;
}

static void scale_row(void *context, size_t i, size_t worker)
{
    (void)worker;
    slab *s = context;
    const oc_problem *p = s->problem;
    oc_scaler_row(p->rows, row_of(s, i), p->center, p->scale, s->z + i * p->rows->dimension);
}

/* Computes tile `index` of the upper triangle, counted column by column. */
static void multiply_tile(void *context, size_t index, size_t worker)
{
    (void)worker;
    slab *s = context;
    size_t d = s->problem->rows->dimension, column = 0;
    while (index > column) {
        index -= ++column;
    }
    size_t top = index * TILE, left = column * TILE;
    size_t height = d - top < TILE ? d - top : TILE, width = d - left < TILE ? d - left : TILE;
    float share = 1 / (float)s->rows, *tile = s->matrix + top * d + left;
    if (top == left) {
        oc_syrk_upper(share, oc_view(s->z + top, s->count, height, d), s->first > 0, tile, d);
    } else {
        oc_matmul_tn(share, oc_view(s->z + top, s->count, height, d), oc_view(s->z + left, s->count, width, d),
                     s->first > 0, tile, d);
    }
}

oc_status oc_covariance_fit(const oc_problem *problem, oc_covariance *covariance, oc_job *job, oc_error *err)
{
    size_t n = problem->rows->count, d = problem->rows->dimension;
    size_t enough = ROWS_PER_COLUMN * d > MIN_ROWS ? ROWS_PER_COLUMN * d : MIN_ROWS;
    oc_covariance c = {.dimension = d, .rows = n < enough ? n : enough};
    c.matrix = oc_alloc(d, d * sizeof *c.matrix);
    c.variance = oc_alloc(d, sizeof *c.variance);
    slab s = {.problem = problem, .rows = c.rows, .matrix = c.matrix};
    s.z = oc_alloc(d, SLAB * sizeof *s.z);
    oc_status status = OC_OK;
    if (!c.matrix || !c.variance || !s.z) {
        status = oc_fail_memory(err, "the covariance of the features");
        goto cleanup;
    }
    size_t sides = (d + TILE - 1) / TILE;
    for (s.first = 0; s.first < c.rows && !oc_job_cancelled(job); s.first += SLAB) {
        s.count = c.rows - s.first < SLAB ? c.rows - s.first : SLAB;
        oc_parallel(job, s.count, scale_row, &s);
        oc_parallel(job, sides * (sides + 1) / 2, multiply_tile, &s);
        oc_job_progress(job, "whitening", s.first + s.count, c.rows);
    }
    for (size_t j = 0; j < d; j++) {
        c.variance[j] = c.matrix[j * d + j];
        c.trace += (double)c.variance[j];
    }
    status = oc_job_cancelled(job) ? oc_fail(err, OC_CANCELLED, "cancelled") : OC_OK;
cleanup:
    oc_free(s.z);
    if (status != OC_OK) {
        oc_covariance_free(&c);
        return status;
    }
    *covariance = c;
    return OC_OK;
}

/* Writes C + ridge I to the lower triangle. */
static void fill_lower(oc_covariance *c, float ridge, oc_job *job)
{
    size_t d = c->dimension;
    oc_symmetric_reflect(d, c->matrix, job);
    for (size_t j = 0; j < d; j++) {
        c->matrix[j * d + j] = c->variance[j] + ridge;
    }
    c->ridge = 0;
}

void oc_covariance_restore(oc_covariance *covariance, oc_job *job)
{
    fill_lower(covariance, 0, job);
}

oc_status oc_covariance_factor(oc_covariance *c, double ridge, oc_job *job, oc_error *err)
{
    double floor = 1e-6 * c->trace + 1e-30; /* the trace bounds the largest eigenvalue */
    ridge = ridge > floor ? ridge : floor;
    if (ridge == c->ridge) {
        return OC_OK;
    }
    fill_lower(c, (float)ridge, job);
    if (!oc_cholesky_factor(c->dimension, c->matrix, job)) {
        return oc_job_cancelled(job) ? oc_fail(err, OC_CANCELLED, "cancelled")
                                     : oc_fail(err, OC_BAD_DATA, "the covariance of the features cannot be inverted");
    }
    c->ridge = ridge;
    return OC_OK;
}

void oc_covariance_free(oc_covariance *covariance)
{
    oc_free(covariance->matrix);
    oc_free(covariance->variance);
    *covariance = (oc_covariance){0};
}
