/* A comparison whose test images are a part of the training images. */
#ifndef OC_EVALUATE_COMPARE_FOLDS_H
#define OC_EVALUATE_COMPARE_FOLDS_H

#include "src/evaluate/compare_once.h"

/* oc_compare without test images, for one seed. group (images): as by oc_group_images. */
oc_status oc_compare_folds(const oc_dataset *images, const uint32_t *group, const oc_compare_options *options,
                           oc_job *job, oc_comparison **comparison, oc_error *err);

#endif
