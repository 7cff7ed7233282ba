/* From the text of a spec to stages. */
#ifndef OC_PIPELINE_SPEC_H
#define OC_PIPELINE_SPEC_H

#include "features/stage.h"

/* A stage from "name:key=value,...", which is cut into strings in place; OC_TEXT parameters point into it. stage is all
 * zeros; its parameters are resolved. On failure its type and params may be set, and are the caller's to free. OC_USAGE, OC_NO_MEMORY. */
oc_status oc_stage_parse(oc_stage *stage, char *text, oc_error *err);

#endif
