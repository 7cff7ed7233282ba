/* The inside of a pipeline, for the modules that store it. */
#ifndef OC_PIPELINE_PIPELINE_H
#define OC_PIPELINE_PIPELINE_H

#include "features/stage.h"

/* Stage i of features. */
oc_stage *oc_features_stage(oc_features *features, size_t i);

/* As oc_features_fit, but only the first stage that has not learned yet; nothing where all have. */
oc_status oc_features_fit_next(oc_features *features, const oc_source *source, uint64_t seed, oc_job *job,
                               oc_error *err);

/* Features for rows of `dimension` values that another program made: no stages, an empty spec, and nothing to extract
 * from an image. */
oc_status oc_features_given(size_t dimension, oc_features **features, oc_error *err);

#endif
