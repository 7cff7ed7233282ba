/* Images: PNG and JPEG files decoded to 8-bit gray and RGB planes, upright, at a canonical size.
 *
 * The content decides what a file is, not its name. Read right: PNG of every colour type and depth (16 bit
 * rounded to 8), with alpha or a transparent colour composed over white, interlaced; JPEG gray, YCbCr of every
 * sampling, RGB, CMYK and YCCK (which hold 255 - ink, with Adobe's marker and without), progressive, arithmetic. Gamma
 * and colour profiles are left alone.
 *
 * Orientation is applied as Pillow does: of a JPEG, EXIF's; of a PNG, that of an eXIf chunk, else of a text "Raw
 * profile type exif" (ImageMagick) or "Raw profile type APP1" (Pillow passes that one over); where EXIF has no
 * orientation, or there is none, tiff:Orientation of the XMP in a text "XML:com.adobe.xmp". XMP in a JPEG does not
 * count.
 *
 * A sample v of a 16-bit PNG becomes v 255 / F, rounded, halves up. F, the sample of full intensity, is 65535; where
 * `depth` is given, 2^depth - 1, and what is larger is taken for F; else where the file's sBIT chunk says that a
 * channel uses s < 16 bits, 2^s - 1 if they are the lowest bits (no colour of the picture exceeds that, and some have
 * bits among the 16 - s lowest), (2^s - 1) 2^(16-s) if all of the lower bits are 0. Each channel, alpha as well, has
 * its own s. sBIT of files of up to 8 bits changes nothing: their samples fill the range by PNG's own rule.
 *
 * Gray is a JPEG's own Y plane; for RGB sources 0.299 R + 0.587 G + 0.114 B, rounded: (19595 R + 38470 G +
 * 7471 B + 32768) / 65536, as libjpeg and Pillow have it. It is the same whether or not RGB is asked for as well.
 *
 * Thread-safe; a decoder, and the image that it gave, belong to one thread at a time. */
#ifndef OCELLUS_IMAGE_H
#define OCELLUS_IMAGE_H

#include <ocellus/error.h>
#include <ocellus/param.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Which planes: a set of bits. */
enum { OC_GRAY = 1, OC_RGB = 2 };

/* An image; rows are contiguous, without padding. */
typedef struct oc_image {
    size_t width, height;
    uint8_t *gray;                      /* (height, width), or NULL if not requested */
    uint8_t *rgb;                       /* (height, width, 3), or NULL if not requested */
    bool grayscale;                     /* the source is gray: R = G = B everywhere */
    size_t source_width, source_height; /* of the upright source, before any change of size */
    size_t warnings;                    /* of the decoder, which did not make the picture one to refuse */
    const char *warning;                /* the first of them; NULL when there was none */
    unsigned used_bits; /* 16-bit PNG without sBIT and `depth`: of its largest sample, 12 for 4095; else 0 */
} oc_image;

/* Pixels that a program holds; they are only read. */
typedef struct oc_pixels {
    const uint8_t *data; /* (height, width, channels) */
    size_t width, height, channels;
    size_t stride; /* bytes from the start of a row to that of the next; 0: width * channels, without gaps */
} oc_pixels;

/* How a source of another shape is converted to the canonical size. */
typedef enum oc_fit {
    OC_FIT_STRETCH, /* both sides scaled on their own */
    OC_FIT_CROP,    /* scaled to cover, centre kept */
    OC_FIT_PAD      /* scaled to fit inside, the rest black */
} oc_fit;

/* Which pictures are refused (OC_BAD_IMAGE). A file whose header cannot be read is refused always. Each level refuses
 * what those above it refuse, and
 *
 *              JPEG                                              PNG
 * NONE         nothing                                           nothing
 * TRUNCATED    rows are missing: the data end too early, or      rows are missing; a checksum of IHDR, PLTE, tRNS or
 * IDAT
 *              libjpeg gives up                                  is wrong; libpng gives up before the last row is read
 * ERROR        all rows are there, but some of their codes are   as before
 *              wrong; or data of a restart interval are missing
 *              (of the last: if it is no longer than a row of
 *              blocks), or of a scan that refines a progressive
 *              picture: parts of it may be noise or gray
 * WARNING      anything else that libjpeg warns of, such as a    anything else that is wrong, such as a missing IEND
 * chunk
 *              missing end marker or an unknown colour transform or a checksum of a chunk that is not used
 *
 * What is not refused is counted in oc_image.warnings; spoilt restart intervals, one after another, count as one. A PNG
 * chunk with orientation or sBIT whose checksum is wrong is passed over. Under NONE, rows that the decoder did not give
 * are gray (JPEG whose data end too early) or black. A header alone (no planes) tells nothing about rows. */
