/* The table of stages. */
#include "features/stage.h"

/* Every stage there is, in the order of --help. */
const oc_stage_type *const oc_stage_types[] = {&oc_stage_pixels, &oc_stage_color, &oc_stage_hog, &oc_stage_words};

size_t oc_stage_count(void)
{
    return sizeof oc_stage_types / sizeof *oc_stage_types;
}

oc_stage_info oc_stage_describe(size_t index)
{
    if (index >= oc_stage_count()) {
        return (oc_stage_info){0};
    }
    const oc_stage_type *type = oc_stage_types[index];
    return (oc_stage_info){type->name, type->help, type->params, type->param_count};
}
