/* Prepares scaling, coordinates and covariance, runs descents, and makes the classifier. */
#include "src/learn/trainer.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/threads.h"
#include "src/learn/covariance.h"
#include "src/learn/loss.h"
#include "src/learn/nearest.h"
#include "src/learn/row_space.h"
#include "src/learn/scaler.h"
#include "src/matrix/vector.h"

#include <math.h>
#include <string.h>

enum { MAX_SEPARABLE_ROWS = 4096 }; /* up to here rows are likely to be separable, and a descent is short */
enum { BATCH = 256, MAX_BATCH = 2048, MIN_BATCH = 16, STEPS_PER_EPOCH = 32 };
/* gap / objective at which a descent may end: in the last descent, and in validation. */
static const double TOLERANCE = 0.0005, COARSE_TOLERANCE = 0.001;
/* Maximum number of passes. Few rows: in validation. Many rows: in validation and in the last descent, or more if these
 * take no more than COARSE_WORK and WORK multiply-adds, about a second. In the last descent 20 are within 0.1 points of
 * 100 on four features of Fashion-MNIST; hog, pixels and words of CIFAR-10 end after fewer; OpenCV's letters need 34
 * (tests/bench/classifier.md). */
enum { COARSE_PASSES = 19, COARSE_PASSES_MANY = 5, PASSES_MANY = 20, ALL_PASSES = 100, MAX_STAGES = 24 };
static const double WORK = 3e9, COARSE_WORK = 1e9;

/* The number of rows in a step. sgd alone needs many steps to converge, so batches are smaller when rows are few. The
 * exception: l1 and max_norm, because the noise of small batches would disturb their exact zeros. */
static int64_t choose_batch(const oc_train_options *used, const oc_rows *rows)
{
    int64_t batch = BATCH;
    while ((double)batch < (double)rows->dimension / 2 && batch < MAX_BATCH) {
        batch *= 2;
    }
    bool alone = used->optimizer == OC_OPTIMIZER_SGD && !oc_train_nonsmooth(used);
    while (alone && batch > MIN_BATCH && (double)batch * STEPS_PER_EPOCH > (double)rows->count) {
        batch /= 2;
    }
    return batch;
}

/* The number of passes, `least` to ALL_PASSES, that take `work` multiply-adds together. */
static int64_t affordable(double work, const oc_rows *rows, size_t classes, int64_t least)
{
    double pass = (double)rows->count * (double)(rows->dimension + 1) * (double)classes;
    return (int64_t)fmin(fmax(work / pass, (double)least), ALL_PASSES);
}

/* Replaces auto in the options of steps and passes. */
static void set_steps(oc_train_options *used, const oc_rows *rows, size_t classes, bool many)
{
    const oc_optimizer_type *optimizer = &oc_optimizer_types[used->optimizer];
    used->epochs = used->epochs == OC_AUTO ? optimizer->epochs : used->epochs;
    if (used->batch_passes == OC_AUTO) {
        bool fewer = many && !oc_train_nonsmooth(used) && optimizer->batch_passes > PASSES_MANY && used->epochs > 0;
        used->batch_passes = fewer ? affordable(WORK, rows, classes, PASSES_MANY) : optimizer->batch_passes;
    }
    if (!(optimizer->reads & OC_READS_BATCH)) {
        used->batch = (int64_t)rows->count;
    } else if (used->batch == OC_AUTO) {
        used->batch = choose_batch(used, rows);
    }
    used->batch = used->batch > (int64_t)rows->count ? (int64_t)rows->count : used->batch;
}

static oc_classifier *create(size_t classes, size_t dimension, oc_loss loss)
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
    oc_rows view;         /* of the given rows: `unit` is set for OC_SCALE_UNIT */
    oc_problem full;      /* on all D columns */
    oc_problem problem;   /* the minimised problem, on M columns: the full one, or few wide rows in their row space */
    oc_rows reduced_rows; /* rows in their row space, in the second case */
    oc_row_space row_space;
    oc_train_options used;
    oc_scaling scaling;           /* (D) */
    oc_covariance covariance;     /* (M,M), or empty */
    oc_precondition precondition; /* of the last penalty */
    double *importance;           /* (C) factors of the losses, or NULL */
};

