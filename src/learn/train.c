/* Training: check the rows, fix the options, scale, precondition, descend, report. */
#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/threads.h"
#include "src/learn/covariance.h"
#include "src/learn/nearest.h"
#include "src/learn/optimizer.h"
#include "src/learn/precondition.h"
#include "src/learn/problem.h"
#include "src/learn/ridge.h"
#include "src/learn/scaler.h"
#include "src/learn/span.h"

#include <math.h>
#include <string.h>

enum { BATCH = 256, EPOCHS = 10, STEPS = 200, DESCENT_STEPS = 100, TRIES = 1000 };

static oc_status check_labels(const oc_rows *rows, const int *labels, size_t classes, oc_error *err)
{
    size_t used = 0;
    if (rows->count == 0 || rows->dimension == 0) {
        return oc_fail(err, OC_BAD_DATA, "%zu rows of %zu values: nothing to learn from", rows->count,
                       rows->dimension);
    }
    if (rows->count > UINT32_MAX) {
        return oc_fail(err, OC_TOO_LARGE, "%zu rows: at most %u are possible", rows->count, UINT32_MAX);
    }
    size_t *count = oc_alloc(classes, sizeof *count);
    if (!count) {
        return oc_fail_memory(err, "the class counts");
    }
    oc_status status = OC_OK;
    for (size_t i = 0; i < rows->count && status == OC_OK; i++) {
        if (labels[i] < 0 || (size_t)labels[i] >= classes) {
            status = oc_fail(err, OC_BAD_DATA, "row %zu has the label %d; with %zu classes labels are 0..%zu", i,
                             labels[i], classes, classes - 1);
        } else {
            used += count[labels[i]]++ == 0;
        }
    }
    oc_free(count);
    if (status == OC_OK && used < 2) {
        status = oc_fail(err, OC_BAD_DATA, "all %zu rows are of one class: a classifier needs two or more",
                         rows->count);
    }
    return status;
}

/* The curvature of a mean loss by the scores near its optimum: a softmax of mixed certainty has about a tenth. */
static double usual_curvature(const oc_problem *problem)
{
    return problem->loss == OC_LOSS_SOFTMAX ? 0.1 : 2;
}

/* Replaces what is auto of the penalties: l2 by the ridge that suits least squares on these rows, carried
 * over to the loss by its curvature. Softmax scores would still grow with the freedom that the features give:
 * score_l2 holds them back in proportion. The factor was chosen by validation on the training rows of
 * CIFAR-10 and Fashion-MNIST. */
static void set_penalties(oc_problem *problem, oc_train_options *used, const oc_ridge *chosen)
{
    bool automatic = isnan(used->l2), softmax = problem->loss == OC_LOSS_SOFTMAX;
    if (isnan(used->score_l2)) {
        used->score_l2 = automatic && softmax ? 0.3 * chosen->freedom / (double)problem->rows->count : 0;
    }
    if (automatic) {
        used->l2 = chosen->ridge * (usual_curvature(problem) / 2 + used->score_l2);
    }
    problem->l2 = used->l2;
    problem->score_l2 = used->score_l2;
}

/* Replaces what is auto of the steps. */
static void set_steps(oc_train_options *used, const oc_rows *rows)
{
    if (used->optimizer != OC_OPTIMIZER_SGD) {
        used->batch = (int64_t)rows->count;
        if (used->epochs == OC_AUTO) {
            used->epochs = oc_optimizer_searches(used->optimizer) ? TRIES : DESCENT_STEPS;
        }
        return;
    }
    if (used->batch == OC_AUTO) {
        for (used->batch = BATCH; (double)used->batch < (double)rows->dimension / 4 && used->batch < 2048;) {
            used->batch *= 2;
        }
    }
    used->batch = used->batch > (int64_t)rows->count ? (int64_t)rows->count : used->batch;
    if (used->epochs == OC_AUTO) {
        double steps = ceil((double)rows->count / (double)used->batch);
        used->epochs = (int64_t)fmax(EPOCHS, ceil(STEPS / steps));
    }
}

static oc_classifier *create(size_t classes, size_t dimension, int loss)
{
    oc_classifier *c = oc_alloc(1, sizeof *c);
    if (c) {
        *c = (oc_classifier){.classes = classes, .dimension = dimension, .loss = loss};
        c->weights = oc_alloc(classes, (dimension + 1) * sizeof *c->weights);
        c->shift = oc_alloc(dimension, sizeof *c->shift);
        c->scale = oc_alloc(dimension, sizeof *c->scale);
    }
    if (c && (!c->weights || !c->shift || !c->scale)) {
        oc_classifier_free(c);
        c = NULL;
    }
    return c;
}

