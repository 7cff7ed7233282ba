/* A comparison tests on given images, on a fifth of the training images, or in folds, for one seed or several. */
#include "src/evaluate/compare_folds.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/threads.h"
#include "src/evaluate/split_images.h"

#include <math.h>
#include <stdint.h>

oc_compare_options oc_compare_defaults(void)
{
    return (oc_compare_options){.extract = oc_extract_defaults(), .train = oc_train_defaults(), .seeds = 1};
}

/* The inputs that are the same for every seed. */
typedef struct comparing {
    const oc_dataset *train, *test; /* test NULL: a part of train is the test set */
    const uint32_t *group;          /* (images of train): of oc_group_images, if test is NULL */
    size_t readable;                /* images that the first seed could read; 0 for the first seed */
    oc_job *job;
} comparing;

static oc_status compare_seed(const comparing *c, const oc_compare_options *options, oc_comparison **out, oc_error *err)
{
    return c->test
               ? oc_compare_once(&(oc_sides){c->train, c->test, OC_SPLIT_GIVEN, c->readable}, options, c->job, out, err)
               : oc_compare_folds(c->train, c->group, options, c->job, out, err);
}

/* Updates mean and sum of squares of the test accuracies in place, seed by seed (Welford, 1962). */
static void add_seed(oc_comparison_row *row, double accuracy, size_t done)
{
    double step = accuracy - row->test_mean;
    row->test_mean += step / (double)done;
    row->test_std += step * (accuracy - row->test_mean); /* until the last seed: sum of squared differences */
}

/* Repeats the comparison for the seeds after the first one. */
static oc_status repeat(comparing *c, const oc_compare_options *options, oc_comparison *first, oc_error *err)
{
    c->readable = first->train + first->test_rows;
    oc_compare_options again = {.specs = options->specs,
                                .count = options->count,
                                .extract = options->extract,
                                .train = options->train,
                                .folds = options->folds};
    again.extract.suppress_warnings = true;
    if (!again.train.tune) { /* no validation: the first seed has chosen the row */
        again.train.holdout = NAN;
        again.train.folds = OC_AUTO;
    }
    for (size_t k = 1; k < options->seeds; k++) {
        oc_comparison *other;
        again.extract.seed = options->extract.seed + k;
        again.train.seed = options->train.seed + k;
        oc_job_note(c->job, "seed %zu of %zu", k + 1, options->seeds);
        oc_status status = compare_seed(c, &again, &other, err);
        if (status != OC_OK) {
            return status;
        }
        for (size_t r = 0; r < options->count; r++) {
            add_seed(&first->rows[r], other->rows[r].test_accuracy, k + 1);
        }
        oc_comparison_free(other);
    }
    return OC_OK;
}

static oc_status compare_seeds(comparing *c, const oc_compare_options *options, oc_comparison **out, oc_error *err)
{
    oc_comparison *comparison;
    oc_status status = compare_seed(c, options, &comparison, err);
    if (status != OC_OK) {
        return status;
    }
    oc_comparison_row *rows = comparison->rows;
    size_t seeds = comparison->seeds = options->seeds > 1 ? options->seeds : 1;
    for (size_t r = 0; r < comparison->count; r++) {
        add_seed(&rows[r], rows[r].test_accuracy, 1);
    }
    status = repeat(c, options, comparison, err);
    for (size_t r = 0; r < comparison->count; r++) {
        rows[r].test_std = seeds > 1 ? sqrt(rows[r].test_std / (double)(seeds - 1)) : NAN;
    }
    if (status != OC_OK) {
        oc_comparison_free(comparison);
        return status;
    }
    *out = comparison;
    return OC_OK;
}

oc_status oc_compare(const oc_dataset *train, const oc_dataset *test, const oc_compare_options *options, oc_job *job,
                     oc_comparison **out, oc_error *err)
{
    oc_compare_options all = *options;
    uint32_t *group = NULL;
    if (options->count == 0) {
        return oc_fail(err, OC_USAGE, "no features to compare");
    }
    all.extract.output = NULL;
    all.extract.mirror = options->train.augment == OC_AUGMENT_MIRROR;
    oc_status status = options->checked ? OC_OK : oc_compare_check(train, test, options, err);
    if (status == OC_OK) {
        status = oc_compare_look_ahead(&all, err);
    }
    if (status == OC_OK && !test) {
        status = oc_group_images(train, &all.extract, job, &group, err);
        all.extract.suppress_warnings = true;
    }
    if (status == OC_OK) {
        status = compare_seeds(&(comparing){train, test, group, 0, job}, &all, out, err);
    }
    oc_free(group);
    return status;
}
