/* Each fold is one comparison, which trains on the images of the other folds and tests on the images of the fold. The
 * predictions of all folds are merged, one for each image, so that accuracies, intervals and McNemar's test are those
 * of one test of all images. A fifth of the images as test set is the case of one fold. */
#include "src/evaluate/compare_folds.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/threads.h"
#include "src/dataset/dataset.h"
#include "src/evaluate/evaluate.h"
#include "src/evaluate/split_images.h"
#include "src/learn/split.h"

#include <math.h>
#include <stdint.h>

typedef struct folding {
    const oc_dataset *images;
    const oc_compare_options *options;
    oc_job *job;
    size_t folds, readable; /* readable: images that could be read when the folds were drawn */
    uint16_t *fold;         /* (images) */
    uint32_t *chosen;       /* (images): the items that take_side chose last */
    oc_comparison *merged;  /* NULL before the first fold; test_rows: all images */
} folding;

/* Makes a data set of the images of one fold, or of those outside of the fold. */
static oc_status take_side(const folding *f, size_t which, bool inside, oc_dataset **side, oc_error *err)
{
    size_t count = 0;
    for (size_t i = 0; i < oc_dataset_count(f->images); i++) {
        if ((f->fold[i] == which) == inside) {
            f->chosen[count++] = (uint32_t)i;
        }
    }
    return oc_dataset_part(f->images, f->chosen, count, side, err);
}

/* Copies the predictions of a fold to the places of their images. */
static void place(const oc_comparison *fold, const oc_evaluation *part, oc_evaluation *all)
{
    for (size_t i = 0; i < part->images; i++) {
        size_t item = fold->items[part->row[i]];
        all->expected[item] = part->expected[i];
        all->predicted[item] = part->predicted[i];
        all->predicted_score[item] = part->predicted_score[i];
        all->true_score[item] = part->true_score[i];
    }
}

/* Extends the evaluation of the first fold to one place for each of n images; the places of other folds are empty
 * (-1). */
static oc_status widen(const oc_comparison *fold, size_t n, oc_evaluation *e, oc_error *err)
{
    oc_evaluation wide = {.has_probabilities = e->has_probabilities};
    if (!oc_evaluation_allocate(&wide, e->classes, n)) {
        oc_evaluation_clear(&wide);
        return oc_fail_memory(err, "the comparison");
    }
    for (size_t i = 0; i < n; i++) {
        wide.expected[i] = -1;
    }
    place(fold, e, &wide);
    oc_evaluation_clear(e);
    *e = wide;
    return OC_OK;
}

/* Makes the first fold the result, to which the other folds are added. */
static oc_status merge_first(folding *f, oc_comparison *fold, oc_error *err)
{
    size_t n = oc_dataset_count(f->images), *items = oc_alloc(n, sizeof *items);
    oc_status status = items ? OC_OK : oc_fail_memory(err, "the comparison");
    f->merged = fold;
    for (size_t r = 0; status == OC_OK && r < fold->count; r++) {
        status = widen(fold, n, &fold->rows[r].evaluation, err);
    }
    for (size_t i = 0; status == OC_OK && i < n; i++) {
        items[i] = i;
    }
    oc_free(fold->items);
    fold->items = items;
    fold->test_rows = n;
    return status;
}

static void merge_next(const folding *f, const oc_comparison *fold)
{
    for (size_t r = 0; r < fold->count; r++) {
        oc_comparison_row *row = &f->merged->rows[r];
        place(fold, &fold->rows[r].evaluation, &row->evaluation);
        row->extract_seconds += fold->rows[r].extract_seconds;
        row->train_seconds += fold->rows[r].train_seconds;
        row->train_accuracy += fold->rows[r].train_accuracy;
    }
}

static oc_status compare_fold(folding *f, size_t which, oc_error *err)
{
    oc_dataset *train = NULL, *test = NULL;
    oc_split_kind split = f->folds > 1 ? OC_SPLIT_FOLDS : OC_SPLIT_FIFTH;
    oc_comparison *comparison = NULL;
    oc_compare_options options = *f->options;
    if (f->folds > 1) {
        options.row_done = NULL; /* a row is done after the last fold */
        options.choose = false;
        options.model = NULL;
        options.skipped = which == 0 ? options.skipped
                                     : NULL; /* unreadable images are in no fold, so one report is enough */
        oc_job_note(f->job, "fold %zu of %zu", which + 1, f->folds);
    }
    oc_status status = take_side(f, which, false, &train, err);
    if (status == OC_OK) {
        status = take_side(f, which, true, &test, err);
    }
    if (status == OC_OK) {
        status = oc_compare_once(&(oc_sides){train, test, split, f->readable}, &options, f->job, &comparison, err);
    }
    for (size_t i = 0; status == OC_OK && i < comparison->test_rows; i++) {
        comparison->items[i] = f->chosen[comparison->items[i]]; /* of the test images, the last that take_side chose */
    }
    if (status == OC_OK && !f->merged) {
        status = merge_first(f, comparison, err);
    } else if (status == OC_OK) {
        merge_next(f, comparison);
        oc_comparison_free(comparison);
    }
    oc_dataset_free(train);
    oc_dataset_free(test);
    return status;
}

