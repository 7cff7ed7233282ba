/* Equal rows are mostly copies of an image. A copy of a training row among the held-out rows makes the validation
 * accuracy too high, so equal rows must be in one fold. */
#ifndef OC_LEARN_EQUAL_ROWS_H
#define OC_LEARN_EQUAL_ROWS_H

#include "src/learn/split.h"

/* Assigns equal rows (N) to the fold of one of them, or to OC_FOLD_NONE if otherwise all rows of their class were held
 * out together. Changes nothing if a fold would then be without a row. Thread-safe. OC_NO_MEMORY. */
oc_status oc_folds_join_equal(const oc_examples *examples, oc_folds *folds, oc_error *err);

/* first (N): the first row that is equal to the row, maybe itself; *found: the number of rows that have an equal one
 * before them. The row of a mirrored image counts as equal to that of the image. Thread-safe. OC_NO_MEMORY. */
oc_status oc_find_equal_rows(const oc_rows *rows, uint32_t *first, size_t *found, oc_error *err);

#endif
