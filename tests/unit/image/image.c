/* The decoder: what a file is, limits, orientation, canonical size, reuse; writing PNG. */
#include "tests/unit/image/support.h"

#include "src/base/memory.h"

#include <criterion/criterion.h>
#include <jpeglib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static oc_status decode_path(const char *name, oc_image_options options, oc_error *err)
{
    char path[300];
    snprintf(path, sizeof path, "tests/data/images/%s", name);
    oc_decoder *decoder;
    oc_image image;
    cr_assert_eq(oc_decoder_create(&decoder, NULL), OC_OK);
    oc_status status = oc_decode_file(decoder, path, &options, &image, err);
    oc_decoder_free(decoder);
    return status;
}

static void expect_refusal(const char *name, oc_status status, const char *message)
{
    oc_error err;
    cr_assert_eq(decode_path(name, planes_of(OC_GRAY), &err), status, "%s", name);
    cr_assert_eq(err.status, status);
    char expected[600];
    snprintf(expected, sizeof expected, "tests/data/images/%s: %s", name, message);
    cr_assert_str_eq(err.message, expected);
    cr_assert_eq(decode_path(name, planes_of(OC_GRAY), NULL), status);
}

Test(image, messages_say_what_is_wrong)
{
    expect_refusal("text.jpg", OC_BAD_IMAGE, "neither PNG nor JPEG: begins with '<html><body>404 '");
    expect_refusal("empty.png", OC_BAD_IMAGE, "empty: the file has no bytes");
    expect_refusal("truncated.jpg", OC_BAD_IMAGE, "truncated JPEG: its 747 bytes end before the picture does");
    expect_refusal("truncated.png", OC_BAD_IMAGE, "truncated PNG: its 1874 bytes end before the picture does");
    expect_refusal("bomb.png", OC_TOO_LARGE, "787402 x 787402 pixels: no side may be longer than 65535 (`max_side`)");
    expect_refusal("large.png", OC_TOO_LARGE,
                   "20000 x 20000 pixels are more than the limit of 100000000 (`max_pixels`)");
    expect_refusal("none.png", OC_NOT_FOUND, "cannot be opened: No such file or directory");
    expect_refusal("", OC_IO, "is a folder, not a file");
}

Test(image, strange_bytes_are_escaped)
{
    uint8_t bytes[] = {'G', 'I', 0, '\n', 0x1B, '\'', '\\', 0xFF};
    decoded d = decode((image_bytes){bytes, sizeof bytes}, planes_of(OC_GRAY));
    cr_assert_str_eq(d.err.message, "neither PNG nor JPEG: begins with 'GI\\x00\\x0A\\x1B\\x27\\x5C\\xFF'");
}

Test(image, content_decides)
{
    cr_assert_eq(decode_path("png-named.jpg", planes_of(OC_RGB), NULL), OC_OK);
}

Test(image, signatures)
{
    cr_assert(oc_image_signature("\x89PNG\r\n\x1a\n", 8));
    cr_assert(oc_image_signature("\xFF\xD8\xFF\xE0", 4));
    cr_assert(!oc_image_signature("\x89PNG\r\n\x1a\n", 7));
    cr_assert(!oc_image_signature("\xFF\xD8", 2));
    cr_assert(!oc_image_signature("GIF89a", 6));
    cr_assert(!oc_image_signature("", 0));
}

Test(image, pixel_limit)
{
    static const char *const names[] = {"rgb.png", "420.jpg"};
    for (size_t i = 0; i < 2; i++) {
        oc_image_options options = planes_of(OC_GRAY);
        options.max_pixels = 37 * 26;
        cr_assert_eq(decode_path(names[i], options, NULL), OC_OK);
        options.max_pixels--;
        cr_assert_eq(decode_path(names[i], options, NULL), OC_TOO_LARGE);
    }
}

Test(image, options_table)
{
    oc_image_options options = {.planes = 77};
    oc_params_default(oc_image_params, oc_image_param_count, &options);
    cr_assert(options.size.width == 0 && options.size.height == 0 && options.fit == OC_FIT_STRETCH);
    oc_params_default(oc_limit_params, oc_limit_param_count, &options);
    cr_assert(options.max_pixels == 100000000 && options.max_side == 65535 && options.max_scans == 100);
    cr_assert(options.max_warnings == 100 && options.max_memory == 2048 && options.fail_on == OC_FAIL_ON_TRUNCATED);
    cr_assert_eq(options.planes, 77);
    const oc_param *size = oc_params_find(oc_image_params, oc_image_param_count, "size");
    const oc_param *fit = oc_params_find(oc_image_params, oc_image_param_count, "fit");
    cr_assert_eq(oc_param_set(size, "64x48", &options, NULL), OC_OK);
    cr_assert(options.size.width == 64 && options.size.height == 48);
    cr_assert_eq(oc_param_set(fit, "pad", &options, NULL), OC_OK);
    cr_assert_eq(options.fit, OC_FIT_PAD);
    cr_assert_eq(oc_param_set(size, "0x4", &options, NULL), OC_USAGE);
}

