/* What EXIF says of the orientation (orientation.h). */
#ifndef OC_IMAGE_EXIF_H
#define OC_IMAGE_EXIF_H

#include <stddef.h>
#include <stdint.h>

enum { OC_EXIF_NONE = -1 };

/* The orientation in a block of EXIF data, with or without the "Exif\0\0" that JPEG puts in front: 1 to 8, 1 for a
 * value that makes no sense, OC_EXIF_NONE where the tag is missing, 0 when memory is short. */
int oc_exif_orientation(const uint8_t *exif, size_t size);

#endif
