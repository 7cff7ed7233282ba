/* From an image to the cells of its histogram. */
#ifndef OC_FEATURES_HOG_VOTES_H
#define OC_FEATURES_HOG_VOTES_H

#include "features/hog/axis.h"
#include "features/hog/form.h"

/* cells (down.targets, bins, across.targets) of an image; the axes get what they lack from the arena. OC_NO_MEMORY. */
oc_status oc_hog_cells(const oc_hog_form *form, const oc_image *image, oc_hog_axis *down, oc_hog_axis *across,
                       oc_arena *arena, float *cells, oc_error *err);

#endif
