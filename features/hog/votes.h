/* From an image to the cells of its histogram. */
#ifndef OC_FEATURES_HOG_VOTES_H
#define OC_FEATURES_HOG_VOTES_H

#include "features/hog/plan.h"

/* cells (down.targets, bins, across.targets) of an image; scratch memory is from the arena. OC_NO_MEMORY. */
oc_status oc_hog_cells(const oc_hog_plan *plan, const oc_image *image, oc_arena *arena, float *cells, oc_error *err);

#endif