Test(image, impossible_options_are_refused)
{
    uint8_t pixel = 1;
    oc_decoder *decoder;
    oc_image image;
    oc_decoder_create(&decoder, NULL);
    oc_image_options bad[] = {sized(OC_GRAY, 1, 0, OC_FIT_STRETCH), sized(OC_GRAY, 65536, 1, OC_FIT_STRETCH),
                              sized(OC_GRAY, 1, 1, (oc_fit)3),      sized(4, 1, 1, OC_FIT_STRETCH),
                              sized(OC_GRAY, 1, 1, OC_FIT_STRETCH), sized(OC_GRAY, 1, 1, OC_FIT_STRETCH),
                              sized(OC_GRAY, 1, 1, OC_FIT_STRETCH)};
    bad[4].fail_on = OC_FAIL_ON_NONE + 1;
    bad[5].max_pixels = -1;
    bad[6].max_memory = (int64_t)1 << 44;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        cr_assert_eq(oc_decode_pixels(decoder, &(oc_pixels){&pixel, 1, 1, 1, 0}, &bad[i], &image, NULL), OC_USAGE,
                     "%zu", i);
    }
    oc_image_options vast = sized(OC_GRAY, 10001, 10000, OC_FIT_STRETCH);
    cr_assert_eq(oc_decode_pixels(decoder, &(oc_pixels){&pixel, 1, 1, 1, 0}, &vast, &image, NULL), OC_TOO_LARGE);
    oc_decoder_free(decoder);
}

/* Where the upright pixel (x, y) of a picture of width x height lies in the stored one: EXIF's definition. */
static size_t stored(int orientation, size_t x, size_t y, size_t width, size_t height)
{
    size_t mirrored = width - 1 - x, below = height - 1 - y;
    size_t stored_width = orientation >= 5 ? height : width;
    switch (orientation) {
    case 2:
        return y * stored_width + mirrored;
    case 3:
        return below * stored_width + mirrored;
    case 4:
        return below * stored_width + x;
    case 5:
        return x * stored_width + y;
    case 6: /* the stored left column is the upright top row */
        return mirrored * stored_width + y;
    case 7:
        return mirrored * stored_width + below;
    case 8:
        return x * stored_width + below;
    default:
        return y * stored_width + x;
    }
}

static void expect_upright(const char *what, image_bytes file, int orientation, const uint8_t *rgb, const uint8_t *gray)
{
    size_t width = orientation >= 5 ? 41 : 70, height = orientation >= 5 ? 70 : 41;
    decoded d = decode(file, planes_of(OC_RGB | OC_GRAY)), header = decode(file, planes_of(0));
    cr_assert_eq(d.status | header.status, OC_OK, "%s %d: %s", what, orientation, d.err.message);
    cr_assert(d.image.width == width && d.image.height == height, "%s %d", what, orientation);
    cr_assert(d.image.source_width == width && d.image.source_height == height, "%s %d", what, orientation);
    cr_assert(header.image.width == width && header.image.height == height, "%s %d", what, orientation);
    for (size_t y = 0; y < height; y++) {
        for (size_t x = 0; x < width; x++) {
            size_t from = stored(orientation, x, y, width, height), to = y * width + x;
            cr_assert_eq(d.image.gray[to], gray[from], "%s %d", what, orientation);
            cr_assert_arr_eq(d.image.rgb + 3 * to, rgb + 3 * from, 3, "%s %d", what, orientation);
        }
    }
    free_decoded(&d);
}

