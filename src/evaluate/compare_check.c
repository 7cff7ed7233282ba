/* Checks a comparison before the first image is read, and parses the stages that it extracts. */
#include "src/base/fail.h"
#include "src/evaluate/stage_rows.h"

#include <ocellus/evaluate.h>

oc_status oc_compare_check(const oc_dataset *train, const oc_dataset *test, const oc_compare_options *options,
                           oc_error *err)
{
    oc_status status = oc_model_check(train, &options->train, err);
    return status == OC_OK && test ? oc_dataset_check_test(test, train, &options->extract.image, err) : status;
}

oc_status oc_compare_stages(const char *const *specs, size_t count, oc_features **features, oc_error *err)
{
    oc_string stages = {0};
    if (count == 0) {
        return oc_fail(err, OC_USAGE, "no features to compare");
    }
    oc_status status = OC_OK;
    for (size_t i = 0; status == OC_OK && i < count; i++) {
        status = oc_add_stages(&stages, specs[i], err);
    }
    if (status == OC_OK) {
        status = oc_features_parse(stages.data, features, err);
    }
    oc_string_free(&stages);
    return status;
}
