/* Stores the trials on held-out rows in a string of a model file. */
#ifndef OC_MODEL_HISTORY_H
#define OC_MODEL_HISTORY_H

#include "src/matrix/safetensors.h"

#include <ocellus/classifier.h>

/* Sets "validation", two tables in CSV: held,folds,best; and a line l2,score-l2,accuracy,deviation for each trial.
 * Nothing is set when there was no validation. Times are left out: the same training gives the same file. */
oc_status oc_store_validation(oc_archive *archive, const oc_validation *validation, oc_error *err);
/* OC_BAD_FILE when the string does not hold these tables. */
oc_status oc_load_validation(const oc_archive *archive, oc_validation *validation, oc_error *err);

#endif
