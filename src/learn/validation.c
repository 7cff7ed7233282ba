/* The path of penalties: STRONGEST times the automatic l2, then a quarter of it each time. The automatic choice is
 * made for least squares, so it is the loss and the features that decide how far from it the best lies. The first
 * descent starts from zero; each next one starts from the weights of the one before, which are near, and makes do with
 * half of the epochs before it finishes. score_l2 stays automatic: measured on pixels, gradients, colours and words it never mattered by
 * more than the noise. */
#include "src/learn/validation.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/threads.h"
#include "src/learn/optimizer.h"
#include "src/learn/split.h"
#include "src/learn/train.h"

#include <math.h>

enum { PATH = 6 };
static const double STRONGEST = 64, FACTOR = 0.25;

double oc_validation_accuracy(const oc_validation *validation)
{
    return validation->held ? validation->trial[validation->best].accuracy : NAN;
}

bool oc_validation_wanted(const oc_train_options *options)
{
    return options->tune || !isnan(options->holdout) || options->folds != OC_AUTO;
}

oc_status oc_train_check(const oc_train_options *options, oc_error *err)
{
    if (!isnan(options->holdout) && options->folds != OC_AUTO) {
        return oc_fail(err, OC_USAGE, "--holdout and --folds are two ways to validate: give one of them");
    }
    if (options->tune && options->classifier.kind == OC_NEAREST) {
        return oc_fail(err, OC_USAGE, "--tune chooses penalties, and nearest neighbours have none");
    }
    if (options->tune && oc_optimizer_searches(options->optimizer)) {
        return oc_fail(err, OC_USAGE, "--tune chooses penalties, and random search takes none but by hand");
    }
    if (options->tune && (options->l1 > 0 || options->max_norm > 0)) {
        return oc_fail(err, OC_USAGE, "--tune chooses L2 penalties, which --l1 and --max-norm replace");
    }
    if (options->tune && !isnan(options->l2)) {
        return oc_fail(err, OC_USAGE, "--tune chooses the penalty that --l2 %g fixes: give one of them", options->l2);
    }
    return OC_OK;
}

/* The accuracies of a fold. */
typedef struct fold_result {
    oc_trial base; /* penalties of the first trial */
    double accuracy[OC_MAX_TRIALS];
} fold_result;

static oc_status score(const oc_classifier *classifier, const oc_portion *held, double *accuracy, oc_job *job,
                       oc_error *err)
{
    size_t count = held->rows.count, right = 0;
    int *predicted = oc_alloc(count, sizeof *predicted);
    oc_status status =
        predicted ? oc_predict(classifier, &held->rows, predicted, job, err) : oc_fail_memory(err, "the validation");
    for (size_t i = 0; status == OC_OK && i < count; i++) {
        right += predicted[i] == held->labels[i];
    }
    oc_free(predicted);
    *accuracy = (double)right / (double)count;
    return status;
}

/* All trials on one fold. */
static oc_status try_path(const oc_portion *kept, const oc_portion *held, size_t classes, size_t trials,
                          const oc_train_options *options, oc_job *job, fold_result *result, oc_error *err)
{
    oc_trainer *trainer;
    oc_status status = oc_trainer_create(&kept->rows, kept->labels, classes, options, job, &trainer, err);
    if (status != OC_OK) {
        return status;
    }
    oc_train_options found = oc_trainer_options(trainer);
    oc_run run = {.l2 = found.l2, .score_l2 = found.score_l2, .epochs = found.epochs};
    result->base = (oc_trial){.l2 = found.l2, .score_l2 = found.score_l2};
    for (size_t k = 0; k < trials && status == OC_OK; k++) {
        oc_classifier *classifier = NULL;
        run.l2 = found.l2 * (trials > 1 ? STRONGEST * pow(FACTOR, (double)k) : 1);
        status = oc_trainer_run(trainer, &run, job, &classifier, NULL, err);
        if (status == OC_OK) {
            status = score(classifier, held, &result->accuracy[k], job, err);
        }
        oc_classifier_free(classifier);
        run.warm = true;
        run.epochs = (found.epochs + 1) / 2;
    }
    oc_trainer_free(trainer);
    return status;
}

