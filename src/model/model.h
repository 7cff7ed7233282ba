/* The inside of a model. */
#ifndef OC_MODEL_MODEL_H
#define OC_MODEL_MODEL_H

#include <ocellus/model.h>

struct oc_model {
    oc_features *features;
    oc_image_options image;
    oc_classifier *classifier;
    oc_train_options options; /* as they were used */
    oc_train_options given;   /* with auto where the user left the choice to training */
    oc_validation validation;
    char **classes;  /* (C) */
    size_t *counts;  /* (C): rows of each class that it was trained on; NULL: unknown */
    double accuracy; /* on those rows; NaN: unknown */
};

/* What a model is made of, all by reference: copied into the model. */
typedef struct oc_model_parts {
    const oc_rows *rows;
    const int *labels;
    size_t classes;
    const char *(*class_name)(const void *source, size_t label);
    const void *source;
    const oc_features *features; /* fitted */
    oc_image_options image;
} oc_model_parts;

/* Trains a classifier on the rows and puts the model together; see oc_model_train. */
oc_status oc_model_build(const oc_model_parts *parts, const oc_train_options *options, oc_job *job, oc_model **model,
                         oc_train_report *report, oc_error *err);

#endif
