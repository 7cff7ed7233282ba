/* Which pixels of an image are hashed, and by which kernel. Reading all bytes of a large image once more would take a few
 * hundredths of the time of decoding it: of such an image rows spread over it are taken. */
#include "src/image/pixel_hash.h"

#include "src/base/dispatch.h"

OC_DECLARE_KERNELS(oc_hash_kernels, oc_hash_kernels);

enum { LARGE = 12288, LEAST_ROWS = 8 }; /* bytes of an image that are hashed; rows, where they are very long */

oc_pixel_hash oc_hash_pixels(const oc_image *image)
{
    static const oc_hash_kernels *const tables[] = OC_KERNEL_TABLES(oc_hash_kernels);
    const oc_hash_kernels *kernels = tables[oc_isa_index()];
    const uint8_t *pixels = image->rgb ? image->rgb : image->gray;
    size_t height = image->height, row = image->width * (image->rgb ? 3 : 1);
    size_t rows = LARGE / row > LEAST_ROWS ? LARGE / row : LEAST_ROWS;
    if (rows >= height) {
        return kernels->hash(pixels, height * row, image->width);
    }
    oc_pixel_hash hash = {image->width, height};
    for (size_t i = 0; i < rows; i++) {
        hash = kernels->hash(pixels + i * height / rows * row, row, hash.low ^ hash.high);
    }
    return hash;
}
