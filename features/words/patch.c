/* Descriptors: pixel patches, patch x patch pixels in row, column, R G B order (or gray), less their mean, over
 * sqrt(variance + contrast) (Coates, Lee and Ng, 2011); or the gradient descriptors of sift.c, of luma or
 * of luma, then red against green, then yellow against blue. */
#include "features/words/patch.h"

#include "features/words/kernels.h"
#include "features/words/opponent.h"
#include "features/words/sift_kernels.h"
#include "src/base/fail.h"

static size_t channels(const oc_words_params *params)
{
    return params->gray ? 1 : 3;
}

static size_t planes(const oc_words_params *params)
{
    return params->descriptor == OC_WORDS_OPPONENT_SIFT ? 3 : 1;
}

void oc_words_mirror_order(const oc_words_params *params, uint32_t *order)
{
    if (oc_words_gradients(params)) {
        oc_sift_mirror_order(order);
        for (size_t j = OC_SIFT_VALUES; j < oc_words_depth(params); j++) {
            order[j] = order[j - OC_SIFT_VALUES] + OC_SIFT_VALUES;
        }
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

static bool take_opponents(const oc_image *image, const uint8_t *plane[3], oc_arena *arena)
{
    size_t pixels = image->width * image->height;
    uint8_t *red_green = oc_arena_take(arena, pixels, 1), *yellow_blue = oc_arena_take(arena, pixels, 1);
    if (!red_green || !yellow_blue) {
        return false;
    }
    oc_opponent_planes(image->rgb, pixels, red_green, yellow_blue);
    plane[1] = red_green;
    plane[2] = yellow_blue;
    return true;
}

oc_status oc_words_view_create(oc_words_view *view, const oc_words_plan *plan, const oc_image *image, oc_arena *arena,
                               oc_error *err)
{
    const oc_words_params *params = &plan->params;
    *view = (oc_words_view){.params = params, .image = image, .planes = planes(params)};
    if (!oc_words_gradients(params)) {
        return OC_OK;
    }
    const uint8_t *plane[3] = {image->gray, NULL, NULL};
    if (view->planes == 3 && !take_opponents(image, plane, arena)) {
        return oc_fail_memory(err, "opponent colours");
    }
    size_t largest = 0;
    for (size_t s = 0; s < view->params->cells.count; s++) {
        size_t cell = (size_t)view->params->cells.level[s];
        largest = cell > largest ? cell : largest;
    }
    for (size_t p = 0; p < view->planes; p++) {
        if (!oc_sift_view_create(&view->sift[p], plane[p], image->width, image->height, largest, arena)) {
            return oc_fail_memory(err, "gradients");
        }
    }
    return OC_OK;
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
    for (size_t p = 0; p < view->planes; p++) {
        oc_sift_view_prepare(&view->sift[p], cell, stride, oc_words_margin(extent, stride, view->image->width),
                             oc_words_margin(extent, stride, view->image->height));
    }
}

void oc_words_describe(oc_words_view *view, const oc_words_place *places, size_t count, float *out)
{
    size_t depth = oc_words_depth(view->params);
    for (size_t i = 0; i < count; i++, out += depth) {
        if (oc_words_gradients(view->params)) {
            prepare_gradients(view, places[i].size);
            for (size_t p = 0; p < view->planes; p++) {
                oc_sift_describe(&view->sift[p], places[i].x, places[i].y, view->params->contrast,
                                 out + p * OC_SIFT_VALUES);
            }
        } else {
            describe_patch(view, &places[i], out);
        }
    }
}
