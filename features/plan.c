/* Plans of stages: the axes of a row. */
#include "features/plan.h"

#include "src/base/fail.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

oc_status oc_plan_axes(oc_plan *plan, const oc_row_axis *axes, size_t count, oc_error *err)
{
    size_t dimension = 1;
    assert(count <= OC_MAX_AXES);
    for (size_t i = 0; i < count; i++) {
        if (!oc_multiply(dimension, axes[i].length, &dimension) || dimension > SIZE_MAX / 64) {
            return oc_fail(err, OC_TOO_LARGE, "the row of a %zux%zu image does not fit into memory", plan->width,
                           plan->height);
        }
        plan->axes[i] = axes[i];
    }
    plan->axis_count = count;
    plan->dimension = dimension;
    return OC_OK;
}

oc_status oc_plan_make(const oc_stage *stage, size_t width, size_t height, oc_plan *out, oc_error *err)
{
    bool own = stage->size.width > 0;
    oc_plan plan = {.width = own ? stage->size.width : width, .height = own ? stage->size.height : height};
    oc_status status = stage->type->plan(stage->params, &plan, err);
    if (status == OC_OK) {
        plan.mirrors = plan.mirrors && plan.width == width; /* a resized row may differ in its last rounding */
        *out = plan;
    }
    return status;
}

void oc_plan_free(oc_plan *plan)
{
    oc_free(plan->own);
    *plan = (oc_plan){0};
}

/* "cell y" and 3: cy3. An axis of levels g x g gives l2.y1.x0. */
static size_t column_part(const oc_row_axis *axis, size_t index, char *text, size_t size)
{
    char initials[8] = "";
    size_t used = 0;
    for (size_t l = 0; l < axis->levels.count; l++) {
        size_t g = (size_t)axis->levels.level[l];
        if (index < g * g) {
            return (size_t)snprintf(text, size, "l%zu.y%zu.x%zu", g, index / g, index % g);
        }
        index -= g * g;
    }
    for (const char *at = axis->name; *at && used + 1 < sizeof initials; at++) {
        if (at == axis->name || at[-1] == ' ') {
            initials[used++] = *at;
        }
    }
    return (size_t)snprintf(text, size, "%s%zu", initials, index);
}

size_t oc_plan_column(const oc_plan *plan, size_t j, char *text, size_t size)
{
    size_t length = 0, rest = plan->dimension;
    for (size_t i = 0; i < plan->axis_count; i++) {
        const oc_row_axis *axis = &plan->axes[i];
        rest /= axis->length;
        size_t room = length < size ? size - length : 0;
        if (i > 0) {
            length += (size_t)snprintf(room ? text + length : NULL, room, ".");
            room = length < size ? size - length : 0;
        }
        length += column_part(axis, j / rest % axis->length, room ? text + length : NULL, room);
    }
    return length;
}
