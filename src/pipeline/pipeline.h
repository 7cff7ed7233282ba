/* Access to the stages of a pipeline, for the modules that store and fit it. */
#ifndef OC_PIPELINE_PIPELINE_H
#define OC_PIPELINE_PIPELINE_H

#include "features/stage.h"

#include <ocellus/rows.h>

/* Stage i of features, to read and to change. */
const oc_stage *oc_features_stage(const oc_features *features, size_t i);
oc_stage *oc_features_own_stage(oc_features *features, size_t i);

/* As oc_features_fit, but fits only the first stage that is not fitted yet. Does nothing when all stages are fitted. */
oc_status oc_features_fit_next(oc_features *features, const oc_source *source, uint64_t seed, oc_job *job,
                               oc_error *err);

/* Features for rows of `dimension` values made by another program: without stages, with an empty spec. No row can be
 * computed from an image. */
oc_status oc_features_given(size_t dimension, oc_features **features, oc_error *err);

/* Sets, in each block of the rows, which are those of the stages, the order of the values of a mirrored row. *order (D)
 * must outlive the rows and is to be freed on failure too. Errors as oc_features_mirror_order, OC_NO_MEMORY. */
oc_status oc_set_mirror_order(const oc_features *features, oc_rows *rows, uint32_t **order, oc_error *err);

#endif
