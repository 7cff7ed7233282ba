/* The table of stages. */
#include "features/stage.h"

#include <stddef.h>

/* Every stage there is, in the order of --help: oc_stage_pixels and so on. */
#define STAGES(X) X(pixels) X(color) X(hog) X(words)

#define DECLARE(name) extern const oc_stage_type oc_stage_##name;
STAGES(DECLARE)

#define ENTRY(name) &oc_stage_##name,
const oc_stage_type *const oc_stage_types[] = {STAGES(ENTRY)};

size_t oc_stage_count(void)
{
    return sizeof oc_stage_types / sizeof *oc_stage_types;
}

const oc_param oc_stage_params[] = {
    {"size", OC_EXTENT, offsetof(oc_stage, size), "auto", 1, 4096, NULL,
     "size to which images are resized for this stage alone, stretched to this shape; auto: the common size of all "
     "stages"},
};
const size_t oc_stage_param_count = sizeof oc_stage_params / sizeof *oc_stage_params;

oc_stage_info oc_stage_describe(size_t index)
{
    if (index >= oc_stage_count()) {
        return (oc_stage_info){0};
    }
    const oc_stage_type *type = oc_stage_types[index];
    return (oc_stage_info){type->name, type->help, type->params, type->param_count};
}
