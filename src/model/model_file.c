/* Stores and loads the model file, which holds:
 *
 *     options ("train.NAME" as they were used, "given.NAME" as they were given), seed, validation, classes, counts
 *     weights (C,D+1), or neighbours (N,D) and neighbour_labels (1,N); shift (1,D), scale (1,D); the fitted stages */
#include "src/base/csv.h"
#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/locale.h"
#include "src/base/memory.h"
#include "src/learn/nearest.h"
#include "src/model/history.h"
#include "src/model/model.h"
#include "src/model/training_data.h"
#include "src/pipeline/store.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OPTION = 100 };
static const char USED[] = "train.", GIVEN[] = "given."; /* prefixes of options in the file */

/* Stores training options as strings with the keys "<prefix><name>". */
static oc_status store_options(oc_archive *archive, const char *prefix, const oc_train_options *options, oc_error *err)
{
    char name[OPTION], value[OPTION];
    oc_status status = OC_OK;
    for (size_t i = 0; status == OC_OK && i < oc_train_param_count; i++) {
        snprintf(name, sizeof name, "%s%s", prefix, oc_train_params[i].name);
        oc_param_format(&oc_train_params[i], options, value, sizeof value);
        status = oc_archive_set(archive, name, value, err);
    }
    return status;
}

/* Stores the options as used and as given, seed, validation, and the class names, one a line. */
static oc_status store_training(oc_archive *archive, const oc_model *model, oc_error *err)
{
    char value[OPTION];
    oc_status status = store_options(archive, USED, &model->options, err);
    if (status == OC_OK) {
        status = store_options(archive, GIVEN, &model->given, err);
    }
    if (status == OC_OK && isfinite(model->classifier->calibration)) {
        oc_snprintf(value, sizeof value, "%.17g", model->classifier->calibration);
        status = oc_archive_set(archive, "calibration", value, err);
    }
    if (status == OC_OK) {
        snprintf(value, sizeof value, "%" PRIu64, model->options.seed);
        status = oc_archive_set(archive, "seed", value, err);
    }
    if (status == OC_OK) {
        status = oc_store_validation(archive, &model->validation, err);
    }
    oc_string classes = {0};
    for (size_t c = 0; c < model->classifier->classes; c++) {
        oc_csv_add(&classes, model->classes[c]);
        oc_string_add(&classes, "\n");
    }
    if (status == OC_OK) {
        status = classes.failed ? oc_fail_memory(err, "the class names")
                                : oc_archive_set(archive, "classes", classes.data, err);
    }
    oc_string_free(&classes);
    return status;
}

/* Stores weights, or the neighbours with their labels. The caller frees *labels after the archive is written. */
static oc_status store_classifier(oc_archive *archive, const oc_classifier *c, float **labels, oc_error *err)
{
    const oc_nearest *n = c->nearest;
    if (!n) {
        return oc_archive_add(archive, "weights",
                              (oc_tensor){.rows = c->classes, .columns = c->dimension + 1, .values = c->weights}, err);
    }
    *labels = oc_alloc(n->count, sizeof **labels);
    if (!*labels) {
        return oc_fail_memory(err, "the labels");
    }
    for (size_t i = 0; i < n->count; i++) {
        (*labels)[i] = (float)n->labels[i]; /* exact: there are at most OC_MAX_CLASSES */
    }
    oc_status status = oc_archive_add(archive, "neighbours",
                                      (oc_tensor){.rows = n->count, .columns = n->dimension, .values = n->rows}, err);
    return status == OC_OK ? oc_archive_add(archive, "neighbour_labels",
                                            (oc_tensor){.rows = 1, .columns = n->count, .values = *labels}, err)
                           : status;
}

/* Loads options with the keys "<prefix><name>". An option that the archive lacks is not changed: a model of another
 * version may lack it. Numbers that training computed may be outside of the range for the user; they must be finite and
 * at least 0. The same holds for the given options of a model that was loaded without them and saved again. */
