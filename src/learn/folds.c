/* Chooses the folds of a validation. */
#include "src/learn/folds.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/learn/equal_rows.h"
#include "src/learn/optimizer.h"

#include <math.h>

enum { FOLDS = 5 };
static const double LONG_PASS = 3e7; /* multiply-adds of a pass; above, 5 folds would take too long */
static const double SLOWER = 100;    /* so many passes of gd, l1 or max_norm take the place of one */

/* The number of rows in classes of two or more rows. */
static size_t count_usable(const int *labels, size_t count, size_t classes, size_t *members)
{
    size_t usable = 0;
    for (size_t i = 0; i < count; i++) {
        members[labels[i]]++;
    }
    for (size_t c = 0; c < classes; c++) {
        usable += members[c] > 1 ? members[c] : 0;
    }
    return usable;
}

static size_t automatic_folds(const oc_examples *examples, size_t usable, const oc_train_options *options)
{
    double rows = (double)examples->rows->count, columns = (double)examples->rows->dimension;
    bool nearest = options->classifier.kind == OC_NEAREST;
    bool plain = oc_optimizer_types[options->optimizer].preconditioned && !oc_train_nonsmooth(options);
    double narrow = options->l1 > 0 ? columns : fmin(rows, columns); /* columns of the problem (choose_columns) */
    double work = rows * (nearest ? rows * columns : narrow * (double)examples->classes);
    if (nearest && (double)options->classifier.k > rows / 2) {
        return 0; /* a part would have too few rows */
    }
    if (work > (plain || nearest ? LONG_PASS : LONG_PASS / SLOWER)) {
        return usable > 2 ? 1 : 0;
    }
    return usable < FOLDS ? usable : FOLDS;
}

oc_status oc_folds_choose(const oc_examples *examples, oc_train_options *options, oc_folds *out, oc_error *err)
{
    size_t count = examples->rows->count, classes = examples->classes;
    size_t *members = oc_alloc(classes, sizeof *members);
    *out = (oc_folds){.fold = oc_alloc(count, sizeof *out->fold)};
    if (!members || !out->fold) {
        oc_free(members);
        return oc_fail_memory(err, "the validation");
    }
    size_t usable = count_usable(examples->labels, count, classes, members);
    oc_free(members);
    oc_split_options split = {.folds = 1, .fraction = options->holdout, .seed = options->seed};
    if (isnan(options->holdout)) {
        split.folds = options->folds != OC_AUTO ? (size_t)options->folds : automatic_folds(examples, usable, options);
        split.fraction = oc_split_fraction(count);
    }
    if (split.folds == 0) {
        return OC_OK;
    }
    oc_status status = oc_split(examples->labels, count, classes, &split, out, err);
    if (status == OC_OK) {
        status = oc_folds_join_equal(examples, out, err);
    }
    if (split.folds == 1) {
        options->holdout = split.fraction;
    } else {
        options->folds = (int64_t)split.folds;
    }
    return status;
}

oc_status oc_train_check_labels(const int *labels, size_t count, size_t classes, const oc_train_options *options,
                                oc_error *err)
{
    const oc_learner *learner = &options->classifier;
    bool given = !isnan(options->holdout), folds = options->folds != OC_AUTO && options->folds > 0;
    if (learner->kind == OC_NEAREST && (uint64_t)learner->k > count) {
        return oc_fail(err, OC_USAGE, "%lld nearest neighbours of %zu rows: k is at most the number of rows",
                       (long long)learner->k, count);
    }
    if (!given && !folds) {
        return OC_OK;
    }
    oc_split_options split = {given ? 1 : (size_t)options->folds, options->holdout, options->seed};
    oc_folds out = {.fold = oc_alloc(count, sizeof *out.fold)};
    oc_status status = out.fold ? oc_split(labels, count, classes, &split, &out, err)
                                : oc_fail_memory(err, "the validation");
    oc_folds_free(&out);
    return status;
}

void oc_folds_free(oc_folds *folds)
{
    oc_free(folds->fold);
    *folds = (oc_folds){0};
}