static oc_status try_fold(const oc_rows *rows, const int *labels, const uint16_t *fold, uint16_t which, size_t classes,
                          size_t trials, const oc_train_options *options, oc_job *job, fold_result *result,
                          oc_error *err)
{
    oc_portion kept = {0}, held = {0};
    oc_portion_choice inside = {.fold = fold, .which = which};
    oc_portion_choice outside = {fold, which, true, options->augment == OC_AUGMENT_MIRROR};
    oc_status status = oc_portion_take(rows, labels, &outside, &kept, err);
    if (status == OC_OK) {
        status = oc_portion_take(rows, labels, &inside, &held, err);
    }
    if (status == OC_OK) {
        status = try_path(&kept, &held, classes, trials, options, job, result, err);
    }
    oc_portion_free(&kept);
    oc_portion_free(&held);
    return status;
}

/* Adds a fold's accuracies to sums and sums of squares, which are kept in `accuracy` and `deviation`. */
static void add_fold(oc_validation *v, const fold_result *result)
{
    for (size_t k = 0; k < v->count; k++) {
        v->trial[k].accuracy += result->accuracy[k];
        v->trial[k].deviation += result->accuracy[k] * result->accuracy[k];
    }
}

static void summarise(oc_validation *v, const oc_trial *base)
{
    double folds = (double)v->folds;
    for (size_t k = 0; k < v->count; k++) {
        oc_trial *t = &v->trial[k];
        double mean = t->accuracy / folds, spread = t->deviation - folds * mean * mean;
        t->accuracy = mean;
        t->deviation = v->folds > 1 ? sqrt(fmax(spread, 0) / (folds - 1)) : NAN;
        t->l2 = base->l2 * (v->count > 1 ? STRONGEST * pow(FACTOR, (double)k) : 1);
        t->score_l2 = base->score_l2;
        v->best = t->accuracy > v->trial[v->best].accuracy ? k : v->best;
    }
}

oc_status oc_validate(const oc_rows *rows, const int *labels, size_t classes, oc_train_options *options, oc_job *job,
                      oc_validation *validation, oc_error *err)
{
    double started = oc_seconds();
    oc_train_options of_fold = *options;
    oc_validation v = {.folds = options->folds == OC_AUTO ? 1 : (size_t)options->folds, .count = options->tune ? PATH : 1};
    double fraction = isnan(options->holdout) ? oc_split_fraction(rows->count) : options->holdout;
    oc_trial base = {.accuracy = NAN};
    uint16_t *fold = oc_alloc(rows->count, sizeof *fold);
    oc_status status = fold ? oc_split(labels, rows->count, classes, v.folds, fraction, options->seed, fold, &v.held, err)
                            : oc_fail_memory(err, "the validation");
    for (size_t f = 0; f < v.folds && status == OC_OK; f++) {
        fold_result result = {0};
        status = try_fold(rows, labels, fold, (uint16_t)f, classes, v.count, &of_fold, job, &result, err);
        if (f == 0) { /* the other folds try the same penalties */
            base = result.base;
            of_fold.l2 = base.l2;
            of_fold.score_l2 = base.score_l2;
        }
        add_fold(&v, &result);
    }
    oc_free(fold);
    if (status != OC_OK) {
        return status;
    }
    summarise(&v, &base);
    if (options->tune) {
        options->l2 = v.trial[v.best].l2;
        options->score_l2 = v.trial[v.best].score_l2;
    }
    if (v.folds == 1) {
        options->holdout = fraction;
    }
    v.seconds = oc_seconds() - started;
    *validation = v;
    return OC_OK;
}