Test(image, all_orientations)
{
    uint8_t *pixels = make_pixels(70, 41, 3);
    jpeg_recipe jpeg = {.width = 70, .height = 41, .input = JCS_RGB};
    png_recipe png = {.width = 70, .height = 41, .type = 2, .depth = 8};
    for (int orientation = 0; orientation <= 9; orientation++) {
        int meant = orientation >= 1 && orientation <= 8 ? orientation : 1; /* 0 here: no tag at all */
        jpeg.orientation = png.orientation = 0;
        image_bytes plain_jpeg = make_jpeg(&jpeg, pixels), plain_png = make_png(&png, pixels, 210);
        jpeg.orientation = png.orientation = orientation;
        image_bytes turned_jpeg = make_jpeg(&jpeg, pixels), turned_png = make_png(&png, pixels, 210);
        decoded a = decode(plain_jpeg, planes_of(3)), b = decode(plain_png, planes_of(3));
        expect_upright("JPEG", turned_jpeg, meant, a.image.rgb, a.image.gray);
        expect_upright("PNG", turned_png, meant, b.image.rgb, b.image.gray);
        free_decoded(&a);
        free_decoded(&b);
        free(plain_jpeg.data);
        free(plain_png.data);
        free(turned_jpeg.data);
        free(turned_png.data);
    }
    free(pixels);
}

/* The canonical size is that of the upright picture, also where the JPEG is scaled while it is decoded. */
Test(image, size_applies_to_the_upright_picture)
{
    jpeg_recipe recipe = {.width = 160, .height = 80, .input = JCS_GRAYSCALE, .orientation = 6};
    image_bytes file = make_jpeg(&recipe, NULL);
    decoded d = decode(file, sized(OC_GRAY, 20, 40, OC_FIT_CROP));
    cr_assert_eq(d.status, OC_OK);
    cr_assert(d.image.width == 20 && d.image.height == 40);
    cr_assert(d.image.source_width == 80 && d.image.source_height == 160);
    decoded whole = decode(file, sized(OC_GRAY, 20, 40, OC_FIT_STRETCH));
    cr_assert_arr_eq(d.image.gray, whole.image.gray, 800); /* of the same shape: nothing to crop */
    free_decoded(&d);
    free_decoded(&whole);
    free(file.data);
}

static void expect_fit(oc_fit fit, size_t width, size_t height, const uint8_t *in, const uint8_t *expected)
{
    oc_decoder *decoder;
    oc_image image;
    oc_image_options options = sized(OC_GRAY | OC_RGB, 2, 2, fit);
    oc_decoder_create(&decoder, NULL);
    cr_assert_eq(oc_decode_pixels(decoder, &(oc_pixels){in, width, height, 1, 0}, &options, &image, NULL), OC_OK);
    cr_assert(image.width == 2 && image.height == 2);
    cr_assert(image.source_width == width && image.source_height == height);
    cr_assert_arr_eq(image.gray, expected, 4);
    for (size_t i = 0; i < 12; i++) {
        cr_assert_eq(image.rgb[i], expected[i / 3]);
    }
    oc_decoder_free(decoder);
}

Test(image, fits)
{
    uint8_t wide[] = {10, 20, 30, 40, 50, 60, 70, 80}; /* 4 x 2, or 2 x 4 */
    expect_fit(OC_FIT_STRETCH, 4, 2, wide, (uint8_t[]){15, 35, 55, 75});
    expect_fit(OC_FIT_CROP, 4, 2, wide, (uint8_t[]){20, 30, 60, 70});
    expect_fit(OC_FIT_PAD, 4, 2, wide, (uint8_t[]){35, 55, 0, 0});
    expect_fit(OC_FIT_STRETCH, 2, 4, wide, (uint8_t[]){20, 30, 60, 70});
    expect_fit(OC_FIT_CROP, 2, 4, wide, (uint8_t[]){30, 40, 50, 60});
    expect_fit(OC_FIT_PAD, 2, 4, wide, (uint8_t[]){25, 0, 65, 0});
    uint8_t square[] = {1, 2, 3, 4};
    expect_fit(OC_FIT_CROP, 2, 2, square, square);
    expect_fit(OC_FIT_PAD, 2, 2, square, square);
}

Test(image, pixels_of_three_channels)
{
    uint8_t rgb[] = {255, 0, 0, 0, 255, 0, 0, 0, 255, 200, 200, 200};
    oc_decoder *decoder;
    oc_image image;
    oc_image_options options = planes_of(OC_GRAY | OC_RGB);
    oc_decoder_create(&decoder, NULL);
    cr_assert_eq(oc_decode_pixels(decoder, &(oc_pixels){rgb, 2, 2, 3, 6}, &options, &image, NULL), OC_OK);
    cr_assert_arr_eq(image.rgb, rgb, 12);
    cr_assert_arr_eq(image.gray, ((uint8_t[]){76, 150, 29, 200}), 4);
    cr_assert(!image.grayscale);
    cr_assert_eq(oc_decode_pixels(decoder, &(oc_pixels){rgb, 0, 2, 3, 6}, &options, &image, NULL), OC_BAD_IMAGE);
    cr_assert_eq(image.width, 2, "a failed call must leave the image as it was");
    oc_decoder_free(decoder);
}

