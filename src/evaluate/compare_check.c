/* What can be said of a comparison before the first image is read. */
#include <ocellus/evaluate.h>

oc_status oc_compare_check(const oc_dataset *train, const oc_dataset *test, const oc_compare_options *options,
                           oc_error *err)
{
    oc_status status = oc_model_check(train, &options->train, err);
    return status == OC_OK && test ? oc_dataset_check_test(test, train, err) : status;
}