static oc_status load_options(const oc_archive *archive, const char *prefix, oc_train_options *options, oc_error *err)
{
    char name[OPTION];
    for (size_t i = 0; i < oc_train_param_count; i++) {
        oc_param param = oc_train_params[i];
        snprintf(name, sizeof name, "%s%s", prefix, param.name);
        const char *value = oc_archive_get(archive, name);
        if (param.type == OC_REAL || param.type == OC_INTEGER) {
            param.low = param.type == OC_REAL ? 0 : param.low;
            param.high = INFINITY;
        }
        if (value && oc_param_set(&param, value, options, err) != OC_OK) {
            return oc_fail_at(err, OC_BAD_FILE, "training options");
        }
    }
    return OC_OK;
}

/* A model of an earlier version holds only the options as used. */
static oc_status load_training(const oc_archive *archive, oc_model *model, oc_error *err)
{
    const char *seed = oc_archive_get(archive, "seed");
    model->options = oc_train_defaults();
    model->options.seed = seed ? strtoull(seed, NULL, 10) : 0;
    oc_status status = load_options(archive, USED, &model->options, err);
    model->given = model->options;
    if (status == OC_OK) {
        status = load_options(archive, GIVEN, &model->given, err);
    }
    return status == OC_OK ? oc_load_validation(archive, &model->validation, err) : status;
}

/* Checks that no two classes have the same name. */
static oc_status check_names(char *const *classes, size_t count, oc_error *err)
{
    const char **sorted = oc_alloc(count, sizeof *sorted);
    if (!sorted) {
        return oc_fail_memory(err, "the class names");
    }
    for (size_t c = 0; c < count; c++) {
        sorted[c] = classes[c];
    }
    qsort(sorted, count, sizeof *sorted, oc_compare_strings);
    oc_status status = OC_OK;
    for (size_t c = 1; c < count && status == OC_OK; c++) {
        if (strcmp(sorted[c], sorted[c - 1]) == 0) {
            status = oc_fail(err, OC_BAD_FILE, "two classes have the name '%s'", sorted[c]);
        }
    }
    oc_free(sorted);
    return status;
}

static oc_status load_classes(const oc_archive *archive, oc_model *model, oc_error *err)
{
    size_t classes = model->classifier->classes, count = 0, fields;
    const char *stored = oc_archive_get(archive, "classes");
    char *text = oc_strdup(stored ? stored : ""), *field;
    model->classes = oc_alloc(classes, sizeof *model->classes);
    if (!text || !model->classes) {
        oc_free(text);
        return oc_fail_memory(err, "the class names");
    }
    oc_csv csv = oc_csv_start(text);
    oc_status status;
    while ((status = oc_csv_record(&csv, &field, 1, &fields, err)) == OC_OK && fields > 0) {
        if (fields != 1) {
            status = oc_fail(err, OC_BAD_FILE, "the class names are not one a line");
            break;
        }
        if (count < classes) {
            model->classes[count] = oc_strdup(field);
            if (!model->classes[count]) {
                status = oc_fail_memory(err, "the class names");
                break;
            }
        }
        count++;
    }
    if (status == OC_OK && count != classes) {
        status = oc_fail(err, OC_BAD_FILE, "%zu class names for %zu classes", count, classes);
    }
    oc_free(text);
    return status == OC_OK ? check_names(model->classes, classes, err) : status;
}

/* Copies the values of one array of the archive. */
static oc_status load_array(const oc_archive *archive, const char *name, size_t rows, size_t columns, float **values,
                            oc_error *err)
{
    oc_tensor tensor = oc_archive_find(archive, name);
    if (!tensor.values || tensor.rows != rows || tensor.columns != columns) {
        return oc_fail(err, OC_BAD_FILE, "array %s: %zux%zu values instead of %zux%zu", name, tensor.rows,
                       tensor.columns, rows, columns);
    }
    *values = oc_alloc(rows * columns, sizeof **values);
    if (!*values) {
        return oc_fail_memory(err, name);
    }
    memcpy(*values, tensor.values, rows * columns * sizeof **values);
    return OC_OK;
}

/* Counts the classes: rows of weights, or for neighbours names, one in each CSV record. Damaged CSV is reported when
 * the names are loaded. OC_NO_MEMORY. */
