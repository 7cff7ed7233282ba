/* P = (C + ridge I)^-1 by Cholesky's factorisation, and what the step size needs to know of the rows under it. */
#include "src/learn/precondition.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/random.h"
#include "src/base/threads.h"
#include "src/learn/scaler.h"
#include "src/matrix/blas.h"

#include <math.h>
#include <string.h>

enum { SAMPLE = 1024, TILE = 64, POWER_STEPS = 20, COLUMNS = 256 };

/* Scaled copies of up to SAMPLE rows, drawn at random, and their image under P. */
typedef struct sample {
    const oc_problem *problem;
    const float *inverse;
    size_t count;
    size_t row[SAMPLE];
    float *z, *pz; /* (count, D) */
    double q[SAMPLE]; /* z^T P z */
} sample;

static void measure_tile(void *context, size_t index, size_t worker)
{
    (void)worker;
    sample *s = context;
    size_t d = s->problem->rows->dimension, first = index * TILE;
    size_t count = s->count - first < TILE ? s->count - first : TILE;
    float *z = s->z + first * d, *pz = s->pz + first * d;
    for (size_t i = 0; i < count; i++) {
        oc_scaler_row(s->problem->rows, s->row[first + i], s->problem->center, s->problem->scale, z + i * d);
    }
    if (s->inverse) {
        oc_gemm_nn(count, d, d, 1, z, d, s->inverse, d, 0, pz, d);
    } else {
        memcpy(pz, z, count * d * sizeof *pz);
    }
    for (size_t i = 0; i < count; i++) {
        double q = 0;
        for (size_t j = 0; j < d; j++) {
            q += (double)z[i * d + j] * (double)pz[i * d + j];
        }
        s->q[first + i] = q;
    }
}

/* The largest eigenvalue of Z^T Z / count over the sample, by power iteration. */
static bool largest_eigenvalue(const sample *s, double *largest)
{
    size_t d = s->problem->rows->dimension, n = s->count;
    float *v = oc_alloc(d, sizeof *v), *u = oc_alloc(n, sizeof *u);
    bool done = v && u;
    for (size_t j = 0; done && j < d; j++) {
        v[j] = s->z[j] + 1e-3F * (float)(j % 7 + 1); /* not orthogonal to anything by symmetry */
    }
    for (int step = 0; done && step < POWER_STEPS; step++) {
        double norm = 0;
        oc_gemm_nt(n, 1, d, 1, s->z, d, v, d, 0, u, 1);
        oc_gemm_tn(1, d, n, 1 / (float)n, u, 1, s->z, d, 0, v, d);
        for (size_t j = 0; j < d; j++) {
            norm += (double)v[j] * (double)v[j];
        }
        norm = sqrt(norm);
        *largest = norm;
        for (size_t j = 0; norm > 0 && j < d; j++) {
            v[j] = (float)((double)v[j] / norm);
        }
    }
    oc_free(v);
    oc_free(u);
    return done;
}

static oc_status measure(const oc_problem *problem, uint64_t seed, oc_precondition *p, oc_job *job, oc_error *err)
{
    size_t n = problem->rows->count, d = p->dimension;
    sample *s = oc_alloc(1, sizeof *s);
    oc_status status = OC_OK;
    if (!s) {
        return oc_fail_memory(err, "the step size");
    }
    *s = (sample){.problem = problem, .inverse = p->inverse, .count = n < SAMPLE ? n : SAMPLE};
    s->z = oc_alloc(s->count, d * sizeof *s->z);
    s->pz = oc_alloc(s->count, d * sizeof *s->pz);
    if (!s->z || !s->pz) {
        status = oc_fail_memory(err, "the step size");
        goto cleanup;
    }
    oc_random random = oc_random_stream(seed, 0x73616d706c65, 0);
    for (size_t i = 0; i < s->count; i++) {
        s->row[i] = n <= SAMPLE ? i : oc_random_below(&random, n);
    }
    oc_parallel(job, (s->count + TILE - 1) / TILE, measure_tile, s);
    double sum = 0, squares = 0;
    for (size_t i = 0; i < s->count; i++) {
        sum += s->q[i];
        squares += s->q[i] * s->q[i];
    }
    p->length = sum > 0 ? squares / sum : 0;
    p->largest = 1;
    if (!p->inverse && !largest_eigenvalue(s, &p->largest)) {
        status = oc_fail_memory(err, "the step size");
    }
cleanup:
    oc_free(s->z);
    oc_free(s->pz);
    oc_free(s);
    return status;
}

/* Adds the ridge and inverts in place. The ridge is kept above what rounding does to the smallest eigenvalues. */
static bool invert(float *matrix, size_t d, double ridge)
{
    double trace = 0;
    for (size_t j = 0; j < d; j++) {
        trace += (double)matrix[j * d + j];
    }
    double floor = 1e-6 * trace + 1e-30; /* the trace bounds the largest eigenvalue */
    for (size_t j = 0; j < d; j++) {
        matrix[j * d + j] += (float)(ridge > floor ? ridge : floor);
    }
    return oc_cholesky_inverse(d, matrix);
}

oc_status oc_precondition_fit(const oc_problem *problem, float *covariance, double ridge, uint64_t seed,
                              oc_precondition *precondition, oc_job *job, oc_error *err)
{
    oc_precondition p = {.dimension = problem->rows->dimension, .inverse = covariance};
    oc_status status = OC_OK;
    p.scratch = oc_alloc(problem->classes, p.dimension * sizeof *p.scratch);
    if (!p.scratch) {
        status = oc_fail_memory(err, "the step size");
    } else if (covariance && !invert(covariance, p.dimension, ridge)) {
        status = oc_fail(err, OC_BAD_DATA, "the covariance of the features cannot be inverted");
    }
    if (status == OC_OK) {
        status = measure(problem, seed, &p, job, err);
    }
    if (status != OC_OK) {
        oc_precondition_free(&p);
        return status;
    }
    *precondition = p;
    return OC_OK;
}

typedef struct application {
    const oc_precondition *p;
    size_t count;
    const float *g;
} application;

static void apply_columns(void *context, size_t index, size_t worker)
{
    (void)worker;
    const application *a = context;
    size_t d = a->p->dimension, left = index * COLUMNS, width = d - left < COLUMNS ? d - left : COLUMNS;
    oc_gemm_nn(a->count, width, d, 1, a->g, d, a->p->inverse + left, d, 0, a->p->scratch + left, d);
}

void oc_precondition_apply(const oc_precondition *p, size_t count, float *g, oc_job *job)
{
    if (p->inverse) {
        application a = {p, count, g};
        oc_parallel(job, (p->dimension + COLUMNS - 1) / COLUMNS, apply_columns, &a);
        memcpy(g, p->scratch, count * p->dimension * sizeof *g);
    }
}

void oc_precondition_free(oc_precondition *precondition)
{
    oc_free(precondition->scratch);
    oc_free(precondition->inverse);
    *precondition = (oc_precondition){0};
}
