/* Which pixels of an image are hashed, and by which kernel. Reading all bytes of a large image once more would take a few
 * hundredths of the time of decoding it: of such an image rows spread over it are taken. */
#include "src/image/pixel_hash.h"

#include "src/base/dispatch.h"

enum { LARGE = 12288, LEAST_ROWS = 8 }; /* bytes of an image that are hashed; rows, where they are very long */

OC_KERNEL_GETTER(static, oc_hash_kernels, kernel_table)

oc_pixel_hash oc_hash_pixels(const oc_image *image)
{
    const oc_hash_kernels *kernels = kernel_table();
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
