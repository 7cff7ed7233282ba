/* The decoder: recognises the kind of a file, decodes it, turns it upright and brings it to the canonical size. */
#include <ocellus/image.h>

#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/memory.h"
#include "src/image/codec.h"
#include "src/image/kernels.h"
#include "src/image/kinds.h"
#include "src/image/orientation.h"
#include "src/image/resize.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct oc_decoder {
    oc_bytes file;
    oc_picture picture;                /* as decoded from the file */
    oc_buffer turned_gray, turned_rgb; /* upright */
    oc_buffer sized_gray, sized_rgb;   /* at the canonical size */
    oc_resizer gray_resizer, rgb_resizer;
};

static const char *const fits[] = {"stretch", "crop", "pad", NULL};

const oc_param oc_image_params[] = {
    {"size", OC_EXTENT, offsetof(oc_image_options, size), "auto", 1, OC_MAX_SIDE, NULL,
     "bring every image to this many pixels, WxH; auto keeps the images' own size"},
    {"fit", OC_CHOICE, offsetof(oc_image_options, fit), "stretch", 0, 0, fits,
     "for images of another shape: stretch them, crop to the centre, or pad with black"},
    {"depth", OC_INTEGER, offsetof(oc_image_options, depth), "0", 0, 16, NULL,
     "bits that 16-bit PNG samples use, from the lowest: 12 for a 12-bit camera; 0: as the file says (sBIT), else 16"},
};
const size_t oc_image_param_count = sizeof oc_image_params / sizeof *oc_image_params;

static const char *const levels[] = {"truncated", "error", "warning", "none", NULL};

#define FIELD(name) offsetof(oc_image_options, name)

const oc_param oc_limit_params[] = {
    {"fail-on", OC_CHOICE, FIELD(fail_on), "truncated", 0, 0, levels,
     "which damage makes an image unreadable; truncated: missing rows; error: also wrong codes in its data; warning: "
     "also anything that the decoder warns about; none: only a missing header"},
    {"max-pixels", OC_INTEGER, FIELD(max_pixels), "100000000", 1, (double)OC_MAX_SIDE *OC_MAX_SIDE, NULL,
     "refuse images with more pixels than this"},
    {"max-side", OC_INTEGER, FIELD(max_side), "65535", 1, OC_MAX_SIDE, NULL, "refuse images with a longer side"},
    {"max-scans", OC_INTEGER, FIELD(max_scans), "100", 1, 1e6, NULL, "refuse progressive JPEG files with more scans"},
    {"max-warnings", OC_INTEGER, FIELD(max_warnings), "100", 1, 1e6, NULL,
     "refuse an image when the decoder warns more often"},
    {"max-memory", OC_INTEGER, FIELD(max_memory), "2048", 1, 1 << 20, NULL,
     "refuse images that take more MB of memory to decode, for each thread"},
};
const size_t oc_limit_param_count = sizeof oc_limit_params / sizeof *oc_limit_params;

oc_image_options oc_image_defaults(void)
{
    oc_image_options options = {.planes = OC_GRAY | OC_RGB};
    oc_params_default(oc_image_params, oc_image_param_count, &options);
    oc_params_default(oc_limit_params, oc_limit_param_count, &options);
    return options;
}

bool oc_image_param_recorded(const oc_param *param, const oc_image_options *options)
{
    return param->offset != FIELD(depth) || options->depth != 0;
}

oc_image_options oc_image_limits(const oc_image_options *options)
{
    oc_image_options full = *options;
    full.max_pixels = full.max_pixels ? full.max_pixels : 100000000;
    full.max_side = full.max_side ? full.max_side : OC_MAX_SIDE;
    full.max_scans = full.max_scans ? full.max_scans : 100;
    full.max_warnings = full.max_warnings ? full.max_warnings : 100;
    full.max_memory = full.max_memory ? full.max_memory : 2048;
    return full;
}

oc_status oc_decoder_create(oc_decoder **out, oc_error *err)
{
    oc_decoder *decoder = oc_alloc(1, sizeof *decoder);
    if (!decoder) {
        return oc_fail_memory(err, "an image decoder");
    }
    *out = decoder;
    return OC_OK;
}

