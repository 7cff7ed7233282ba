/* Makes a model from rows. */
#ifndef OC_MODEL_MODEL_H
#define OC_MODEL_MODEL_H

#include "src/model/object.h"

/* The parts of a model, by reference; oc_model_build copies them. */
typedef struct oc_model_parts {
    const oc_rows *rows;
    const int *labels;
    oc_class_list classes;
    const oc_features *features; /* fitted */
    oc_image_options image;
} oc_model_parts;

/* Trains a classifier on the rows and makes the model; see oc_model_train. */
oc_status oc_model_build(const oc_model_parts *parts, const oc_train_options *options, oc_job *job, oc_model **model,
                         oc_train_report *report, oc_error *err);

/* A digest (base/digest.h) of the file that oc_model_save would write. OC_NO_MEMORY. */
oc_status oc_model_digest(const oc_model *model, uint64_t *digest, oc_error *err);

#endif
