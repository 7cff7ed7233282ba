/* What EXIF tells: the orientation (orientation.h). */
#ifndef OC_IMAGE_EXIF_H
#define OC_IMAGE_EXIF_H

#include <stddef.h>
#include <stdint.h>

/* The orientation in a block of EXIF data, with or without the "Exif\0\0" that JPEG puts in front; 1 when there is
 * none or when it makes no sense, 0 when memory is short. */
int oc_exif_orientation(const uint8_t *exif, size_t size);

#endif