Test(image, pixels_whose_rows_lie_apart)
{
    enum { STRIDE = 11, WIDTH = 3, HEIGHT = 2 };
    uint8_t rows[STRIDE * HEIGHT], packed[3 * WIDTH * HEIGHT];
    oc_decoder *decoder;
    oc_image image;
    oc_image_options options = planes_of(OC_GRAY | OC_RGB);
    oc_decoder_create(&decoder, NULL);
    for (size_t i = 0; i < sizeof rows; i++) {
        rows[i] = (uint8_t)(37 * i);
    }
    for (size_t channels = 1; channels <= 3; channels += 2) {
        for (size_t i = 0; i < channels * WIDTH * HEIGHT; i++) {
            packed[i] = rows[i / (channels * WIDTH) * STRIDE + i % (channels * WIDTH)];
        }
        cr_assert_eq(
            oc_decode_pixels(decoder, &(oc_pixels){rows, WIDTH, HEIGHT, channels, STRIDE}, &options, &image, NULL),
            OC_OK);
        cr_assert_arr_eq(channels == 1 ? image.gray : image.rgb, packed, channels * WIDTH * HEIGHT);
    }
    cr_assert_eq(oc_decode_pixels(decoder, &(oc_pixels){rows, WIDTH, HEIGHT, 3, 8}, &options, &image, NULL), OC_USAGE);
    cr_assert_eq(oc_decode_pixels(decoder, &(oc_pixels){rows, WIDTH, HEIGHT, 4, 12}, &options, &image, NULL), OC_USAGE);
    oc_decoder_free(decoder);
}

/* One decoder for all, damaged ones among them, in two orders: the same as a new decoder for each. */
Test(image, a_used_decoder_is_as_good_as_new)
{
    static const char *const names[] = {
        "420.jpg",  "rgb.png",  "truncated.jpg",   "gray.jpg",      "rotated.jpg",    "interlaced.png", "truncated.png",
        "cmyk.jpg", "text.jpg", "progressive.jpg", "rgb-16bit.png", "arithmetic.jpg", "gray-alpha.png", "rgb.jpg"};
    enum { COUNT = sizeof names / sizeof *names };
    oc_decoder *decoder;
    oc_decoder_create(&decoder, NULL);
    for (size_t i = 0; i < 3 * COUNT * COUNT; i++) {
        size_t pick = (i * 5 + i / COUNT) % COUNT;
        unsigned planes = (unsigned)(1 + i % 3);
        oc_image_options options = i % 2 ? planes_of(planes) : sized(planes, 20, 20 + i % 4, (oc_fit)(i % 3));
        image_bytes file = load_fixture(names[pick]);
        decoded used = decode_with(decoder, file, options), new = decode(file, options);
        cr_assert_eq(used.status, new.status, "%s", names[pick]);
        size_t pixels = used.image.width * used.image.height;
        cr_assert_eq(pixels, new.image.width *new.image.height);
        cr_assert(!used.image.gray || memcmp(used.image.gray, new.image.gray, pixels) == 0, "%s", names[pick]);
        cr_assert(!used.image.rgb || memcmp(used.image.rgb, new.image.rgb, 3 * pixels) == 0, "%s", names[pick]);
        free_decoded(&used);
        free_decoded(&new);
        free(file.data);
    }
    oc_decoder_free(decoder);
}

/* With the n-th allocation failing, for every n: an error that says so, and the decoder still works afterwards. */
Test(image, short_memory_is_an_error)
{
    static const char *const names[] = {"420.jpg",       "cmyk.jpg",       "rotated.jpg",
                                        "rgb-16bit.png", "interlaced.png", "rotated.png"};
    for (size_t i = 0; i < 6; i++) {
        image_bytes file = load_fixture(names[i]);
        oc_image_options options = sized(OC_GRAY | OC_RGB, 30, 20, OC_FIT_PAD);
        bool done = false;
        for (size_t n = 1; !done; n++) {
            cr_assert_lt(n, 200);
            oc_decoder *decoder = NULL;
            oc_image image;
            oc_error err;
            oc_memory_fail_after(n);
            oc_status status = oc_decoder_create(&decoder, &err);
            if (status == OC_OK) {
                status = oc_decode_memory(decoder, file.data, file.size, &options, &image, &err);
            }
            oc_memory_fail_after(0);
            cr_assert(status == OC_OK || status == OC_NO_MEMORY, "%s, allocation %zu: %s", names[i], n, err.message);
            done = status == OC_OK;
            if (decoder) {
                cr_assert_eq(oc_decode_memory(decoder, file.data, file.size, &options, &image, &err), OC_OK);
            }
            oc_decoder_free(decoder);
        }
        free(file.data);
    }
}

