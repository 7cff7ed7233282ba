/* Decoding: any bytes are an image or an error, and what the header promises about planes holds. */
#include "tests/fuzz/fuzz.h"

#include <ocellus/image.h>

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static oc_decoder *decoder;

/* Checks an image against the options and reads every byte of it. */
static void check(const oc_image *image, const oc_image_options *options)
{
    size_t pixels = image->width * image->height;
    unsigned sum = 0;
    fuzz_expect(pixels > 0 && image->source_width > 0 && image->source_height > 0, "an image has pixels");
    fuzz_expect((int64_t)(image->source_width * image->source_height) <= options->max_pixels, "the limit holds");
    fuzz_expect(!options->size.width || (image->width == options->size.width && image->height == options->size.height),
                "an image has the size asked for");
    fuzz_expect(!(options->planes & OC_GRAY) == !image->gray && !(options->planes & OC_RGB) == !image->rgb,
                "an image has the planes asked for");
    fuzz_expect(image->used_bits <= 16, "16-bit samples use at most 16 bits");
    for (size_t i = 0; image->gray && i < pixels; i++) {
        sum += image->gray[i];
    }
    for (size_t i = 0; image->rgb && i < 3 * pixels; i++) {
        sum += image->rgb[i];
    }
    fuzz_read = sum;
}

/* A copy of a plane, to be freed; NULL for none. */
static uint8_t *copy(const uint8_t *plane, size_t size)
{
    uint8_t *out = plane ? malloc(size) : NULL;
    return out ? memcpy(out, plane, size) : NULL;
}

static void decode(const uint8_t *bytes, size_t size, oc_image_options options)
{
    oc_image both, one;
    oc_error err = {0};
    options.planes = OC_GRAY | OC_RGB;
    bool whole = fuzz_succeeded(oc_decode_memory(decoder, bytes, size, &options, &both, &err), &err);
    uint8_t *planes[2] = {0};
    if (whole) {
        check(&both, &options);
        planes[0] = copy(both.gray, both.width * both.height);
        planes[1] = copy(both.rgb, 3 * both.width * both.height);
    }
    for (unsigned plane = 0; plane < 2; plane++) {
        options.planes = plane ? OC_RGB : OC_GRAY;
        bool again = fuzz_succeeded(oc_decode_memory(decoder, bytes, size, &options, &one, &err), &err);
        fuzz_expect(whole == again, "an image can be read whichever planes are asked for");
        if (again) {
            check(&one, &options);
            fuzz_expect(
                one.width == both.width && one.height == both.height && one.grayscale == both.grayscale &&
                    memcmp(plane ? one.rgb : one.gray, planes[plane], one.width * one.height * (plane ? 3 : 1)) == 0,
                "a plane does not depend on the other");
        }
    }
    options.planes = 0;
    bool header = fuzz_succeeded(oc_decode_memory(decoder, bytes, size, &options, &one, &err), &err);
    fuzz_expect(!whole || (header && one.source_width == both.source_width && one.source_height == both.source_height),
                "the header tells the size");
    free(planes[0]);
    free(planes[1]);
}

/* Makes the checksums of a PNG right: a changed byte would else end the decoder's interest in a chunk. */
static void mend(uint8_t *bytes, size_t size)
{
    enum { SIGNATURE = 8, FRAME = 12 };
    for (size_t at = SIGNATURE; size > at && size - at >= FRAME;) {
        const uint8_t *head = bytes + at;
        size_t length = (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
        if (length > size - at - FRAME) {
            return;
        }
        uint8_t *sum = bytes + at + 8 + length;
        uLong right = crc32(0, head + 4, (uInt)(4 + length));
        for (int i = 0; i < 4; i++) {
            sum[i] = (uint8_t)(right >> (24 - 8 * i));
        }
        at += FRAME + length;
    }
}

static void decode_both_ways(const uint8_t *bytes, size_t size)
{
    oc_image_options options = {0}; /* and the usual limits */
    oc_params_default(oc_image_params, oc_image_param_count, &options);
    options.max_pixels = 1 << 18;
    decode(bytes, size, options);
    options.size = (oc_extent){9, 7};
    options.fit = (oc_fit)(size % 3);
    options.depth = (int64_t)(size % 17);
    decode(bytes, size, options);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (!decoder) {
        fuzz_expect(oc_decoder_create(&decoder, NULL) == OC_OK, "a decoder can be made");
    }
    decode_both_ways(bytes, size);
    if (size > 8 && memcmp(bytes, "\x89PNG", 4) == 0) {
        uint8_t *mended = copy(bytes, size);
        mend(mended, size);
        decode_both_ways(mended, size);
        free(mended);
    }
    return 0;
}
