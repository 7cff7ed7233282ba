/* Which pictures are refused at which level, what is kept of those that are not, and the limits. */
#include "tests/unit/image/support.h"

#include <criterion/criterion.h>
#include <jpeglib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static const oc_fail_on levels[] = {OC_FAIL_ON_NONE, OC_FAIL_ON_TRUNCATED, OC_FAIL_ON_ERROR, OC_FAIL_ON_WARNING};
enum { LEVELS = 4, WIDTH = 37, HEIGHT = 26 };

static decoded at_level(image_bytes file, oc_fail_on level, unsigned planes)
{
    oc_image_options options = planes_of(planes);
    options.fail_on = level;
    return decode(file, options);
}

/* The first `taken` levels take the file, with a warning, the others refuse it. */
static void expect_levels(image_bytes file, const char *what, size_t taken)
{
    for (size_t i = 0; i < LEVELS; i++) {
        decoded d = at_level(file, levels[i], OC_GRAY | OC_RGB);
        cr_assert_eq(d.status, i < taken ? OC_OK : OC_BAD_IMAGE, "%s at level %zu: %s", what, i, d.err.message);
        if (d.status == OC_OK) {
            cr_assert(d.image.warnings > 0 && d.image.width == WIDTH && d.image.height == HEIGHT, "%s", what);
        }
        free_decoded(&d);
    }
}

static image_bytes cut(const char *name, size_t size)
{
    image_bytes file = load_fixture(name);
    cr_assert_lt(size, file.size);
    file.size = size;
    return file;
}

Test(image_levels, whole_files_have_no_warning)
{
    static const char *const names[] = {"420.jpg", "progressive.jpg", "arithmetic.jpg", "rgb.png", "interlaced.png"};
    for (size_t n = 0; n < 5; n++) {
        image_bytes file = load_fixture(names[n]);
        for (size_t i = 0; i < LEVELS; i++) {
            decoded d = at_level(file, levels[i], OC_RGB), usual = decode(file, planes_of(OC_RGB));
            cr_assert(d.status == OC_OK && d.image.warnings == 0 && !d.image.warning, "%s: %s", names[n],
                      d.err.message);
            cr_assert_arr_eq(d.image.rgb, usual.image.rgb, 3 * WIDTH * HEIGHT);
            free_decoded(&d);
            free_decoded(&usual);
        }
        free(file.data);
    }
}

Test(image_levels, missing_rows_are_accepted_by_none_alone)
{
    static const char *const names[] = {"420.jpg", "progressive.jpg", "arithmetic.jpg", "rgb.png", "interlaced.png"};
    for (size_t n = 0; n < 5; n++) {
        image_bytes file = load_fixture(names[n]);
        file.size -= file.size / 5;
        expect_levels(file, names[n], 1);
        free(file.data);
    }
}

Test(image_levels, wrong_codes_are_accepted_up_to_truncated)
{
    image_bytes file = load_fixture("444.jpg");
    file.data[1100] = 0x22;
    decoded d = at_level(file, OC_FAIL_ON_TRUNCATED, OC_GRAY);
    cr_assert(d.status == OC_OK && d.image.warnings > 0, "%s", d.err.message); /* the text goes with the decoder */
    free_decoded(&d);
    expect_levels(file, "wrong codes", 2);
    free(file.data);
}

Test(image_levels, a_missing_end_marker_is_accepted_up_to_error)
{
    image_bytes file = load_fixture("420.jpg");
    file.size -= 2;
    decoded whole = decode_fixture("420.jpg", planes_of(OC_RGB)), d = at_level(file, OC_FAIL_ON_ERROR, OC_RGB);
    expect_levels(file, "no end marker", 3);
    cr_assert_arr_eq(d.image.rgb, whole.image.rgb, 3 * WIDTH * HEIGHT);
    free_decoded(&d);
    free_decoded(&whole);
    free(file.data);
}

/* The checksum of IDAT is the picture's; after the rows nothing harms it. */
Test(image_levels, wrong_check_sums_of_rows_are_accepted_by_none_alone)
{
    static const size_t from_end[] = {14, 1}; /* the sums of IDAT and IEND */
    for (size_t i = 0; i < 2; i++) {
        image_bytes file = load_fixture("rgb.png");
        file.data[file.size - from_end[i]] ^= 1;
        expect_levels(file, "check sum", i == 0 ? 1 : 3);
        decoded whole = decode_fixture("rgb.png", planes_of(OC_RGB)), d = at_level(file, OC_FAIL_ON_NONE, OC_RGB);
        cr_assert_arr_eq(d.image.rgb, whole.image.rgb, 3 * WIDTH * HEIGHT);
        free_decoded(&d);
        free_decoded(&whole);
        free(file.data);
    }
}

