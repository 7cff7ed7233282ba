/* Kinds of image files, by content and by name: PNG and JPEG, which can be read, and foreign kinds, which are
 * recognised so that a message can name them with a command that converts them.
 *
 * The first bytes of a file decide its kind; its name decides only when they do not:
 *   1. bytes of PNG or JPEG: the file is read, whatever its name (photo.dat, scan.tif);
 *   2. the signature of a foreign kind: the file is of that kind, whatever its name (a TIFF file photo.jpg, or without
 *      an ending). TIFF bytes under the name of a camera raw file (.nef, .dng) are a raw file;
 *   3. no known signature, but the name of an image (x.tga, an empty x.tif, text in x.png): an image that cannot be
 *      read;
 *   4. anything else is no image.
 *
 * Signatures of fewer than four bytes (BMP, ICO, PNM) count only together with a valid header: text that begins with
 * "BM" or "P1" is no image. All functions are pure and thread-safe. */
#ifndef OC_IMAGE_KINDS_H
#define OC_IMAGE_KINDS_H

#include <ocellus/error.h>
#include <stdbool.h>
#include <stddef.h>

enum { OC_KIND_HEAD = 512 }; /* first bytes of a file that are examined */

/* True for the names of PNG and JPEG files. */
bool oc_image_named(const char *path);
/* True for the names of foreign image files. oc_image_signature and oc_image_foreign decide the same by content. */
bool oc_foreign_named(const char *path);

/* OC_BAD_IMAGE for bytes that are neither PNG nor JPEG. The message names the kind and a command that converts it, or
 * shows the first bytes. `path`, which may be NULL, is for kinds that only the name shows. */
oc_status oc_fail_foreign(const char *path, const void *bytes, size_t size, oc_error *err);

#endif
