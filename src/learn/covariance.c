/* Covariance by square tiles of the upper triangle, each a matrix product over a slab of rows. */
#include "src/learn/covariance.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/threads.h"
#include "src/learn/scaler.h"
#include "src/matrix/blas.h"
#include "src/matrix/cholesky.h"

#include <string.h>

enum { SLAB = 1024, TILE = 512 };

typedef struct slab {
    const oc_problem *problem;
    size_t first, count; /* rows of this slab */
    float *z;            /* (SLAB, D) */
    float *matrix;       /* (D, D) */
    float *sums;         /* (C, D) */
} slab;

static void scale_row(void *context, size_t i, size_t worker)
{
    (void)worker;
    slab *s = context;
    const oc_problem *p = s->problem;
    oc_scaler_row(p->rows, s->first + i, p->center, p->scale, s->z + i * p->rows->dimension);
}

/* Tile `index` of the upper triangle, counted column by column. */
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
    oc_gemm_tn(height, width, s->count, 1 / (float)s->problem->rows->count, s->z + top, d, s->z + left, d,
               s->first > 0, s->matrix + top * d + left, d);
}

static void add_class_sums(void *context, size_t index, size_t worker)
{
    (void)worker;
    slab *s = context;
    size_t d = s->problem->rows->dimension, left = index * TILE, right = left + TILE < d ? left + TILE : d;
    float share = 1 / (float)s->problem->rows->count;
    for (size_t i = 0; i < s->count; i++) {
        float *restrict sum = s->sums + (size_t)s->problem->labels[s->first + i] * d;
        const float *restrict z = s->z + i * d;
        for (size_t j = left; j < right; j++) {
            sum[j] += share * z[j];
        }
    }
}

oc_status oc_covariance_fit(const oc_problem *problem, oc_covariance *covariance, float *sums, oc_job *job,
                            oc_error *err)
{
    size_t n = problem->rows->count, d = problem->rows->dimension;
    oc_covariance c = {.dimension = d};
    c.matrix = oc_alloc(d, d * sizeof *c.matrix);
    c.variance = oc_alloc(d, sizeof *c.variance);
    slab s = {.problem = problem, .matrix = c.matrix, .sums = sums};
    s.z = oc_alloc(d, SLAB * sizeof *s.z);
    oc_status status = OC_OK;
    if (!c.matrix || !c.variance || !s.z) {
        status = oc_fail_memory(err, "the covariance of the features");
        goto cleanup;
    }
    memset(sums, 0, problem->classes * d * sizeof *sums);
    size_t sides = (d + TILE - 1) / TILE;
    for (s.first = 0; s.first < n && !oc_job_cancelled(job); s.first += SLAB) {
        s.count = n - s.first < SLAB ? n - s.first : SLAB;
        oc_parallel(job, s.count, scale_row, &s);
        oc_parallel(job, sides * (sides + 1) / 2, multiply_tile, &s);
        oc_parallel(job, sides, add_class_sums, &s);
        oc_job_progress(job, "whitening", s.first + s.count, n);
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

oc_status oc_covariance_factor(oc_covariance *c, double ridge, oc_job *job, oc_error *err)
{
    double floor = 1e-6 * c->trace + 1e-30; /* the trace bounds the largest eigenvalue */
    ridge = ridge > floor ? ridge : floor;
    if (ridge == c->ridge) {
        return OC_OK;
    }
    c->ridge = 0;
    if (!oc_cholesky_factor_shifted(c->dimension, c->matrix, c->variance, (float)ridge, job)) {
        return oc_job_cancelled(job)
                   ? oc_fail(err, OC_CANCELLED, "cancelled")
                   : oc_fail(err, OC_BAD_DATA, "the covariance of the features cannot be inverted");
    }
    c->ridge = ridge;
    return OC_OK;
}

void oc_covariance_solve(const oc_covariance *c, size_t count, float *b, oc_job *job)
{
    oc_cholesky_solve(c->dimension, c->matrix, count, b, job);
}

void oc_covariance_free(oc_covariance *covariance)
{
    oc_free(covariance->matrix);
    oc_free(covariance->variance);
    *covariance = (oc_covariance){0};
}
