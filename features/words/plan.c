/* words: the plan. A row has the axes y and x of the regions, and word; with several levels of regions it has the axes
 * region, which counts all regions of the first level, then those of the next, and word. Words of encode=vlad
 * have a last axis, the directions of their residuals, and those of encode=fisher twice as many. */
#include "features/words/plan.h"

#include "src/base/fail.h"

static oc_status set_axes(const oc_words_params *params, oc_plan *plan, oc_error *err)
{
    const oc_levels *grid = &params->grid;
    size_t regions = 0;
    for (size_t l = 0; l < grid->count; l++) {
        regions += (size_t)(grid->level[l] * grid->level[l]);
    }
    oc_row_axis word = {"word", "word", (size_t)params->count, {0}};
    oc_row_axis direction = {"d", "direction", oc_words_values(params), {0}};
    size_t last = oc_words_residuals(params) ? 1 : 0;
    if (grid->count > 1) {
        oc_row_axis axes[] = {{"region", "region, level by level", regions, *grid}, word, direction};
        return oc_plan_axes(plan, axes, 2 + last, err);
    }
    size_t side = (size_t)grid->level[0];
    oc_row_axis axes[] = {{"y", "row of regions", side, {0}}, {"x", "region", side, {0}}, word, direction};
    return oc_plan_axes(plan, axes, 3 + last, err);
}

/* Every size of descriptor needs at least one place, and as many each way as there are regions. */
static oc_status check_size(const oc_words_params *params, const oc_plan *plan, size_t s, oc_error *err)
{
    size_t width = plan->width, height = plan->height, extent = oc_words_extent(params, s);
    size_t columns = oc_words_positions(params, s, width), rows = oc_words_positions(params, s, height);
    if (columns == 0 || rows == 0) {
        return oc_fail(err, OC_TOO_SMALL, "images of %zux%zu are smaller than a descriptor of %zux%zu", width, height,
                       extent, extent);
    }
    for (size_t l = 0; l < params->grid.count; l++) {
        size_t level = (size_t)params->grid.level[l];
        if (level > columns || level > rows) {
            return oc_fail(err, OC_TOO_SMALL,
                           "images of %zux%zu have %zux%zu descriptors of %zux%zu pixels, fewer than the %zux%zu "
                           "regions",
                           width, height, columns, rows, extent, extent, level, level);
        }
    }
    return OC_OK;
}

/* SIZE_MAX when there are too many. */
static size_t count_places(const oc_words_params *params, size_t width, size_t height)
{
    size_t places = 0, in_size;
    for (size_t s = 0; s < oc_words_sizes(params); s++) {
        size_t columns = oc_words_positions(params, s, width), rows = oc_words_positions(params, s, height);
        if (!oc_multiply(columns, rows, &in_size) || !oc_add(places, in_size, &places)) {
            return SIZE_MAX;
        }
    }
    return places;
}

/* With both codes added, the mirrored image has the same row (to rounding: the sums run in another order), provided
 * that its descriptors are the mirrored ones: that they leave the same border left and right. */
static bool mirrors(const oc_words_params *params, size_t width)
{
    bool symmetric = params->mirror;
    for (size_t s = 0; s < oc_words_sizes(params); s++) {
        size_t border = (width - oc_words_extent(params, s)) % (size_t)params->stride;
        symmetric = symmetric && border % 2 == 0;
    }
    return symmetric;
}

oc_status oc_words_plan_make(const void *values, oc_plan *plan, oc_error *err)
{
    oc_words_params params = oc_words_scaled(values, plan->width, plan->height);
    oc_status status = OC_OK;
    for (size_t s = 0; status == OC_OK && s < oc_words_sizes(&params); s++) {
        status = check_size(&params, plan, s, err);
    }
    if (status == OC_OK) {
        status = set_axes(&params, plan, err);
    }
    if (status != OC_OK) {
        return status;
    }
    size_t count = count_places(&params, plan->width, plan->height);
    if (count > UINT32_MAX || count > (SIZE_MAX - sizeof(oc_words_plan)) / sizeof(oc_words_place)) {
        return oc_fail(err, OC_TOO_LARGE, "images of %zux%zu are too large", plan->width, plan->height);
    }
    oc_words_plan *own = oc_alloc(1, sizeof *own + count * sizeof *own->places);
    if (!own) {
        return oc_fail_memory(err, "the places of descriptors");
    }
    own->params = params;
    own->width = plan->width;
    own->height = plan->height;
    own->place_count = count;
    oc_words_places(&params, plan->width, plan->height, own->places);
    plan->own = own;
    plan->mirrors = mirrors(&params, plan->width);
    return OC_OK;
}

void oc_words_mirror_columns(const oc_stage *stage, uint32_t *order)
{
    for (size_t j = 0; j < stage->plan.dimension; j++) {
        order[j] = (uint32_t)j;
    }
}
