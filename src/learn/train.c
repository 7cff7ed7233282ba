/* Training: check the rows, fix the options, scale, precondition, descend, report. */
#include "src/learn/train.h"

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
#include "src/learn/split.h"
#include "src/learn/validation.h"

#include <math.h>
#include <string.h>

enum { FEW = 4096 }; /* rows that are cheap enough to be tried in two scales */
enum { BATCH = 256, EPOCHS = 1, FINISH = 19, ROUGH_FINISH = 100, DESCENT_STEPS = 100, TRIES = 1000 };
static const double UNCONVERGED = 0.01; /* part of the objective that is worth a note */

static oc_status check_labels(const oc_rows *rows, const int *labels, size_t classes, oc_error *err)
{
    size_t used = 0;
    if (rows->count == 0 || rows->dimension == 0) {
        return oc_fail(err, OC_BAD_DATA, "%zu rows of %zu values: nothing to learn from", rows->count, rows->dimension);
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
        status = oc_fail(err, OC_BAD_DATA, "all rows (%zu) are of one class: a classifier needs two or more",
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
        used->finish = 0;
        if (used->epochs == OC_AUTO) {
            used->epochs = oc_optimizer_searches(used->optimizer) ? TRIES : DESCENT_STEPS;
        }
        return;
    }
    bool rough = used->l1 > 0 || used->max_norm > 0;
    used->finish = used->finish == OC_AUTO ? (rough ? ROUGH_FINISH : FINISH) : used->finish;
    if (used->batch == OC_AUTO) {
        for (used->batch = BATCH; (double)used->batch < (double)rows->dimension / 4 && used->batch < 2048;) {
            used->batch *= 2;
        }
    }
    used->batch = used->batch > (int64_t)rows->count ? (int64_t)rows->count : used->batch;
    used->epochs = used->epochs == OC_AUTO ? EPOCHS : used->epochs;
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

struct oc_trainer {
    oc_problem rows;    /* as they are given, and as they are descended on: */
    oc_problem problem; /* the same, or few wide rows in coordinates of their span; with M columns */
    oc_rows inner;      /* rows of that problem */
    oc_span span;
    oc_train_options used;
    float *shift, *scale, *center; /* (D): scaling, column means */
    double variance;               /* of a scaled column, averaged over the columns of the problem */
    oc_covariance covariance;      /* (M,M), or empty */
    float *weights;                /* (C,M) on centred columns */
    float *bias;                   /* (C) */
    float *gradient;               /* (C,D) */
    double *importance;            /* (C) factors of the losses, or NULL */
};

void oc_trainer_free(oc_trainer *t)
{
    if (!t) {
        return;
    }
    oc_span_free(&t->span);
    oc_free(t->shift);
    oc_free(t->scale);
    oc_free(t->center);
    oc_covariance_free(&t->covariance);
    oc_free(t->weights);
    oc_free(t->bias);
    oc_free(t->gradient);
    oc_free(t->importance);
    oc_free(t);
}

static bool allocate(oc_trainer *t, size_t classes, size_t d)
{
    t->shift = oc_alloc(d, sizeof *t->shift);
    t->scale = oc_alloc(d, sizeof *t->scale);
    t->center = oc_alloc(d, sizeof *t->center);
    t->weights = oc_alloc(classes, d * sizeof *t->weights);
    t->gradient = oc_alloc(classes, d * sizeof *t->gradient);
    t->bias = oc_alloc(classes, sizeof *t->bias);
    return t->shift && t->scale && t->center && t->weights && t->gradient && t->bias;
}

/* The factor N / (C N_y) of each class's losses, so that all classes count alike and the mean factor is 1. */
static oc_status balance(oc_trainer *t, oc_error *err)
{
    size_t n = t->rows.rows->count, classes = t->rows.classes, used = 0;
    t->importance = oc_alloc(classes, sizeof *t->importance);
    if (!t->importance) {
        return oc_fail_memory(err, "the class weights");
    }
    for (size_t i = 0; i < n; i++) {
        used += t->importance[t->rows.labels[i]]++ < 0.5;
    }
    for (size_t c = 0; c < classes; c++) {
        double count = t->importance[c];
        t->importance[c] = count > 0 ? (double)n / ((double)used * count) : 0;
    }
    t->rows.importance = t->importance;
    return OC_OK;
}

/* Few wide rows are described in coordinates of their span, which has fewer columns. */
static oc_status choose_columns(oc_trainer *t, oc_job *job, oc_error *err)
{
    size_t n = t->rows.rows->count, d = t->rows.rows->dimension;
    bool few = n < d && n <= OC_PRECONDITION_WIDEST;
    t->problem = t->rows;
    if (!few || t->used.l1 > 0 || t->used.optimizer != OC_OPTIMIZER_SGD || !(t->variance > 0)) {
        return OC_OK;
    }
    oc_status status = oc_span_fit(&t->rows, &t->span, job, err);
    t->inner = oc_rows_of(t->span.rows, n, n);
    t->problem.rows = &t->inner;
    t->problem.center = t->span.center;
    t->problem.scale = t->span.scale;
    t->variance *= (double)d / (double)n;
    return status;
}

/* Covariance and penalties; score: how well ridge regression predicts, NaN when nobody looked. */
static oc_status measure(oc_trainer *t, double *score, oc_job *job, oc_error *err)
{
    size_t d = t->problem.rows->dimension;
    oc_ridge chosen = {t->variance * 0.1, (double)d / 2, NAN}; /* for rows too wide to look closer */
    bool sgd = t->used.optimizer == OC_OPTIMIZER_SGD, automatic = isnan(t->used.l2);
    oc_status status = OC_OK;
    if (oc_optimizer_searches(t->used.optimizer)) {
        t->used.l2 = automatic ? 0 : t->used.l2;
        t->used.score_l2 = isnan(t->used.score_l2) ? 0 : t->used.score_l2;
        return OC_OK;
    }
    if (d <= OC_PRECONDITION_WIDEST && (sgd || automatic)) {
        status = oc_covariance_fit(&t->problem, &t->covariance, t->gradient, job, err);
        if (status == OC_OK && automatic) {
            status = oc_ridge_choose(&t->problem, &t->covariance, t->gradient, &chosen, job, err);
        }
    }
    set_penalties(&t->problem, &t->used, &chosen);
    *score = chosen.score;
    if (!sgd) {
        oc_covariance_free(&t->covariance);
    }
    return status;
}

/* Everything before descent, with one scale of the columns. */
static oc_status prepare(oc_trainer *t, int scale, const oc_train_options *options, double *score, oc_job *job,
                         oc_error *err)
{
    oc_span_free(&t->span);
    oc_covariance_free(&t->covariance);
    t->used = *options;
    t->used.scale = scale;
    oc_status status = oc_scaler_fit(t->rows.rows, (oc_scale)scale, t->shift, t->scale, t->center, &t->variance, job,
                                     err);
    if (status == OC_OK && options->classifier.kind == OC_LINEAR) {
        status = choose_columns(t, job, err);
        set_steps(&t->used, t->problem.rows);
        status = status == OC_OK ? measure(t, score, job, err) : status;
    }
    return status;
}

static oc_status choose_scale(oc_trainer *t, oc_job *job, oc_error *err)
{
    oc_train_options options = t->used;
    bool automatic = options.scale == OC_SCALE_AUTO;
    double standard = NAN, center = NAN;
    oc_status status = prepare(t, automatic ? OC_SCALE_STANDARD : options.scale, &options, &standard, job, err);
    if (status != OC_OK || !automatic || !t->span.rows || t->span.count > FEW || isnan(standard)) {
        return status;
    }
    status = prepare(t, OC_SCALE_CENTER, &options, &center, job, err);
    if (status == OC_OK && !(center < standard)) {
        status = prepare(t, OC_SCALE_STANDARD, &options, &standard, job, err);
    }
    return status;
}

oc_status oc_trainer_create(const oc_rows *rows, const int *labels, size_t classes, const oc_train_options *options,
                            oc_job *job, oc_trainer **trainer, oc_error *err)
{
    oc_status status = check_labels(rows, labels, classes, err);
    if (status != OC_OK) {
        return status;
    }
    oc_trainer *t = oc_alloc(1, sizeof *t);
    if (!t || !allocate(t, classes, rows->dimension)) {
        oc_trainer_free(t);
        return oc_fail_memory(err, "the classifier");
    }
    t->used = *options;
    t->rows = (oc_problem){.rows = rows,
                           .labels = labels,
                           .classes = classes,
                           .center = t->center,
                           .scale = t->scale,
                           .loss = (oc_loss)options->loss,
                           .l1 = options->l1,
                           .max_norm = options->max_norm};
    if (options->l1 > 0 || options->max_norm > 0) { /* a penalty by hand replaces the automatic ones */
        t->used.l2 = isnan(options->l2) ? 0 : options->l2;
    }
    status = options->class_weight == OC_CLASS_WEIGHT_BALANCED ? balance(t, err) : OC_OK;
    status = status == OC_OK ? choose_scale(t, job, err) : status;
    if (status != OC_OK) {
        oc_trainer_free(t);
        return status;
    }
    *trainer = t;
    return OC_OK;
}

oc_train_options oc_trainer_options(const oc_trainer *trainer)
{
    return trainer->used;
}

static oc_status fit_preconditioner(oc_trainer *t, oc_precondition *precondition, oc_job *job, oc_error *err)
{
    const oc_problem *problem = &t->problem;
    oc_covariance *covariance = t->covariance.matrix ? &t->covariance : NULL;
    if (covariance && oc_optimizer_rough(problem)) {
        oc_covariance_restore(covariance, job);
        covariance = NULL;
    }
    /* This ridge makes C + ridge I proportional to the Hessian of loss and penalties together. */
    double ridge = 2 * problem->l2 / (usual_curvature(problem) + 2 * problem->score_l2);
    return oc_precondition_fit(problem, covariance, ridge, t->used.seed, precondition, job, err);
}

/* Finds weights and bias on centred columns, and fills the report. */
static oc_status descend(oc_trainer *t, oc_train_report *report, oc_job *job, oc_error *err)
{
    oc_precondition precondition = {0};
    oc_status status = OC_OK;
    if (!oc_optimizer_searches(t->used.optimizer)) {
        status = fit_preconditioner(t, &precondition, job, err);
    }
    if (status != OC_OK) {
        return status;
    }
    oc_found found = {0};
    oc_ground ground = {&precondition, t->covariance.matrix, t->shift, usual_curvature(&t->problem)};
    status = oc_optimize(&t->problem, &ground, &t->used, t->weights, t->bias, &found, job, err);
    if (status == OC_OK) {
        report->steps = found.steps;
        report->loss = found.loss;
        report->objective = found.objective;
        report->accuracy = found.accuracy;
        report->gap = found.gap;
    }
    return status;
}

/* The classifier's weights for z = (x - shift) * scale from those for (x - center) * scale. */
static oc_status assemble(oc_trainer *t, oc_classifier *c, oc_job *job, oc_error *err)
{
    size_t d = c->dimension;
    const float *weights = t->weights;
    float *expanded = NULL;
    if (t->span.rows) {
        expanded = oc_alloc(c->classes, d * sizeof *expanded);
        if (!expanded) {
            return oc_fail_memory(err, "the weights");
        }
        memcpy(t->gradient, t->weights, c->classes * t->span.count * sizeof *weights);
        oc_status status = oc_span_expand(&t->rows, &t->span, t->gradient, expanded, job, err);
        if (status != OC_OK) {
            oc_free(expanded);
            return status;
        }
        weights = expanded;
    }
    for (size_t k = 0; k < c->classes; k++) {
        float *row = c->weights + k * (d + 1);
        memcpy(row, weights + k * d, d * sizeof *row);
        double bias = (double)t->bias[k];
        for (size_t j = 0; j < d; j++) {
            bias += (double)row[j] * ((double)c->shift[j] - (double)t->center[j]) * (double)c->scale[j];
        }
        row[d] = (float)bias;
    }
    oc_free(expanded);
    return OC_OK;
}

static oc_status learn_weights(oc_trainer *t, const oc_run *run, oc_classifier *c, oc_train_report *report, oc_job *job,
                               oc_error *err)
{
    t->used.l2 = t->problem.l2 = run->l2;
    t->used.score_l2 = t->problem.score_l2 = run->score_l2;
    t->used.epochs = run->epochs;
    if (!run->warm) {
        memset(t->weights, 0, c->classes * c->dimension * sizeof *t->weights);
        memset(t->bias, 0, c->classes * sizeof *t->bias);
    }
    oc_status status = descend(t, report, job, err);
    return status == OC_OK ? assemble(t, c, job, err) : status;
}

/* Nearest neighbours keep the rows instead of weights. */
static oc_status learn_neighbours(oc_trainer *t, oc_classifier *c, oc_train_report *report, oc_job *job, oc_error *err)
{
    oc_free(c->weights);
    c->weights = NULL;
    report->objective = report->loss = report->gap = report->accuracy = NAN;
    return oc_nearest_learn(&t->used.classifier, t->rows.rows, t->rows.labels, c->shift, c->scale, job, &c->nearest,
                            err);
}

/* Counts the weights that are 0. OC_BAD_DATA where a weight is not finite. */
static oc_status check_weights(const oc_classifier *c, oc_train_report *report, oc_error *err)
{
    size_t d = c->dimension;
    for (size_t j = 0; j < c->classes * (d + 1); j++) {
        if (!isfinite(c->weights[j])) {
            return oc_fail(err, OC_BAD_DATA,
                           "training ended in weights that are not finite numbers: the rows or a penalty are too large "
                           "for --scale %s; try --scale standard with automatic penalties",
                           oc_params_find(oc_train_params, oc_train_param_count, "scale")->choices[report->used.scale]);
        }
        report->zeros += j % (d + 1) < d && !(fabsf(c->weights[j]) > 0);
    }
    return OC_OK;
}

oc_status oc_trainer_run(oc_trainer *t, const oc_run *run, oc_job *job, oc_classifier **classifier,
                         oc_train_report *report, oc_error *err)
{
    size_t d = t->rows.rows->dimension;
    double rate = t->used.rate;
    oc_train_report done = {0};
    oc_classifier *c = create(t->rows.classes, d, t->used.loss);
    if (!c) {
        return oc_fail_memory(err, "the classifier");
    }
    memcpy(c->shift, t->shift, d * sizeof *c->shift);
    memcpy(c->scale, t->scale, d * sizeof *c->scale);
    oc_status status = t->used.classifier.kind == OC_NEAREST ? learn_neighbours(t, c, &done, job, err)
                                                             : learn_weights(t, run, c, &done, job, err);
    done.used = t->used;
    t->used.rate = rate; /* an automatic one is found again for other penalties */
    if (done.used.optimizer != OC_OPTIMIZER_SGD) {
        done.used.batch = done.used.finish = OC_AUTO; /* they have no effect: see oc_train_uses */
    }
    status = status == OC_OK && c->weights ? check_weights(c, &done, err) : status;
    if (status != OC_OK) {
        oc_classifier_free(c);
        return status;
    }
    if (report) {
        *report = done;
    }
    *classifier = c;
    return OC_OK;
}

/* On all rows, with mirrored copies where they are asked for. */
static oc_status train_on(const oc_rows *rows, const int *labels, size_t classes, const oc_train_options *options,
                          oc_job *job, oc_classifier **classifier, oc_train_report *report, oc_error *err)
{
    oc_trainer *trainer;
    oc_status status = oc_trainer_create(rows, labels, classes, options, job, &trainer, err);
    if (status != OC_OK) {
        return status;
    }
    oc_train_options found = oc_trainer_options(trainer);
    oc_run run = {.l2 = found.l2, .score_l2 = found.score_l2, .epochs = found.epochs};
    status = oc_trainer_run(trainer, &run, job, classifier, report, err);
    oc_trainer_free(trainer);
    return status;
}

size_t oc_train_memory(size_t rows, size_t dimension, size_t classes)
{
    size_t narrow = dimension < rows ? dimension : rows;
    narrow = narrow < OC_PRECONDITION_WIDEST ? narrow : OC_PRECONDITION_WIDEST;
    double floats = 2 * (double)narrow * (double)narrow + (3 * (double)classes + BATCH) * (double)dimension;
    return floats < (double)(SIZE_MAX / 8) ? sizeof(float) * (size_t)floats : SIZE_MAX / 2;
}

oc_status oc_train(const oc_rows *rows, const int *labels, size_t classes, const oc_train_options *options, oc_job *job,
                   oc_classifier **classifier, oc_train_report *report, oc_error *err)
{
    oc_train_options used = *options;
    oc_train_report done = {0};
    oc_validation validation = {0};
    oc_portion all = {.rows = *rows};
    oc_status status = oc_train_check(options, err);
    status = status == OC_OK ? check_labels(rows, labels, classes, err) : status;
    if (status == OC_OK && oc_validation_wanted(options)) {
        status = oc_validate(rows, labels, classes, &used, job, &validation, err);
    }
    double started = oc_seconds();
    if (status == OC_OK && options->augment == OC_AUGMENT_MIRROR) {
        status = oc_portion_take(rows, labels, &(oc_portion_choice){.mirror = true}, &all, err);
    }
    if (status == OC_OK) {
        status = train_on(&all.rows, all.labels ? all.labels : labels, classes, &used, job, classifier, &done, err);
    }
    oc_portion_free(&all);
    if (status == OC_OK && done.gap > UNCONVERGED * done.objective) {
        oc_job_note(job,
                    "training has not converged: the objective, %.4g, may be %.1f %% above its minimum; more "
                    "--finish passes or --epochs bring it down",
                    done.objective, 100 * done.gap / done.objective);
    }
    if (status == OC_OK && report) {
        *report = done;
        report->validation = validation;
        report->seconds = oc_seconds() - started;
    }
    return status;
}
