/* Descriptors: pixel patches, patch x patch pixels in row, column, R G B order (or gray), less their mean, over
 * sqrt(variance + contrast) (Coates, Lee and Ng, 2011); or the gradient descriptors of sift.c. */
#include "features/words/patch.h"

#include "features/words/kernels.h"
#include "features/words/sift_kernels.h"
#include "src/base/fail.h"

static size_t channels(const oc_words_params *params)
{
    return params->gray ? 1 : 3;
}

size_t oc_words_depth(const oc_words_params *params)
{
    if (params->descriptor == OC_WORDS_SIFT) {
        return OC_SIFT_VALUES;
    }
    return (size_t)(params->patch * params->patch) * channels(params);
}

void oc_words_mirror_order(const oc_words_params *params, uint32_t *order)
{
    if (params->descriptor == OC_WORDS_SIFT) {
        oc_sift_mirror_order(order);
        return;
    }
    size_t side = (size_t)params->patch, next = 0;
    for (size_t row = 0; row < side; row++) {
        for (size_t column = side; column-- > 0;) {
            for (size_t c = 0; c < channels(params); c++) {
                order[next++] = (uint32_t)((row * side + column) * channels(params) + c);
            }
        }
    }
}

oc_status oc_words_view_create(oc_words_view *view, const oc_words_plan *plan, const oc_image *image, oc_arena *arena,
                               oc_error *err)
{
    const oc_words_params *params = &plan->params;
    *view = (oc_words_view){.params = params, .image = image};
    if (params->descriptor != OC_WORDS_SIFT) {
        return OC_OK;
    }
    size_t largest = 0;
    for (size_t s = 0; s < view->params->cells.count; s++) {
        size_t cell = (size_t)view->params->cells.level[s];
        largest = cell > largest ? cell : largest;
    }
    return oc_sift_view_create(&view->sift, image, largest, arena) ? OC_OK : oc_fail_memory(err, "gradients");
}

static void describe_patch(const oc_words_view *view, const oc_words_place *place, float *out)
{
    const oc_words_params *params = view->params;
    size_t depth = channels(params), row = view->image->width * depth;
    const uint8_t *pixels = params->gray ? view->image->gray : view->image->rgb;
    oc_words_kernels_get()->contrast(pixels + place->y * row + place->x * depth, row, place->size, place->size * depth,
                                     (float)params->contrast, out);
}

static void prepare_gradients(oc_words_view *view, size_t cell)
{
    size_t extent = oc_sift_extent(cell), stride = (size_t)view->params->stride;
    oc_sift_view_prepare(&view->sift, cell, stride, oc_words_margin(extent, stride, view->image->width),
                         oc_words_margin(extent, stride, view->image->height));
}

void oc_words_describe(oc_words_view *view, const oc_words_place *places, size_t count, float *out)
{
    size_t depth = oc_words_depth(view->params);
    for (size_t i = 0; i < count; i++, out += depth) {
        if (view->params->descriptor == OC_WORDS_SIFT) {
            prepare_gradients(view, places[i].size);
            oc_sift_describe(&view->sift, places[i].x, places[i].y, view->params->contrast, out);
        } else {
            describe_patch(view, &places[i], out);
        }
    }
}
