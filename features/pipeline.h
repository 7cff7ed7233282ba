/* The inside of a pipeline, for the modules that store it. */
#ifndef OC_FEATURES_PIPELINE_H
#define OC_FEATURES_PIPELINE_H

#include "features/stage.h"

/* What a pipeline holds, for the module that stores it: stage i of features. */
oc_stage *oc_features_stage(oc_features *features, size_t i);

/* Stands for rows of `dimension` values that were made elsewhere: no stages, an empty spec, and nothing that could be
 * extracted from an image. */
oc_status oc_features_given(size_t dimension, oc_features **features, oc_error *err);

#endif
