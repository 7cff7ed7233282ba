/* The path of penalties: STRONGEST times the automatic l2, then a quarter of it each time. The automatic choice is made
 * for least squares, so it is the loss and the features that decide how far from it the best lies. The first descent
 * starts from zero; each next one starts from the weights of the one before, which are near, and makes do with half of
 * the epochs, or none of one, before it finishes. score_l2 stays automatic: measured on pixels, gradients, colours and
 * words it never mattered by more than the noise.
 *
 * Accuracies on held-out rows are noisy: the highest of six is often the luckiest. Of two trials on the same rows, w
 * that one alone got right and l that the other alone did, w - l has a standard error of sqrt(w + l) where neither
 * is better; the automatic penalty stays unless another beats it by twice that. */
#include "src/learn/validation.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/threads.h"
#include "src/learn/optimizer.h"
#include "src/learn/split.h"
#include "src/learn/train.h"

#include <math.h>
#include <string.h>

enum { VALUE = 100 };             /* bytes for a setting as text */
enum { PATH = 6, AUTOMATIC = 3 }; /* STRONGEST FACTOR^AUTOMATIC = 1 */
static const double STRONGEST = 64, FACTOR = 0.25;
static const double BEYOND_CHANCE = 2; /* standard errors */

double oc_validation_accuracy(const oc_validation *validation)
{
    return validation->held ? validation->trial[validation->best].accuracy : NAN;
}

bool oc_validation_wanted(const oc_train_options *options)
{
    return options->tune || !isnan(options->holdout) || options->folds != OC_AUTO;
}

