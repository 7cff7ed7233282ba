/* Stores features in archives, loads, copies and compares them. */
#include "src/pipeline/store.h"

#include "src/base/fail.h"
#include "src/image/picture.h"
#include "src/pipeline/pipeline.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME = 64, VALUE = 200 };

static size_t tensors_of(const oc_stage *stage, oc_tensor tensors[OC_STAGE_MAX_TENSORS])
{
    return stage->type->save_state && stage->state ? stage->type->save_state(stage, tensors) : 0;
}

oc_status oc_store_format(oc_archive *archive, const char *format, oc_error *err)
{
    oc_status status = oc_archive_set(archive, "format", format, err);
    return status == OC_OK ? oc_archive_set(archive, "version", OC_FORMAT_VERSION, err) : status;
}

oc_status oc_check_format(const oc_archive *archive, const char *format, const char *what, oc_error *err)
{
    const char *found = oc_archive_get(archive, "format"), *version = oc_archive_get(archive, "version");
    if (!found || strcmp(found, format) != 0) {
        return oc_fail(err, OC_BAD_FILE, "not %s of ocellus (format '%s')", what, found ? found : "none");
    }
    if (!version || strcmp(version, OC_FORMAT_VERSION) != 0) {
        return oc_fail(err, OC_BAD_FILE, "format version %s; this program reads version " OC_FORMAT_VERSION,
                       version ? version : "none");
    }
    return OC_OK;
}

oc_status oc_store_features(oc_archive *archive, const oc_features *features, const oc_image_options *image,
                            oc_error *err)
{
    char text[VALUE], name[NAME];
    oc_status status = oc_archive_set(archive, "spec", oc_features_spec(features), err);
    if (status == OC_OK && oc_features_count(features) == 0) {
        snprintf(text, sizeof text, "%zu", oc_features_dimension(features));
        return oc_archive_set(archive, "dimension", text, err);
    }
    for (size_t i = 0; status == OC_OK && i < oc_image_param_count; i++) {
        if (!oc_image_param_recorded(&oc_image_params[i], image)) {
            continue;
        }
        oc_param_format(&oc_image_params[i], image, text, sizeof text);
        status = oc_archive_set(archive, oc_image_params[i].name, text, err);
    }
    for (size_t i = 0; status == OC_OK && i < oc_features_count(features); i++) {
        oc_tensor tensors[OC_STAGE_MAX_TENSORS];
        size_t count = tensors_of(oc_features_stage(features, i), tensors);
        for (size_t t = 0; status == OC_OK && t < count; t++) {
            snprintf(name, sizeof name, "stage.%zu.%s", i, tensors[t].name);
            status = oc_archive_add(archive, name, tensors[t], err);
        }
    }
    return status;
}

/* Finds the tensors of stage i; their names lose the prefix. */
static size_t find_tensors(const oc_archive *archive, size_t i, oc_tensor tensors[OC_STAGE_MAX_TENSORS])
{
    char prefix[NAME];
    size_t length = (size_t)snprintf(prefix, sizeof prefix, "stage.%zu.", i), found = 0;
    for (size_t t = 0; t < oc_archive_count(archive) && found < OC_STAGE_MAX_TENSORS; t++) {
        oc_tensor tensor = oc_archive_tensor(archive, t);
        if (strncmp(tensor.name, prefix, length) == 0) {
            tensor.name += length;
            tensors[found++] = tensor;
        }
    }
    return found;
}

/* Loads the features of rows made by another program, which consist of a dimension. */
static oc_status load_given(const oc_archive *archive, oc_features **out, oc_image_options *image, oc_error *err)
{
    const char *text = oc_archive_get(archive, "dimension");
    char *end = NULL;
    unsigned long long dimension = text && *text >= '1' && *text <= '9' ? strtoull(text, &end, 10) : 0;
    if (dimension == 0 || *end || dimension > SIZE_MAX / (4 * sizeof(float))) {
        return oc_fail(err, OC_BAD_FILE, "no feature spec, and the number of values in a row is missing or damaged");
    }
    oc_status status = oc_features_given((size_t)dimension, out, err);
    if (status == OC_OK) {
        *image = (oc_image_options){0};
    }
    return status;
}

