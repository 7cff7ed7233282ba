/* The settings that the rows of an extraction depend on, as text: an interrupted extraction is continued only with
 * equal settings. */
#ifndef OC_SET_EXTRACT_SETTINGS_H
#define OC_SET_EXTRACT_SETTINGS_H

#include "src/base/string.h"

#include <ocellus/set.h>

/* Appends lines "name value": program and kernels, spec, image options, seed, the number of images and a digest of
 * their paths and classes, and a digest of the learned state of the stages. The contents of the images are not read. */
oc_status oc_extract_settings(const oc_dataset *dataset, const oc_features *features, const oc_extract_options *options,
                              oc_string *text, oc_error *err);

#endif
