/* Proximal Newton steps with the covariance K of the rows instead of the Hessian (Lee, Sun and Saunders, 2014): from w
 * = (W, b) with gradient g of the smooth part of F, the next point is the u = (U, c) that minimises
 *
 *     q(u) = <g, u - w> + 1/2 <u - w, A (u - w)> + l1 |U|_1      with |u_c| <= max_norm
 *     A = (a + 2 score_l2) K + 2 l2 I for the weights, a I for the biases
 *
 * The curvature a is that of the last step (Barzilai and Borwein, 1988; SpaRSA of Wright, Nowak and Figueiredo, 2009),
 * doubled until F falls below the highest of its last values. The predicted decrease is q(w) - q(u), at the smallest
 * recent curvature: a step along a steep direction says nothing about flat ones.
 *
 * q is minimised by accelerated proximal gradients (Beck and Teboulle, 2009), restarted where they turn back
 * (O'Donoghue and Candes, 2015). This needs products with K but no pass over the rows. Of much
 * fewer rows than columns, K = Z^T Z / N is not computed: products with Z and Z^T take less time. */
#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/threads.h"
#include "src/learn/loss.h"
#include "src/learn/minimize.h"
#include "src/learn/penalty.h"
#include "src/learn/scaler.h"
#include "src/matrix/blas.h"
#include "src/matrix/vector.h"

#include <math.h>
#include <string.h>

enum { INNER = 100, COLUMNS = 256, ROWS = 64, POWER_STEPS = 20 };
/* Inner steps end at |last step|^2 <= INNER_ERROR |u - w|^2, with A's bound as norm. Three times as many steps, ten times
 * more exact, came to the same objectives in two to three times the time, on eleven sets of rows
 * (tests/bench/classifier.md). */
static const double INNER_ERROR = 1e-4;

typedef struct newton {
    const float *covariance;  /* K */
    float *z, *scores;        /* or instead Z (N,D), and ahead Z^T (C,N); without either, K = largest I */
    size_t n;                 /* N */
    double largest;           /* a little more than the largest eigenvalue of K */
    double curvature;         /* a */
    double recent[OC_RECENT]; /* curvatures of the last steps; step k in slot k % OC_RECENT */
    size_t steps, classes, d; /* so far; C, D */
    float *ahead, *product;   /* (C,D): extrapolated U - W, and its product with K */
} newton;

static void score_rows(void *context, size_t index, size_t worker)
{
    (void)worker;
    const newton *s = context;
    size_t first = index * ROWS, count = s->n - first < ROWS ? s->n - first : ROWS;
    oc_matmul_nt(1 / (float)s->n, oc_packed(s->ahead, s->classes, s->d), oc_packed(s->z + first * s->d, count, s->d), 0,
                 s->scores + first, s->n);
}

static void multiply_columns(void *context, size_t index, size_t worker)
{
    (void)worker;
    const newton *s = context;
    size_t left = index * COLUMNS, width = s->d - left < COLUMNS ? s->d - left : COLUMNS;
    oc_matrix factor = s->z ? oc_packed(s->scores, s->classes, s->n) : oc_packed(s->ahead, s->classes, s->d);
    const float *columns = (s->z ? s->z : s->covariance) + left;
    oc_matmul_nn(1, factor, oc_view(columns, s->z ? s->n : s->d, width, s->d), 0, s->product + left, s->d);
}

/* product (C,D) = ahead (C,D) K */
static void multiply(newton *s, oc_job *job)
{
    if (!s->covariance && !s->z) {
        memcpy(s->product, s->ahead, s->classes * s->d * sizeof *s->product);
        oc_vector_scale(s->product, s->largest, s->classes * s->d);
        return;
    }
    if (s->z) {
        oc_parallel(job, (s->n + ROWS - 1) / ROWS, score_rows, s);
    }
    oc_parallel(job, (s->d + COLUMNS - 1) / COLUMNS, multiply_columns, s);
}

/* Power iteration on C equal vectors at a time. */
static double largest_eigenvalue(newton *s, oc_job *job)
{
    size_t size = s->classes * s->d;
    double norm = 1;
    for (size_t j = 0; j < size; j++) {
        s->ahead[j] = 1 + 1e-3F * (float)(j % 7); /* not orthogonal to anything by symmetry */
    }
    for (int k = 0; k < POWER_STEPS; k++) {
        oc_vector_scale(s->ahead, 1 / fmax(sqrt(oc_vector_dot(s->ahead, s->ahead, size)), 1e-30), size);
        multiply(s, job);
        memcpy(s->ahead, s->product, size * sizeof *s->ahead);
        norm = sqrt(oc_vector_dot(s->ahead, s->ahead, size));
    }
    return norm;
}

/* U <- proximal gradient step of q from W + ahead; ahead <- extrapolated U, minus W. Returns the squared length of the
 * step of U, and in *back its inner product with the previous step. */
static double advance(newton *s, oc_iterate *i, double momentum, double *back)
{
    const oc_problem *p = &i->problem;
    double a = s->curvature + 2 * p->score_l2, ridge = 2 * p->l2, step = 1 / (a * s->largest + ridge), way = 0;
    *back = 0;
    for (size_t c = 0; c < s->classes; c++) {
        size_t first = c * s->d;
        float *restrict ahead = s->ahead + first, *restrict next = s->product + first, *restrict u = i->next + first;
        const float *restrict w = i->w + first, *restrict g = i->gradient + first;
        for (size_t j = 0; j < s->d; j++) {
            double slope = (double)g[j] + a * (double)next[j] + ridge * (double)ahead[j];
            next[j] = (float)((double)w[j] + (double)ahead[j] - step * slope);
        }
        oc_penalty_shrink(next, s->d, step * p->l1);
        oc_penalty_project(next, s->d, p->max_norm);
        for (size_t j = 0; j < s->d; j++) {
            double moved = (double)next[j] - (double)u[j];
            *back += ((double)w[j] + (double)ahead[j] - (double)next[j]) * moved;
            way += moved * moved;
            u[j] = next[j];
            ahead[j] = (float)((double)next[j] + momentum * moved - (double)w[j]);
        }
    }
    return way;
}

