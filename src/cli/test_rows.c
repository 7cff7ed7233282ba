/* Opens test rows for evaluate, for the model card and for pictures of the loss. */
#include "src/cli/test_rows.h"

#include "src/cli/inputs.h"

static oc_status extract_rows(const cli_settings *settings, const named_model *model, const char *path, oc_job *job,
                              test_rows *rows, oc_error *err)
{
    if (oc_features_count(oc_model_features(model->model)) == 0) {
        return wrong_usage(
            err,
            "%.300s was trained on rows of %zu values that another program made; %.300s is neither a .npy "
            "file of such rows nor svmlight text",
            model->path, oc_model_classifier(model->model)->dimension, path);
    }
    oc_extract_options options = extract_options(settings);
    use_image_options(&options.image, oc_model_image_options(model->model));
    oc_status status = open_images(settings, path, &rows->images, err);
    if (!status) {
        status = oc_model_check_test(model->model, rows->images, &options.image, err);
    }
    if (!status) {
        status = oc_set_extract(rows->images, oc_model_features(model->model), &options, job, &rows->set, err);
    }
    return status;
}

oc_status open_fitting_rows(const cli_settings *settings, const named_model *model, const cli_input *in, oc_job *job,
                            oc_set **set, oc_error *err)
{
    bool given = oc_features_count(oc_model_features(model->model)) == 0;
    oc_error reason;
    oc_status status = open_input_rows(settings, in, given ? oc_model_classifier(model->model)->dimension : 0, job, set,
                                       err);
    if (status || !oc_model_matches(model->model, *set, &reason)) {
        return status;
    }
    return given ? wrong_usage(err, "%.250s: %.400s", in->path, reason.message)
                 : wrong_usage(err, "%.250s: %.400s; 'ocellus extract IMAGES --with %.250s' makes a suitable set",
                               in->path, reason.message, model->path);
}

oc_status open_test_rows(const cli_settings *settings, const named_model *model, const cli_input *in, oc_job *job,
                         test_rows *rows, oc_error *err)
{
    oc_status status = check_labels_option(settings, in, err);
    if (status || !is_rows(in)) {
        return status ? status : extract_rows(settings, model, in->path, job, rows, err);
    }
    status = open_fitting_rows(settings, model, in, job, &rows->set, err);
    if (!status && oc_features_count(oc_set_features(rows->set)) == 0 && oc_set_classes(rows->set) == 0) {
        status = wrong_usage(err, "--labels FILE is missing: a label for each row of %.700s", in->path);
    }
    return status;
}

void test_rows_free(test_rows *rows)
{
    oc_set_free(rows->set);
    oc_dataset_free(rows->images);
}
