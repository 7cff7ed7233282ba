/* The folds of a validation: how many, and which rows each holds out. */
#ifndef OC_LEARN_FOLDS_H
#define OC_LEARN_FOLDS_H

#include "src/learn/split.h"

/* Makes the folds of the options. With auto: none if no class has two rows; one hold-out if 5 trainings would take
 * long; else 5 folds, or fewer if rows are very few. Stores the choice in holdout or folds of *options. Errors as for
 * oc_split; OC_NO_MEMORY. Call oc_folds_free in any case. */
oc_status oc_folds_choose(const oc_examples *examples, oc_train_options *options, oc_folds *folds, oc_error *err);
void oc_folds_free(oc_folds *folds);

#endif
