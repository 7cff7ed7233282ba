/* The planes of one picture as a codec decodes them from its file: not yet upright, not yet at the canonical size. */
#ifndef OC_IMAGE_PICTURE_H
#define OC_IMAGE_PICTURE_H

#include <ocellus/image.h>

/* The longest side of an image and of a canonical size, whatever PNG and JPEG allow. */
enum { OC_MAX_SIDE = 65535 };

/* Maximum of pixels of a canonical size. A model, which may come from an untrusted source, fixes the size for all
 * images. */
enum { OC_MAX_CANONICAL = 100000000 };

/* Bytes from the start of a row to that of the next. */
size_t oc_pixels_stride(const oc_pixels *pixels);
/* OC_USAGE when rows overlap, or have no channels. */
oc_status oc_pixels_check(const oc_pixels *pixels, oc_error *err);

/* Checks the options: OC_USAGE or OC_TOO_LARGE when they are wrong for every image. */
oc_status oc_image_options_check(const oc_image_options *options, oc_error *err);

/* A buffer of pixels that is used for one image after another; it only grows. Zero-initialise. */
typedef struct oc_buffer {
    uint8_t *data;
    size_t capacity;
} oc_buffer;

/* Returns memory for (height, width, channels) bytes, whose contents are undefined; NULL when memory is short. */
uint8_t *oc_buffer_reserve(oc_buffer *buffer, size_t width, size_t height, size_t channels);
void oc_buffer_free(oc_buffer *buffer);

/* A grayscale picture has a gray plane only. A colour picture has the planes that the options select. */
typedef struct oc_picture {
    size_t width, height;               /* of the planes */
    size_t source_width, source_height; /* of the file; larger when the planes were scaled while decoding */
    int orientation;                    /* EXIF's 1..8: how to turn the planes, and the source, upright */
    bool grayscale;
    uint8_t *gray, *rgb; /* in the buffers below, or NULL */
    oc_buffer gray_buffer, rgb_buffer;
    oc_buffer scratch;    /* the codec's, between file and planes */
    uint64_t memory_left; /* bytes that the codec may allocate besides the planes */
    uint16_t used_bits;   /* union of the bits of the samples of a 16-bit PNG without sBIT and `depth`; else 0 */
    size_t warnings;      /* of the codec; the first one is kept */
    char warning[200];
} oc_picture;

/* True when a set or a model records the option. Options that are newer than the format are left out at their defaults,
 * so that such files stay as they were. */
bool oc_image_param_recorded(const oc_param *param, const oc_image_options *options);

/* The options with each limit of 0 replaced by its default. */
oc_image_options oc_image_limits(const oc_image_options *options);

/* Starts a picture: checks the size in a header against the limits before any memory depends on it. OC_BAD_IMAGE for an
 * empty picture, OC_TOO_LARGE. Here and below, the options come from oc_image_limits. */
oc_status oc_picture_begin(oc_picture *picture, size_t width, size_t height, const oc_image_options *options,
                           oc_error *err);

/* Allocates the planes that the options and picture->grayscale require, once size and orientation are known. They are
 * black with OC_FAIL_ON_NONE, because the codec may leave rows out; otherwise their contents are undefined.
 * OC_TOO_LARGE, OC_NO_MEMORY. */
oc_status oc_picture_reserve(oc_picture *picture, const oc_image_options *options, oc_error *err);

/* OC_TOO_LARGE, with the message for a picture that needs more than the limit of memory. */
oc_status oc_fail_picture_memory(const oc_image_options *options, oc_error *err);

/* Keeps a warning of the codec; false when there are more warnings than the limit. */
bool oc_picture_warn(oc_picture *picture, const oc_image_options *options, const char *message);

/* A rectangle of the upright picture and the rectangle of the result that it fills. The rest of the result is black. */
typedef struct oc_placement {
    size_t source_x, source_y, source_width, source_height;
    size_t x, y, width, height; /* in the result */
    size_t result_width, result_height;
} oc_placement;

/* The source is true_width x true_height; the planes are width x height, smaller after scaled decoding. */
oc_placement oc_place(const oc_image_options *options, size_t true_width, size_t true_height, size_t width,
                      size_t height);

#endif
