/* The two file formats. Both check the limits against the header and decode the planes that the options select (with no
 * plane: the header alone). The decoder turns the picture upright and brings it to the exact size. On failure the
 * planes are undefined. Thread-safe for different pictures. */
#ifndef OC_IMAGE_CODEC_H
#define OC_IMAGE_CODEC_H

#include "src/image/picture.h"

/* Decodes at 1/2, 1/4 or 1/8 of the size where that is still at least the size that the options need; the scale depends
 * on header and options, not on the planes. OC_BAD_IMAGE, OC_TOO_LARGE, OC_NO_MEMORY. */
oc_status oc_jpeg_read(const uint8_t *bytes, size_t size, const oc_image_options *options, oc_picture *picture,
                       oc_error *err);

/* The same for PNG, always at full size. */
oc_status oc_png_read(const uint8_t *bytes, size_t size, const oc_image_options *options, oc_picture *picture,
                      oc_error *err);

#endif
