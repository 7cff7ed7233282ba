/* The model object. */
#ifndef OC_MODEL_OBJECT_H
#define OC_MODEL_OBJECT_H

#include <ocellus/model.h>

struct oc_model {
    oc_features *features;
    oc_image_options image;
    oc_classifier *classifier;
    oc_train_options options; /* as they were used */
    oc_train_options given;   /* with auto where the user left the choice to training */
    oc_validation validation;
    char **classes;  /* (C) */
    size_t *counts;  /* (C): training rows of each class; NULL: unknown */
    double accuracy; /* on the training rows; NaN: unknown */
};

#endif
