/* What can be said of a comparison before the first image is read. */
#include "src/learn/split.h"
#include "src/learn/validation.h"

#include <ocellus/evaluate.h>

oc_status oc_compare_check(const oc_dataset *train, const oc_dataset *test, const oc_compare_options *options,
                           oc_error *err)
{
    oc_train_options learn = options->train;
    if ((options->choose || options->model) && !oc_validation_wanted(&learn)) {
        learn.holdout = oc_split_fraction(oc_dataset_count(train));
    }
    oc_status status = oc_model_check(train, &learn, err);
    return status == OC_OK && test ? oc_dataset_check_test(test, train, err) : status;
}