void oc_decoder_free(oc_decoder *decoder)
{
    if (!decoder) {
        return;
    }
    oc_bytes_free(&decoder->file);
    oc_buffer_free(&decoder->picture.gray_buffer);
    oc_buffer_free(&decoder->picture.rgb_buffer);
    oc_buffer_free(&decoder->picture.scratch);
    oc_buffer_free(&decoder->turned_gray);
    oc_buffer_free(&decoder->turned_rgb);
    oc_buffer_free(&decoder->sized_gray);
    oc_buffer_free(&decoder->sized_rgb);
    oc_resizer_free(&decoder->gray_resizer);
    oc_resizer_free(&decoder->rgb_resizer);
    oc_free(decoder);
}

static const uint8_t png_signature[8] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};
static const uint8_t jpeg_signature[3] = {0xFF, 0xD8, 0xFF};

static bool begins_with(const uint8_t *bytes, size_t size, const uint8_t *signature, size_t length)
{
    return size >= length && memcmp(bytes, signature, length) == 0;
}

bool oc_image_signature(const void *bytes, size_t size)
{
    return begins_with(bytes, size, png_signature, sizeof png_signature) ||
           begins_with(bytes, size, jpeg_signature, sizeof jpeg_signature);
}

/* Replaces the planes of the picture by upright ones. */
static oc_status turn(oc_decoder *decoder, oc_error *err)
{
    oc_picture *picture = &decoder->picture;
    int orientation = picture->orientation;
    size_t width = picture->width, height = picture->height;
    if (picture->gray) {
        uint8_t *turned = oc_buffer_reserve(&decoder->turned_gray, width, height, 1);
        if (!turned) {
            return oc_fail_memory(err, "the upright image");
        }
        oc_orientation_apply(orientation, picture->gray, width, height, 1, turned);
        picture->gray = turned;
    }
    if (picture->rgb) {
        uint8_t *turned = oc_buffer_reserve(&decoder->turned_rgb, width, height, 3);
        if (!turned) {
            return oc_fail_memory(err, "the upright image");
        }
        oc_orientation_apply(orientation, picture->rgb, width, height, 3, turned);
        picture->rgb = turned;
    }
    if (oc_orientation_swaps(orientation)) {
        picture->width = height;
        picture->height = width;
        size_t source_width = picture->source_width;
        picture->source_width = picture->source_height;
        picture->source_height = source_width;
    }
    picture->orientation = 1;
    return OC_OK;
}

/* Replaces one plane of the picture by one of the canonical size. */
static oc_status fit_plane(oc_decoder *decoder, const oc_placement *place, size_t channels, uint8_t **plane,
                           oc_buffer *buffer, oc_error *err)
{
    uint8_t *out = oc_buffer_reserve(buffer, place->result_width, place->result_height, channels);
    if (!out) {
        return oc_fail_memory(err, "the canonical image");
    }
    size_t stride = decoder->picture.width * channels, out_stride = place->result_width * channels;
    if (place->width < place->result_width || place->height < place->result_height) {
        memset(out, 0, out_stride * place->result_height);
    }
    oc_pixels from = {*plane + place->source_y * stride + place->source_x * channels, place->source_width,
                      place->source_height, channels, stride};
    oc_plane_out to = {out + place->y * out_stride + place->x * channels, out_stride, place->width, place->height};
    *plane = out;
    oc_resizer *resizer = channels == 1 ? &decoder->gray_resizer : &decoder->rgb_resizer;
    return oc_resizer_run(resizer, &from, to, err);
}

