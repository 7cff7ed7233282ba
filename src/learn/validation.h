/* Validation: training on a part of the rows, the accuracy on the rest, and the choice of penalties by it. */
#ifndef OC_LEARN_VALIDATION_H
#define OC_LEARN_VALIDATION_H

#include <ocellus/classifier.h>

/* True when the options ask for it. */
bool oc_validation_wanted(const oc_train_options *options);

/* Fills the result. options: penalties take the chosen values with tune, and an automatic holdout the part that was
 * used. Errors: those of oc_train. The rows of a part are scaled and their covariance taken once, whatever the number
 * of penalties. */
oc_status oc_validate(const oc_rows *rows, const int *labels, size_t classes, oc_train_options *options, oc_job *job,
                      oc_validation *validation, oc_error *err);

#endif