/* The rows that came are those of the whole picture, the others are black, in both planes, also when an image came
 * before. */
Test(image_levels, rows_that_did_not_come_are_black)
{
    enum { SIDE = 200 };
    uint8_t *pixels = make_pixels(SIDE, SIDE, 6);
    oc_decoder *decoder;
    oc_decoder_create(&decoder, NULL);
    for (int depth = 8; depth <= 16; depth += 8) {
        image_bytes file = make_png(&(png_recipe){.width = SIDE, .height = SIDE, .type = 2, .depth = depth}, pixels,
                                    (size_t)(3 * SIDE * depth / 8));
        image_bytes part = {file.data, file.size / 2};
        oc_image_options options = planes_of(OC_GRAY | OC_RGB);
        options.fail_on = OC_FAIL_ON_NONE;
        decoded whole = decode_with(decoder, file, options), d = decode_with(decoder, part, options);
        cr_assert(d.status == OC_OK && whole.status == OC_OK, "%d bits: %s", depth, d.err.message);
        const uint8_t *rgb = d.image.rgb, *gray = d.image.gray;
        size_t rows = 0, row = 3 * SIDE;
        for (; rows < SIDE && memcmp(rgb + rows * row, whole.image.rgb + rows * row, row) == 0; rows++) {
            cr_assert_arr_eq(gray + rows * SIDE, whole.image.gray + rows * SIDE, SIDE);
        }
        cr_assert(rows > 0 && rows < SIDE, "%d bits: %zu rows", depth, rows);
        for (size_t i = (rows + 1) * SIDE; i < SIDE * SIDE; i++) { /* the first that is missing may be there in part */
            cr_assert(gray[i] == 0 && rgb[3 * i] == 0 && rgb[3 * i + 2] == 0, "%d bits, pixel %zu", depth, i);
        }
        free_decoded(&d);
        free_decoded(&whole);
        free(file.data);
    }
    oc_decoder_free(decoder);
    free(pixels);
}

Test(image_levels, without_a_header_nothing_is_accepted)
{
    image_bytes jpeg = cut("420.jpg", 100), png = cut("rgb.png", 30);
    for (size_t i = 0; i < LEVELS; i++) {
        decoded a = at_level(jpeg, levels[i], OC_RGB), b = at_level(png, levels[i], OC_RGB);
        cr_assert(a.status == OC_BAD_IMAGE && b.status == OC_BAD_IMAGE);
    }
    free(jpeg.data);
    free(png.data);
}

static void expect_limit(const char *name, oc_image_options options, const char *option)
{
    decoded d = decode_fixture(name, options);
    cr_assert_eq(d.status, OC_TOO_LARGE, "%s: %s", name, d.err.message);
    cr_assert(strstr(d.err.message, option), "%s: '%s' in '%s'", name, option, d.err.message);
    free_decoded(&d);
}

Test(image_levels, limits_move)
{
    static const char *const names[] = {"420.jpg", "rgb.png"};
    for (size_t i = 0; i < 2; i++) {
        oc_image_options options = planes_of(OC_RGB);
        options.max_side = WIDTH;
        options.max_pixels = WIDTH * HEIGHT;
        decoded d = decode_fixture(names[i], options);
        cr_assert_eq(d.status, OC_OK, "%s", d.err.message);
        free_decoded(&d);
        options.max_side = WIDTH - 1;
        expect_limit(names[i], options, "`max_side`");
        options.max_side = WIDTH;
        options.max_pixels--;
        expect_limit(names[i], options, "`max_pixels`");
    }
}

/* The memory of an image of 900 x 600 is known from its header: planes, what it takes to turn them, the coefficients
 * of a progressive JPEG, the passes of a PNG. */