static oc_status count_classes(const oc_archive *archive, bool linear, size_t *count, oc_error *err)
{
    *count = linear ? oc_archive_find(archive, "weights").rows : 0;
    if (linear) {
        return OC_OK;
    }
    const char *names = oc_archive_get(archive, "classes");
    char *text = oc_strdup(names ? names : ""), *field;
    size_t fields;
    if (!text) {
        return oc_fail_memory(err, "the names of the classes");
    }
    oc_csv csv = oc_csv_start(text);
    while (oc_csv_record(&csv, &field, 1, &fields, NULL) == OC_OK && fields > 0) {
        ++*count;
    }
    oc_free(text);
    return OC_OK;
}

static oc_status load_neighbours(const oc_archive *archive, const oc_learner *learner, oc_classifier *classifier,
                                 oc_error *err)
{
    oc_tensor rows = oc_archive_find(archive, "neighbours"), labels = oc_archive_find(archive, "neighbour_labels");
    if (!rows.values || !labels.values || rows.columns != classifier->dimension || labels.rows != 1 ||
        labels.columns != rows.rows) {
        return oc_fail(err, OC_BAD_FILE,
                       "arrays neighbours %zux%zu, neighbour_labels %zux%zu; Nx%zu and 1xN are needed", rows.rows,
                       rows.columns, labels.rows, labels.columns, classifier->dimension);
    }
    oc_status status = oc_nearest_restore(learner, oc_packed(rows.values, rows.rows, rows.columns), labels.values,
                                          classifier->classes, &classifier->nearest, err);
    return status == OC_USAGE ? oc_fail_at(err, OC_BAD_FILE, "damaged neighbours") : status;
}

/* Without a calibration a model has scores but no probabilities. */
static oc_status load_calibration(const oc_archive *archive, double *calibration, oc_error *err)
{
    const char *text = oc_archive_get(archive, "calibration");
    char *end = NULL;
    *calibration = text ? oc_strtod(text, &end) : NAN;
    if (text && (end == text || *end || !(*calibration > 0) || !isfinite(*calibration))) {
        return oc_fail(err, OC_BAD_FILE, "calibration '%.40s': a positive number is needed", text);
    }
    return OC_OK;
}

static oc_status load_model(const oc_archive *archive, oc_model *model, oc_error *err)
{
    oc_status status = oc_check_format(archive, "ocellus-model", "a model", err);
    if (status == OC_OK) {
        status = load_training(archive, model, err);
    }
    if (status == OC_OK) {
        status = oc_load_features(archive, &model->features, &model->image, err);
    }
    bool linear = model->options.classifier.kind == OC_LINEAR;
    size_t classes = 0;
    if (status == OC_OK) {
        status = count_classes(archive, linear, &classes, err);
    }
    if (status != OC_OK) {
        return status;
    }
    size_t d = oc_features_dimension(model->features);
    model->classifier = oc_alloc(1, sizeof *model->classifier);
    if (!model->classifier) {
        return oc_fail_memory(err, "the classifier");
    }
    *model->classifier = (oc_classifier){
        .classes = classes, .dimension = d, .loss = model->options.loss, .unit = model->options.scale == OC_SCALE_UNIT};
    status = load_calibration(archive, &model->classifier->calibration, err);
    if (status != OC_OK) {
        return status;
    }
    if (classes < 2) {
        return oc_fail(err, OC_BAD_FILE, "%s of %zu classes; two or more are needed",
                       linear ? "array weights" : "neighbours", classes);
    }
    status = linear ? load_array(archive, "weights", classes, d + 1, &model->classifier->weights, err)
                    : load_neighbours(archive, &model->options.classifier, model->classifier, err);
    if (status == OC_OK) {
        status = load_array(archive, "shift", 1, d, &model->classifier->shift, err);
    }
    if (status == OC_OK) {
        status = load_array(archive, "scale", 1, d, &model->classifier->scale, err);
    }
    if (status == OC_OK) {
        status = load_classes(archive, model, err);
    }
    return status == OC_OK ? oc_training_data_load(archive, model, err) : status;
}