oc_status oc_load_features(const oc_archive *archive, oc_features **out, oc_image_options *image, oc_error *err)
{
    const char *spec = oc_archive_get(archive, "spec");
    if (!spec) {
        return oc_fail(err, OC_BAD_FILE, "the feature spec is missing: not a file that this program wrote");
    }
    if (!*spec) {
        return load_given(archive, out, image, err);
    }
    oc_image_options options = {0};
    oc_params_default(oc_image_params, oc_image_param_count, &options);
    for (size_t i = 0; i < oc_image_param_count; i++) {
        const char *value = oc_archive_get(archive, oc_image_params[i].name);
        if (!value && !oc_image_param_recorded(&oc_image_params[i], &options)) {
            continue;
        }
        if (!value || oc_param_set(&oc_image_params[i], value, &options, err) != OC_OK) {
            return oc_fail(err, OC_BAD_FILE, "the image option '%s' is missing or damaged", oc_image_params[i].name);
        }
    }
    if (oc_image_options_check(&options, err) != OC_OK) {
        return oc_fail_at(err, OC_BAD_FILE, "damaged image options");
    }
    oc_features *features = NULL;
    oc_status status = oc_features_parse(spec, &features, err);
    if (status == OC_OK) {
        status = oc_features_plan(features, options.size.width, options.size.height, err);
    }
    for (size_t i = 0; status == OC_OK && i < oc_features_count(features); i++) {
        oc_stage *stage = oc_features_own_stage(features, i);
        oc_tensor tensors[OC_STAGE_MAX_TENSORS];
        if (stage->type->load_state) {
            status = stage->type->load_state(stage, tensors, find_tensors(archive, i, tensors), err);
            status = status == OC_OK ? OC_OK : oc_fail_at(err, status, stage->type->name);
        }
    }
    if (status != OC_OK) {
        oc_features_free(features);
        return status == OC_NO_MEMORY ? status : oc_fail_at(err, OC_BAD_FILE, "damaged features");
    }
    options.planes = oc_features_planes(features);
    *image = options;
    *out = features;
    return OC_OK;
}

oc_status oc_load_learned(const oc_archive *archive, oc_features *features, oc_error *err)
{
    oc_status status = OC_OK;
    for (size_t i = 0; status == OC_OK && i < oc_features_count(features); i++) {
        oc_stage *stage = oc_features_own_stage(features, i);
        oc_tensor tensors[OC_STAGE_MAX_TENSORS];
        size_t count = find_tensors(archive, i, tensors);
        if (count && stage->type->load_state && !stage->state) {
            status = stage->type->load_state(stage, tensors, count, err);
            status = status == OC_OK ? OC_OK : oc_fail_at(err, status, stage->type->name);
        }
    }
    return status;
}

/* Copies the learned state of `from` to a stage of the same spec and size that is not fitted. */
static oc_status copy_state(oc_stage *stage, const oc_stage *from, oc_error *err)
{
    oc_tensor tensors[OC_STAGE_MAX_TENSORS];
    size_t count = tensors_of(from, tensors);
    return count && !stage->state ? stage->type->load_state(stage, tensors, count, err) : OC_OK;
}

oc_status oc_copy_features(const oc_features *features, oc_features **out, oc_error *err)
{
    oc_features *copy = NULL;
    oc_extent size = oc_features_size(features);
    if (oc_features_count(features) == 0) {
        return oc_features_given(oc_features_dimension(features), out, err);
    }
    oc_status status = oc_features_parse(oc_features_spec(features), &copy, err);
    if (status == OC_OK && oc_features_dimension(features)) {
        status = oc_features_plan(copy, size.width, size.height, err);
    }
    for (size_t i = 0; status == OC_OK && i < oc_features_count(features); i++) {
        status = copy_state(oc_features_own_stage(copy, i), oc_features_stage(features, i), err);
    }
    if (status != OC_OK) {
        oc_features_free(copy);
        return status;
    }
    *out = copy;
    return OC_OK;
}

/* a and b are structs of parameters that the table describes; `name` is that of their stage. */
static oc_status compare_params(const char *name, const oc_param *table, size_t count, const void *a, const void *b,
                                oc_error *err)
{
    for (size_t i = 0; i < count; i++) {
        char first[VALUE], second[VALUE];
        oc_param_format(&table[i], a, first, sizeof first);
        oc_param_format(&table[i], b, second, sizeof second);
        if (strcmp(first, second) != 0) {
            return oc_fail(err, OC_USAGE, "stage %s has %s=%s in one and %s in the other", name, table[i].name, first,
                           second);
        }
    }
    return OC_OK;
}