/* What is still to be gained, to second order: the decrease 1/2 g^T H^-1 g of a Newton step, with H replaced
 * by the loss's mean curvature times the covariance, whose inverse the preconditioner holds. Overwrites the gradient. */
static double estimate_gap(const oc_precondition *p, const oc_problem *problem, float *gradient, const double *bias,
                           oc_job *job)
{
    double sum = oc_precondition_square(p, problem->classes, problem->rows->dimension, gradient, job);
    sum /= p->covariance ? 1 : fmax(p->largest, 1e-12);
    for (size_t c = 0; c < problem->classes; c++) {
        sum += bias[c] * bias[c];
    }
    return 0.5 * sum / (usual_curvature(problem) + 2 * problem->score_l2);
}

typedef struct training {
    oc_classifier *classifier;
    oc_train_options used;
    float *center;  /* (D): column means */
    float *weights; /* (C, D) on centred columns */
    float *bias;    /* (C) */
    float *gradient;
    double *bias_gradient;
} training;

/* Covariance, penalties and preconditioner. */
static oc_status prepare(training *t, oc_problem *problem, double variance, oc_covariance *covariance,
                         oc_precondition *precondition, oc_job *job, oc_error *err)
{
    size_t d = problem->rows->dimension;
    oc_ridge chosen = {variance * 0.1, (double)d / 2}; /* for rows too wide to look closer */
    bool sgd = t->used.optimizer == OC_OPTIMIZER_SGD;
    if (oc_optimizer_searches(t->used.optimizer)) {
        problem->l2 = t->used.l2 = isnan(t->used.l2) ? 0 : t->used.l2;
        problem->score_l2 = t->used.score_l2 = isnan(t->used.score_l2) ? 0 : t->used.score_l2;
        return OC_OK;
    }
    if (d <= OC_PRECONDITION_WIDEST && (sgd || isnan(t->used.l2))) {
        oc_status status = oc_covariance_fit(problem, covariance, t->gradient, job, err);
        if (status == OC_OK && isnan(t->used.l2)) {
            status = oc_ridge_choose(problem, covariance, t->gradient, &chosen, job, err);
        }
        if (status != OC_OK) {
            return status;
        }
    }
    set_penalties(problem, &t->used, &chosen);
    /* This ridge makes C + ridge I proportional to the Hessian of loss and penalties together. */
    double ridge = 2 * problem->l2 / (usual_curvature(problem) + 2 * problem->score_l2);
    return oc_precondition_fit(problem, sgd && covariance->matrix ? covariance : NULL, ridge, t->used.seed,
                               precondition, job, err);
}

/* Finds weights and bias on centred columns, and fills the report. */
static oc_status descend(training *t, oc_problem *problem, double variance, oc_train_report *report, oc_job *job,
                         oc_error *err)
{
    oc_covariance covariance = {0};
    oc_precondition precondition = {0};
    oc_status status = prepare(t, problem, variance, &covariance, &precondition, job, err);
    if (status == OC_OK) {
        status = oc_optimize(problem, &precondition, t->classifier->shift, &t->used, t->weights, t->bias,
                             &report->steps, job, err);
    }
    oc_objective objective = {.gradient = t->gradient, .bias = t->bias_gradient};
    if (status == OC_OK) {
        status = oc_problem_evaluate(problem, t->weights, t->bias, &objective, job, err);
    }
    if (status == OC_OK) {
        report->loss = objective.loss;
        report->objective = objective.value;
        report->accuracy = objective.accuracy;
        report->gap = t->used.optimizer == OC_OPTIMIZER_SGD
                          ? estimate_gap(&precondition, problem, t->gradient, t->bias_gradient, job)
                          : NAN;
    }
    oc_covariance_free(&covariance);
    return status;
}

/* The classifier's weights for z = (x - shift) * scale from those for (x - center) * scale. */
static void assemble(const training *t)
{
    oc_classifier *c = t->classifier;
    size_t d = c->dimension;
    for (size_t k = 0; k < c->classes; k++) {
        float *row = c->weights + k * (d + 1);
        memcpy(row, t->weights + k * d, d * sizeof *row);
        double bias = (double)t->bias[k];
        for (size_t j = 0; j < d; j++) {
            bias += (double)row[j] * ((double)c->shift[j] - (double)t->center[j]) * (double)c->scale[j];
        }
        row[d] = (float)bias;
    }
}