Test(image_levels, memory_is_limited)
{
    static const struct {
        bool progressive;
        int orientation;
        int64_t enough; /* MB */
    } cases[] = {{false, 0, 3}, {false, 6, 5}, {true, 0, 6}};
    for (size_t i = 0; i < 3; i++) {
        image_bytes file = make_jpeg(&(jpeg_recipe){.width = 900,
                                                    .height = 600,
                                                    .across = 1,
                                                    .down = 1,
                                                    .progressive = cases[i].progressive,
                                                    .orientation = cases[i].orientation},
                                     NULL);
        oc_image_options options = planes_of(OC_GRAY | OC_RGB);
        for (options.max_memory = 1; options.max_memory < 8; options.max_memory++) {
            decoded d = decode(file, options);
            cr_assert_eq(d.status, options.max_memory < cases[i].enough ? OC_TOO_LARGE : OC_OK, "case %zu, %d MB: %s",
                         i, (int)options.max_memory, d.err.message);
            cr_assert(d.status == OC_OK || strstr(d.err.message, "`max_memory`"), "%s", d.err.message);
            free_decoded(&d);
        }
        free(file.data);
    }
}

static void put_side(uint8_t *at, uint32_t side)
{
    for (int i = 0; i < 4; i++) {
        at[i] = (uint8_t)(side >> (24 - 8 * i));
    }
}

/* 65,535 x 16,385 pixels in four planes are 196,604 bytes in a size of 32 bits. */
Test(image_levels, memory_is_counted_in_64_bits_everywhere)
{
    enum { WIDTH_AT = 16, HEIGHT_AT = 20, SUM_AT = 29, NAME_AT = 12 };
    uint8_t pixels[12] = {0};
    image_bytes file = make_png(&(png_recipe){.width = 2, .height = 2, .type = 2, .depth = 8}, pixels, 6);
    put_side(file.data + WIDTH_AT, 65535);
    put_side(file.data + HEIGHT_AT, 16385);
    put_side(file.data + SUM_AT, (uint32_t)crc32(0, file.data + NAME_AT, SUM_AT - NAME_AT));
    oc_image_options options = planes_of(OC_GRAY | OC_RGB);
    options.max_pixels = (int64_t)1 << 31;
    decoded d = decode(file, options);
    cr_assert_eq(d.status, OC_TOO_LARGE, "%s", d.err.message);
    cr_assert(strstr(d.err.message, "`max_memory`"), "%s", d.err.message);
    free_decoded(&d);
    free(file.data);
}

/* A gray picture of 900 x 600 is 0.5 MB, and 1.5 MB more as R, G, B; at another size only the result is R, G, B. */
Test(image_levels, memory_of_gray_pictures_includes_their_colours)
{
    image_bytes file = make_jpeg(
        &(jpeg_recipe){.width = 900, .height = 600, .input = JCS_GRAYSCALE, .space = JCS_GRAYSCALE}, NULL);
    oc_image_options options = planes_of(OC_RGB);
    for (options.max_memory = 1; options.max_memory < 4; options.max_memory++) {
        for (size_t side = 0; side <= 20; side += 20) {
            options.size = (oc_extent){side, side};
            decoded d = decode(file, options);
            cr_assert_eq(d.status, side || options.max_memory > 2 ? OC_OK : OC_TOO_LARGE, "%d MB, side %zu: %s",
                         (int)options.max_memory, side, d.err.message);
            free_decoded(&d);
        }
    }
    free(file.data);
}

Test(image_levels, warnings_are_limited_at_any_level)
{
    image_bytes file = load_fixture("rgb.png");
    for (size_t i = 0; i < 3; i++) {
        file = add_chunk(file, "tEXt", "a\0b", 3, false, true);
    }
    oc_image_options options = planes_of(OC_RGB);
    options.fail_on = OC_FAIL_ON_NONE;
    decoded d = decode(file, options);
    cr_assert_eq(d.status, OC_OK, "%s", d.err.message);
    cr_assert_eq(d.image.warnings, 3);
    options.max_warnings = 2;
    free_decoded(&d);
    d = decode(file, options);
    cr_assert_eq(d.status, OC_TOO_LARGE);
    cr_assert(strstr(d.err.message, "`max_warnings`"), "%s", d.err.message);
    free(file.data);
}

/* What a caller leaves out of the options is the default, not a limit of 0. */
Test(image_levels, zero_is_the_default)
{
    decoded d = decode_fixture("progressive.jpg", (oc_image_options){.planes = OC_RGB});
    cr_assert_eq(d.status, OC_OK, "%s", d.err.message);
    free_decoded(&d);
    d = decode_fixture("bomb.png", (oc_image_options){.planes = OC_RGB});
    cr_assert_eq(d.status, OC_TOO_LARGE);
}
