/* Images for stages that have a size of their own: the area average of what shrinks, linear where it grows, both sides
 * scaled on their own. */
#include "features/stage.h"

#include "src/base/fail.h"

void oc_scratch_free(oc_scratch *scratch)
{
    oc_arena_free(&scratch->arena);
    oc_resizer_free(&scratch->resizer);
}

/* The gray plane (1 channel) or the RGB plane (3 channels) at the size of `out`; NULL when memory is short. */
static uint8_t *resize(const oc_image *image, size_t channels, const oc_image *out, oc_scratch *scratch, oc_error *err)
{
    const uint8_t *plane = channels == 1 ? image->gray : image->rgb;
    uint8_t *pixels = oc_arena_take(&scratch->arena, out->width * out->height, channels);
    if (!pixels) {
        oc_fail_memory(err, "the resized image");
        return NULL;
    }
    oc_pixels from = {plane, image->width, image->height, channels, 0};
    oc_plane_out to = {pixels, out->width * channels, out->width, out->height};
    oc_status status = oc_resizer_run(&scratch->resizer, &from, to, err);
    return status == OC_OK ? pixels : NULL;
}

oc_status oc_stage_image(const oc_stage *stage, const oc_image *image, unsigned planes, oc_scratch *scratch,
                         oc_image *out, oc_error *err)
{
    bool gray = (planes & OC_GRAY) && image->gray, rgb = (planes & OC_RGB) && image->rgb;
    *out = *image;
    out->width = stage->plan.width;
    out->height = stage->plan.height;
    if (out->width == image->width && out->height == image->height) {
        return OC_OK;
    }
    out->gray = gray ? resize(image, 1, out, scratch, err) : NULL;
    out->rgb = rgb ? resize(image, 3, out, scratch, err) : NULL;
    return (gray && !out->gray) || (rgb && !out->rgb) ? OC_NO_MEMORY : OC_OK;
}
