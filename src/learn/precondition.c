/* Measures the rows for the step size. With L L^T = P^-1, the squared length of row z under P is q = z^T P z = |L^-1
 * z|^2. */
#include "src/learn/precondition.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/random.h"
#include "src/learn/scaler.h"
#include "src/matrix/blas.h"
#include "src/matrix/cholesky.h"
#include "src/matrix/vector.h"

#include <math.h>

enum { SAMPLE = 512, POWER_STEPS = 20 };

/* Scaled copies of up to SAMPLE rows, drawn at random. */
typedef struct sample {
    size_t count, dimension;
    float *z; /* (count, D) */
} sample;

/* The largest eigenvalue of Z^T Z / count over the sample, by power iteration. */
static bool largest_eigenvalue(const sample *s, double *largest)
{
    size_t d = s->dimension, n = s->count;
    float *v = oc_alloc(d, sizeof *v), *u = oc_alloc(n, sizeof *u);
    bool done = v && u;
    for (size_t j = 0; done && j < d; j++) {
        v[j] = s->z[j] + 1e-3F * (float)(j % 7 + 1); /* not orthogonal to an eigenvector because of a symmetry */
    }
    for (int step = 0; done && step < POWER_STEPS; step++) {
        oc_matmul_nt(1, oc_packed(s->z, n, d), oc_packed(v, 1, d), 0, u, 1);
        oc_matmul_tn(1 / (float)n, oc_packed(u, n, 1), oc_packed(s->z, n, d), 0, v, d);
        *largest = sqrt(oc_vector_dot(v, v, d));
        oc_vector_scale(v, *largest > 0 ? 1 / *largest : 0, d);
    }
    oc_free(v);
    oc_free(u);
    return done;
}

static oc_status measure(const oc_problem *problem, oc_precondition *p, oc_job *job, oc_error *err)
{
    size_t n = problem->rows->count, d = problem->rows->dimension;
    sample s = {.count = n < SAMPLE ? n : SAMPLE, .dimension = d};
    s.z = oc_alloc(s.count, d * sizeof *s.z);
    if (!s.z) {
        return oc_fail_memory(err, "the step size");
    }
    oc_random random = oc_random_stream(0, 0x73616d706c65, 0);
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
        double q = oc_vector_dot(s.z + i * d, s.z + i * d, d);
        sum += q;
        squares += q * q;
    }
    p->length = sum > 0 ? squares / sum : 0;
    oc_free(s.z);
    return known ? OC_OK : oc_fail_memory(err, "the step size");
}

oc_status oc_precondition_fit(const oc_problem *problem, oc_covariance *covariance, double ridge,
                              oc_precondition *precondition, oc_job *job, oc_error *err)
{
    oc_precondition p = {.covariance = covariance};
    oc_status status = covariance ? oc_covariance_factor(covariance, ridge, job, err) : OC_OK;
    if (status == OC_OK) {
        status = measure(problem, &p, job, err);
    }
    if (status == OC_OK) {
        *precondition = p;
    }
    return status;
}

void oc_precondition_apply(const oc_precondition *precondition, size_t count, float *g, oc_job *job)
{
    if (precondition->covariance) {
        oc_cholesky_solve(precondition->covariance->dimension, precondition->covariance->matrix, count, g, job);
    }
}
