/* The columns of a row: the axes of the part of each stage, and a name for every value. */
#include "src/pipeline/pipeline.h"

#include "features/plan.h"

#include <stdio.h>
#include <string.h>

size_t oc_features_part_name(const oc_features *features, size_t stage, char *text, size_t size)
{
    const char *name = oc_features_stage(features, stage)->type->name;
    size_t number = 1;
    for (size_t i = 0; i < stage; i++) {
        number += strcmp(oc_features_stage(features, i)->type->name, name) == 0;
    }
    return (size_t)(number > 1 ? snprintf(text, size, "%s%zu", name, number) : snprintf(text, size, "%s", name));
}

size_t oc_features_axis_count(const oc_features *features, size_t stage)
{
    return oc_features_stage(features, stage)->plan.axis_count;
}

oc_row_axis oc_features_axis(const oc_features *features, size_t stage, size_t axis)
{
    return oc_features_stage(features, stage)->plan.axes[axis];
}

size_t oc_features_column_name(const oc_features *features, size_t j, char *text, size_t size)
{
    size_t first = 0;
    for (size_t i = 0; i < oc_features_count(features); i++) {
        const oc_plan *plan = &oc_features_stage(features, i)->plan;
        if (j - first < plan->dimension) {
            size_t length = oc_features_part_name(features, i, text, size);
            size_t room = length < size ? size - length : 0;
            length += (size_t)snprintf(room ? text + length : NULL, room, ".");
            room = length < size ? size - length : 0;
            return length + oc_plan_column(plan, j - first, room ? text + length : NULL, room);
        }
        first += plan->dimension;
    }
    return (size_t)snprintf(text, size, "f%zu", j);
}
