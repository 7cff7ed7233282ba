/* A hash of the pixels of an image, by which equal images are found. */
#ifndef OC_IMAGE_PIXEL_HASH_H
#define OC_IMAGE_PIXEL_HASH_H

#include <ocellus/image.h>

/* XXH3 with 128 bits: among a million different images, two with the same hash are practically impossible. It is fast,
 * not cryptographic: two images of one hash can be constructed. */
typedef struct oc_pixel_hash {
    uint64_t low, high;
} oc_pixel_hash;

typedef struct oc_hash_kernels {
    oc_pixel_hash (*hash)(const uint8_t *pixels, size_t size, uint64_t seed);
} oc_hash_kernels;

/* The hash of the size and the RGB plane, or the gray plane of a grayscale image. Of an image of more than 12 KB, only
 * rows spread over it are hashed: equal images have equal hashes, and images of equal hashes are equal in these rows.
 */
oc_pixel_hash oc_hash_pixels(const oc_image *image);

#endif
