/* Orders the rows by class, at random within each class. Then it assigns them in that order to the folds in turn, or
 * every (1/fraction)-th row to the part that is held out. So each class has its share in each part. */
#include "src/learn/split.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/random.h"

#include <math.h>

double oc_split_fraction(size_t count)
{
    return fmin(fmax(0.1, 1000 / fmax((double)count, 1)), 1.0 / 3);
}

/* Counting sort. order (N): the rows of class 0, then of class 1, ...; first (C+1): where each class begins in it. */
static void sort_by_class(const int *labels, size_t count, size_t classes, uint32_t *order, size_t *first)
{
    for (size_t i = 0; i < count; i++) {
        first[labels[i] + 1]++;
    }
    for (size_t c = 0; c < classes; c++) {
        first[c + 1] += first[c];
    }
    for (size_t i = count; i-- > 0;) { /* backwards: first[c + 1] decreases to where class c begins */
        order[--first[labels[i] + 1]] = (uint32_t)i;
    }
    for (size_t c = 0; c < classes; c++) {
        first[c] = first[c + 1];
    }
    first[classes] = count;
}

oc_status oc_split(const int *labels, size_t count, size_t classes, const oc_split_options *options, oc_folds *out,
                   oc_error *err)
{
    size_t folds = options->folds, *first = oc_alloc(classes + 1, sizeof *first), place = 0;
    uint32_t *order = oc_alloc(count, sizeof *order);
    if (!order || !first) {
        oc_free(order);
        oc_free(first);
        return oc_fail_memory(err, "the validation");
    }
    sort_by_class(labels, count, classes, order, first);
    out->folds = folds;
    out->held = 0;
    for (size_t c = 0; c < classes; c++) {
        size_t members = first[c + 1] - first[c];
        uint32_t *row = order + first[c];
        oc_random random = oc_random_stream(options->seed, 0x686f6c64, c);
        oc_random_shuffle(&random, row, members);
        for (size_t i = 0; i < members; i++) {
            if (members == 1) {
                out->fold[row[i]] = OC_FOLD_NONE;
                continue;
            }
            double before = (double)place * options->fraction + 0.5;
            double after = (double)(place + 1) * options->fraction + 0.5;
            bool held = folds > 1 || floor(after) > floor(before);
            out->fold[row[i]] = (uint16_t)(!held ? OC_FOLD_NONE : folds > 1 ? place % folds : 0);
            out->held += held;
            place++;
        }
    }
    oc_free(order);
    oc_free(first);
    if (place == 0) {
        return oc_fail(err, OC_BAD_DATA, "no class has more than one row: nothing can be held out to validate on");
    }
    if (folds > 1 && place < folds) {
        return oc_fail(err, OC_BAD_DATA, "%zu rows of classes with two or more are too few for %zu folds", place,
                       folds);
    }
    if (out->held == 0) {
        return oc_fail(err, OC_BAD_DATA, "a hold-out of %g of %zu rows is less than one row", options->fraction, place);
    }
    return OC_OK;
}

static bool is_taken(const oc_subset_choice *choice, size_t i)
{
    return !choice->fold || (choice->fold[i] == choice->which) != choice->outside;
}

oc_status oc_subset_take(const oc_rows *rows, const int *labels, const oc_subset_choice *choice, oc_subset *subset,
                         oc_error *err)
{
    size_t count = 0, copies = choice->mirror ? 2 : 1;
    if (choice->mirror && rows->mirrored) {
        return oc_fail(err, OC_USAGE, "the rows of mirrored images are among the rows already");
    }
    for (size_t b = 0; choice->mirror && b < rows->blocks; b++) {
        if (!rows->block[b].mirror) {
            return oc_fail(err, OC_USAGE, "the rows of mirrored images cannot be computed from these rows");
        }
    }
    if (rows->count > UINT32_MAX / copies) {
        return oc_fail(err, OC_TOO_LARGE, "%zu rows: at most %zu are possible here", rows->count,
                       (size_t)UINT32_MAX / copies);
    }
    for (size_t i = 0; i < rows->count; i++) {
        count += is_taken(choice, i) ? copies : 0;
    }
    oc_subset p = {.rows = *rows};
    p.chosen = oc_alloc(count, sizeof *p.chosen);
    p.labels = oc_alloc(count, sizeof *p.labels);
    if (!p.chosen || !p.labels) {
        oc_subset_free(&p);
        return oc_fail_memory(err, "the rows to train on");
    }
    size_t at = 0;
    for (size_t i = 0; i < rows->count; i++) {
        uint32_t row = rows->chosen ? rows->chosen[i] : (uint32_t)i;
        for (size_t copy = 0; copy < copies && is_taken(choice, i); copy++) {
            p.chosen[at] = (uint32_t)(copies * row + copy);
            p.labels[at++] = labels[i];
        }
    }
    p.rows.count = count;
    p.rows.chosen = p.chosen;
    p.rows.mirrored = rows->mirrored || choice->mirror;
    *subset = p;
    return OC_OK;
}

void oc_subset_free(oc_subset *subset)
{
    oc_free(subset->chosen);
    oc_free(subset->labels);
    *subset = (oc_subset){0};
}