static bool among(const char *name, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(name, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

bool oc_train_uses(const oc_train_options *options, const char *name)
{
    static const char *const of_neighbours[] = {"classifier", "scale", "augment", "holdout", "folds"};
    static const char *const of_sgd[] = {"batch", "finish"}, *const of_steps[] = {"rate", "schedule", "momentum"};
    if (options->classifier.kind == OC_NEAREST) {
        return among(name, of_neighbours, sizeof of_neighbours / sizeof *of_neighbours);
    }
    return (options->optimizer == OC_OPTIMIZER_SGD || !among(name, of_sgd, sizeof of_sgd / sizeof *of_sgd)) &&
           (!oc_optimizer_searches(options->optimizer) || !among(name, of_steps, sizeof of_steps / sizeof *of_steps));
}

/* OC_USAGE for a setting other than the default where it has no effect. */
static oc_status check_effects(const oc_train_options *options, oc_error *err)
{
    oc_train_options defaults = oc_train_defaults();
    for (size_t i = 0; i < oc_train_param_count; i++) {
        const oc_param *param = &oc_train_params[i];
        char value[VALUE], usual[VALUE];
        oc_param_format(param, options, value, sizeof value);
        oc_param_format(param, &defaults, usual, sizeof usual);
        if (!oc_train_uses(options, param->name) && strcmp(value, usual) != 0) {
            bool nearest = options->classifier.kind == OC_NEAREST;
            oc_param_format(oc_params_find(oc_train_params, oc_train_param_count, "optimizer"), options, value,
                            sizeof value);
            return oc_fail(err, OC_USAGE, "--%s has no effect on %s%s: leave it at %s", param->name,
                           nearest ? "nearest neighbours" : "--optimizer ", nearest ? "" : value, usual);
        }
    }
    return OC_OK;
}

oc_status oc_train_check(const oc_train_options *options, oc_error *err)
{
    oc_status status = oc_params_check(oc_train_params, oc_train_param_count, options, err);
    if (status != OC_OK) {
        return status;
    }
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
    return check_effects(options, err);
}

/* Held-out rows that only one of two trials got right. */
typedef struct paired {
    double won, lost;
} paired;

/* The accuracies of a fold. */
typedef struct fold_result {
    oc_trial base; /* penalties of the first trial */
    double accuracy[OC_MAX_TRIALS];
    paired against[OC_MAX_TRIALS]; /* the automatic penalty */
} fold_result;

/* right (count): whether each held-out row gets its class. */
static oc_status score(const oc_classifier *classifier, const oc_portion *held, int *predicted, bool *right,
                       double *accuracy, oc_job *job, oc_error *err)
{
    size_t count = held->rows.count, sum = 0;
    oc_status status = oc_predict(classifier, &held->rows, predicted, job, err);
    for (size_t i = 0; status == OC_OK && i < count; i++) {
        right[i] = predicted[i] == held->labels[i];
        sum += right[i];
    }
    *accuracy = (double)sum / (double)count;
    return status;
}

/* right (trials,count) */
static void compare(const bool *right, size_t trials, size_t count, fold_result *result)
{
    for (size_t k = 0; k < trials && trials > AUTOMATIC; k++) {
        for (size_t i = 0; i < count; i++) {
            bool here = right[k * count + i], there = right[AUTOMATIC * count + i];
            result->against[k].won += here && !there;
            result->against[k].lost += there && !here;
        }
    }
}

/* All trials on one fold. */
static oc_status try_path(const oc_portion *kept, const oc_portion *held, size_t classes, size_t trials,
                          const oc_train_options *options, oc_job *job, fold_result *result, oc_error *err)
{
    oc_trainer *trainer = NULL;
    size_t count = held->rows.count;
    int *predicted = oc_alloc(count, sizeof *predicted);
    bool *right = oc_alloc(count, trials * sizeof *right);
    oc_status status = predicted && right ? OC_OK : oc_fail_memory(err, "the validation");
    if (status == OC_OK) {
        status = oc_trainer_create(&kept->rows, kept->labels, classes, options, job, &trainer, err);
    }
    if (status != OC_OK) {
        goto cleanup;
    }
    oc_train_options found = oc_trainer_options(trainer);
    oc_run run = {.l2 = found.l2, .score_l2 = found.score_l2, .epochs = found.epochs};
    result->base = (oc_trial){.l2 = found.l2, .score_l2 = found.score_l2};
    for (size_t k = 0; k < trials && status == OC_OK; k++) {
        oc_classifier *classifier = NULL;
        run.l2 = found.l2 * (trials > 1 ? STRONGEST * pow(FACTOR, (double)k) : 1);
        status = oc_trainer_run(trainer, &run, job, &classifier, NULL, err);
        if (status == OC_OK) {
            status = score(classifier, held, predicted, right + k * count, &result->accuracy[k], job, err);
        }
        oc_classifier_free(classifier);
        run.warm = true;
        run.epochs = found.finish ? found.epochs / 2 : (found.epochs + 1) / 2;
    }
    compare(right, trials, count, result);
cleanup:
    oc_trainer_free(trainer);
    oc_free(predicted);
    oc_free(right);
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
static void add_fold(oc_validation *v, paired *against, const fold_result *result)
{
    for (size_t k = 0; k < v->count; k++) {
        v->trial[k].accuracy += result->accuracy[k];
        v->trial[k].deviation += result->accuracy[k] * result->accuracy[k];
        against[k].won += result->against[k].won;
        against[k].lost += result->against[k].lost;
    }
}

static void summarise(oc_validation *v, const paired *against, const oc_trial *base)
{
    double folds = (double)v->folds, lead = 0;
    v->best = v->count > 1 ? AUTOMATIC : 0;
    for (size_t k = 0; k < v->count; k++) {
        oc_trial *t = &v->trial[k];
        double mean = t->accuracy / folds, spread = t->deviation - folds * mean * mean;
        t->accuracy = mean;
        t->deviation = v->folds > 1 ? sqrt(fmax(spread, 0) / (folds - 1)) : NAN;
        t->l2 = base->l2 * (v->count > 1 ? STRONGEST * pow(FACTOR, (double)k) : 1);
        t->score_l2 = base->score_l2;
        double ahead = against[k].won - against[k].lost;
        if (ahead > lead && ahead > BEYOND_CHANCE * sqrt(against[k].won + against[k].lost)) {
            lead = ahead;
            v->best = k;
        }
    }
}

oc_status oc_validate(const oc_rows *rows, const int *labels, size_t classes, oc_train_options *options, oc_job *job,
                      oc_validation *validation, oc_error *err)
{
    double started = oc_seconds();
    oc_train_options of_fold = *options;
    oc_validation v = {.folds = options->folds == OC_AUTO ? 1 : (size_t)options->folds,
                       .count = options->tune ? PATH : 1};
    double fraction = isnan(options->holdout) ? oc_split_fraction(rows->count) : options->holdout;
    oc_trial base = {.accuracy = NAN};
    paired against[OC_MAX_TRIALS] = {{0, 0}};
    uint16_t *fold = oc_alloc(rows->count, sizeof *fold);
    oc_status status = fold ? oc_split(labels, rows->count, classes, v.folds, fraction, options->seed, fold, &v.held,
                                       err)
                            : oc_fail_memory(err, "the validation");
    for (size_t f = 0; f < v.folds && status == OC_OK; f++) {
        fold_result result = {0};
        status = try_fold(rows, labels, fold, (uint16_t)f, classes, v.count, &of_fold, job, &result, err);
        if (f == 0) { /* the other folds try the same penalties */
            base = result.base;
            of_fold.l2 = base.l2;
            of_fold.score_l2 = base.score_l2;
        }
        add_fold(&v, against, &result);
    }
    oc_free(fold);
    if (status != OC_OK) {
        return status;
    }
    summarise(&v, against, &base);
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
