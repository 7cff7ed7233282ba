/* What the rows of an extraction depend on, as text: an interrupted one is continued with the same only. */
#ifndef OC_SET_EXTRACT_SETTINGS_H
#define OC_SET_EXTRACT_SETTINGS_H

#include "src/base/string.h"

#include <ocellus/set.h>

/* Appends lines "name value": program and kernels, spec, image options, seed, the number of images and a digest of
 * their paths and classes, and a digest of what the stages learned already. The images' contents are not looked at. */
oc_status oc_extract_settings(const oc_dataset *dataset, const oc_features *features, const oc_extract_options *options,
                              oc_string *text, oc_error *err);

#endif
