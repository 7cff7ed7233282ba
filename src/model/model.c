/* The model object: training on a set, and access to its parts. model_file.c has its file. */
#include "src/model/model.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/learn/nearest.h"
#include "src/model/training_data.h"
#include "src/pipeline/pipeline.h"
#include "src/pipeline/store.h"
#include "src/set/set.h"

void oc_model_free(oc_model *model)
{
    if (!model) {
        return;
    }
    for (size_t c = 0; model->classes && c < model->classifier->classes; c++) {
        oc_free(model->classes[c]);
    }
    oc_free(model->classes);
    oc_free(model->counts);
    oc_classifier_free(model->classifier);
    oc_features_free(model->features);
    oc_free(model);
}

/* Copies the names of the classes; model->classifier must be set. */
static oc_status name_classes(oc_model *model, const oc_model_parts *parts, oc_error *err)
{
    model->classes = oc_alloc(parts->classes.count, sizeof *model->classes);
    bool done = model->classes != NULL;
    for (size_t c = 0; done && c < parts->classes.count; c++) {
        model->classes[c] = oc_strdup(parts->classes.names[c]);
        done = model->classes[c] != NULL;
    }
    return done ? OC_OK : oc_fail_memory(err, "the class names");
}

oc_status oc_model_build(const oc_model_parts *parts, const oc_train_options *options, oc_job *job, oc_model **out,
                         oc_train_report *report, oc_error *err)
{
    oc_train_report done;
    oc_rows rows = *parts->rows;
    uint32_t *order = NULL;
    oc_model *model = oc_alloc(1, sizeof *model);
    oc_status status = model ? OC_OK : oc_fail_memory(err, "the model");
    if (status == OC_OK && options->augment == OC_AUGMENT_MIRROR) {
        status = oc_set_mirror_order(parts->features, &rows, &order, err);
    }
    if (status == OC_OK) {
        status = oc_train(&(oc_examples){&rows, parts->labels, parts->classes.count}, options, job, &model->classifier,
                          &done, err);
    }
    oc_free(order);
    if (status == OC_OK) {
        status = name_classes(model, parts, err);
    }
    if (status == OC_OK) {
        status = oc_copy_features(parts->features, &model->features, err);
    }
    if (status == OC_OK) {
        status = oc_training_data_note(model, parts->labels, parts->rows->count, done.accuracy, err);
    }
    if (status != OC_OK) {
        oc_model_free(model);
        return status;
    }
    model->image = parts->image;
    model->options = done.used;
    model->given = *options;
    model->validation = done.validation;
    if (report) {
        *report = done;
    }
    *out = model;
    return OC_OK;
}

/* The rows of a set, with one block of columns for each stage. */
static oc_rows rows_by_stage(const oc_set *set)
{
    const oc_features *features = oc_set_features(set);
    const oc_rows *all = oc_set_rows(set);
    size_t stages = oc_features_count(features), first = 0;
    oc_rows rows = *all;
    if (all->blocks != 1 || stages < 2 || stages > OC_MAX_BLOCKS) {
        return rows;
    }
    rows.blocks = stages;
    for (size_t s = 0; s < stages; s++) {
        rows.block[s] = all->block[0];
        rows.block[s].values += all->block[0].chunk_count ? 0 : first;
        rows.block[s].column = first;
        rows.block[s].columns = oc_features_part_dimension(features, s);
        first += rows.block[s].columns;
    }
    return rows;
}

oc_status oc_model_train(const oc_set *set, const oc_train_options *options, oc_job *job, oc_model **model,
                         oc_train_report *report, oc_error *err)
{
    oc_status status = oc_model_check(set->index, options, err);
    oc_rows rows = rows_by_stage(set);
    oc_model_parts parts = {.rows = &rows,
                            .labels = oc_set_labels(set),
                            .classes = oc_set_class_list(set),
                            .features = oc_set_features(set),
                            .image = oc_set_image_options(set)};
    return status == OC_OK ? oc_model_build(&parts, options, job, model, report, err) : status;
}

const oc_features *oc_model_features(const oc_model *model)
{
    return model->features;
}

const oc_classifier *oc_model_classifier(const oc_model *model)
{
    return model->classifier;
}

oc_image_options oc_model_image_options(const oc_model *model)
{
    return model->image;
}

oc_train_options oc_model_train_options(const oc_model *model)
{
    return model->options;
}

oc_train_options oc_model_given_options(const oc_model *model)
{
    return model->given;
}

oc_validation oc_model_validation(const oc_model *model)
{
    return model->validation;
}

size_t oc_model_parameters(const oc_model *model)
{
    const oc_classifier *c = model->classifier;
    return c->nearest ? c->nearest->count * c->dimension : c->classes * (c->dimension + 1);
}

size_t oc_model_stage_parameters(const oc_model *model)
{
    return oc_learned_values(model->features);
}

oc_status oc_model_matches(const oc_model *model, const oc_set *set, oc_error *err)
{
    oc_status status = oc_compare_features(model->features, oc_set_features(set), err);
    if (status == OC_OK && oc_set_image_options(set).fit != model->image.fit) {
        status = oc_fail(err, OC_USAGE, "images were brought to their size by one `fit` here and by another there");
    }
    if (status == OC_OK && oc_set_image_options(set).depth != model->image.depth) {
        status = oc_fail(err, OC_USAGE, "16-bit PNG files were read with `depth` %d here and %d there",
                         (int)model->image.depth, (int)oc_set_image_options(set).depth);
    }
    return status;
}
