/* Splits rows into those to train on and those held out for validation.
 *
 * The split is stratified: the held-out fraction of each class equals that of all rows, to within one row. The only row
 * of a class is never held out, so that every class has rows to train on. The split depends on labels and seed
 * alone. */
#ifndef OC_LEARN_SPLIT_H
#define OC_LEARN_SPLIT_H

#include <ocellus/classifier.h>

/* The fraction of `count` rows that is held out by default: 1000 / count, but at least 1/10 and at most 1/3. */
double oc_split_fraction(size_t count);

enum { OC_FOLD_NONE = UINT16_MAX }; /* the fold of a row that is never held out */

/* The rows with fold[i] = f, f in 0..folds-1, are held out together; OC_FOLD_NONE: the row is only trained on. */
typedef struct oc_folds {
    size_t folds;   /* 1: one hold-out; 0: no validation */
    size_t held;    /* rows */
    size_t equal;   /* rows that are equal to an earlier one, and so in its fold */
    uint16_t *fold; /* (N) */
} oc_folds;

typedef struct oc_split_options {
    size_t folds; /* 1: one hold-out of `fraction` (at most 1/2) of the rows */
    double fraction;
    uint64_t seed;
} oc_split_options;

/* Assigns rows with labels (N), each in 0..classes-1, to folds. Fills out->fold (N), which the caller owns, and sets
 * the other fields. OC_BAD_DATA when a fold would be empty, OC_NO_MEMORY. */
oc_status oc_split(const int *labels, size_t count, size_t classes, const oc_split_options *options, oc_folds *out,
                   oc_error *err);

/* A part of the rows, with their labels. */
typedef struct oc_subset {
    oc_rows rows;
    uint32_t *chosen; /* (N'): numbers of the rows */
    int *labels;      /* (N') */
} oc_subset;

/* Selects rows, in their order: all (fold NULL), those of fold number `which`, or with `outside` all but those. With
 * `mirror`, the row of the mirrored image follows each row; OC_USAGE when a stage has no mirror order. OC_TOO_LARGE,
 * OC_NO_MEMORY. */
typedef struct oc_subset_choice {
    const uint16_t *fold;
    uint16_t which;
    bool outside, mirror;
} oc_subset_choice;
oc_status oc_subset_take(const oc_rows *rows, const int *labels, const oc_subset_choice *choice, oc_subset *subset,
                         oc_error *err);
void oc_subset_free(oc_subset *subset);

#endif
