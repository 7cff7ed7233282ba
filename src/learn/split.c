/* The rows, ordered by class and at random within, are dealt out one after the other: to the folds in turn, or every
 * 1/fraction-th to the part that is held out. So each class gives its share. */
#include "src/learn/split.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/random.h"

#include <math.h>

double oc_split_fraction(size_t count)
{
    return fmin(fmax(0.1, 1000 / fmax((double)count, 1)), 1.0 / 3);
}

/* The members of each class, one class after the other, in order (N); first (C+1) says where each begins. */
static void sort_by_class(const int *labels, size_t count, size_t classes, uint32_t *order, size_t *first)
{
    for (size_t i = 0; i < count; i++) {
        first[labels[i] + 1]++;
    }
    for (size_t c = 0; c < classes; c++) {
        first[c + 1] += first[c];
    }
    for (size_t i = count; i-- > 0;) { /* from the back: first[c + 1] runs down to where class c begins */
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
                out->fold[row[i]] = OC_STAYS;
                continue;
            }
            double before = (double)place * options->fraction + 0.5;
            double after = (double)(place + 1) * options->fraction + 0.5;
            bool held = folds > 1 || floor(after) > floor(before);
            out->fold[row[i]] = (uint16_t)(!held ? OC_STAYS : folds > 1 ? place % folds : 0);
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

static bool is_taken(const oc_portion_choice *choice, size_t i)
{
    return !choice->fold || (choice->fold[i] == choice->which) != choice->outside;
}

oc_status oc_portion_take(const oc_rows *rows, const int *labels, const oc_portion_choice *choice, oc_portion *portion,
                          oc_error *err)
{
    size_t count = 0, copies = choice->mirror ? 2 : 1;
    if (choice->mirror && rows->mirrored) {
        return oc_fail(err, OC_USAGE, "the rows of mirrored images are among the rows already");
    }
    for (size_t b = 0; choice->mirror && b < rows->blocks; b++) {
        if (!rows->block[b].mirror) {
            return oc_fail(err, OC_USAGE, "the rows of mirrored images cannot be told from these rows");
        }
    }
    if (rows->count > UINT32_MAX / copies) {
        return oc_fail(err, OC_TOO_LARGE, "%zu rows: at most %zu are possible here", rows->count,
                       (size_t)UINT32_MAX / copies);
    }
    for (size_t i = 0; i < rows->count; i++) {
        count += is_taken(choice, i) ? copies : 0;
    }
    oc_portion p = {.rows = *rows};
    p.chosen = oc_alloc(count, sizeof *p.chosen);
    p.labels = oc_alloc(count, sizeof *p.labels);
    if (!p.chosen || !p.labels) {
        oc_portion_free(&p);
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
    *portion = p;
    return OC_OK;
}

void oc_portion_free(oc_portion *portion)
{
    oc_free(portion->chosen);
    oc_free(portion->labels);
    *portion = (oc_portion){0};
}
