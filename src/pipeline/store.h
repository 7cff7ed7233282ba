/* Stores features in archives and loads them: spec, size of the images and learned state of the stages. */
#ifndef OC_PIPELINE_STORE_H
#define OC_PIPELINE_STORE_H

#include "src/matrix/safetensors.h"

#include <ocellus/features.h>

/* The version of models and sets. A spec is stored as it was typed. Raise the version when the meaning of a spec
 * changes (a default, a formula), so that older files give an error instead of other rows. */
#define OC_FORMAT_VERSION "1"

oc_status oc_store_format(oc_archive *archive, const char *format, oc_error *err);
/* OC_BAD_FILE when the archive is of another format or version; what: "a model". */
oc_status oc_check_format(const oc_archive *archive, const char *format, const char *what, oc_error *err);

/* Adds spec, size and fit (for rows of another program: dimension), and the tensors "stage.<i>.<name>",
 * which the features still own. */
oc_status oc_store_features(oc_archive *archive, const oc_features *features, const oc_image_options *image,
                            oc_error *err);
/* Parses, plans and loads the state. OC_BAD_FILE with the reason. */
oc_status oc_load_features(const oc_archive *archive, oc_features **features, oc_image_options *image, oc_error *err);

/* Loads the state of those stages of planned features that have none and whose tensors the archive has. OC_BAD_FILE. */
oc_status oc_load_learned(const oc_archive *archive, oc_features *features, oc_error *err);

/* A copy, planned and fitted as far as the original is. */
oc_status oc_copy_features(const oc_features *features, oc_features **copy, oc_error *err);

/* True when stage i of a and stage j of b are of one kind with the same parameters, however they are typed: "hog" and
 * "hog:cell=8". */
bool oc_same_stage(const oc_features *a, size_t i, const oc_features *b, size_t j);

/* Copies the learned state of the stages of `from` to the same stages of `features` that have the same size and no
 * state yet. */
oc_status oc_adopt_features(oc_features *features, const oc_features *from, oc_error *err);

/* OC_OK when both compute the same rows, bit for bit; else OC_USAGE with the difference. */
oc_status oc_compare_features(const oc_features *a, const oc_features *b, oc_error *err);

/* The number of learned values. */
size_t oc_learned_values(const oc_features *features);

#endif
