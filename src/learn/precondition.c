/* What the step size needs to know of the rows under P: with L L^T = P^-1 it is q = z^T P z = |L^-1 z|^2. */
#include "src/learn/precondition.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/random.h"
#include "src/learn/scaler.h"
#include "src/matrix/blas.h"
#include "src/matrix/cholesky.h"

#include <math.h>

enum { SAMPLE = 512, POWER_STEPS = 20 };

/* Scaled copies of up to SAMPLE rows, drawn at random. */
typedef struct sample {
    size_t count, dimension;
    float *z; /* (count, D) */
} sample;

static double squared_norm(const float *v, size_t size)
{
    double sum = 0;
    for (size_t j = 0; j < size; j++) {
        sum += (double)v[j] * (double)v[j];
    }
    return sum;
}

/* The largest eigenvalue of Z^T Z / count over the sample, by power iteration. */
static bool largest_eigenvalue(const sample *s, double *largest)
{
    size_t d = s->dimension, n = s->count;
    float *v = oc_alloc(d, sizeof *v), *u = oc_alloc(n, sizeof *u);
    bool done = v && u;
    for (size_t j = 0; done && j < d; j++) {
        v[j] = s->z[j] + 1e-3F * (float)(j % 7 + 1); /* not orthogonal to anything by symmetry */
    }
    for (int step = 0; done && step < POWER_STEPS; step++) {
        oc_matmul_nt(1, oc_packed(s->z, n, d), oc_packed(v, 1, d), 0, u, 1);
        oc_matmul_tn(1 / (float)n, oc_packed(u, n, 1), oc_packed(s->z, n, d), 0, v, d);
        double norm = sqrt(squared_norm(v, d));
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
    size_t n = problem->rows->count, d = problem->rows->dimension;
    sample s = {.count = n < SAMPLE ? n : SAMPLE, .dimension = d};
    s.z = oc_alloc(s.count, d * sizeof *s.z);
    if (!s.z) {
        return oc_fail_memory(err, "the step size");
    }
    oc_random random = oc_random_stream(seed, 0x73616d706c65, 0);
    for (size_t i = 0; i < s.count; i++) {
        size_t row = n <= SAMPLE ? i : oc_random_below(&random, n);
        oc_scaler_row(problem->rows, row, problem->center, problem->scale, s.z + i * d);
    }
    p->largest = 1;
    bool known = p->covariance || largest_eigenvalue(&s, &p->largest);
    if (p->covariance) {
        oc_cholesky_forward(d, p->covariance->matrix, s.count, s.z, job);
    }
    double sum = 0, squares = 0;
    for (size_t i = 0; i < s.count; i++) {
        double q = squared_norm(s.z + i * d, d);
        sum += q;
        squares += q * q;
    }
    p->length = sum > 0 ? squares / sum : 0;
    oc_free(s.z);
    return known ? OC_OK : oc_fail_memory(err, "the step size");
}

oc_status oc_precondition_fit(const oc_problem *problem, oc_covariance *covariance, double ridge, uint64_t seed,
                              oc_precondition *precondition, oc_job *job, oc_error *err)
{
    oc_precondition p = {.covariance = covariance};
    oc_status status = covariance ? oc_covariance_factor(covariance, ridge, job, err) : OC_OK;
    if (status == OC_OK) {
        status = measure(problem, seed, &p, job, err);
    }
    if (status == OC_OK) {
        *precondition = p;
    }
    return status;
}

void oc_precondition_apply(const oc_precondition *precondition, size_t count, float *g, oc_job *job)
{
    if (precondition->covariance) {
        oc_covariance_solve(precondition->covariance, count, g, job);
    }
}
