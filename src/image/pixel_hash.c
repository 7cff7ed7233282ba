/* Selection of the hashed pixels, and of the kernel. Hashing all bytes of a large image would add a few per cent to the
 * time of decoding it, so only some rows are hashed. */
#include "src/image/pixel_hash.h"

#include "src/base/dispatch.h"

OC_DECLARE_KERNELS(oc_hash_kernels, oc_hash_kernels);

enum {
    LARGE = 12288,
    MIN_ROWS = 8
}; /* maximum of bytes of an image that is hashed whole; minimum of rows of a larger one */

oc_pixel_hash oc_hash_pixels(const oc_image *image)
{
    static const oc_hash_kernels *const tables[] = OC_KERNEL_TABLES(oc_hash_kernels);
    const oc_hash_kernels *kernels = tables[oc_isa_index()];
    const uint8_t *pixels = image->rgb ? image->rgb : image->gray;
    size_t height = image->height, row = image->width * (image->rgb ? 3 : 1);
    size_t rows = LARGE / row > MIN_ROWS ? LARGE / row : MIN_ROWS;
    if (rows >= height) {
        return kernels->hash(pixels, height * row, image->width);
    }
    oc_pixel_hash hash = {image->width, height};
    for (size_t i = 0; i < rows; i++) {
        hash = kernels->hash(pixels + i * height / rows * row, row, hash.low ^ hash.high);
    }
    return hash;
}