static oc_status compare_kinds(const oc_stage *a, const oc_stage *b, oc_error *err)
{
    const char *name = a->type->name;
    if (a->type != b->type) {
        return oc_fail(err, OC_USAGE, "the stages differ: %s and %s", name, b->type->name);
    }
    oc_status status = compare_params(name, a->type->params, a->type->param_count, a->params, b->params, err);
    return status == OC_OK ? compare_params(name, oc_stage_params, oc_stage_param_count, a, b, err) : status;
}

bool oc_same_stage(const oc_features *a, size_t i, const oc_features *b, size_t j)
{
    return compare_kinds(oc_features_stage(a, i), oc_features_stage(b, j), NULL) == OC_OK;
}

oc_status oc_adopt_features(oc_features *features, const oc_features *from, oc_error *err)
{
    oc_extent a = oc_features_size(features), b = oc_features_size(from);
    oc_status status = OC_OK;
    for (size_t i = 0; status == OC_OK && i < oc_features_count(features); i++) {
        for (size_t j = 0; status == OC_OK && j < oc_features_count(from); j++) {
            if (oc_same_stage(features, i, from, j) && a.width == b.width && a.height == b.height) {
                status = copy_state(oc_features_own_stage(features, i), oc_features_stage(from, j), err);
            }
        }
    }
    return status;
}

static oc_status compare_stages(const oc_stage *a, const oc_stage *b, oc_error *err)
{
    oc_status status = compare_kinds(a, b, err);
    if (status != OC_OK) {
        return status;
    }
    oc_tensor first[OC_STAGE_MAX_TENSORS], second[OC_STAGE_MAX_TENSORS];
    size_t count = tensors_of(a, first);
    bool same = tensors_of(b, second) == count;
    for (size_t t = 0; same && t < count; t++) {
        same = first[t].rows == second[t].rows && first[t].columns == second[t].columns &&
               memcmp(first[t].values, second[t].values, first[t].rows * first[t].columns * sizeof(float)) == 0;
    }
    return same
               ? OC_OK
               : oc_fail(err, OC_USAGE,
                         "the learned states of stage %s differ (codebooks of different images, or of different seeds)",
                         a->type->name);
}

oc_status oc_compare_features(const oc_features *a, const oc_features *b, oc_error *err)
{
    oc_extent first = oc_features_size(a), second = oc_features_size(b);
    if (oc_features_count(a) == 0 || oc_features_count(b) == 0) {
        bool same = oc_features_count(a) == oc_features_count(b) &&
                    oc_features_dimension(a) == oc_features_dimension(b);
        return same ? OC_OK
                    : oc_fail(err, OC_USAGE, "rows of %zu values%s and rows of %zu values%s cannot be combined",
                              oc_features_dimension(a), oc_features_count(a) ? "" : " of another program",
                              oc_features_dimension(b), oc_features_count(b) ? "" : " of another program");
    }
    if (oc_features_count(a) != oc_features_count(b)) {
        return oc_fail(err, OC_USAGE, "the specs differ: %s and %s", oc_features_spec(a), oc_features_spec(b));
    }
    if (first.width != second.width || first.height != second.height) {
        return oc_fail(err, OC_USAGE, "images were brought to %zux%zu in one and %zux%zu in the other", first.width,
                       first.height, second.width, second.height);
    }
    oc_status status = OC_OK;
    for (size_t i = 0; status == OC_OK && i < oc_features_count(a); i++) {
        status = compare_stages(oc_features_stage(a, i), oc_features_stage(b, i), err);
    }
    return status;
}

size_t oc_learned_values(const oc_features *features)
{
    size_t values = 0;
    for (size_t i = 0; i < oc_features_count(features); i++) {
        oc_tensor tensors[OC_STAGE_MAX_TENSORS];
        size_t count = tensors_of(oc_features_stage(features, i), tensors);
        for (size_t t = 0; t < count; t++) {
            values += tensors[t].rows * tensors[t].columns;
        }
    }
    return values;
}
