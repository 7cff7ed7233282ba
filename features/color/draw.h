/* Pictures of the stage color. */
#ifndef OC_FEATURES_COLOR_DRAW_H
#define OC_FEATURES_COLOR_DRAW_H

#include "features/pictures.h"

extern const oc_stage_pictures oc_color_pictures;

#endif
