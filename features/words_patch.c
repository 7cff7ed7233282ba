/* Pixel patches: patch x patch pixels in row, column, R G B order (or gray), less their mean, over
 * sqrt(variance + contrast) (Coates, Lee and Ng, 2011). */
#include "features/words.h"

#include "features/words_kernels.h"

size_t oc_words_depth(const oc_words_params *params)
{
    return (size_t)(params->patch * params->patch) * (params->gray ? 1 : 3);
}

void oc_words_describe(const oc_words_params *params, const oc_image *image,
                       const oc_words_place *places, size_t count, float *out)
{
    const oc_words_kernels *kernels = oc_words_kernels_get();
    size_t channels = params->gray ? 1 : 3, stride = (size_t)params->stride;
    size_t side = (size_t)params->patch, depth = oc_words_depth(params);
    const uint8_t *pixels = params->gray ? image->gray : image->rgb;
    for (size_t i = 0; i < count; i++) {
        size_t corner = places[i].row * stride * image->width + places[i].column * stride;
        kernels->contrast(pixels + corner * channels, image->width * channels, side, side * channels,
                          (float)params->contrast, out + i * depth);
    }
}
