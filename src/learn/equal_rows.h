/* Rows that are equal: copies of an image, most often. A copy of a training row among the rows held out makes their
 * accuracy too good, so that equal rows belong into one fold. */
#ifndef OC_LEARN_EQUAL_ROWS_H
#define OC_LEARN_EQUAL_ROWS_H

#include "src/learn/split.h"

/* Gives equal rows (N) the fold of one of them. Rows stay (OC_FOLD_NONE) whose class would else be held out whole. Where a
 * fold would be left without a row, nothing changes. Thread-safe. OC_NO_MEMORY. */
oc_status oc_folds_join_equal(const oc_examples *examples, oc_folds *folds, oc_error *err);

#endif
