/* The hinge is minimised with its kink rounded off. With slopes a of the rounded loss, a m <= max(0, m) for every
 * margin m and any weights. So a m gives a lower bound of F, as in the dual of the hinge. It is below F by at most the
 * slack, the mean of max(0, m) - a m, plus the gap of the rounded problem. When the slack is the larger part, the width
 * of the rounding is reduced. This is done late, because a large width needs fewer passes.
 *
 * A quadratic model that has not yet seen the flat directions predicts too small a decrease. The worst recent ratio of
 * actual to predicted decrease corrects it. */
#include "src/learn/minimize.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/threads.h"
#include "src/learn/loss.h"

#include <math.h>
#include <string.h>

static const double ROUNDING = 0.12, NARROWER = 0.25;
static const double SUFFICIENT = 1e-3; /* fraction of the predicted decrease that a step must achieve */
enum { ATTEMPTS = 20 };                /* points that a step tries */

static double correction(const oc_gap *g, double value)
{
    double ratio = fmax(g->correction, 1);
    for (size_t k = 0; k < OC_RECENT && k < g->steps; k++) {
        if (g->predicted[k] > 0) {
            ratio = fmax(ratio, (g->value[k] - value) / g->predicted[k]);
        }
    }
    return ratio;
}

void oc_gap_step(oc_gap *gap, double value, double predicted)
{
    size_t slot = gap->steps++ % OC_RECENT;
    gap->value[slot] = value;
    gap->predicted[slot] = predicted;
}

void oc_gap_restart(oc_gap *gap, double value)
{
    gap->correction = correction(gap, value);
    gap->steps = 0;
}

double oc_gap_estimate(const oc_gap *gap, double value, double predicted)
{
    double estimate = predicted * correction(gap, value);
    for (size_t k = 0; k < OC_RECENT && gap->steps >= OC_RECENT; k++) {
        estimate = fmax(estimate, gap->value[k] - value);
    }
    return estimate;
}

/* The upper limit of the objective after a step. */
static double ceiling(const oc_method *method, const oc_gap *gap, double value)
{
    for (size_t k = 0; method->nonmonotone && k < OC_RECENT && k < gap->steps; k++) {
        value = fmax(value, gap->value[k]);
    }
    return value;
}

/* The state of the loop. */
typedef struct loop {
    oc_descent *d;
    const oc_method *method;
    oc_evaluator *evaluator;
    oc_iterate i;
    oc_gap gap;
    size_t left; /* passes */
} loop;

static void evaluate(loop *l, const float *w, oc_objective *objective, oc_job *job)
{
    oc_evaluator_run(l->evaluator, w, NULL, 0, objective, job);
}

/* Tries points nearer and nearer to w until the objective decreases. False when it never does, which is the limit of
 * single precision. */
static bool step(loop *l, double predicted, oc_job *job)
{
    oc_iterate *i = &l->i;
    double limit = ceiling(l->method, &l->gap, i->at.rounded), expected = predicted;
    for (size_t attempt = 1; l->left && attempt <= ATTEMPTS && !oc_job_cancelled(job); attempt++) {
        evaluate(l, i->next, &i->tried, job);
        l->left--;
        l->d->passes++;
        if (i->tried.rounded <= limit - SUFFICIENT * expected && !oc_job_cancelled(job)) {
            l->method->accept(l->method->state, i, job);
            oc_gap_step(&l->gap, i->at.rounded, predicted);
            memcpy(i->w, i->next, i->size * sizeof *i->w);
            memcpy(i->gradient, i->next_gradient, i->size * sizeof *i->gradient);
            float *gradient = i->at.gradient;
            i->at = i->tried;
            i->at.gradient = gradient;
            l->d->steps++;
            return true;
        }
        expected = l->method->propose(l->method->state, i, attempt, job);
    }
    return false;
}

static void run(loop *l, oc_job *job)
{
    oc_descent *d = l->d;
    oc_iterate *i = &l->i;
    size_t total = d->passes + l->left, first = d->steps;
    bool kink = oc_loss_types[i->problem.loss].rounded != NULL, moved = true;
    i->problem.rounding = kink ? ROUNDING : 0;
    evaluate(l, i->w, &i->at, job);
    while (!oc_job_cancelled(job)) {
        double predicted = l->method->propose(l->method->state, i, 0, job), goal = d->tolerance * i->at.value;
        double left = oc_gap_estimate(&l->gap, i->at.rounded, predicted);
        bool believed = !kink || d->steps - first >= l->method->trusted;
        d->gap = i->at.slack + left;
        if ((d->gap <= goal && believed) || !l->left || !moved) {
            break;
        }
        if (i->at.slack > goal / 2 && left < i->at.slack) {
            i->problem.rounding *= NARROWER;
            oc_gap_restart(&l->gap, i->at.rounded);
            evaluate(l, i->w, &i->at, job);
            l->left--;
            d->passes++;
        } else if ((moved = step(l, predicted, job))) {
            oc_job_loss(job, d->passes, total, d->steps, i->at.loss);
        }
        oc_job_progress(job, "training", d->passes, total);
    }
    d->objective = i->at;
}

oc_status oc_minimize(oc_descent *descent, const oc_method *method, oc_job *job, oc_error *err)
{
    size_t size = oc_problem_parameters(descent->problem);
    loop l = {.d = descent, .method = method, .left = (size_t)descent->used.batch_passes};
    l.i = (oc_iterate){
        .problem = *descent->problem, .weights = oc_problem_weights(descent->problem), .size = size, .w = descent->w};
    float *memory = oc_alloc(size, 3 * sizeof *memory);
    oc_status status = memory ? oc_evaluator_create(&l.i.problem, &l.evaluator, err) : oc_fail_memory(err, "training");
    if (status == OC_OK) {
        l.i.at.gradient = l.i.gradient = memory;
        l.i.tried.gradient = l.i.next_gradient = memory + size;
        l.i.next = memory + 2 * size;
        run(&l, job);
        status = oc_job_cancelled(job) ? oc_fail(err, OC_CANCELLED, "cancelled") : OC_OK;
    }
    oc_evaluator_free(l.evaluator);
    oc_free(memory);
    return status;
}
