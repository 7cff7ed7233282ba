/* The rows of a spec as a view of sets that hold the rows of its stages: so a stage of several specs is extracted
 * once. */
#ifndef OC_EVALUATE_STAGE_ROWS_H
#define OC_EVALUATE_STAGE_ROWS_H

#include "src/base/string.h"

#include <ocellus/set.h>

/* Adds to the spec `stages` the stages of `spec` that it does not have yet. OC_USAGE, OC_NO_MEMORY. */
oc_status oc_add_stages(oc_string *stages, const char *spec, oc_error *err);

/* True when the rows of the set have the columns of this stage of the features; sets *columns, which may be NULL, to
 * these columns. */
bool oc_stage_columns(const oc_set *set, const oc_features *features, size_t stage, oc_block *columns);

/* Adds to the spec `missing` the stages of the features that none of the sets (count) has. */
void oc_missing_stages(const oc_features *features, oc_set *const *sets, size_t count, oc_string *missing);

/* The rows (N,D) of the features, stage by stage, as a view of the sets (count), which must have rows of the same
 * images and together all stages. The view is valid as long as the sets are. */
oc_rows oc_stage_rows(const oc_features *features, oc_set *const *sets, size_t count);

#endif
