/* The orientation (orientation.h) in EXIF data. */
#ifndef OC_IMAGE_EXIF_H
#define OC_IMAGE_EXIF_H

#include <stddef.h>
#include <stdint.h>

enum { OC_EXIF_NONE = -1 };

/* The orientation in a block of EXIF data, with or without the "Exif\0\0" in front of it in a JPEG: 1 to 8; 1 for an
 * invalid value; OC_EXIF_NONE when the tag is missing; 0 when memory is short. Thread-safe. */
int oc_exif_orientation(const uint8_t *exif, size_t size);

#endif
