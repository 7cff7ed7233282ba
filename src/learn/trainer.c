/* Scaling, coordinates, covariance; descents; the classifier put together. */
#include "src/learn/trainer.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/threads.h"
#include "src/learn/covariance.h"
#include "src/learn/loss.h"
#include "src/learn/nearest.h"
#include "src/learn/scaler.h"
#include "src/learn/span.h"

#include <math.h>
#include <string.h>

enum { FEW = 4096 }; /* rows that can be separated, and do not take long */
enum { BATCH = 256, LARGEST_BATCH = 2048, LEAST_BATCH = 16, STEPS_AN_EPOCH = 32 };
enum { SGD_EPOCHS = 10, FINISH = 19, FEW_FINISH = 50, LONG_FINISH = 100, DESCENT_STEPS = 100, TRIES = 1000 };
/* Refactoring a preconditioner for another penalty pays up to so many columns; with more the first factor serves all. */
enum { REFACTOR_WIDEST = 2048 };
/* Part of the objective that may be left to gain, in the end and in validation. */
static const double TOLERANCE = 0.0005, ROUGH_TOLERANCE = 0.001;
enum { ROUGH_PASSES = 19, ROUGH_PASSES_MANY = 5, MOST_STAGES = 24 };

/* Rows in a step. sgd alone needs many steps to get to the end, so of few rows it takes fewer at a time; not so with
 * penalties whose exact zeros the noise of small batches would blur. */
static int64_t choose_batch(const oc_train_options *used, const oc_rows *rows)
{
    int64_t batch = BATCH;
    while ((double)batch < (double)rows->dimension / 4 && batch < LARGEST_BATCH) {
        batch *= 2;
    }
    bool alone = used->optimizer == OC_OPTIMIZER_SGD && !(used->l1 > 0 || used->max_norm > 0);
    while (alone && batch > LEAST_BATCH && (double)batch * STEPS_AN_EPOCH > (double)rows->count) {
        batch /= 2;
    }
    return batch;
}

/* Replaces what is auto of the steps. */
static void set_steps(oc_train_options *used, const oc_rows *rows, bool few)
{
    int optimizer = used->optimizer;
    bool rough = used->l1 > 0 || used->max_norm > 0, sgd = optimizer == OC_OPTIMIZER_SGD;
    if (!oc_optimizer_preconditioned(optimizer)) {
        used->batch = (int64_t)rows->count;
        used->finish = 0;
        if (used->epochs == OC_AUTO) {
            used->epochs = oc_optimizer_searches(optimizer) ? TRIES : DESCENT_STEPS;
        }
        return;
    }
    if (used->finish == OC_AUTO) {
        bool long_way = rough || optimizer == OC_OPTIMIZER_LBFGS;
        used->finish = sgd ? 0 : long_way ? LONG_FINISH : few ? FEW_FINISH : FINISH;
    }
    used->batch = used->batch == OC_AUTO ? choose_batch(used, rows) : used->batch;
    used->batch = used->batch > (int64_t)rows->count ? (int64_t)rows->count : used->batch;
    used->epochs = optimizer == OC_OPTIMIZER_LBFGS ? 0 : used->epochs != OC_AUTO ? used->epochs : sgd ? SGD_EPOCHS : 1;
}