/* Replaces the planes of the picture by planes of the canonical size. */
static oc_status fit(oc_decoder *decoder, const oc_image_options *options, oc_error *err)
{
    oc_picture *picture = &decoder->picture;
    oc_placement place = oc_place(options, picture->source_width, picture->source_height, picture->width,
                                  picture->height);
    bool same = place.result_width == picture->width && place.result_height == picture->height &&
                place.width == picture->width && place.height == picture->height &&
                place.source_width == picture->width && place.source_height == picture->height;
    oc_status status = OC_OK;
    if (picture->gray && !same) {
        status = fit_plane(decoder, &place, 1, &picture->gray, &decoder->sized_gray, err);
    }
    if (picture->rgb && !same && status == OC_OK) {
        status = fit_plane(decoder, &place, 3, &picture->rgb, &decoder->sized_rgb, err);
    }
    picture->width = place.result_width;
    picture->height = place.result_height;
    return status;
}

static unsigned bit_length(unsigned value)
{
    unsigned length = 0;
    for (; value; value >>= 1) {
        length++;
    }
    return length;
}

/* Makes the image that the options select from the decoded picture. */
static oc_status finish(oc_decoder *decoder, const oc_image_options *options, oc_image *image, oc_error *err)
{
    oc_picture *picture = &decoder->picture;
    oc_status status = picture->orientation == 1 ? OC_OK : turn(decoder, err);
    if (status == OC_OK) {
        status = fit(decoder, options, err);
    }
    if (status != OC_OK) {
        return status;
    }
    if (picture->grayscale && (options->planes & OC_RGB)) {
        picture->rgb = oc_buffer_reserve(&picture->rgb_buffer, picture->width, picture->height, 3);
        if (!picture->rgb) {
            return oc_fail_memory(err, "the canonical image");
        }
        oc_convert()->rgb_from_gray(picture->gray, picture->width * picture->height, picture->rgb);
    }
    *image = (oc_image){
        .width = picture->width,
        .height = picture->height,
        .gray = options->planes & OC_GRAY ? picture->gray : NULL,
        .rgb = options->planes & OC_RGB ? picture->rgb : NULL,
        .grayscale = picture->grayscale,
        .source_width = picture->source_width,
        .source_height = picture->source_height,
        .used_bits = bit_length(picture->used_bits),
        .warnings = picture->warnings,
        .warning = picture->warnings ? picture->warning : NULL,
    };
    return OC_OK;
}

oc_status oc_image_options_check(const oc_image_options *options, oc_error *err)
{
    size_t width = options->size.width, height = options->size.height;
    if (width > OC_MAX_SIDE || height > OC_MAX_SIDE || !width != !height) {
        return oc_fail(err, OC_USAGE, "a canonical size of %zu x %zu: a side has 1 to %d pixels", width, height,
                       OC_MAX_SIDE);
    }
    if (width * height > OC_MAX_CANONICAL) {
        return oc_fail(err, OC_TOO_LARGE, "a canonical size of %zu x %zu: at most %d pixels are possible", width,
                       height, OC_MAX_CANONICAL);
    }
    if (options->fit < OC_FIT_STRETCH || options->fit > OC_FIT_PAD || options->planes > (OC_GRAY | OC_RGB)) {
        return oc_fail(err, OC_USAGE, "image options: fit %d or planes %u do not exist", options->fit, options->planes);
    }
    if (options->depth < 0 || options->depth > 16) {
        return oc_fail(err, OC_USAGE, "image options: a depth of %" PRId64 "; 1 to 16 bits, or 0 for the file's own",
                       options->depth);
    }
    oc_image_options limits = oc_image_limits(options);
    return oc_params_check(oc_limit_params, oc_limit_param_count, &limits, err);
}

/* The bytes of an image file. */
typedef struct encoded {
    const void *bytes;
    size_t size;
    const char *path; /* for messages about kinds that cannot be read; may be NULL */
} encoded;

static oc_status decode(oc_decoder *decoder, encoded file, const oc_image_options *options, oc_image *image,
                        oc_error *err)
{
    const void *bytes = file.bytes;
    size_t size = file.size;
    oc_status status = oc_image_options_check(options, err);
    if (status != OC_OK) {
        return status;
    }
    oc_image_options limited = oc_image_limits(options);
    decoder->picture.warnings = 0;
    if (begins_with(bytes, size, jpeg_signature, sizeof jpeg_signature)) {
        status = oc_jpeg_read(bytes, size, &limited, &decoder->picture, err);
    } else if (begins_with(bytes, size, png_signature, sizeof png_signature)) {
        status = oc_png_read(bytes, size, &limited, &decoder->picture, err);
    } else {
        status = oc_fail_foreign(file.path, bytes, size, err);
    }
    return status == OC_OK ? finish(decoder, &limited, image, err) : status;
}