static oc_status create_model(const oc_archive *archive, oc_model **out, oc_error *err)
{
    oc_model *model = oc_alloc(1, sizeof *model);
    oc_status status = model ? load_model(archive, model, err) : oc_fail_memory(err, "the model");
    if (status != OC_OK) {
        oc_model_free(model);
        return status;
    }
    *out = model;
    return OC_OK;
}

oc_status oc_model_load(const char *path, oc_model **model, oc_error *err)
{
    oc_archive *archive = NULL;
    oc_status status = oc_archive_read(path, &archive, err);
    if (status != OC_OK) {
        return status;
    }
    status = create_model(archive, model, err);
    oc_archive_free(archive);
    return status == OC_OK ? OC_OK : oc_fail_at(err, status, path);
}

oc_status oc_model_load_memory(const void *bytes, size_t size, oc_model **model, oc_error *err)
{
    oc_archive *archive = NULL;
    oc_status status = oc_archive_read_memory(bytes, size, &archive, err);
    if (status == OC_OK) {
        status = create_model(archive, model, err);
    }
    oc_archive_free(archive);
    return status;
}

/* Checks that the saved model can be loaded. */
static oc_status check_model(const oc_archive *archive, oc_error *err)
{
    oc_model *model = NULL;
    oc_status status = create_model(archive, &model, err);
    oc_model_free(model);
    return status;
}

/* Stores the whole model. The caller frees *labels after the archive. */
static oc_status store_model(oc_archive *archive, const oc_model *model, float **labels, oc_error *err)
{
    const oc_classifier *c = model->classifier;
    oc_tensor shift = {.rows = 1, .columns = c->dimension, .values = c->shift}, scale = shift;
    scale.values = c->scale;
    oc_status status = oc_store_format(archive, "ocellus-model", err);
    if (status == OC_OK) {
        status = store_training(archive, model, err);
    }
    if (status == OC_OK) {
        status = oc_training_data_store(archive, model, err);
    }
    if (status == OC_OK) {
        status = store_classifier(archive, c, labels, err);
    }
    if (status == OC_OK) {
        status = oc_archive_add(archive, "shift", shift, err);
    }
    if (status == OC_OK) {
        status = oc_archive_add(archive, "scale", scale, err);
    }
    return status == OC_OK ? oc_store_features(archive, model->features, &model->image, err) : status;
}

oc_status oc_model_save(const oc_model *model, const char *path, oc_error *err)
{
    oc_archive *archive = NULL;
    float *labels = NULL;
    oc_status status = oc_archive_create(&archive, err);
    if (status == OC_OK) {
        status = store_model(archive, model, &labels, err);
    }
    if (status == OC_OK) {
        status = oc_archive_write(archive, path, check_model, err);
    }
    oc_archive_free(archive);
    oc_free(labels);
    return status;
}

oc_status oc_model_save_memory(const oc_model *model, void *bytes, size_t room, size_t *size, oc_error *err)
{
    oc_archive *archive = NULL;
    oc_room out = {.bytes = bytes, .room = room};
    float *labels = NULL;
    oc_status status = oc_archive_create(&archive, err);
    if (status == OC_OK) {
        status = store_model(archive, model, &labels, err);
    }
    if (status == OC_OK) {
        status = oc_archive_write_memory(archive, check_model, &out, err);
    }
    oc_archive_free(archive);
    oc_free(labels);
    if (status == OC_OK) {
        *size = out.size;
    }
    return status;
}

oc_status oc_model_digest(const oc_model *model, uint64_t *digest, oc_error *err)
{
    oc_archive *archive = NULL;
    float *labels = NULL;
    oc_status status = oc_archive_create(&archive, err);
    if (status == OC_OK) {
        status = store_model(archive, model, &labels, err);
    }
    if (status == OC_OK) {
        status = oc_archive_digest(archive, digest, err);
    }
    oc_archive_free(archive);
    oc_free(labels);
    return status;
}

bool oc_model_recognise(const char *path)
{
    unsigned char start[9];
    return oc_file_head(path, start, sizeof start) == sizeof start && start[8] == '{' && start[7] == 0;
}