static oc_classifier *create(size_t classes, size_t dimension, int loss)
{
    oc_classifier *c = oc_alloc(1, sizeof *c);
    if (c) {
        *c = (oc_classifier){.classes = classes, .dimension = dimension, .loss = loss, .calibration = NAN};
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
    oc_rows view;       /* of the rows that were given: unit where the scale says so */
    oc_problem rows;    /* as they are given, and as they are descended on: */
    oc_problem problem; /* the same, or few wide rows in coordinates of their span; with M columns */
    oc_rows inner;      /* rows of that problem */
    oc_span span;
    oc_train_options used;
    oc_scaling scaling;           /* (D) */
    oc_covariance covariance;     /* (M,M), or empty */
    oc_precondition precondition; /* of the last penalty */
    bool prepared;                /* there is a preconditioner */
    double *importance;           /* (C) factors of the losses, or NULL */
};

void oc_trainer_free(oc_trainer *t)
{
    if (!t) {
        return;
    }
    oc_span_free(&t->span);
    oc_free(t->scaling.shift);
    oc_free(t->scaling.scale);
    oc_free(t->scaling.mean);
    oc_covariance_free(&t->covariance);
    oc_free(t->importance);
    oc_free(t);
}

static bool allocate(oc_trainer *t, size_t d)
{
    t->scaling.shift = oc_alloc(d, sizeof *t->scaling.shift);
    t->scaling.scale = oc_alloc(d, sizeof *t->scaling.scale);
    t->scaling.mean = oc_alloc(d, sizeof *t->scaling.mean);
    return t->scaling.shift && t->scaling.scale && t->scaling.mean;
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
    size_t n = t->view.count, d = t->view.dimension;
    bool few = n < d && n <= OC_PRECONDITION_WIDEST;
    if (!few || t->used.l1 > 0 || !oc_optimizer_preconditioned(t->used.optimizer) || !(t->scaling.variance > 0)) {
        return OC_OK;
    }
    oc_status status = oc_span_fit(&t->rows, &t->span, job, err);
    t->inner = oc_rows_of(t->span.rows, n, n);
    t->problem.rows = &t->inner;
    t->problem.center = t->span.center;
    t->problem.scale = t->span.scale;
    return status;
}

bool oc_trainer_few(const oc_trainer *t)
{
    return t->span.rows || t->problem.rows->count <= FEW;
}

bool oc_trainer_equal_rows(const oc_trainer *t)
{
    return !(t->scaling.variance > 0);
}

static oc_status prepare(oc_trainer *t, oc_job *job, oc_error *err)
{
    oc_status status = oc_scaler_fit(&t->view, (oc_scale)t->used.scale, (oc_stage_weight)t->used.stage_weight,
                                     &t->scaling, job, err);
    t->view.unit = t->used.scale == OC_SCALE_UNIT;
    t->problem = t->rows;
    if (status != OC_OK || t->used.classifier.kind != OC_LINEAR) {
        return status;
    }
    status = choose_columns(t, job, err);
    set_steps(&t->used, t->problem.rows, oc_trainer_few(t));
    if (status == OC_OK && oc_optimizer_preconditioned(t->used.optimizer) &&
        t->problem.rows->dimension <= OC_PRECONDITION_WIDEST) {
        status = oc_covariance_fit(&t->problem, &t->covariance, job, err);
    }
    return status;
}

oc_status oc_trainer_create(const oc_rows *rows, const int *labels, size_t classes, const oc_train_options *options,
                            oc_job *job, oc_trainer **trainer, oc_error *err)
{
    oc_trainer *t = oc_alloc(1, sizeof *t);
    if (!t || !allocate(t, rows->dimension)) {
        oc_trainer_free(t);
        return oc_fail_memory(err, "the classifier");
    }
    t->used = *options;
    t->view = *rows;
    t->rows = (oc_problem){.rows = &t->view,
                           .labels = labels,
                           .classes = classes,
                           .center = t->scaling.mean,
                           .scale = t->scaling.scale,
                           .loss = (oc_loss)options->loss,
                           .l2 = options->l2,
                           .score_l2 = options->score_l2,
                           .l1 = options->l1,
                           .max_norm = options->max_norm};
    oc_status status = options->class_weight == OC_CLASS_WEIGHT_BALANCED ? balance(t, err) : OC_OK;
    status = status == OC_OK ? prepare(t, job, err) : status;
    if (status != OC_OK) {
        oc_trainer_free(t);
        return status;
    }
    *trainer = t;
    return OC_OK;
}

const oc_problem *oc_trainer_problem(const oc_trainer *trainer)
{
    return &trainer->problem;
}

oc_status oc_trainer_penalise(oc_trainer *t, double l2, double score_l2, bool exactly, oc_job *job, oc_error *err)
{
    oc_problem *problem = &t->problem;
    t->used.l2 = problem->l2 = l2;
    t->used.score_l2 = problem->score_l2 = score_l2;
    if (oc_optimizer_searches(t->used.optimizer) ||
        (t->prepared && !exactly && problem->rows->dimension > REFACTOR_WIDEST)) {
        return OC_OK;
    }
    oc_covariance *covariance = t->covariance.matrix ? &t->covariance : NULL;
    if (covariance && oc_optimizer_rough(problem)) {
        oc_covariance_restore(covariance, job);
        covariance = NULL;
    }
    /* This ridge makes C + ridge I proportional to the Hessian of loss and penalties together. */
    double curvature = oc_losses[problem->loss].curvature(problem->classes).usual;
    double ridge = 2 * l2 / (curvature + 2 * problem->score_l2);
    t->prepared = true;
    return oc_precondition_fit(problem, covariance, ridge, t->used.seed, &t->precondition, job, err);
}

double oc_trainer_strongest(const oc_trainer *t, double l2)
{
    const oc_problem *problem = &t->problem;
    bool plain = oc_optimizer_preconditioned(t->used.optimizer) && !oc_optimizer_rough(problem) && t->covariance.matrix;
    if (!plain || !(l2 > 0) || !oc_trainer_few(t)) {
        return l2;
    }
    double start = oc_losses[problem->loss].curvature(problem->classes).usual * t->covariance.trace / 2;
    for (int k = 0; k < MOST_STAGES && l2 < start; k++) {
        l2 *= OC_STAGE_FACTOR;
    }
    return l2;
}

oc_status oc_trainer_descend(oc_trainer *t, const oc_problem *part, bool rough, bool warm, float *weights, float *bias,
                             oc_train_options *used, oc_found *found, oc_job *job, oc_error *err)
{
    oc_ground ground = {&t->precondition, t->covariance.matrix, t->scaling.shift,
                        oc_losses[part->loss].curvature(part->classes).usual, rough ? ROUGH_TOLERANCE : TOLERANCE};
    *used = t->used;
    if (used->batch > (int64_t)part->rows->count) {
        used->batch = (int64_t)part->rows->count;
    }
    bool passes = used->finish > 0;
    used->rate = rough && !passes ? NAN : used->rate; /* of sgd alone a given step size is that of the last descent */
    int64_t most = oc_trainer_few(t) ? ROUGH_PASSES : ROUGH_PASSES_MANY;
    if (rough && !oc_optimizer_rough(part) && used->finish > most) {
        used->finish = most;
    }
    if (warm && rough) { /* the weights are near: full passes do, or half of the epochs */
        used->epochs = passes ? 0 : (used->epochs + 1) / 2;
    } else if (passes && used->epochs && (warm || rough)) { /* the first epoch belongs to the first descent */
        used->epochs = rough ? 1 : used->epochs - 1;
    }
    *found = (oc_found){0};
    oc_job_hush(job, rough);
    oc_status status = oc_optimize(part, &ground, used, weights, bias, found, job, err);
    oc_job_hush(job, false);
    return status;
}

oc_status oc_trainer_vote(const oc_trainer *t, const oc_problem *part, const oc_rows *rows, float *scores, oc_job *job,
                          oc_error *err)
{
    oc_classifier c = {.classes = part->classes,
                       .dimension = rows->dimension,
                       .shift = t->scaling.shift,
                       .scale = t->scaling.scale,
                       .unit = t->view.unit};
    oc_status status = oc_nearest_learn(&t->used.classifier, part->rows, part->labels, c.shift, c.scale, job,
                                        &c.nearest, err);
    if (status == OC_OK) {
        status = oc_scores(&c, rows, scores, job, err);
    }
    oc_nearest_free(c.nearest);
    return status;
}

/* The classifier's weights for z = (x - shift) * scale from those (C,M) for (x - mean) * scale; spoils `weights`. */
static oc_status assemble(const oc_trainer *t, float *weights, const float *bias, oc_classifier *c, oc_job *job,
                          oc_error *err)
{
    size_t d = c->dimension;
    const oc_scaling *s = &t->scaling;
    float *expanded = NULL;
    if (t->span.rows) {
        expanded = oc_alloc(c->classes, d * sizeof *expanded);
        oc_status status = expanded ? oc_span_expand(&t->rows, &t->span, weights, expanded, job, err)
                                    : oc_fail_memory(err, "the weights");
        if (status != OC_OK) {
            oc_free(expanded);
            return status;
        }
        weights = expanded;
    }
    for (size_t k = 0; k < c->classes; k++) {
        float *row = c->weights + k * (d + 1);
        double sum = (double)bias[k];
        memcpy(row, weights + k * d, d * sizeof *row);
        for (size_t j = 0; j < d; j++) {
            sum += (double)row[j] * ((double)s->shift[j] - (double)s->mean[j]) * (double)s->scale[j];
        }
        row[d] = (float)sum;
    }
    oc_free(expanded);
    return OC_OK;
}

/* Under penalties from strong to weak, each from the weights of the one before. */
static oc_status descend_stages(oc_trainer *t, double l2, float *weights, float *bias, oc_train_options *used,
                                oc_found *found, oc_job *job, oc_error *err)
{
    double penalty = oc_trainer_strongest(t, l2), rate = NAN;
    size_t steps = 0;
    bool warm = false;
    for (; penalty > 2 * l2; penalty /= OC_STAGE_FACTOR, warm = true) {
        oc_status status = oc_trainer_penalise(t, penalty, t->used.score_l2, false, job, err);
        if (status == OC_OK) {
            status = oc_trainer_descend(t, &t->problem, true, warm, weights, bias, used, found, job, err);
        }
        if (status != OC_OK) {
            return status;
        }
        steps += found->steps;
        rate = warm ? rate : used->rate;
    }
    oc_status status = oc_trainer_penalise(t, l2, t->used.score_l2, true, job, err);
    if (status == OC_OK) {
        status = oc_trainer_descend(t, &t->problem, false, warm, weights, bias, used, found, job, err);
    }
    found->steps += steps;
    used->rate = isnan(used->rate) ? rate : used->rate;
    return status;
}

static oc_status learn_weights(oc_trainer *t, double l2, oc_classifier *c, oc_train_report *report, oc_job *job,
                               oc_error *err)
{
    oc_found found = {0};
    float *weights = oc_alloc(c->classes, t->problem.rows->dimension * sizeof *weights);
    float *bias = oc_alloc(c->classes, sizeof *bias);
    oc_status status = weights && bias ? descend_stages(t, l2, weights, bias, &report->used, &found, job, err)
                                       : oc_fail_memory(err, "the weights");
    if (status == OC_OK) {
        report->steps = found.steps;
        report->loss = found.loss;
        report->objective = found.objective;
        report->accuracy = found.accuracy;
        report->gap = found.gap;
        report->used.epochs = t->used.epochs;
        report->used.finish = t->used.finish;
        status = assemble(t, weights, bias, c, job, err);
    }
    oc_free(weights);
    oc_free(bias);
    return status;
}

/* Nearest neighbours keep the rows instead of weights. */
static oc_status learn_neighbours(oc_trainer *t, oc_classifier *c, oc_train_report *report, oc_job *job, oc_error *err)
{
    oc_free(c->weights);
    c->weights = NULL;
    report->objective = report->loss = report->gap = report->accuracy = NAN;
    return oc_nearest_learn(&t->used.classifier, &t->view, t->rows.labels, c->shift, c->scale, job, &c->nearest, err);
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

/* Settings that had no effect (oc_train_uses) are left at auto. */
static void leave_idle(oc_train_options *used)
{
    used->batch = oc_train_uses(used, "batch") ? used->batch : OC_AUTO;
    used->epochs = oc_train_uses(used, "epochs") ? used->epochs : OC_AUTO;
    used->finish = oc_train_uses(used, "finish") ? used->finish : OC_AUTO;
}

oc_status oc_trainer_run(oc_trainer *t, double l2, double score_l2, oc_job *job, oc_classifier **classifier,
                         oc_train_report *report, oc_error *err)
{
    size_t d = t->view.dimension;
    t->used.score_l2 = score_l2;
    oc_train_report done = {.used = t->used};
    oc_classifier *c = create(t->rows.classes, d, t->used.loss);
    if (!c) {
        return oc_fail_memory(err, "the classifier");
    }
    memcpy(c->shift, t->scaling.shift, d * sizeof *c->shift);
    memcpy(c->scale, t->scaling.scale, d * sizeof *c->scale);
    c->unit = t->view.unit;
    bool nearest = t->used.classifier.kind == OC_NEAREST;
    oc_status status = nearest ? learn_neighbours(t, c, &done, job, err) : learn_weights(t, l2, c, &done, job, err);
    leave_idle(&done.used);
    status = status == OC_OK && c->weights ? check_weights(c, &done, err) : status;
    if (status != OC_OK) {
        oc_classifier_free(c);
        return status;
    }
    *report = done;
    *classifier = c;
    return OC_OK;
}