/* Few wide rows: the same problem in coordinates of their span, which has fewer columns. */
static oc_status descend_in_span(training *t, const oc_problem *problem, double variance, oc_train_report *report,
                                 oc_job *job, oc_error *err)
{
    oc_span span = {0};
    size_t n = problem->rows->count, d = problem->rows->dimension;
    oc_status status = oc_span_fit(problem, &span, job, err);
    if (status != OC_OK) {
        return status;
    }
    oc_rows rows = oc_rows_of(span.rows, n, n);
    oc_problem inner = *problem;
    inner.rows = &rows;
    inner.center = span.center;
    inner.scale = span.scale;
    set_steps(&t->used, &rows);
    status = descend(t, &inner, variance * (double)d / (double)n, report, job, err);
    if (status == OC_OK) {
        status = oc_span_expand(problem, &span, t->weights, t->gradient, job, err);
        float *found = t->gradient;
        t->gradient = t->weights;
        t->weights = found;
    }
    oc_span_free(&span);
    return status;
}

static oc_status learn_weights(training *t, const oc_rows *rows, const int *labels, double variance,
                               oc_train_report *report, oc_job *job, oc_error *err)
{
    oc_problem problem = {.rows = rows,
                          .labels = labels,
                          .classes = t->classifier->classes,
                          .center = t->center,
                          .scale = t->classifier->scale,
                          .loss = (oc_loss)t->used.loss};
    bool few = rows->count < rows->dimension && rows->count <= OC_PRECONDITION_WIDEST;
    oc_status status;
    if (few && t->used.optimizer == OC_OPTIMIZER_SGD && variance > 0) {
        status = descend_in_span(t, &problem, variance, report, job, err);
    } else {
        set_steps(&t->used, rows);
        status = descend(t, &problem, variance, report, job, err);
    }
    if (status == OC_OK) {
        assemble(t);
    }
    return status;
}

/* Nearest neighbours keep the rows instead of weights. */
static oc_status learn_neighbours(training *t, const oc_rows *rows, const int *labels, oc_train_report *report,
                                  oc_job *job, oc_error *err)
{
    oc_classifier *c = t->classifier;
    oc_free(c->weights);
    c->weights = NULL;
    report->objective = report->loss = report->gap = report->accuracy = NAN;
    return oc_nearest_learn(&t->used.classifier, rows, labels, c->shift, c->scale, job, &c->nearest, err);
}

static bool allocate(training *t, size_t classes, size_t d)
{
    t->center = oc_alloc(d, sizeof *t->center);
    t->weights = oc_alloc(classes, d * sizeof *t->weights);
    t->gradient = oc_alloc(classes, d * sizeof *t->gradient);
    t->bias = oc_alloc(classes, sizeof *t->bias);
    t->bias_gradient = oc_alloc(classes, sizeof *t->bias_gradient);
    return t->classifier && t->center && t->weights && t->gradient && t->bias && t->bias_gradient;
}

oc_status oc_train(const oc_rows *rows, const int *labels, size_t classes, const oc_train_options *options,
                   oc_job *job, oc_classifier **classifier, oc_train_report *report, oc_error *err)
{
    double started = oc_seconds(), variance;
    oc_status status = check_labels(rows, labels, classes, err);
    if (status != OC_OK) {
        return status;
    }
    size_t d = rows->dimension;
    oc_train_report done = {0};
    training t = {.classifier = create(classes, d, options->loss)};
    if (!allocate(&t, classes, d)) {
        status = oc_fail_memory(err, "the classifier");
        goto cleanup;
    }
    status = oc_scaler_fit(rows, (oc_scale)options->scale, t.classifier->shift, t.classifier->scale, t.center,
                           &variance, job, err);
    if (status != OC_OK) {
        goto cleanup;
    }
    t.used = *options;
    status = options->classifier.kind == OC_NEAREST ? learn_neighbours(&t, rows, labels, &done, job, err)
                                                    : learn_weights(&t, rows, labels, variance, &done, job, err);
    if (status == OC_OK) {
        done.used = t.used;
        done.seconds = oc_seconds() - started;
        if (report) {
            *report = done;
        }
        *classifier = t.classifier;
        t.classifier = NULL;
    }
cleanup:
    oc_classifier_free(t.classifier);
    oc_free(t.center);
    oc_free(t.weights);
    oc_free(t.gradient);
    oc_free(t.bias);
    oc_free(t.bias_gradient);
    return status;
}
