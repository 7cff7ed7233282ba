/* Pictures of the stage hog. */
#ifndef OC_FEATURES_HOG_DRAW_H
#define OC_FEATURES_HOG_DRAW_H

#include "features/pictures.h"

extern const oc_stage_pictures oc_hog_pictures;

#endif
