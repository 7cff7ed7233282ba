/* Parses one stage of a spec. */
#ifndef OC_PIPELINE_SPEC_H
#define OC_PIPELINE_SPEC_H

#include "features/stage.h"

/* Parses "name:key=value,..." into a stage and resolves its parameters. The text is split in place; OC_TEXT parameters
 * point into it. *stage must be all zeros. The caller frees its type and params, also on failure. OC_USAGE,
 * OC_NO_MEMORY. */
oc_status oc_stage_parse(oc_stage *stage, char *text, oc_error *err);

#endif
