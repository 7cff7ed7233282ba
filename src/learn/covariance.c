/* Covariance by square tiles of the lower triangle, each a matrix product over a slab of rows. */
#include "src/learn/covariance.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/threads.h"
#include "src/learn/scaler.h"
#include "src/matrix/blas.h"

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

/* Tile `index` of the lower triangle, counted row by row. */
static void multiply_tile(void *context, size_t index, size_t worker)
{
    (void)worker;
    slab *s = context;
    size_t d = s->problem->rows->dimension, row = 0;
    while (index > row) {
        index -= ++row;
    }
    size_t top = row * TILE, left = index * TILE;
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

oc_status oc_covariance(const oc_problem *problem, float *matrix, float *sums, oc_job *job, oc_error *err)
{
    size_t n = problem->rows->count, d = problem->rows->dimension, size;
    float *z = oc_multiply(SLAB, d, &size) ? oc_alloc(size, sizeof *z) : NULL;
    if (!z) {
        return oc_fail_memory(err, "the covariance of the features");
    }
    slab s = {.problem = problem, .z = z, .matrix = matrix, .sums = sums};
    memset(sums, 0, problem->classes * d * sizeof *sums);
    size_t sides = (d + TILE - 1) / TILE;
    for (s.first = 0; s.first < n && !oc_job_cancelled(job); s.first += SLAB) {
        s.count = n - s.first < SLAB ? n - s.first : SLAB;
        oc_parallel(job, s.count, scale_row, &s);
        oc_parallel(job, sides * (sides + 1) / 2, multiply_tile, &s);
        oc_parallel(job, sides, add_class_sums, &s);
        oc_job_progress(job, "whitening", s.first + s.count, n);
    }
    for (size_t i = 0; i < d; i++) {
        for (size_t j = 0; j < i; j++) {
            matrix[j * d + i] = matrix[i * d + j];
        }
    }
    oc_free(z);
    return oc_job_cancelled(job) ? oc_fail(err, OC_CANCELLED, "cancelled") : OC_OK;
}
