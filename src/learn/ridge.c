/* With targets t_c = +1 for rows of class c and -1 for the others, M = mean of (t - mean t) z^T and W = M (C +
 * lambda I)^-1, the mean squared residual over the R rows of the covariance is
 *
 *     r(lambda) = sum_c var t_c - <W, M> - lambda |W|^2
 *
 * and generalised cross-validation (Golub, Heath and Wahba, 1979) picks the lambda of least r / (1 - (1 + f)
 * / R)^2, with f = tr C (C + lambda I)^-1 = D - lambda tr (C + lambda I)^-1. The trace is estimated from
 * random signs u as the mean of u^T (C + lambda I)^-1 u (Hutchinson, 1990).
 *
 * One factorisation serves all lambda. With H = lambda_0 (C + lambda_0 I)^-1 for a lambda_0 in the middle, V = M (C +
 * lambda_0 I)^-1, m = lambda / lambda_0 and K = (I + (m - 1) H)^-1:
 *
 *     <W, M> = <V, M> - (lambda - lambda_0) <V K, V>,   |W|^2 = |V K|^2,   lambda tr (C + lambda I)^-1 = m tr H K
 *
 * These are quadratic forms of smooth functions of H, whose eigenvalues lie in 0..1: a few steps of Lanczos's method
 * from a vector give Gauss's quadrature for all of them (Golub and Meurant, "Matrices, moments and quadrature",
 * 2010, chapter 7).
 *
 * What lambda R rows want, all N want R / N of: the penalty on the sum of squared residuals stays. */
#include "src/learn/ridge.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/random.h"
#include "src/base/threads.h"
#include "src/matrix/blas.h"

#include <math.h>
#include <string.h>

/* Candidates are 4^k times the mean variance, k from FIRST on; MIDDLE is the index of lambda_0's. */
enum { CANDIDATES = 9, FIRST = -7, MIDDLE = 4, PROBES = 16, STEPS = 16 };

/* Lanczos's method from one vector v: nodes and weights with v^T g(H) v = sum of weight g(node). */
typedef struct quadrature {
    double length;                    /* |v|^2 */
    double alpha[STEPS], beta[STEPS]; /* the tridiagonal matrix: diagonal, and below it */
    double node[STEPS], weight[STEPS];
    size_t steps;
    bool done;
} quadrature;

typedef struct search {
    size_t dimension, classes, vectors; /* D, C, C + PROBES */
    double scale;                       /* lambda_0 */
    double variance, explained;         /* sum_c var t_c, <V, M> */
    float *now, *before, *next;         /* (vectors, D): of length 1; M's, then the probes' */
    quadrature *quadratures;            /* (vectors) */
} search;

static double dot(const float *a, const float *b, size_t n)
{
    double sum = 0;
    for (size_t j = 0; j < n; j++) {
        sum += (double)a[j] * (double)b[j];
    }
    return sum;
}

/* Makes vector `index` one of length 1. */
static void begin(void *context, size_t index, size_t worker)
{
    (void)worker;
    search *s = context;
    quadrature *q = &s->quadratures[index];
    float *v = s->now + index * s->dimension;
    q->length = dot(v, v, s->dimension);
    q->done = !(q->length > 0);
    float scale = q->done ? 0 : (float)(1 / sqrt(q->length));
    for (size_t j = 0; j < s->dimension; j++) {
        v[j] *= scale;
    }
}

/* next holds (C + lambda_0 I)^-1 now. */
static void advance(void *context, size_t index, size_t worker)
{
    (void)worker;
    search *s = context;
    quadrature *q = &s->quadratures[index];
    size_t d = s->dimension, k = q->steps;
    float *restrict now = s->now + index * d, *restrict before = s->before + index * d;
    float *restrict next = s->next + index * d;
    if (q->done) {
        return;
    }
    q->alpha[k] = s->scale * dot(next, now, d);
    float scale = (float)s->scale, a = (float)q->alpha[k], b = k ? (float)q->beta[k - 1] : 0;
    for (size_t j = 0; j < d; j++) {
        next[j] = scale * next[j] - a * now[j] - b * before[j];
    }
    q->beta[k] = sqrt(dot(next, next, d));
    q->steps = k + 1;
    q->done = !(q->beta[k] > 1e-5 * q->alpha[0]); /* the rest is rounding */
    float length = q->done ? 0 : (float)(1 / q->beta[k]);
    for (size_t j = 0; j < d; j++) {
        before[j] = now[j];
        now[j] = length * next[j];
    }
}

/* Nodes are the eigenvalues of the tridiagonal matrix, weights come from the first components of its vectors. */
static oc_status finish(quadrature *q)
{
    float matrix[STEPS * STEPS] = {0}, values[STEPS];
    size_t n = q->steps;
    for (size_t k = 0; k < n; k++) {
        matrix[k * n + k] = (float)q->alpha[k];
        if (k + 1 < n) {
            matrix[k * n + k + 1] = matrix[(k + 1) * n + k] = (float)q->beta[k];
        }
    }
    oc_status status = n ? oc_eigen_symmetric(n, matrix, values) : OC_OK;
    for (size_t k = 0; status == OC_OK && k < n; k++) {
        q->node[k] = fmin(fmax((double)values[k], 0), 1);
        q->weight[k] = q->length * (double)matrix[k * n] * (double)matrix[k * n];
    }
    return status;
}

