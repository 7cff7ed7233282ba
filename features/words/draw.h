/* Pictures of the stage words. */
#ifndef OC_FEATURES_WORDS_DRAW_H
#define OC_FEATURES_WORDS_DRAW_H

#include "features/pictures.h"

extern const oc_stage_pictures oc_words_pictures;

#endif
