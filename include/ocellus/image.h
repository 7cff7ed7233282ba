/* Images: PNG and JPEG files decoded to 8-bit gray and RGB planes, upright, at a canonical size.
 *
 * The first bytes decide whether a file is a PNG or a JPEG, not its name. Read are
 *   - PNG of every colour type and depth, interlaced or not; 16 bits are rounded to 8; alpha and transparent colours
 *     are composed over white;
 *   - JPEG in gray, YCbCr of every sampling, RGB, CMYK and YCCK (stored as 255 - ink, with Adobe's marker or without),
 *     baseline or progressive, Huffman or arithmetic coding.
 * Gamma and colour profiles are ignored.
 *
 * Orientation is applied as Pillow applies it. For a JPEG it is EXIF's. For a PNG it is that of the first of these
 * that has one: the eXIf chunk; the text "Raw profile type exif" (ImageMagick) or "Raw profile type APP1" (which
 * Pillow ignores); tiff:Orientation of the XMP in the text "XML:com.adobe.xmp". XMP in a JPEG is ignored.
 *
 * A sample v of a 16-bit PNG becomes v 255 / F, rounded to nearest, halves up. F is the sample of full intensity:
 *   - with `depth`, 2^depth - 1; larger samples become 255;
 *   - else, if the sBIT chunk gives s < 16 bits for the channel: 2^s - 1 if the samples are in the lowest s bits
 *     (none is larger, and some have bits among the 16 - s lowest); (2^s - 1) 2^(16-s) if all 16 - s lowest bits are 0;
 *   - else 65535.
 * Each channel, alpha too, has its own s. In files of 8 bits or fewer sBIT is ignored.
 *
 * Gray is the Y plane of a JPEG; for RGB sources 0.299 R + 0.587 G + 0.114 B, rounded as libjpeg and Pillow do:
 * (19595 R + 38470 G + 7471 B + 32768) / 65536. The gray plane is the same whether RGB is requested too or not.
 *
 * Thread-safe; a decoder, and the image that it returned, belong to one thread at a time. */
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
    size_t warnings;                    /* number of faults for which the picture was not refused */
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

/* Which damaged pictures are refused (OC_BAD_IMAGE). A file whose header cannot be read is always refused. Each level
 * refuses what the levels above it refuse, and also:
 *
 *   NONE       nothing more
 *   TRUNCATED  JPEG: rows are missing, because the data end early or libjpeg gives up
 *              PNG: rows are missing; the checksum of IHDR, PLTE, tRNS or IDAT is wrong
 *   ERROR      JPEG: all rows are there, but parts of the picture may be noise or gray: codes are wrong, data are left
 *              over after the last row, or data of a restart interval (of the last one: if it is at most a row of
 *              blocks) or of a refining scan are missing
 *   WARNING    JPEG: any other warning of libjpeg, such as a missing end marker or an unknown colour transform
 *              PNG: any other fault, such as a missing IEND or the wrong checksum of a chunk that is not used
 *
 * Faults that are not refused are counted in oc_image.warnings; damaged restart intervals that follow each other
 * count as one. The orientation or sBIT of a PNG chunk whose checksum is wrong is ignored. With NONE, rows that the
 * decoder did not deliver are gray (JPEG whose data end early) or black. Reading the header alone (no planes) checks
 * no rows. */
typedef enum oc_fail_on { OC_FAIL_ON_TRUNCATED, OC_FAIL_ON_ERROR, OC_FAIL_ON_WARNING, OC_FAIL_ON_NONE } oc_fail_on;

/* Limits; 0 is the default. They are checked before memory is allocated, if the header has the number. An image above a
 * limit is OC_TOO_LARGE. PNG chunks other than header, palette and transparent colours take no memory. */
typedef struct oc_image_options {
    oc_extent size; /* canonical size, at most 100 megapixels; 0 x 0 keeps the source's own */
    oc_fit fit;
    unsigned planes; /* OC_GRAY, OC_RGB or both; 0 reads the header alone, for the sizes */
    oc_fail_on fail_on;
    int64_t max_pixels;   /* width x height; 100 million */
    int64_t max_side;     /* width, height; 65,535, which is also the maximum */
    int64_t max_scans;    /* scans of a progressive JPEG, each of which may cover the whole picture; 100 */
    int64_t max_warnings; /* faults of one image, at any level of fail_on; 100 */
    int64_t max_memory;   /* MB (2^20 bytes) to decode one image, with the codec's own memory; 2,048 */
    int64_t depth;        /* bits that the samples of 16-bit PNG files use, 1 to 16; 0: the file's own */
} oc_image_options;

/* size, fit and depth: names, defaults, ranges and help. A model or a set records them (depth if it is not 0). */
OC_API extern const oc_param oc_image_params[];
OC_API extern const size_t oc_image_param_count;

/* fail-on and the limits, of the same struct. No model or set records them: the reader of a file chooses them. */
OC_API extern const oc_param oc_limit_params[];
OC_API extern const size_t oc_limit_param_count;

/* The defaults of both tables, and both planes. */
OC_API oc_image_options oc_image_defaults(void);

/* A decoder reuses its buffers from image to image. One thread at a time may use it. */
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

/* Writes pixels as PNG: gray, RGB or RGBA for 1, 3 or 4 channels. "-" is standard output. A file is replaced whole or
 * not at all. OC_USAGE for other channels or a side outside 1 to 65,535; OC_IO, OC_NO_MEMORY. */
OC_API oc_status oc_image_write_png(const oc_pixels *pixels, const char *path, oc_error *err);

#ifdef __cplusplus
}
#endif
#endif
