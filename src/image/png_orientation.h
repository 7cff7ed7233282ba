/* The orientation (orientation.h) in the chunks of a PNG file, before or after its rows. */
#ifndef OC_IMAGE_PNG_ORIENTATION_H
#define OC_IMAGE_PNG_ORIENTATION_H

#include <stddef.h>
#include <stdint.h>

/* The orientation of a whole file: 1 to 8, 1 when there is none; 0 when memory is short. It is read from the first of
 * these that exists, as in Pillow: an eXIf chunk; a text "Raw profile type exif"; a text "Raw profile type APP1" (older
 * versions of ImageMagick, exiv2 and ExifTool; Pillow ignores it). When that has no orientation tag, or none of them
 * exists, XMP counts: tiff:Orientation, as attribute or element, in a text "XML:com.adobe.xmp". A text is a tEXt, zTXt
 * or iTXt chunk; the last one of a name counts. Chunks with a wrong checksum do not count. */
int oc_png_orientation(const uint8_t *bytes, size_t size);

#endif
