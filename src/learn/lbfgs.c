/* Limited-memory BFGS (Liu and Nocedal, 1989; Nocedal and Wright, "Numerical Optimization", algorithm 7.4) with the
 * preconditioner as initial inverse Hessian:
 *
 *     w <- w - t H grad F(w),   H from gamma P and the last pairs s = w' - w, y = grad F(w') - grad F(w)
 *
 * P makes the Hessian nearly a multiple of the identity, so that few passes are enough. The quadratic model predicts a
 * decrease of 1/2 grad F^T H grad F. */
#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/learn/loss.h"
#include "src/learn/minimize.h"
#include "src/matrix/vector.h"

#include <math.h>
#include <string.h>

enum { PAIRS = 8 };

typedef struct lbfgs {
    const oc_precondition *precondition;
    double curvature;      /* of the mean loss by the scores, near the optimum */
    double scale;          /* <s, y> / <y, P y> of the last pair */
    double slope, length;  /* <direction, gradient>; t */
    size_t pairs;          /* made so far; pair k is in slot k % PAIRS */
    double rho[PAIRS];     /* 1 / <s, y> */
    float *s, *y;          /* (PAIRS, size) */
    float *direction, *py; /* (size): -H grad F; P y */
} lbfgs;

/* v <- initial inverse Hessian times v: P / curvature for the weights (columns of rows have mean 0), 1 / curvature for
 * the biases. */
static void apply_guess(const lbfgs *l, const oc_iterate *i, float *v, oc_job *job)
{
    const oc_precondition *p = l->precondition;
    double curvature = l->curvature + 2 * i->problem.score_l2;
    if (!p->covariance) {
        curvature = curvature * fmax(p->largest, 1e-12) + 2 * i->problem.l2;
    }
    oc_precondition_apply(p, i->problem.classes, v, job);
    oc_vector_scale(v, 1 / curvature, i->weights);
    oc_vector_scale(v + i->weights, 1 / l->curvature, i->size - i->weights);
}

/* direction <- -H gradient */
static void find_direction(lbfgs *l, const oc_iterate *i, oc_job *job)
{
    size_t n = i->size, kept = l->pairs < PAIRS ? l->pairs : PAIRS;
    double factor[PAIRS];
    memcpy(l->direction, i->gradient, n * sizeof *l->direction);
    for (size_t k = 1; k <= kept; k++) { /* newest first */
        size_t slot = (l->pairs - k) % PAIRS;
        factor[slot] = l->rho[slot] * oc_vector_dot(l->s + slot * n, l->direction, n);
        oc_vector_add(l->direction, -factor[slot], l->y + slot * n, n);
    }
    apply_guess(l, i, l->direction, job);
    oc_vector_scale(l->direction, l->scale, n);
    for (size_t k = kept; k > 0; k--) {
        size_t slot = (l->pairs - k) % PAIRS;
        double back = l->rho[slot] * oc_vector_dot(l->y + slot * n, l->direction, n);
        oc_vector_add(l->direction, factor[slot] - back, l->s + slot * n, n);
    }
    oc_vector_scale(l->direction, -1, n);
    l->slope = oc_vector_dot(l->direction, i->gradient, n);
}

/* A shorter t: the minimum of the parabola through the objective at 0 and t and the slope at 0, within limits. */
static double shorten(const lbfgs *l, const oc_iterate *i)
{
    double t = l->length, excess = i->tried.rounded - i->at.rounded - t * l->slope;
    double best = -l->slope * t * t / (2 * excess);
    if (best >= 0.1 * t && best <= 0.5 * t) {
        return best;
    }
    return best > 0.5 * t ? 0.5 * t : 0.1 * t;
}

static double propose(void *state, oc_iterate *i, size_t attempt, oc_job *job)
{
    lbfgs *l = state;
    if (attempt == 0) {
        find_direction(l, i, job);
    }
    l->length = attempt ? shorten(l, i) : 1;
    memcpy(i->next, i->w, i->size * sizeof *i->next);
    oc_vector_add(i->next, l->length, l->direction, i->size);
    return -l->length * l->slope * (1 - l->length / 2);
}

static void accept(void *state, const oc_iterate *i, oc_job *job)
{
    lbfgs *l = state;
    size_t n = i->size, slot = l->pairs % PAIRS;
    float *s = l->s + slot * n, *y = l->y + slot * n;
    for (size_t j = 0; j < n; j++) {
        s[j] = i->next[j] - i->w[j];
        y[j] = i->next_gradient[j] - i->gradient[j];
    }
    memcpy(l->py, y, n * sizeof *y);
    apply_guess(l, i, l->py, job);
    double product = oc_vector_dot(s, y, n), square = oc_vector_dot(y, l->py, n);
    if (product > 1e-12 * oc_vector_dot(y, y, n) && square > 0) {
        l->rho[slot] = 1 / product;
        l->scale = product / square;
        l->pairs++;
    }
}

oc_status oc_lbfgs(oc_descent *descent, oc_job *job, oc_error *err)
{
    const oc_problem *problem = descent->problem;
    size_t size = oc_problem_parameters(problem);
    lbfgs l = {.precondition = descent->precondition,
               .curvature = oc_loss_types[problem->loss].curvature(problem->classes).usual,
               .scale = 1};
    float *memory = oc_alloc(size, (2 * PAIRS + 2) * sizeof *memory);
    if (!memory) {
        return oc_fail_memory(err, "training");
    }
    l.s = memory;
    l.y = l.s + PAIRS * size;
    l.direction = l.y + PAIRS * size;
    l.py = l.direction + size;
    oc_status status = oc_minimize(descent, &(oc_method){&l, false, PAIRS, propose, accept}, job, err);
    oc_free(memory);
    return status;
}
