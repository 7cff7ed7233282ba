/* Test rows for evaluate and for the model card. */
#include "src/cli/test_rows.h"

#include "src/cli/inputs.h"

static oc_status extract_rows(const cli_settings *settings, const char *model_path, const oc_model *model,
                              const char *path, oc_job *job, oc_dataset **images, oc_set **set, oc_error *err)
{
    oc_dataset *dataset = NULL;
    if (oc_features_count(oc_model_features(model)) == 0) {
        return wrong_usage(
            err,
            "%.300s was trained on rows of %zu values that another program made; %.300s is neither a .npy "
            "file of such rows nor svmlight text",
            model_path, oc_model_classifier(model)->dimension, path);
    }
    oc_extract_options options = extract_options(settings);
    use_image_options(&options.image, oc_model_image_options(model));
    oc_status status = open_images(settings, path, &dataset, err);
    if (!status) {
        status = oc_model_check_test(model, dataset, err);
    }
    if (!status) {
        status = oc_set_extract(dataset, oc_model_features(model), &options, NULL, job, set, err);
    }
    if (images) {
        *images = dataset;
    } else {
        oc_dataset_free(dataset);
    }
    return status;
}

oc_status open_fitting_rows(const cli_settings *settings, const char *model_path, const oc_model *model,
                            const char *path, oc_set **set, oc_error *err)
{
    bool given = oc_features_count(oc_model_features(model)) == 0;
    oc_error reason;
    oc_status status = open_rows(settings, path, given ? oc_model_classifier(model)->dimension : 0, set, err);
    if (status || !oc_model_matches(model, *set, &reason)) {
        return status;
    }
    return given ? wrong_usage(err, "%.250s: %.400s", path, reason.message)
                 : wrong_usage(err, "%.250s: %.400s; 'ocellus extract IMAGES --with %.250s' makes a set that fits",
                               path, reason.message, model_path);
}

oc_status open_test_rows(const cli_settings *settings, const char *model_path, const oc_model *model, const char *path,
                         oc_job *job, oc_dataset **images, oc_set **set, oc_error *err)
{
    oc_status status = check_labels_option(settings, path, err);
    if (status) {
        return status;
    }
    return is_rows(path) ? open_fitting_rows(settings, model_path, model, path, set, err)
                         : extract_rows(settings, model_path, model, path, job, images, set, err);
}
