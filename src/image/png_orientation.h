/* The orientation (orientation.h) that the chunks of a PNG file give, before or after its rows. */
#ifndef OC_IMAGE_PNG_ORIENTATION_H
#define OC_IMAGE_PNG_ORIENTATION_H

#include <stddef.h>
#include <stdint.h>

/* Of a whole file. The first of these that exists is read, as by Pillow: an eXIf chunk; a text "Raw profile type exif";
 * a text "Raw profile type APP1" (older versions of ImageMagick, exiv2 and ExifTool; Pillow passes it over). Where it
 * has no orientation tag, or none of them exists, XMP counts: tiff:Orientation, as attribute or element, in a text
 * "XML:com.adobe.xmp". A text is a tEXt, zTXt or iTXt chunk; the last one of a name counts. Chunks with a wrong checksum
 * do not count. 1 to 8, 1 where there is nothing; 0 when memory is short. */
int oc_png_orientation(const uint8_t *bytes, size_t size);

#endif
