/* Selection of the hashed pixels, and of the kernel. Hashing all bytes of a large image would add a few per cent to the
 * time of decoding it, so only some rows are hashed. */
#include "src/image/pixel_hash.h"

#include "src/base/dispatch.h"

/* Images of up to LARGE bytes are hashed whole; of a larger image at least MIN_ROWS rows are hashed. */
enum { LARGE = 12288, MIN_ROWS = 8 };

OC_KERNEL_GETTER(static, oc_hash_kernels, kernel_table)

oc_pixel_hash oc_hash_pixels(const oc_image *image)
{
    const oc_hash_kernels *kernels = kernel_table();
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
