/* Pixels as the bytes of a PNG file, in memory. */
#ifndef OC_IMAGE_PNG_ENCODE_H
#define OC_IMAGE_PNG_ENCODE_H

#include "src/base/file.h"

#include <ocellus/image.h>

/* Compression: OC_PNG_FAST for many small files (no filter, level 1 of zlib), OC_PNG_SMALL otherwise. */
typedef enum oc_png_effort { OC_PNG_FAST, OC_PNG_SMALL } oc_png_effort;

/* Replaces the contents of `out` by the PNG of the pixels: gray, RGB or RGBA for 1, 3 or 4 channels. The same pixels
 * give the same bytes. OC_USAGE for channels or sizes that PNG does not allow, OC_NO_MEMORY. */
oc_status oc_png_encode(oc_bytes *out, const oc_pixels *pixels, oc_png_effort effort, oc_error *err);

#endif