void oc_trainer_free(oc_trainer *t)
{
    if (!t) {
        return;
    }
    oc_row_space_free(&t->row_space);
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

static oc_status balance(oc_trainer *t, oc_error *err)
{
    t->importance = oc_alloc(t->full.classes, sizeof *t->importance);
    if (!t->importance) {
        return oc_fail_memory(err, "the class weights");
    }
    oc_problem_balance(t->full.labels, t->view.count, t->full.classes, t->importance);
    t->full.importance = t->importance;
    return OC_OK;
}

/* Few wide rows are trained in coordinates of their row space, which has fewer columns. */
static oc_status choose_columns(oc_trainer *t, oc_job *job, oc_error *err)
{
    size_t n = t->view.count, d = t->view.dimension;
    bool few = n < d && n <= OC_PRECONDITION_WIDEST;
    if (!few || t->used.l1 > 0 || !oc_optimizer_types[t->used.optimizer].preconditioned || !(t->scaling.variance > 0)) {
        return OC_OK;
    }
    oc_status status = oc_row_space_fit(&t->full, &t->row_space, job, err);
    t->reduced_rows = oc_rows_of(t->row_space.rows, n, n);
    t->problem.rows = &t->reduced_rows;
    t->problem.center = t->row_space.center;
    t->problem.scale = t->row_space.scale;
    return status;
}

bool oc_trainer_few(const oc_trainer *t)
{
    return t->row_space.rows || t->problem.rows->count <= MAX_SEPARABLE_ROWS;
}

bool oc_trainer_too_wide(const oc_trainer *t)
{
    bool conditioned = t->used.classifier.kind == OC_LINEAR && oc_optimizer_types[t->used.optimizer].preconditioned;
    return conditioned && !oc_problem_nonsmooth(&t->problem) && t->problem.rows->dimension > OC_PRECONDITION_WIDEST;
}

bool oc_trainer_equal_rows(const oc_trainer *t)
{
    return !(t->scaling.variance > 0);
}

static oc_status prepare(oc_trainer *t, oc_job *job, oc_error *err)
{
    oc_status status = oc_scaler_fit(&t->view, t->used.scale, t->used.stage_weight, &t->scaling, job, err);
    t->view.unit = t->used.scale == OC_SCALE_UNIT;
    t->problem = t->full;
    if (status != OC_OK || t->used.classifier.kind != OC_LINEAR) {
        return status;
    }
    status = choose_columns(t, job, err);
    set_steps(&t->used, t->problem.rows, t->problem.classes, !oc_trainer_few(t));
    size_t n = t->problem.rows->count, d = t->problem.rows->dimension;
    bool factored = oc_problem_nonsmooth(&t->problem) && oc_proximal_factored(n, d);
    if (status == OC_OK && oc_optimizer_types[t->used.optimizer].preconditioned && !factored &&
        d <= OC_PRECONDITION_WIDEST) {
        status = oc_covariance_fit(&t->problem, &t->covariance, job, err);
    }
    return status;
}

oc_status oc_trainer_create(const oc_examples *examples, const oc_train_options *options, oc_job *job,
                            oc_trainer **trainer, oc_error *err)
{
    oc_trainer *t = oc_alloc(1, sizeof *t);
    if (!t || !allocate(t, examples->rows->dimension)) {
        oc_trainer_free(t);
        return oc_fail_memory(err, "the classifier");
    }
    t->used = *options;
    t->view = *examples->rows;
    t->full = (oc_problem){.rows = &t->view,
                           .labels = examples->labels,
                           .classes = examples->classes,
                           .center = t->scaling.mean,
                           .scale = t->scaling.scale,
                           .loss = options->loss,
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

oc_status oc_trainer_penalise(oc_trainer *t, double l2, double score_l2, oc_job *job, oc_error *err)
{
    oc_problem *problem = &t->problem;
    t->used.l2 = problem->l2 = l2;
    t->used.score_l2 = problem->score_l2 = score_l2;
    if (oc_optimizer_types[t->used.optimizer].searches) {
        return OC_OK;
    }
    oc_covariance *covariance = t->covariance.matrix ? &t->covariance : NULL;
    if (covariance && oc_problem_nonsmooth(problem)) {
        oc_covariance_restore(covariance, job);
        covariance = NULL;
    }
    /* This ridge makes C + ridge I proportional to the Hessian of loss and penalties together. */
    double curvature = oc_loss_types[problem->loss].curvature(problem->classes).usual;
    double ridge = 2 * l2 / (curvature + 2 * problem->score_l2);
    return oc_precondition_fit(problem, covariance, ridge, &t->precondition, job, err);
}

double oc_trainer_strongest(const oc_trainer *t, double l2)
{
    const oc_problem *problem = &t->problem;
    bool plain = oc_optimizer_types[t->used.optimizer].preconditioned && !oc_problem_nonsmooth(problem) &&
                 t->covariance.matrix;
    if (!plain || !(l2 > 0) || !oc_trainer_few(t)) {
        return l2;
    }
    double start = oc_loss_types[problem->loss].curvature(problem->classes).usual * t->covariance.trace / 2;
    for (int k = 0; k < MAX_STAGES && l2 < start; k++) {
        l2 *= OC_STAGE_FACTOR;
    }
    return l2;
}

oc_status oc_trainer_descend(oc_trainer *t, oc_descent *d, bool coarse, bool warm, oc_job *job, oc_error *err)
{
    oc_train_options *used = &d->used;
    d->precondition = &t->precondition;
    d->covariance = t->covariance.matrix;
    d->shift = t->scaling.shift;
    d->tolerance = coarse ? COARSE_TOLERANCE : TOLERANCE;
    d->passes = d->steps = 0;
    *used = t->used;
    if (used->batch > (int64_t)d->problem->rows->count) {
        used->batch = (int64_t)d->problem->rows->count;
    }
    bool passes = used->batch_passes > 0;
    used->rate = coarse && !passes ? NAN : used->rate; /* a given rate of sgd alone is that of the last descent */
    int64_t most = oc_trainer_few(t)
                       ? COARSE_PASSES
                       : affordable(COARSE_WORK, d->problem->rows, d->problem->classes, COARSE_PASSES_MANY);
    if (coarse && !oc_problem_nonsmooth(d->problem) && used->batch_passes > most) {
        used->batch_passes = most;
    }
    if (warm && coarse) { /* the start is near the optimum: full passes alone, or half of the epochs */
        used->epochs = passes ? 0 : (used->epochs + 1) / 2;
    } else if (passes && used->epochs && (warm || coarse)) { /* the first epoch belongs to the first descent */
        used->epochs = coarse ? 1 : used->epochs - 1;
    }
    if (coarse) {
        oc_job_hush(job, true);
    }
    oc_status status = oc_optimizer_types[d->used.optimizer].run(d, job, err);
    if (coarse) {
        oc_job_hush(job, false);
    }
    return status;
}

oc_status oc_trainer_nearest_scores(const oc_trainer *t, const oc_problem *part, const oc_rows *rows, float *scores,
                                    oc_job *job, oc_error *err)
{
    oc_examples examples = {part->rows, part->labels, part->classes};
    oc_classifier c = {.classes = part->classes,
                       .dimension = rows->dimension,
                       .shift = t->scaling.shift,
                       .scale = t->scaling.scale,
                       .unit = t->view.unit};
    oc_status status = oc_nearest_learn(&c, &t->used.classifier, &examples, job, err);
    if (status == OC_OK) {
        status = oc_scores(&c, rows, job, scores, err);
    }
    oc_nearest_free(c.nearest);
    return status;
}

/* Computes the weights of the classifier, for z = (x - shift) * scale, from w (C M + C), which is for (x - mean) *
 * scale; overwrites w. */
static oc_status assemble(const oc_trainer *t, float *w, oc_classifier *c, oc_job *job, oc_error *err)
{
    size_t d = c->dimension;
    const oc_scaling *s = &t->scaling;
    const float *weights = w, *bias = w + oc_problem_weights(&t->problem);
    float *expanded = NULL;
    if (t->row_space.rows) {
        expanded = oc_alloc(c->classes, d * sizeof *expanded);
        oc_status status = expanded ? oc_row_space_expand(&t->full, &t->row_space, w, expanded, job, err)
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

/* Descends under penalties from strong to weak; each descent starts from the weights of the previous one. */
static oc_status descend_stages(oc_trainer *t, double l2, oc_descent *d, oc_job *job, oc_error *err)
{
    double penalty = oc_trainer_strongest(t, l2), rate = NAN;
    size_t steps = 0;
    bool warm = false, last = false;
    while (!last) {
        last = !(penalty > 2 * l2);
        oc_status status = oc_trainer_penalise(t, last ? l2 : penalty, t->used.score_l2, job, err);
        if (status == OC_OK) {
            status = oc_trainer_descend(t, d, !last, warm, job, err);
        }
        if (status != OC_OK) {
            return status;
        }
        steps += d->steps;
        rate = warm ? rate : d->used.rate;
        warm = true;
        penalty /= OC_STAGE_FACTOR;
    }
    d->steps = steps;
    d->used.rate = isnan(d->used.rate) ? rate : d->used.rate;
    return OC_OK;
}

static oc_status learn_weights(oc_trainer *t, double l2, oc_classifier *c, oc_train_report *report, oc_job *job,
                               oc_error *err)
{
    oc_descent d = {.problem = &t->problem, .w = oc_alloc(oc_problem_parameters(&t->problem), sizeof(float))};
    oc_status status = d.w ? descend_stages(t, l2, &d, job, err) : oc_fail_memory(err, "the weights");
    if (status == OC_OK) {
        report->used = d.used;
        report->used.epochs = t->used.epochs;
        report->used.batch_passes = t->used.batch_passes;
        report->steps = d.steps;
        report->loss = d.objective.loss;
        report->objective = d.objective.value;
        report->gap = d.gap > d.objective.value ? d.objective.value : d.gap; /* no objective is below 0 */
        status = assemble(t, d.w, c, job, err);
    }
    oc_free(d.w);
    return status;
}

/* Nearest neighbours keep the rows instead of weights. */
static oc_status learn_neighbours(oc_trainer *t, oc_classifier *c, oc_train_report *report, oc_job *job, oc_error *err)
{
    oc_free(c->weights);
    c->weights = NULL;
    report->objective = report->loss = report->gap = report->accuracy = NAN;
    oc_examples examples = {&t->view, t->full.labels, t->full.classes};
    return oc_nearest_learn(c, &t->used.classifier, &examples, job, err);
}

/* Counts the weights that are 0. OC_BAD_DATA when a weight is not finite. */
static oc_status check_weights(const oc_classifier *c, oc_train_report *report, oc_error *err)
{
    size_t d = c->dimension;
    for (size_t j = 0; j < c->classes * (d + 1); j++) {
        if (!isfinite(c->weights[j])) {
            return oc_fail(err, OC_BAD_DATA,
                           "training ended in weights that are not finite numbers: the rows or a penalty are too large "
                           "for `scale` %s; try `scale` standard with automatic penalties",
                           oc_params_find(oc_train_params, oc_train_param_count, "scale")->choices[report->used.scale]);
        }
        report->zeros += j % (d + 1) < d && !(fabsf(c->weights[j]) > 0);
    }
    return OC_OK;
}

/* Computes the accuracy on the training rows, with the predictions of oc_predict. */
static oc_status count_right(const oc_trainer *t, const oc_classifier *c, oc_train_report *report, oc_job *job,
                             oc_error *err)
{
    size_t n = t->view.count, right = 0;
    float *scores = oc_alloc(n, c->classes * sizeof *scores);
    oc_status status = scores ? oc_scores(c, &t->view, job, scores, err) : oc_fail_memory(err, "scores");
    for (size_t i = 0; status == OC_OK && i < n; i++) {
        right += oc_vector_argmax(scores + i * c->classes, c->classes) == (size_t)t->full.labels[i];
    }
    report->accuracy = (double)right / (double)n;
    oc_free(scores);
    return status;
}

/* Sets settings that had no effect (oc_train_uses) to auto. */
static void leave_idle(oc_train_options *used)
{
    used->batch = oc_train_uses(used, "batch") ? used->batch : OC_AUTO;
    used->epochs = oc_train_uses(used, "epochs") ? used->epochs : OC_AUTO;
    used->batch_passes = oc_train_uses(used, "finish") ? used->batch_passes : OC_AUTO;
}

oc_status oc_trainer_run(oc_trainer *t, const oc_train_options *penalties, oc_job *job, oc_classifier **classifier,
                         oc_train_report *report, oc_error *err)
{
    size_t d = t->view.dimension;
    t->used.score_l2 = penalties->score_l2;
    oc_train_report done = {.used = t->used};
    oc_classifier *c = create(t->full.classes, d, t->used.loss);
    if (!c) {
        return oc_fail_memory(err, "the classifier");
    }
    memcpy(c->shift, t->scaling.shift, d * sizeof *c->shift);
    memcpy(c->scale, t->scaling.scale, d * sizeof *c->scale);
    c->unit = t->view.unit;
    oc_status status;
    if (t->used.classifier.kind == OC_NEAREST) {
        status = learn_neighbours(t, c, &done, job, err);
    } else {
        status = learn_weights(t, penalties->l2, c, &done, job, err);
        status = status == OC_OK ? check_weights(c, &done, err) : status;
        status = status == OC_OK ? count_right(t, c, &done, job, err) : status;
    }
    leave_idle(&done.used);
    if (status != OC_OK) {
        oc_classifier_free(c);
        return status;
    }
    *report = done;
    *classifier = c;
    return OC_OK;
}