Test(image, written_png_reads_back)
{
    char folder[] = "/tmp/ocellus-image-XXXXXX", path[100];
    cr_assert(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/a b.png", folder);
    oc_decoder *decoder;
    oc_image image;
    oc_decoder_create(&decoder, NULL);
    for (size_t channels = 1; channels <= 3; channels += 2) {
        uint8_t *pixels = make_pixels(31, 17, channels);
        oc_image_options options = planes_of(OC_GRAY | OC_RGB);
        cr_assert_eq(oc_image_write_png(&(oc_pixels){pixels, 31, 17, channels, 0}, path, NULL), OC_OK);
        cr_assert_eq(oc_decode_file(decoder, path, &options, &image, NULL), OC_OK);
        cr_assert(image.width == 31 && image.height == 17 && image.grayscale == (channels == 1));
        cr_assert_arr_eq(channels == 1 ? image.gray : image.rgb, pixels, 31 * 17 * channels);
        free(pixels);
    }
    uint8_t apart[] = {1, 2, 0, 3, 4, 0}, joined[] = {1, 2, 3, 4}; /* rows of two that begin three bytes apart */
    oc_image_options gray = planes_of(OC_GRAY);
    cr_assert_eq(oc_image_write_png(&(oc_pixels){apart, 2, 2, 1, 3}, path, NULL), OC_OK);
    cr_assert_eq(oc_decode_file(decoder, path, &gray, &image, NULL), OC_OK);
    cr_assert_arr_eq(image.gray, joined, sizeof joined);
    cr_assert_eq(oc_image_write_png(&(oc_pixels){apart, 2, 2, 1, 1}, path, NULL), OC_USAGE);
    uint8_t rgba[] = {9, 8, 7, 255, 9, 8, 7, 0};
    oc_image_options options = planes_of(OC_RGB);
    cr_assert_eq(oc_image_write_png(&(oc_pixels){rgba, 2, 1, 4, 0}, path, NULL), OC_OK);
    cr_assert_eq(oc_decode_file(decoder, path, &options, &image, NULL), OC_OK);
    cr_assert_arr_eq(image.rgb, ((uint8_t[]){9, 8, 7, 255, 255, 255}), 6);
    oc_decoder_free(decoder);
    unlink(path);
    cr_assert_eq(rmdir(folder), 0, "something was left behind");
}

Test(image, writing_fails_cleanly)
{
    oc_error err;
    uint8_t pixel[4] = {1};
    cr_assert_eq(oc_image_write_png(&(oc_pixels){pixel, 1, 1, 1, 0}, "/nowhere/at/all.png", &err), OC_IO);
    cr_assert(strstr(err.message, "/nowhere/at/all.png"), "%s", err.message);
    cr_assert_eq(oc_image_write_png(&(oc_pixels){pixel, 1, 1, 2, 0}, "x.png", &err), OC_USAGE);
    cr_assert_eq(oc_image_write_png(&(oc_pixels){pixel, 0, 1, 1, 0}, "x.png", &err), OC_USAGE);
    char folder[] = "/tmp/ocellus-image-XXXXXX", path[100];
    cr_assert(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/x.png", folder);
    cr_assert_eq(oc_image_write_png(&(oc_pixels){pixel, 1, 1, 1, 0}, path, NULL), OC_OK);
    struct stat before, after;
    stat(path, &before);
    for (size_t n = 1;; n++) {
        oc_memory_fail_after(n);
        oc_status status = oc_image_write_png(&(oc_pixels){pixel, 1, 1, 4, 0}, path, &err);
        oc_memory_fail_after(0);
        if (status == OC_OK) {
            cr_assert_gt(n, 4);
            break;
        }
        cr_assert_eq(status, OC_NO_MEMORY, "%s", err.message);
        stat(path, &after);
        cr_assert_eq(before.st_ino, after.st_ino, "a failed call replaced the file");
    }
    unlink(path);
    cr_assert_eq(rmdir(folder), 0, "something was left behind");
}
