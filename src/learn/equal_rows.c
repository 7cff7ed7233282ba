/* Equal rows are found by a hash of their values (XXH3, at the rate of memory), then compared value by value. */
#include "src/learn/equal_rows.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/matrix/rows.h"

#define XXH_INLINE_ALL
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

typedef struct hashed {
    uint64_t hash;
    uint32_t row;
} hashed;

static int by_hash(const void *a, const void *b)
{
    const hashed *one = a, *other = b;
    if (one->hash != other->hash) {
        return one->hash < other->hash ? -1 : 1;
    }
    return one->row < other->row ? -1 : one->row > other->row;
}

static const float *values_of(const oc_rows *rows, size_t block, size_t i)
{
    bool mirrored;
    return oc_block_row(&rows->block[block], oc_rows_place(rows, i, &mirrored));
}

static uint64_t hash_row(const oc_rows *rows, size_t i)
{
    uint64_t hash = 0;
    for (size_t b = 0; b < rows->blocks; b++) {
        const float *x = values_of(rows, b, i);
        hash = XXH3_64bits_withSeed(x, rows->block[b].columns * sizeof *x, hash);
    }
    return hash;
}

static bool equal(const oc_rows *rows, size_t i, size_t j)
{
    for (size_t b = 0; b < rows->blocks; b++) {
        const float *x = values_of(rows, b, i), *y = values_of(rows, b, j);
        if (memcmp(x, y, rows->block[b].columns * sizeof *x) != 0) {
            return false;
        }
    }
    return true;
}

oc_status oc_find_equal_rows(const oc_rows *rows, uint32_t *first, size_t *found, oc_error *err)
{
    hashed *sorted = oc_alloc(rows->count, sizeof *sorted);
    if (!sorted) {
        return oc_fail_memory(err, "equal rows");
    }
    *found = 0;
    for (size_t i = 0; i < rows->count; i++) {
        sorted[i] = (hashed){hash_row(rows, i), (uint32_t)i};
        first[i] = (uint32_t)i;
    }
    qsort(sorted, rows->count, sizeof *sorted, by_hash);
    for (size_t i = 1, begin = 0; i < rows->count; i++) {
        begin = sorted[i].hash == sorted[begin].hash ? begin : i;
        if (begin < i && equal(rows, sorted[begin].row, sorted[i].row)) {
            first[sorted[i].row] = sorted[begin].row;
            (*found)++;
        }
    }
    oc_free(sorted);
    return OC_OK;
}

/* Sets the fold of rows to OC_FOLD_NONE if they equal a row of a class whose rows are all in one fold. place (C): that
 * fold, or OC_FOLD_NONE. */
static void keep_classes(const uint32_t *first, const int *labels, size_t count, size_t classes, uint16_t *fold,
                         uint16_t *place)
{
    enum { UNSEEN = OC_FOLD_NONE - 1 };
    for (size_t c = 0; c < classes; c++) {
        place[c] = UNSEEN;
    }
    for (size_t i = 0; i < count; i++) {
        uint16_t *p = &place[labels[i]];
        *p = *p == UNSEEN || *p == fold[i] ? fold[i] : (uint16_t)OC_FOLD_NONE;
    }
    for (size_t i = 0; i < count; i++) {
        if (place[labels[i]] != OC_FOLD_NONE) {
            fold[first[i]] = OC_FOLD_NONE;
        }
    }
    for (size_t i = 0; i < count; i++) {
        fold[i] = fold[first[i]];
    }
}

/* True when each fold holds out a row; *held is the number of held-out rows. */
static bool count_held(const uint16_t *fold, size_t count, size_t folds, size_t *members, size_t *held)
{
    size_t filled = 0;
    *held = 0;
    for (size_t i = 0; i < count; i++) {
        if (fold[i] != OC_FOLD_NONE) {
            filled += members[fold[i]]++ == 0;
            (*held)++;
        }
    }
    return filled == folds && (folds > 1 || *held < count); /* with one fold the others are trained on */
}

oc_status oc_folds_join_equal(const oc_examples *examples, oc_folds *folds, oc_error *err)
{
    const oc_rows *rows = examples->rows;
    size_t n = rows->count, classes = examples->classes, joined_held, found = 0;
    uint32_t *first = oc_alloc(n, sizeof *first);
    uint16_t *joined = oc_alloc(n, sizeof *joined), *place = oc_alloc(classes, sizeof *place);
    size_t *members = oc_alloc(folds->folds, sizeof *members);
    oc_status status = first && joined && place && members ? oc_find_equal_rows(rows, first, &found, err)
                                                           : oc_fail_memory(err, "the validation");
    if (status == OC_OK && found) {
        for (size_t i = 0; i < n; i++) {
            joined[i] = folds->fold[first[i]];
        }
        keep_classes(first, examples->labels, n, classes, joined, place);
        if (count_held(joined, n, folds->folds, members, &joined_held)) {
            memcpy(folds->fold, joined, n * sizeof *joined);
            folds->held = joined_held;
            folds->equal = found;
        }
    }
    oc_free(first);
    oc_free(joined);
    oc_free(place);
    oc_free(members);
    return status;
}