/* Removes the places of images that were not tested. */
static void close_up(oc_evaluation *e, size_t places)
{
    for (size_t i = 0; i < places; i++) {
        if (e->expected[i] >= 0) {
            size_t at = e->images++;
            e->row[at] = (uint32_t)i;
            e->expected[at] = e->expected[i];
            e->predicted[at] = e->predicted[i];
            e->predicted_score[at] = e->predicted_score[i];
            e->true_score[at] = e->true_score[i];
        }
    }
}

static double p_value(const oc_evaluation *first, const oc_evaluation *other)
{
    size_t only_first = 0, only_other = 0;
    for (size_t i = 0; i < first->images; i++) {
        bool right = first->predicted[i] == first->expected[i], too = other->predicted[i] == other->expected[i];
        only_first += right && !too;
        only_other += !right && too;
    }
    return oc_mcnemar(only_first, only_other);
}

static void finish_rows(const folding *f)
{
    oc_comparison *c = f->merged;
    for (size_t r = 0; r < c->count; r++) {
        oc_comparison_row *row = &c->rows[r];
        oc_evaluation *e = &row->evaluation;
        close_up(e, c->test_rows);
        oc_evaluation_summarise(e);
        row->train_accuracy /= (double)f->folds;
        row->test_accuracy = e->accuracy;
        row->ci_low = e->ci_low;
        row->ci_high = e->ci_high;
        row->p_value = r ? p_value(&c->rows[0].evaluation, e) : NAN;
    }
    c->test = c->rows[0].evaluation.images;
    c->folds = f->folds > 1 ? f->folds : 0;
}

/* Trains the best row on all images and saves the model: the classifiers of the folds saw only a part of the images. */
static oc_status save_best(const folding *f, const char *spec, oc_error *err)
{
    oc_features *features = NULL;
    oc_set *set = NULL;
    oc_model *model = NULL;
    oc_train_report report;
    oc_status status = oc_features_parse(spec, &features, err);
    if (status == OC_OK) {
        oc_job_note(f->job, "training %.300s on all images", spec);
        status = oc_set_extract(f->images, features, &f->options->extract, f->job, &set, err);
    }
    if (status == OC_OK) {
        status = oc_check_images_read(f->readable, oc_set_count(set), err);
    }
    if (status == OC_OK) {
        status = oc_model_train(set, &f->options->train, f->job, &model, &report, err);
    }
    if (status == OC_OK) {
        status = oc_model_save(model, f->options->model, err);
    }
    oc_model_free(model);
    oc_set_free(set);
    oc_features_free(features);
    return status;
}

/* Reports the finished rows, and chooses the best. */
static oc_status finish_folds(const folding *f, oc_error *err)
{
    oc_comparison *c = f->merged;
    size_t count = c->count;
    for (c->count = 1; f->options->row_done && c->count <= count; c->count++) {
        f->options->row_done(f->options->context, c);
    }
    c->count = count;
    c->chosen = f->options->choose || f->options->model;
    c->best = c->chosen ? oc_comparison_best(c) : 0;
    return f->options->model ? save_best(f, c->rows[c->best].features, err) : OC_OK;
}

/* Notes readable images that no fold tests: each is the only one of its class. */
static void note_untested(const folding *f, const uint32_t *group)
{
    size_t untested = 0;
    for (size_t i = 0; i < oc_dataset_count(f->images); i++) {
        untested += f->fold[i] == OC_FOLD_NONE && group[i] != OC_UNREADABLE;
    }
    if (untested) {
        oc_job_note(
            f->job,
            "%zu of %zu images are never tested, because their classes have no other image to train on; they do not "
            "count in the accuracies",
            untested, oc_dataset_count(f->images));
    }
}

oc_status oc_compare_folds(const oc_dataset *images, const uint32_t *group, const oc_compare_options *options,
                           oc_job *job, oc_comparison **out, oc_error *err)
{
    size_t n = oc_dataset_count(images);
    folding f = {.images = images, .options = options, .job = job};
    f.folds = options->folds > 1 ? options->folds : 1;
    for (size_t i = 0; i < n; i++) {
        f.readable += group[i] != OC_UNREADABLE;
    }
    f.fold = oc_alloc(n, sizeof *f.fold);
    f.chosen = oc_alloc(n, sizeof *f.chosen);
    oc_status status = f.fold && f.chosen ? oc_split_images(images, group, f.folds, options->extract.seed, f.fold, err)
                                          : oc_fail_memory(err, "the split");
    if (status == OC_OK && f.folds > 1) {
        note_untested(&f, group);
    }
    for (size_t k = 0; status == OC_OK && k < f.folds; k++) {
        status = compare_fold(&f, k, err);
    }
    if (status == OC_OK) {
        finish_rows(&f);
        status = f.folds > 1 ? finish_folds(&f, err) : OC_OK;
    }
    oc_free(f.fold);
    oc_free(f.chosen);
    if (status != OC_OK) {
        oc_comparison_free(f.merged);
        return status;
    }
    *out = f.merged;
    return OC_OK;
}
