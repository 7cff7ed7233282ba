/* Limits, plane memory, and the geometry of stretch, crop and pad. */
#include "src/image/picture.h"

#include "src/base/fail.h"
#include "src/base/memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

size_t oc_pixels_stride(const oc_pixels *pixels)
{
    return pixels->stride ? pixels->stride : pixels->width * pixels->channels;
}

oc_status oc_pixels_check(const oc_pixels *pixels, oc_error *err)
{
    size_t stride = oc_pixels_stride(pixels);
    return pixels->channels && stride / pixels->channels >= pixels->width
               ? OC_OK
               : oc_fail(err, OC_USAGE, "stride %zu is less than the %zu pixels of %zu byte(s) in a row", stride,
                         pixels->width, pixels->channels);
}

uint8_t *oc_buffer_reserve(oc_buffer *buffer, size_t width, size_t height, size_t channels)
{
    size_t pixels, bytes;
    if (!oc_multiply(width, height, &pixels) || !oc_multiply(pixels, channels, &bytes)) {
        return NULL;
    }
    if (bytes > buffer->capacity || !buffer->data) {
        oc_buffer_free(buffer); /* the old contents are not needed: no copy, and never two blocks at a time */
        buffer->data = oc_realloc(NULL, bytes, 1);
        buffer->capacity = buffer->data ? bytes : 0;
    }
    return buffer->data;
}

void oc_buffer_free(oc_buffer *buffer)
{
    oc_free(buffer->data);
    *buffer = (oc_buffer){0};
}

oc_status oc_picture_begin(oc_picture *picture, size_t width, size_t height, const oc_image_options *options,
                           oc_error *err)
{
    if (width == 0 || height == 0) {
        return oc_fail(err, OC_BAD_IMAGE, "the image is empty: %zu x %zu pixels", width, height);
    }
    if (width > OC_MAX_SIDE || height > OC_MAX_SIDE || (int64_t)width > options->max_side ||
        (int64_t)height > options->max_side) {
        return oc_fail(err, OC_TOO_LARGE, "%zu x %zu pixels: no side may be longer than %" PRId64 " (`max_side`)",
                       width, height, options->max_side);
    }
    if ((int64_t)(width * height) > options->max_pixels) {
        return oc_fail(err, OC_TOO_LARGE, "%zu x %zu pixels are more than the limit of %" PRId64 " (`max_pixels`)",
                       width, height, options->max_pixels);
    }
    picture->width = picture->source_width = width;
    picture->height = picture->source_height = height;
    picture->orientation = 1;
    picture->grayscale = false;
    picture->used_bits = 0;
    picture->gray = picture->rgb = NULL;
    return OC_OK;
}

/* The memory of the planes; twice that when they have to be turned. That of a gray picture that keeps its size is
 * repeated as R, G, B at the end. */
static oc_status check_memory(oc_picture *picture, size_t channels, const oc_image_options *options, oc_error *err)
{
    uint64_t limit = (uint64_t)options->max_memory << 20, times = picture->orientation == 1 ? 1 : 2;
    uint64_t pixels = (uint64_t)picture->width * picture->height, bytes = pixels * channels * times; /* 2^32 pixels */
    if (picture->grayscale && (options->planes & OC_RGB) && !options->size.width) {
        bytes += 3 * pixels;
    }
    if (bytes > limit) {
        return oc_fail_picture_memory(options, err);
    }
    picture->memory_left = limit - bytes;
    return OC_OK;
}

oc_status oc_picture_reserve(oc_picture *picture, const oc_image_options *options, oc_error *err)
{
    unsigned planes = options->planes;
    bool gray = planes && (picture->grayscale || (planes & OC_GRAY)), rgb = !picture->grayscale && (planes & OC_RGB);
    oc_status status = check_memory(picture, (gray ? 1U : 0U) + (rgb ? 3U : 0U), options, err);
    if (status != OC_OK) {
        return status;
    }
    if (gray) {
        picture->gray = oc_buffer_reserve(&picture->gray_buffer, picture->width, picture->height, 1);
    }
    if (rgb) {
        picture->rgb = oc_buffer_reserve(&picture->rgb_buffer, picture->width, picture->height, 3);
    }
    if ((gray && !picture->gray) || (rgb && !picture->rgb)) {
        return oc_fail(err, OC_NO_MEMORY, "out of memory for %zu x %zu pixels", picture->width, picture->height);
    }
    if (options->fail_on == OC_FAIL_ON_NONE) {
        memset(gray ? picture->gray : picture->rgb, 0, picture->width * picture->height * (gray ? 1 : 3));
        if (gray && rgb) {
            memset(picture->rgb, 0, picture->width * picture->height * 3);
        }
    }
    return OC_OK;
}

oc_status oc_fail_picture_memory(const oc_image_options *options, oc_error *err)
{
    return oc_fail(err, OC_TOO_LARGE, "decoding takes more than the limit of %" PRId64 " MB (`max_memory`)",
                   options->max_memory);
}

bool oc_picture_warn(oc_picture *picture, const oc_image_options *options, const char *message)
{
    if (picture->warnings++ == 0) {
        snprintf(picture->warning, sizeof picture->warning, "%s", message);
    }
    return picture->warnings <= (size_t)options->max_warnings;
}

/* a b / c, rounded to nearest, at least 1; a, b and c have at most 16 bits. */
static size_t proportion(size_t a, size_t b, size_t c)
{
    uint64_t rounded = ((uint64_t)a * b + c / 2) / c;
    return rounded ? (size_t)rounded : 1;
}

oc_placement oc_place(const oc_image_options *options, size_t true_width, size_t true_height, size_t width,
                      size_t height)
{
    oc_placement place = {.source_width = width, .source_height = height};
    size_t target_width = options->size.width ? options->size.width : width;
    size_t target_height = options->size.height ? options->size.height : height;
    place.result_width = place.width = target_width;
    place.result_height = place.height = target_height;

    size_t source_ratio = true_width * target_height, target_ratio = target_width * true_height;
    bool wider = source_ratio > target_ratio, taller = source_ratio < target_ratio;
    if (!options->size.width) {
        return place;
    }
    if (options->fit == OC_FIT_CROP && wider) {
        place.source_width = proportion(width, target_ratio, source_ratio);
    } else if (options->fit == OC_FIT_CROP && taller) {
        place.source_height = proportion(height, source_ratio, target_ratio);
    } else if (options->fit == OC_FIT_PAD && wider) {
        place.height = proportion(target_width, true_height, true_width);
    } else if (options->fit == OC_FIT_PAD && taller) {
        place.width = proportion(target_height, true_width, true_height);
    }
    place.source_x = (width - place.source_width) / 2;
    place.source_y = (height - place.source_height) / 2;
    place.x = (target_width - place.width) / 2;
    place.y = (target_height - place.height) / 2;
    return place;
}