/* Replaces M by V, adds rows of random signs, and goes STEPS steps from each. */
static oc_status run(search *s, const oc_covariance *covariance, oc_job *job, oc_error *err)
{
    size_t d = s->dimension, size = s->classes * d;
    memcpy(s->next, s->now, size * sizeof *s->next);
    oc_covariance_solve(covariance, s->classes, s->now, job);
    s->explained = dot(s->now, s->next, size);
    oc_random random = oc_random_stream(0, 0x7369676e73, 0);
    for (size_t j = size; j < s->vectors * d; j++) {
        s->now[j] = oc_random_bits(&random) >> 63 ? 1 : -1;
    }
    oc_parallel(job, s->vectors, begin, s);
    for (size_t k = 0; k < STEPS && !oc_job_cancelled(job); k++) {
        memcpy(s->next, s->now, s->vectors * d * sizeof *s->next);
        oc_covariance_solve(covariance, s->vectors, s->next, job);
        oc_parallel(job, s->vectors, advance, s);
    }
    oc_status status = oc_job_cancelled(job) ? oc_fail(err, OC_CANCELLED, "cancelled") : OC_OK;
    for (size_t i = 0; i < s->vectors && status == OC_OK; i++) {
        if (finish(&s->quadratures[i]) != OC_OK) {
            status = oc_fail_memory(err, "the choice of the penalty");
        }
    }
    return status;
}

/* The score of a penalty, and the freedom that it leaves. */
static double judge(const search *s, double lambda, double rows, double *freedom)
{
    double m = lambda / s->scale, trace = 0, explained = s->explained;
    for (size_t i = 0; i < s->vectors; i++) {
        const quadrature *q = &s->quadratures[i];
        for (size_t k = 0; k < q->steps; k++) {
            double shrunk = 1 / (1 + (m - 1) * q->node[k]);
            if (i < s->classes) {
                explained += q->weight[k] * shrunk * (lambda * shrunk - (lambda - s->scale));
            } else {
                trace += q->weight[k] * m * q->node[k] * shrunk / PROBES;
            }
        }
    }
    *freedom = fmin(fmax((double)s->dimension - trace, 0), (double)s->dimension);
    double left = 1 - (1 + *freedom) / rows;
    return left > 0 ? fmax(s->variance - explained, 0) / (left * left) : INFINITY;
}

/* share (C): of the classes among the rows of the covariance. */
static void count_classes(const oc_problem *problem, size_t rows, double *share)
{
    for (size_t k = 0; k < rows; k++) {
        share[problem->labels[oc_covariance_row(problem->rows->count, rows, k)]] += 1 / (double)rows;
    }
}

/* M from the class sums: 2 (sums_c - share_c * the sum of all). */
static void fill_products(search *s, const double *share, const float *sums)
{
    size_t d = s->dimension;
    for (size_t j = 0; j < d; j++) {
        double all = 0;
        for (size_t c = 0; c < s->classes; c++) {
            all += (double)sums[c * d + j];
        }
        for (size_t c = 0; c < s->classes; c++) {
            s->now[c * d + j] = (float)(2 * ((double)sums[c * d + j] - share[c] * all));
        }
    }
    for (size_t c = 0; c < s->classes; c++) {
        s->variance += 4 * share[c] * (1 - share[c]);
    }
}

oc_status oc_ridge_choose(const oc_problem *problem, oc_covariance *covariance, const float *sums, oc_ridge *chosen,
                          oc_job *job, oc_error *err)
{
    size_t d = covariance->dimension, rows = covariance->rows;
    search s = {.dimension = d, .classes = problem->classes, .vectors = problem->classes + PROBES};
    double mean = covariance->trace > 0 ? covariance->trace / (double)d : 1, least = INFINITY, best = 0, freedom;
    oc_status status = oc_covariance_factor(covariance, mean * pow(4, FIRST + MIDDLE), job, err);
    if (status != OC_OK) {
        return status;
    }
    s.scale = covariance->ridge;
    s.now = oc_alloc(s.vectors, d * sizeof *s.now);
    s.before = oc_alloc(s.vectors, d * sizeof *s.before);
    s.next = oc_alloc(s.vectors, d * sizeof *s.next);
    s.quadratures = oc_alloc(s.vectors, sizeof *s.quadratures);
    double *share = oc_alloc(s.classes, sizeof *share);
    if (!s.now || !s.before || !s.next || !s.quadratures || !share) {
        status = oc_fail_memory(err, "the choice of the penalty");
        goto cleanup;
    }
    count_classes(problem, rows, share);
    fill_products(&s, share, sums);
    status = run(&s, covariance, job, err);
    for (int k = CANDIDATES - 1; k >= 0 && status == OC_OK; k--) {
        double lambda = mean * pow(4, FIRST + k), score = judge(&s, lambda, (double)rows, &freedom);
        if (score < least || k == CANDIDATES - 1) {
            least = score;
            best = lambda;
        }
    }
    if (status == OC_OK) {
        best *= (double)rows / (double)problem->rows->count;
        judge(&s, best, (double)rows, &freedom);
        *chosen = (oc_ridge){best, freedom, least};
    }
cleanup:
    oc_free(s.now);
    oc_free(s.before);
    oc_free(s.next);
    oc_free(s.quadratures);
    oc_free(share);
    return status;
}
