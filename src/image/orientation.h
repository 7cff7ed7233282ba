/* Turning planes upright by the EXIF orientation.
 *
 *   1 as it is   2 mirrored left to right   3 turned by 180 degrees   4 mirrored top to bottom
 *   5 transposed   6 to be turned clockwise   7 transposed along the other diagonal   8 to be turned counter-clockwise
 */
#ifndef OC_IMAGE_ORIENTATION_H
#define OC_IMAGE_ORIENTATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* True when width and height are exchanged. */
bool oc_orientation_swaps(int orientation);

/* Turns (height, width, channels) upright into out, which has the same number of bytes and does not overlap; channels 1
 * or 3. */
void oc_orientation_apply(int orientation, const uint8_t *pixels, size_t width, size_t height, size_t channels,
                          uint8_t *out);

#endif
