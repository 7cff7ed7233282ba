/* The inside of a model. */
#ifndef OC_MODEL_MODEL_H
#define OC_MODEL_MODEL_H

#include <ocellus/model.h>

struct oc_model {
    oc_features *features;
    oc_image_options image;
    oc_classifier *classifier;
    oc_train_options options; /* as they were used */
    char **classes;           /* (C) */
};

#endif
