/* Sets, stores and loads the counts and the accuracy of the training rows. */
#include "src/model/training_data.h"

#include "src/base/fail.h"
#include "src/base/locale.h"
#include "src/base/memory.h"
#include "src/base/string.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

oc_status oc_training_data_note(oc_model *model, const int *labels, size_t rows, double accuracy, oc_error *err)
{
    model->counts = oc_alloc(model->classifier->classes, sizeof *model->counts);
    if (!model->counts) {
        return oc_fail_memory(err, "the classes");
    }
    for (size_t i = 0; i < rows; i++) {
        model->counts[labels[i]]++;
    }
    model->accuracy = accuracy;
    return OC_OK;
}

oc_status oc_training_data_store(oc_archive *archive, const oc_model *model, oc_error *err)
{
    oc_string text = {0};
    if (!model->counts) {
        return OC_OK;
    }
    for (size_t c = 0; c < model->classifier->classes; c++) {
        oc_string_format(&text, c ? ",%zu" : "%zu", model->counts[c]);
    }
    oc_status status = text.failed ? oc_fail_memory(err, "the classes")
                                   : oc_archive_set(archive, "counts", text.data, err);
    if (status == OC_OK && isfinite(model->accuracy)) {
        text.length = 0;
        oc_string_format(&text, "%.9g", model->accuracy);
        status = text.failed ? oc_fail_memory(err, "the accuracy")
                             : oc_archive_set(archive, "accuracy", text.data, err);
    }
    oc_string_free(&text);
    return status;
}

oc_status oc_training_data_load(const oc_archive *archive, oc_model *model, oc_error *err)
{
    const char *at = oc_archive_get(archive, "counts"), *accuracy = oc_archive_get(archive, "accuracy");
    size_t classes = model->classifier->classes;
    char *end = NULL;
    model->accuracy = accuracy ? oc_strtod(accuracy, &end) : NAN;
    if (accuracy && (end == accuracy || *end || !(model->accuracy >= 0 && model->accuracy <= 1))) {
        return oc_fail(err, OC_BAD_FILE, "'%.40s' is not an accuracy", accuracy);
    }
    if (!at) {
        return OC_OK;
    }
    model->counts = oc_alloc(classes, sizeof *model->counts);
    if (!model->counts) {
        return oc_fail_memory(err, "the classes");
    }
    for (size_t c = 0; c < classes; c++) {
        bool digit = *at >= '0' && *at <= '9';
        errno = 0;
        unsigned long long count = digit ? strtoull(at, &end, 10) : 0;
        if (!digit || errno || count > SIZE_MAX / OC_MAX_CLASSES || *end != (c + 1 < classes ? ',' : '\0')) {
            return oc_fail(err, OC_BAD_FILE, "the numbers of training rows are damaged: one for each class is needed");
        }
        model->counts[c] = (size_t)count;
        at = end + 1;
    }
    return OC_OK;
}

const size_t *oc_model_class_counts(const oc_model *model)
{
    return model->counts;
}

double oc_model_train_accuracy(const oc_model *model)
{
    return model->accuracy;
}