oc_status oc_decode_memory(oc_decoder *decoder, const void *bytes, size_t size, const oc_image_options *options,
                           oc_image *image, oc_error *err)
{
    return decode(decoder, (encoded){bytes, size, NULL}, options, image, err);
}

/* An upper bound of the size of a file within the limit of pixels: 16-bit RGBA, not compressed, and 64 MB for
 * everything else. */
static size_t file_limit(const oc_image_options *options)
{
    const size_t rest = (size_t)64 << 20;
    size_t limit;
    return oc_multiply((size_t)options->max_pixels, 8, &limit) && oc_add(limit, rest, &limit) ? limit : SIZE_MAX;
}

/* A file without the name of a PNG or JPEG file may be a large file of another kind: checks its first bytes before all
 * of it is read. When they cannot be read, the read of the whole file reports the error. */
static oc_status check_kind(const char *path, oc_error *err)
{
    char head[OC_KIND_HEAD];
    if (oc_image_named(path) || strcmp(path, "-") == 0) {
        return OC_OK;
    }
    size_t size = oc_file_head(path, head, sizeof head);
    if (size == 0 || oc_image_signature(head, size)) {
        return OC_OK;
    }
    return oc_fail_at(err, oc_fail_foreign(path, head, size, err), path);
}

oc_status oc_decode_file(oc_decoder *decoder, const char *path, const oc_image_options *options, oc_image *image,
                         oc_error *err)
{
    oc_image_options limited = oc_image_limits(options);
    oc_status status = check_kind(path, err);
    if (status == OC_OK) {
        status = oc_bytes_read(&decoder->file, path, file_limit(&limited), err);
    }
    if (status != OC_OK) {
        return status;
    }
    status = decode(decoder, (encoded){decoder->file.data, decoder->file.size, path}, options, image, err);
    if (status != OC_OK) {
        return oc_fail_at(err, status, strcmp(path, "-") == 0 ? "standard input" : path);
    }
    return OC_OK;
}

oc_status oc_decode_pixels(oc_decoder *decoder, const oc_pixels *pixels, const oc_image_options *options,
                           oc_image *image, oc_error *err)
{
    size_t width = pixels->width, height = pixels->height, channels = pixels->channels;
    size_t stride = oc_pixels_stride(pixels);
    oc_picture *picture = &decoder->picture;
    oc_image_options limited = oc_image_limits(options);
    oc_status status = oc_image_options_check(options, err);
    if (status == OC_OK && channels != 1 && channels != 3) {
        status = oc_fail(err, OC_USAGE, "%zu channels: pixels are gray or RGB, with 1 or 3", channels);
    }
    picture->warnings = 0;
    if (status == OC_OK) {
        status = oc_picture_begin(picture, width, height, &limited, err);
    }
    if (status == OC_OK) {
        status = oc_pixels_check(pixels, err);
    }
    if (status == OC_OK) {
        picture->grayscale = channels == 1;
        status = oc_picture_reserve(picture, &limited, err);
    }
    if (status != OC_OK) {
        return status;
    }
    bool packed = stride == channels * width; /* then all rows are one long row */
    size_t rows = packed ? 1 : height, length = packed ? width * height : width;
    for (size_t y = 0; y < rows; y++) {
        const uint8_t *row = pixels->data + y * stride;
        if (picture->rgb) {
            memcpy(picture->rgb + 3 * y * length, row, 3 * length);
        }
        if (picture->gray && picture->grayscale) {
            memcpy(picture->gray + y * length, row, length);
        } else if (picture->gray) {
            oc_convert()->gray_from_rgb(row, length, picture->gray + y * length);
        }
    }
    return finish(decoder, options, image, err);
}