/* ahead <- U - W, product <- ahead K. Returns q(w) - q(u). */
static double predict(newton *s, const oc_iterate *i, oc_job *job)
{
    const oc_problem *p = &i->problem;
    double a = s->curvature + 2 * p->score_l2, sizes = 0, of_biases = 0;
    for (size_t j = 0; j < i->weights; j++) {
        s->ahead[j] = i->next[j] - i->w[j];
        sizes += fabs((double)i->next[j]) - fabs((double)i->w[j]);
    }
    multiply(s, job);
    for (size_t c = i->weights; c < i->size; c++) {
        of_biases += (double)i->gradient[c] * (double)i->gradient[c] / (2 * s->curvature);
    }
    double square = a * oc_vector_dot(s->ahead, s->product, i->weights) +
                    2 * p->l2 * oc_vector_dot(s->ahead, s->ahead, i->weights);
    return of_biases - oc_vector_dot(i->gradient, s->ahead, i->weights) - square / 2 - p->l1 * sizes;
}

static double smallest_curvature(const newton *s)
{
    double least = s->curvature;
    for (size_t k = 0; k < OC_RECENT && k < s->steps; k++) {
        least = fmin(least, s->recent[k]);
    }
    return least;
}

/* Minimises q with the curvature, which is doubled at every attempt. */
static double propose(void *state, oc_iterate *i, size_t attempt, oc_job *job)
{
    newton *s = state;
    double t = 1, way = 0;
    s->curvature *= attempt ? 2 : 1;
    memcpy(i->next, i->w, i->weights * sizeof *i->next);
    memset(s->ahead, 0, i->weights * sizeof *s->ahead);
    for (int k = 0; k < INNER && !oc_job_cancelled(job); k++) {
        double grown = (1 + sqrt(1 + 4 * t * t)) / 2, back;
        multiply(s, job);
        double moved = advance(s, i, (t - 1) / grown, &back);
        way += moved;
        t = back > 0 ? 1 : grown;
        if ((!s->covariance && !s->z) ||
            moved <= INNER_ERROR * way) { /* without a covariance the first step is exact */
            break;
        }
    }
    for (size_t c = i->weights; c < i->size; c++) {
        i->next[c] = i->w[c] - (float)((double)i->gradient[c] / s->curvature);
    }
    return predict(s, i, job) * s->curvature / smallest_curvature(s);
}

/* Sets the curvature from the change of the gradient. */
static void accept(void *state, const oc_iterate *i, oc_job *job)
{
    (void)job;
    newton *s = state;
    const oc_problem *p = &i->problem;
    double metric = oc_vector_dot(s->ahead, s->product, i->weights), seen = -2 * p->score_l2 * metric;
    for (size_t j = 0; j < i->size; j++) {
        double change = (double)i->next[j] - (double)i->w[j],
               of_gradient = (double)i->next_gradient[j] - (double)i->gradient[j];
        bool weight = j < i->weights;
        seen += change * (of_gradient - (weight ? 2 * p->l2 * change : 0));
        metric += weight ? 0 : change * change;
    }
    s->recent[s->steps++ % OC_RECENT] = metric > 0 && seen > 0 ? seen / metric : s->curvature;
    if (metric > 0) {
        s->curvature = fmin(fmax(seen / metric, 0.1 * s->curvature), 10 * s->curvature);
    }
}

bool oc_proximal_factored(size_t rows, size_t columns)
{
    double most = (double)OC_PRECONDITION_WIDEST * (double)OC_PRECONDITION_WIDEST;
    return 2 * rows < columns && (double)rows * (double)columns <= most;
}

oc_status oc_proximal_newton(oc_descent *descent, oc_job *job, oc_error *err)
{
    const oc_problem *p = descent->problem;
    size_t n = p->rows->count, d = p->rows->dimension, weights = oc_problem_weights(p);
    bool few = !descent->covariance && oc_proximal_factored(n, d);
    newton s = {.covariance = descent->covariance,
                .largest = descent->precondition->largest,
                .curvature = oc_loss_types[p->loss].curvature(p->classes).usual,
                .classes = p->classes,
                .d = d,
                .n = n,
                .ahead = oc_alloc(weights, sizeof *s.ahead),
                .product = oc_alloc(weights, sizeof *s.product),
                .z = few ? oc_alloc(n, d * sizeof *s.z) : NULL,
                .scores = few ? oc_alloc(n, p->classes * sizeof *s.scores) : NULL};
    bool enough = s.ahead && s.product && (!few || (s.z && s.scores));
    oc_status status = enough ? OC_OK : oc_fail_memory(err, "training");
    for (size_t i = 0; few && enough && i < n; i++) {
        oc_scaler_row(p->rows, i, p->center, p->scale, s.z + i * d);
    }
    if (status == OC_OK) {
        bool known = s.covariance || s.z;
        s.largest = fmax(known ? 1.05 * largest_eigenvalue(&s, job) : s.largest, 1e-12);
        status = oc_minimize(descent, &(oc_method){&s, true, 0, propose, accept}, job, err);
    }
    oc_free(s.ahead);
    oc_free(s.product);
    oc_free(s.z);
    oc_free(s.scores);
    return status;
}