typedef enum oc_fail_on { OC_FAIL_ON_TRUNCATED, OC_FAIL_ON_ERROR, OC_FAIL_ON_WARNING, OC_FAIL_ON_NONE } oc_fail_on;

/* Limits are checked from the header, before memory is taken, where the header tells; 0 stands for the default. Past
 * one of them OC_TOO_LARGE. Of a PNG nothing is kept but header, palette and transparent colours, whatever chunks it
 * has. */
typedef struct oc_image_options {
    oc_extent size; /* canonical size, at most 100 megapixels; 0 x 0 keeps the source's own */
    oc_fit fit;
    unsigned planes; /* OC_GRAY, OC_RGB or both; 0 reads the header alone, for the sizes */
    oc_fail_on fail_on;
    int64_t max_pixels;   /* width x height; 100 million */
    int64_t max_side;     /* width, height; 65,535, which is also the most */
    int64_t max_scans;    /* of a progressive JPEG, each of which covers the whole picture; 100 */
    int64_t max_warnings; /* of the decoder, an image, at any level; 100 */
    int64_t max_memory;   /* MB (2^20 bytes) to decode one image into, the decoder's own included; 2,048 */
    int64_t depth;        /* bits that the samples of 16-bit PNG files use, 1 to 16; 0: the file's own */
} oc_image_options;

/* size, fit and depth: the names and defaults of the command line. A model or a set records them, depth where it is not
 * 0. */
OC_API extern const oc_param oc_image_params[];
OC_API extern const size_t oc_image_param_count;

/* fail-on and the limits: they are the reader's, no file can change them. Same struct. */
OC_API extern const oc_param oc_limit_params[];
OC_API extern const size_t oc_limit_param_count;

/* The defaults of both tables, and both planes. */
OC_API oc_image_options oc_image_defaults(void);

/* A decoder keeps its buffers from image to image. One thread at a time may use it. */
typedef struct oc_decoder oc_decoder;
OC_API oc_status oc_decoder_create(oc_decoder **decoder, oc_error *err);
OC_API void oc_decoder_free(oc_decoder *decoder);

/* Decodes a file ("-" is standard input). *image points into the decoder's own memory and is valid until its
 * next use. Errors: OC_NOT_FOUND, OC_IO, OC_BAD_IMAGE (neither PNG nor JPEG, damaged, truncated), OC_TOO_LARGE,
 * OC_USAGE (options out of their ranges), OC_NO_MEMORY; the message begins with the path. */
OC_API oc_status oc_decode_file(oc_decoder *decoder, const char *path, const oc_image_options *options, oc_image *image,
                                oc_error *err);

/* The same from memory; the message does not name a file. */
OC_API oc_status oc_decode_memory(oc_decoder *decoder, const void *bytes, size_t size, const oc_image_options *options,
                                  oc_image *image, oc_error *err);

/* The same for pixels that are already decoded, of a camera for example: gray or R, G, B for 1 or 3 channels. OC_USAGE
 * for other channels, or rows that overlap. */
OC_API oc_status oc_decode_pixels(oc_decoder *decoder, const oc_pixels *pixels, const oc_image_options *options,
                                  oc_image *image, oc_error *err);

/* True when the first bytes are those of PNG or JPEG; 8 bytes are enough. */
OC_API bool oc_image_signature(const void *bytes, size_t size);
/* True when the first bytes are those of an image of a kind that is known but not read: TIFF, WebP, BMP, GIF, HEIC,
 * AVIF, JPEG XL, JPEG 2000, camera raw, SVG and others; 512 bytes are enough. */
OC_API bool oc_image_foreign(const void *bytes, size_t size);

/* Resizes pixels of 1 to 4 channels to `size`. out (size.height, size.width, channels) belongs to the caller. Each axis
 * is resized separately: reduction averages the exact area that an output pixel covers, enlargement interpolates
 * linearly between pixel centres and repeats the border. Values are rounded to nearest, ties as by OpenCV's INTER_AREA.
 * OC_USAGE for a side outside 1 to 65,535 or another number of channels; OC_NO_MEMORY. */
OC_API oc_status oc_image_resize(const oc_pixels *pixels, oc_extent size, uint8_t *out, oc_error *err);

/* Writes pixels as PNG: gray, RGB or RGBA for 1, 3 or 4 channels. "-" is standard output. A file is replaced whole or not
 * at all. OC_USAGE for other channels or a side outside 1 to 65,535; OC_IO, OC_NO_MEMORY. */
OC_API oc_status oc_image_write_png(const oc_pixels *pixels, const char *path, oc_error *err);

#ifdef __cplusplus
}
#endif
#endif
