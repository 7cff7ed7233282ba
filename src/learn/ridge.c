/* With targets t_c = +1 for rows of class c and -1 for the others, M = mean of (t - mean t) z^T = 2 * sums (z
 * has mean 0) and W = M (C + lambda I)^-1, the mean squared residual is
 *
 *     r(lambda) = sum_c var t_c - <W, M> - lambda |W|^2
 *
 * and generalised cross-validation (Golub, Heath and Wahba, 1979) picks the lambda of least r / (1 - (1 + f)
 * / N)^2, with f = tr C (C + lambda I)^-1 = D - lambda tr (C + lambda I)^-1. The trace is estimated from
 * random signs u as the mean of u^T (C + lambda I)^-1 u (Hutchinson, 1990). */
#include "src/learn/ridge.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/random.h"
#include "src/base/threads.h"
#include "src/matrix/blas.h"

#include <math.h>
#include <string.h>

/* Candidates are 4^k times the mean variance, k from FIRST on; every second one is tried, then the neighbours
 * of the best. */
enum { CANDIDATES = 9, FIRST = -7, PROBES = 16, PARALLEL_WIDEST = 8192 };

typedef struct candidate {
    bool wanted, tried, failed;
    double score, freedom;
} candidate;

typedef struct search {
    const oc_problem *problem;
    const float *covariance, *sums;
    double scale;    /* the mean variance */
    double variance; /* sum_c var t_c */
    candidate candidates[CANDIDATES];
} search;

static double lambda_of(const search *s, size_t k)
{
    return s->scale * pow(4, FIRST + (double)k);
}

static double dot(const float *a, const float *b, size_t n)
{
    double sum = 0;
    for (size_t j = 0; j < n; j++) {
        sum += (double)a[j] * (double)b[j];
    }
    return sum;
}

/* Right-hand sides: M in the first C rows, then random signs. */
static void fill(const search *s, float *b)
{
    size_t d = s->problem->rows->dimension, classes = s->problem->classes;
    for (size_t j = 0; j < classes * d; j++) {
        b[j] = 2 * s->sums[j];
    }
    oc_random random = oc_random_stream(0, 0x7369676e73, 0);
    for (size_t j = classes * d; j < (classes + PROBES) * d; j++) {
        b[j] = oc_random_bits(&random) >> 63 ? 1 : -1;
    }
}

static void try_candidate(void *context, size_t index, size_t worker)
{
    (void)worker;
    search *s = context;
    candidate *c = &s->candidates[index];
    size_t d = s->problem->rows->dimension, classes = s->problem->classes, rows = classes + PROBES;
    if (!c->wanted || c->tried) {
        return;
    }
    double lambda = lambda_of(s, index), n = (double)s->problem->rows->count;
    float *a = oc_alloc(d, d * sizeof *a), *b = oc_alloc(rows, d * sizeof *b), *x = oc_alloc(rows, d * sizeof *x);
    c->tried = true;
    c->failed = !a || !b || !x;
    c->score = INFINITY;
    if (!c->failed) {
        memcpy(a, s->covariance, d * d * sizeof *a);
        for (size_t j = 0; j < d; j++) {
            a[j * d + j] += (float)lambda;
        }
        fill(s, b);
        memcpy(x, b, rows * d * sizeof *x);
        if (oc_cholesky_solve(d, a, rows, x)) {
            double explained = 0, trace = dot(b + classes * d, x + classes * d, PROBES * d) / PROBES;
            for (size_t k = 0; k < classes; k++) {
                const float *w = x + k * d;
                explained += dot(w, b + k * d, d) + lambda * dot(w, w, d);
            }
            c->freedom = fmin(fmax((double)d - lambda * trace, 0), (double)d);
            double left = 1 - (1 + c->freedom) / n;
            c->score = left > 0 ? fmax(s->variance - explained, 0) / (left * left) : INFINITY;
        }
    }
    oc_free(a);
    oc_free(b);
    oc_free(x);
}

static size_t best_candidate(const search *s)
{
    size_t best = CANDIDATES - 1;
    for (size_t k = CANDIDATES; k-- > 0;) {
        bool better = s->candidates[k].tried && s->candidates[k].score < s->candidates[best].score;
        best = better || !s->candidates[best].tried ? k : best;
    }
    return best;
}

static void try_wanted(search *s, oc_job *job)
{
    bool narrow = s->problem->rows->dimension <= PARALLEL_WIDEST;
    oc_parallel(narrow ? job : NULL, CANDIDATES, try_candidate, s);
}

oc_status oc_ridge_choose(const oc_problem *problem, const float *covariance, const float *sums, oc_ridge *chosen,
                          oc_job *job, oc_error *err)
{
    size_t n = problem->rows->count, d = problem->rows->dimension;
    search s = {.problem = problem, .covariance = covariance, .sums = sums};
    double *share = oc_alloc(problem->classes, sizeof *share);
    if (!share) {
        return oc_fail_memory(err, "the choice of the penalty");
    }
    for (size_t j = 0; j < d; j++) {
        s.scale += (double)covariance[j * d + j] / (double)d;
    }
    s.scale = s.scale > 0 ? s.scale : 1;
    for (size_t i = 0; i < n; i++) {
        share[problem->labels[i]] += 1 / (double)n;
    }
    for (size_t c = 0; c < problem->classes; c++) {
        s.variance += 4 * share[c] * (1 - share[c]);
    }
    oc_free(share);
    for (size_t k = 0; k < CANDIDATES; k++) {
        s.candidates[k].wanted = k % 2 == 0;
    }
    try_wanted(&s, job);
    size_t best = best_candidate(&s);
    if (best > 0) {
        s.candidates[best - 1].wanted = true;
    }
    if (best + 1 < CANDIDATES) {
        s.candidates[best + 1].wanted = true;
    }
    try_wanted(&s, job);
    best = best_candidate(&s);
    if (s.candidates[best].failed) {
        return oc_fail_memory(err, "the choice of the penalty");
    }
    *chosen = (oc_ridge){lambda_of(&s, best), s.candidates[best].freedom};
    return oc_job_cancelled(job) ? oc_fail(err, OC_CANCELLED, "cancelled") : OC_OK;
}
