/* Makes a model from parts that the calling program made. */
#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/string.h"
#include "src/base/utf8.h"
#include "src/image/picture.h"
#include "src/learn/nearest.h"
#include "src/model/training_data.h"
#include "src/pipeline/store.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Checks that stages, classifier, names and image options fit together. */
static oc_status check_parts(const oc_features *features, const oc_classifier *c, const char *const *names,
                             const oc_image_options *image, oc_error *err)
{
    oc_extent size = oc_features_size(features), other = image->size;
    bool own_size = (other.width == 0 && other.height == 0) ||
                    (other.width == size.width && other.height == size.height);
    if (oc_features_dimension(features) != c->dimension) {
        return oc_fail(err, OC_USAGE, "the classifier takes rows of %zu values, but the features compute %zu%s",
                       c->dimension, oc_features_dimension(features),
                       oc_features_dimension(features) ? "" : ": call oc_features_plan first");
    }
    if (oc_features_unfitted(features)) {
        return oc_fail(err, OC_USAGE, "%s is not fitted yet: call oc_features_fit first", oc_features_spec(features));
    }
    if (!own_size) {
        return oc_fail(err, OC_USAGE, "images of %zux%zu pixels, but the features are planned for %zux%zu", other.width,
                       other.height, size.width, size.height);
    }
    for (size_t i = 0; i < c->classes; i++) {
        if (!names[i] || !*names[i]) {
            return oc_fail(err, OC_USAGE, "class %zu of %zu has no name", i, c->classes);
        }
        if (!oc_utf8_valid(names[i])) {
            return oc_fail(err, OC_USAGE, "class %zu of %zu has a name that is not UTF-8, which model files need: %s",
                           i, c->classes, names[i]);
        }
    }
    return oc_image_options_check(image, err);
}

static oc_status check_different(const char *const *names, size_t count, oc_error *err)
{
    const char **sorted = oc_alloc(count, sizeof *sorted);
    if (!sorted) {
        return oc_fail_memory(err, "the class names");
    }
    memcpy(sorted, names, count * sizeof *sorted);
    qsort(sorted, count, sizeof *sorted, oc_compare_strings);
    oc_status status = OC_OK;
    for (size_t i = 1; i < count && status == OC_OK; i++) {
        if (strcmp(sorted[i], sorted[i - 1]) == 0) {
            status = oc_fail(err, OC_USAGE, "two classes have the name '%s'", sorted[i]);
        }
    }
    oc_free(sorted);
    return status;
}

static oc_status copy_values(const float *values, size_t count, float **copy, oc_error *err)
{
    *copy = oc_alloc(count, sizeof **copy);
    if (!*copy) {
        return oc_fail_memory(err, "the classifier");
    }
    memcpy(*copy, values, count * sizeof **copy);
    return OC_OK;
}

static oc_status copy_nearest(const oc_nearest *n, size_t classes, oc_nearest **copy, oc_error *err)
{
    float *labels = oc_alloc(n->count, sizeof *labels);
    if (!labels) {
        return oc_fail_memory(err, "the labels");
    }
    for (size_t i = 0; i < n->count; i++) {
        labels[i] = (float)n->labels[i]; /* exact: there are at most OC_MAX_CLASSES */
    }
    oc_status status = oc_nearest_restore(&n->learner, oc_packed(n->rows, n->count, n->dimension), labels, classes,
                                          copy, err);
    oc_free(labels);
    return status;
}

static oc_status copy_classifier(const oc_classifier *c, oc_classifier **out, oc_error *err)
{
    oc_classifier *copy = oc_alloc(1, sizeof *copy);
    if (!copy) {
        return oc_fail_memory(err, "the classifier");
    }
    *copy = *c;
    copy->weights = copy->shift = copy->scale = NULL;
    copy->nearest = NULL;
    oc_status status = copy_values(c->shift, c->dimension, &copy->shift, err);
    if (status == OC_OK) {
        status = copy_values(c->scale, c->dimension, &copy->scale, err);
    }
    if (status == OC_OK) {
        status = c->nearest ? copy_nearest(c->nearest, c->classes, &copy->nearest, err)
                            : copy_values(c->weights, c->classes * (c->dimension + 1), &copy->weights, err);
    }
    if (status != OC_OK) {
        oc_classifier_free(copy);
        return status;
    }
    *out = copy;
    return OC_OK;
}

static oc_status copy_names(const char *const *names, size_t count, char ***out, oc_error *err)
{
    *out = oc_alloc(count, sizeof **out);
    bool done = *out;
    for (size_t i = 0; done && i < count; i++) {
        (*out)[i] = oc_strdup(names[i]);
        done = (*out)[i] != NULL;
    }
    return done ? OC_OK : oc_fail_memory(err, "the class names");
}

oc_status oc_model_create(const oc_features *features, const oc_classifier *classifier, const char *const *names,
                          const oc_image_options *image, oc_model **out, oc_error *err)
{
    oc_model *model = NULL;
    oc_status status = check_parts(features, classifier, names, image, err);
    if (status == OC_OK) {
        status = check_different(names, classifier->classes, err);
    }
    if (status == OC_OK) {
        model = oc_alloc(1, sizeof *model);
        status = model ? copy_classifier(classifier, &model->classifier, err) : oc_fail_memory(err, "the model");
    }
    if (status == OC_OK) {
        status = copy_names(names, classifier->classes, &model->classes, err);
    }
    if (status == OC_OK) {
        status = oc_copy_features(features, &model->features, err);
    }
    if (status != OC_OK) {
        oc_model_free(model);
        return status;
    }
    model->image = *image;
    model->image.size = oc_features_size(features);
    model->image.planes = oc_features_planes(features);
    model->options = oc_train_defaults();
    model->options.loss = classifier->loss;
    if (classifier->unit) {
        model->options.scale = OC_SCALE_UNIT; /* what makes a model that is loaded divide rows by their length */
    }
    if (classifier->nearest) {
        model->options.classifier = classifier->nearest->learner;
    }
    model->given = model->options;
    model->accuracy = NAN;
    *out = model;
    return OC_OK;
}

oc_status oc_model_note_training(oc_model *model, const oc_train_options *given, const oc_train_report *report,
                                 const int *labels, size_t count, oc_error *err)
{
    for (size_t i = 0; i < count; i++) {
        if (labels[i] < 0 || (size_t)labels[i] >= model->classifier->classes) {
            return oc_fail(err, OC_BAD_DATA, "label %zu is %d; the model has classes 0 to %zu", i, labels[i],
                           model->classifier->classes - 1);
        }
    }
    size_t *earlier = model->counts;
    oc_status status = oc_training_data_note(model, labels, count, report->accuracy, err);
    if (status != OC_OK) {
        model->counts = earlier;
        return status;
    }
    oc_free(earlier);
    model->options = report->used;
    model->given = *given;
    model->validation = report->validation;
    return OC_OK;
}
