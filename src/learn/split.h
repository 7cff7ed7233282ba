/* Rows that are held out to validate on, and views of the others.
 *
 * The split is stratified: of every class as large a part is held out as of all, to within a row. Of a class of one row
 * nothing is held out, so every class that there is has rows to train on. It depends on labels and seed alone. */
#ifndef OC_LEARN_SPLIT_H
#define OC_LEARN_SPLIT_H

#include <ocellus/classifier.h>

/* The part of `count` rows that is held out by default: a tenth, of fewer than 10,000 rows more, up to a third. */
double oc_split_fraction(size_t count);

enum { OC_STAYS = UINT16_MAX }; /* the fold of a row that is never held out */

/* Which rows are held out, together: fold[i] in 0..folds-1, or OC_STAYS for a row that is only trained on. */
typedef struct oc_folds {
    size_t folds;   /* 1: one hold-out; 0: no validation */
    size_t held;    /* rows */
    uint16_t *fold; /* (N) */
} oc_folds;

typedef struct oc_split_options {
    size_t folds; /* 1: one hold-out of `fraction` of the rows, at most 1/2 */
    double fraction;
    uint64_t seed;
} oc_split_options;

/* Fills out->fold (N), the caller's, and sets the rest of *out, for rows with these labels (N), each in 0..classes-1.
 * OC_BAD_DATA when a fold would stay empty, OC_NO_MEMORY. */
oc_status oc_split(const int *labels, size_t count, size_t classes, const oc_split_options *options, oc_folds *out,
                   oc_error *err);

/* Some rows with their labels. */
typedef struct oc_portion {
    oc_rows rows;
    uint32_t *chosen;
    int *labels;
} oc_portion;

/* Which rows of a view: all (fold NULL), those of fold number `which`, or those outside of it; in their order. With
 * `mirror` each is followed by the row of its mirrored image. OC_USAGE when that is not known, OC_TOO_LARGE,
 * OC_NO_MEMORY. */
typedef struct oc_portion_choice {
    const uint16_t *fold;
    uint16_t which;
    bool outside, mirror;
} oc_portion_choice;
oc_status oc_portion_take(const oc_rows *rows, const int *labels, const oc_portion_choice *choice, oc_portion *portion,
                          oc_error *err);
void oc_portion_free(oc_portion *portion);

#endif
