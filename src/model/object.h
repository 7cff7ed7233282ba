/* The model object. */
#ifndef OC_MODEL_OBJECT_H
#define OC_MODEL_OBJECT_H

#include "src/dataset/label_notes.h"

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

/* The classes of a model, for checks of labels and for output. */
oc_label_list oc_model_class_list(const oc_model *model);

#endif
