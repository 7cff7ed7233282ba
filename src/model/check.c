/* Checks of a training before the first image is read. */
#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/dataset/label_notes.h"
#include "src/model/object.h"
#include "src/set/set.h"

oc_status oc_model_check(const oc_dataset *dataset, const oc_train_options *options, oc_error *err)
{
    size_t count = oc_dataset_count(dataset);
    oc_status status = oc_train_check(options, err);
    if (status == OC_OK) {
        status = oc_dataset_check_labels(dataset, err);
    }
    if (status == OC_OK && options->classifier.kind != OC_NEAREST) {
        status = oc_dataset_check_repeats(dataset, err);
    }
    if (status != OC_OK) {
        return status;
    }
    int *labels = oc_alloc(count, sizeof *labels);
    if (!labels) {
        return oc_fail_memory(err, "the labels");
    }
    for (size_t i = 0; i < count; i++) {
        labels[i] = oc_dataset_label(dataset, i);
    }
    status = oc_train_check_labels(labels, count, oc_dataset_classes(dataset), options, err);
    oc_free(labels);
    return status;
}

oc_status oc_model_check_test(const oc_model *model, const oc_dataset *test, const oc_image_options *image,
                              oc_error *err)
{
    oc_status status = oc_labels_check_any(test, err);
    return status == OC_OK ? oc_labels_check_known(test, oc_model_class_list(model), "the model", image, err) : status;
}

oc_status oc_set_note_labels(const oc_set *set, const char *where, oc_job *job, oc_error *err)
{
    return oc_dataset_note_labels(set->index, where, job, err);
}
