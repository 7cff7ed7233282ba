/* What the codecs hand to the decoder: the planes of one picture as they come out of its file, not yet upright and not
 * yet at the canonical size. */
#ifndef OC_IMAGE_PICTURE_H
#define OC_IMAGE_PICTURE_H

#include <ocellus/image.h>

/* Neither PNG's nor JPEG's own limits are relied upon: no side of an image or of a canonical size is longer. */
enum { OC_MAX_SIDE = 65535 };

/* Pixels of a canonical size: a model, which may come from a stranger, asks for one whatever its images are. */
enum { OC_MAX_CANONICAL = 100000000 };

/* OC_USAGE or OC_TOO_LARGE when the options cannot be followed for any image. */
oc_status oc_image_options_check(const oc_image_options *options, oc_error *err);

/* Pixels that are used again from image to image; the memory only grows. Zero-initialise. */
typedef struct oc_buffer {
    uint8_t *data;
    size_t capacity;
} oc_buffer;

/* Room for (height, width, channels) bytes, whose contents are not defined; NULL when memory is short. */
uint8_t *oc_buffer_reserve(oc_buffer *buffer, size_t width, size_t height, size_t channels);
void oc_buffer_free(oc_buffer *buffer);

/* A grayscale picture has a gray plane only. A coloured one has those that were asked for. */
typedef struct oc_picture {
    size_t width, height;               /* of the planes */
    size_t source_width, source_height; /* of the file; larger when the planes were scaled while decoding */
    int orientation;                    /* EXIF's 1..8: how the planes, and the source, have to be turned */
    bool grayscale;
    uint8_t *gray, *rgb; /* in the buffers below, or NULL */
    oc_buffer gray_buffer, rgb_buffer;
    oc_buffer scratch;  /* the codec's, between file and planes */
    size_t memory_left; /* bytes that the codec may take beside the planes */
    uint16_t used_bits; /* set in any sample of a 16-bit PNG of which nothing says how many bits are used; else 0 */
    size_t warnings;    /* of the codec, and the first one */
    char warning[200];
} oc_picture;

/* Whether a set or a model records the option. Those that came after the format are left out at their defaults, so that
 * files without them stay what they were. */
bool oc_image_param_recorded(const oc_param *param, const oc_image_options *options);

/* The options with the defaults for limits of 0. */
oc_image_options oc_image_limits(const oc_image_options *options);

/* Starts a picture: checks the size that a header promises against the limits, before any memory depends on it.
 * OC_BAD_IMAGE for an empty one, OC_TOO_LARGE. The options have gone through oc_image_limits, here and below. */
oc_status oc_picture_begin(oc_picture *picture, size_t width, size_t height, const oc_image_options *options,
                           oc_error *err);

/* Takes memory for the planes that the options and picture->grayscale ask for, once size and orientation are known.
 * Black when nothing is refused, since the codec may leave rows out; else their contents are not defined.
 * OC_TOO_LARGE, OC_NO_MEMORY. */
oc_status oc_picture_reserve(oc_picture *picture, const oc_image_options *options, oc_error *err);

/* The message for a picture that takes more than the limit of memory; OC_TOO_LARGE. */
oc_status oc_fail_picture_memory(const oc_image_options *options, oc_error *err);

/* Keeps a warning of the codec. False when there are more than the limit. */
bool oc_picture_warn(oc_picture *picture, const oc_image_options *options, const char *message);

/* Which part of an upright picture goes where in the result; what the target leaves free is black. */
typedef struct oc_placement {
    size_t source_x, source_y, source_width, source_height;
    size_t x, y, width, height; /* in the result */
    size_t result_width, result_height;
} oc_placement;

/* The source is true_width x true_height, the planes at hand are width x height (smaller after scaled decoding). */
oc_placement oc_place(const oc_image_options *options, size_t true_width, size_t true_height, size_t width,
                      size_t height);

#endif
