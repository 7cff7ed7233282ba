/* JPEG: pixels of every kind, scaled decoding, damage. */
#include "tests/unit/image/support.h"

#include <criterion/criterion.h>
#include <jpeglib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const fixtures[] = {"444",        "422",     "420",  "440", "411",  "progressive",
                                       "arithmetic", "restart", "gray", "rgb", "cmyk", "rotated"};
enum { FIXTURES = sizeof fixtures / sizeof *fixtures };

Test(image_jpeg, equals_pillow)
{
    for (size_t i = 0; i < FIXTURES; i++) {
        char name[100];
        snprintf(name, sizeof name, "%s.jpg", fixtures[i]);
        decoded d = decode_fixture(name, planes_of(OC_RGB));
        cr_assert_eq(d.status, OC_OK, "%s: %s", name, d.err.message);
        bool rotated = strcmp(fixtures[i], "rotated") == 0;
        cr_assert_eq(d.image.width, rotated ? 26 : 37, "%s", name);
        cr_assert_eq(d.image.height, rotated ? 37 : 26, "%s", name);
        cr_assert_eq(d.image.grayscale, strcmp(fixtures[i], "gray") == 0, "%s", name);
        strcat(name, ".rgb");
        image_bytes expected = load_fixture(name);
        cr_assert_leq(largest_difference(d.image.rgb, expected.data, expected.size), 1, "%s", name);
        free(expected.data);
        free_decoded(&d);
    }
}

/* What libjpeg itself delivers in this colour space, at full size or scaled by 1 / divisor. */
static uint8_t *by_libjpeg(image_bytes file, int space, unsigned divisor, size_t *size)
{
    struct jpeg_decompress_struct jpeg;
    struct jpeg_error_mgr errors;
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_decompress(&jpeg);
    jpeg_mem_src(&jpeg, file.data, file.size);
    jpeg_read_header(&jpeg, TRUE);
    jpeg.out_color_space = (J_COLOR_SPACE)space;
    jpeg.scale_num = 1;
    jpeg.scale_denom = divisor;
    jpeg_start_decompress(&jpeg);
    size_t stride = jpeg.output_width * (size_t)jpeg.output_components;
    *size = stride * jpeg.output_height;
    uint8_t *out = malloc(*size);
    while (jpeg.output_scanline < jpeg.output_height) {
        JSAMPROW row = out + jpeg.output_scanline * stride;
        jpeg_read_scanlines(&jpeg, &row, 1);
    }
    jpeg_destroy_decompress(&jpeg);
    return out;
}

/* Gray alone, RGB alone and both together, of every sampling and scale, are libjpeg's own Y plane and RGB. */
Test(image_jpeg, planes_are_libjpegs_own)
{
    static const int samplings[][2] = {{1, 1}, {2, 1}, {2, 2}, {1, 2}, {4, 1}};
    for (size_t i = 0; i < 10; i++) {
        jpeg_recipe recipe = {.width = 101,
                              .height = 67,
                              .input = JCS_RGB,
                              .across = samplings[i % 5][0],
                              .down = samplings[i % 5][1],
                              .progressive = i >= 5};
        image_bytes file = make_jpeg(&recipe, NULL);
        for (unsigned divisor = 1; divisor <= 8; divisor *= 2) {
            size_t width = (101 + divisor - 1) / divisor, height = (67 + divisor - 1) / divisor, size;
            uint8_t *gray = by_libjpeg(file, JCS_GRAYSCALE, divisor, &size);
            uint8_t *rgb = by_libjpeg(file, JCS_RGB, divisor, &size);
            for (unsigned planes = 1; planes <= 3; planes++) {
                decoded d = decode(file, sized(planes, width, height, OC_FIT_STRETCH));
                cr_assert_eq(d.status, OC_OK, "%s", d.err.message);
                cr_assert_eq(d.image.source_width, 101);
                cr_assert_eq(d.image.source_height, 67);
                cr_assert(!(planes & OC_GRAY) || memcmp(d.image.gray, gray, width * height) == 0,
                          "gray, recipe %zu, 1/%u, planes %u", i, divisor, planes);
                cr_assert(!(planes & OC_RGB) || memcmp(d.image.rgb, rgb, 3 * width * height) == 0,
                          "RGB, recipe %zu, 1/%u, planes %u", i, divisor, planes);
                free_decoded(&d);
            }
            free(gray);
            free(rgb);
        }
        free(file.data);
    }
}

/* Half the size is not below 50 x 33, so the picture is decoded at half and then reduced. */
Test(image_jpeg, decoded_no_smaller_than_the_target)
{
    image_bytes file = make_jpeg(&(jpeg_recipe){.width = 100, .height = 66, .input = JCS_GRAYSCALE}, NULL);
    static const struct {
        size_t width, height;
        unsigned divisor;
    } cases[] = {{50, 33, 2}, {51, 33, 1}, {50, 34, 1}, {49, 30, 2}, {25, 17, 4}, {13, 9, 8}, {14, 9, 4}, {1, 1, 8}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t size, width = cases[i].width, height = cases[i].height;
        unsigned divisor = cases[i].divisor;
        uint8_t *scaled = by_libjpeg(file, JCS_GRAYSCALE, divisor, &size), *expected = malloc(width * height);
        oc_image_resize(&(oc_pixels){scaled, (100 + divisor - 1) / divisor, (66 + divisor - 1) / divisor, 1, 0},
                        (oc_extent){width, height}, expected, NULL);
        decoded d = decode(file, sized(OC_GRAY, width, height, OC_FIT_STRETCH));
        cr_assert_arr_eq(d.image.gray, expected, width * height, "%zu x %zu", width, height);
        free(scaled);
        free(expected);
        free_decoded(&d);
    }
    free(file.data);
}

/* RGB = (255 - ink) (255 - K) / 255; files hold 255 - ink. */
static void expect_cmyk(jpeg_recipe recipe)
{
    recipe.width = 33;
    recipe.height = 21;
    recipe.input = JCS_CMYK;
    image_bytes file = make_jpeg(&recipe, NULL);
    size_t size;
    uint8_t *cmyk = by_libjpeg(file, JCS_CMYK, 1, &size);
    decoded d = decode(file, planes_of(OC_RGB | OC_GRAY)), alone = decode(file, planes_of(OC_GRAY));
    cr_assert_eq(d.status | alone.status, OC_OK, "%s", d.err.message);
    for (size_t p = 0; p < size / 4; p++) {
        const uint8_t *rgb = d.image.rgb + 3 * p;
        for (size_t c = 0; c < 3; c++) {
            double ink = cmyk[4 * p + c], black = cmyk[4 * p + 3];
            double light = ink * black / 255;
            cr_assert(!(abs(rgb[c] - (int)(light + 0.5)) > 0), "pixel %zu channel %zu", p, c);
        }
        cr_assert_eq(d.image.gray[p], (19595 * rgb[0] + 38470 * rgb[1] + 7471 * rgb[2] + 32768) / 65536);
    }
    cr_assert_arr_eq(d.image.gray, alone.image.gray, size / 4);
    free(cmyk);
    free(file.data);
    free_decoded(&d);
    free_decoded(&alone);
}

Test(image_jpeg, cmyk_and_ycck)
{
    expect_cmyk((jpeg_recipe){.space = JCS_CMYK});
    expect_cmyk((jpeg_recipe){.space = JCS_YCCK});
    expect_cmyk((jpeg_recipe){.space = JCS_YCCK, .across = 2, .down = 2});
    expect_cmyk((jpeg_recipe){.space = JCS_CMYK, .no_adobe = true});
}

Test(image_jpeg, rgb_colourspace)
{
    image_bytes file = load_fixture("rgb.jpg");
    size_t size;
    uint8_t *rgb = by_libjpeg(file, JCS_RGB, 1, &size);
    decoded d = decode(file, planes_of(OC_RGB | OC_GRAY)), alone = decode(file, planes_of(OC_GRAY));
    cr_assert_arr_eq(d.image.rgb, rgb, size);
    for (size_t p = 0; p < size / 3; p++) {
        cr_assert_eq(d.image.gray[p],
                     (19595 * rgb[3 * p] + 38470 * rgb[3 * p + 1] + 7471 * rgb[3 * p + 2] + 32768) / 65536);
    }
    cr_assert_arr_eq(d.image.gray, alone.image.gray, size / 3);
    free(rgb);
    free(file.data);
    free_decoded(&d);
    free_decoded(&alone);
}

static void set_precision(image_bytes file, uint8_t bits)
{
    for (size_t i = 0; i + 4 < file.size; i++) {
        if (file.data[i] == 0xFF && file.data[i + 1] == 0xC0) {
            file.data[i + 4] = bits;
            return;
        }
    }
    cr_assert(false, "no frame header");
}

Test(image_jpeg, twelve_bits_are_refused)
{
    image_bytes file = load_fixture("420.jpg");
    set_precision(file, 12);
    decoded d = decode(file, planes_of(OC_GRAY));
    cr_assert_eq(d.status, OC_BAD_IMAGE);
    cr_assert(strstr(d.err.message, "unsupported JPEG") && strstr(d.err.message, "12"), "%s", d.err.message);
    free(file.data);
}

/* Cut anywhere, the result is an error, or the whole picture when nothing but its end marker is missing. */
Test(image_jpeg, truncated_anywhere_is_an_error)
{
    for (size_t i = 0; i < FIXTURES; i++) {
        char name[100];
        snprintf(name, sizeof name, "%s.jpg", fixtures[i]);
        image_bytes file = load_fixture(name);
        decoded whole = decode(file, planes_of(OC_GRAY));
        for (size_t size = 0; size < file.size; size++) {
            image_bytes part = {malloc(size + 1), size};
            memcpy(part.data, file.data, size);
            decoded d = decode(part, planes_of(OC_GRAY));
            if (d.status == OC_OK) {
                cr_assert_geq(size, file.size - 2, "%s cut at %zu of %zu", name, size, file.size);
                cr_assert_arr_eq(d.image.gray, whole.image.gray, 37 * 26);
            } else {
                cr_assert_eq(d.status, OC_BAD_IMAGE);
                cr_assert(size < 3 || strstr(d.err.message, "truncated JPEG"), "%s at %zu: %s", name, size,
                          d.err.message);
            }
            free_decoded(&d);
            free(part.data);
        }
        free_decoded(&whole);
        free(file.data);
    }
}

/* The data of the last rows are cut out, but the end marker is there. */
Test(image_jpeg, missing_rows_are_an_error)
{
    image_bytes file = load_fixture("420.jpg");
    file.data[file.size - 302] = 0xFF;
    file.data[file.size - 301] = 0xD9;
    file.size -= 300;
    decoded d = decode(file, planes_of(OC_GRAY));
    cr_assert_eq(d.status, OC_BAD_IMAGE);
    cr_assert(strstr(d.err.message, "damaged JPEG"), "%s", d.err.message);
    free(file.data);
}

Test(image_jpeg, garbage_after_the_end_is_ignored)
{
    image_bytes file = load_fixture("420.jpg");
    file.data = realloc(file.data, file.size + 1000);
    memset(file.data + file.size, 0xFF, 1000);
    file.size += 1000;
    decoded d = decode(file, planes_of(OC_GRAY));
    cr_assert_eq(d.status, OC_OK, "%s", d.err.message);
    free_decoded(&d);
    free(file.data);
}

/* Whatever a byte is changed to: no crash, and an answer. */
Test(image_jpeg, changed_bytes_do_no_harm)
{
    static const char *const names[] = {"420.jpg", "progressive.jpg", "arithmetic.jpg", "rotated.jpg"};
    oc_decoder *decoder;
    oc_decoder_create(&decoder, NULL);
    for (size_t i = 0; i < 4; i++) {
        image_bytes file = load_fixture(names[i]);
        for (size_t at = 3; at < file.size; at++) {
            uint8_t before = file.data[at];
            for (int change = 0; change < 3; change++) {
                file.data[at] = change == 0 ? 0 : change == 1 ? 0xFF : (uint8_t)(before ^ 0x21);
                oc_image_options options = planes_of(OC_GRAY | OC_RGB);
                options.max_pixels = 100000;
                decoded d = decode_with(decoder, file, options);
                cr_assert(d.status == OC_OK || d.status == OC_BAD_IMAGE || d.status == OC_TOO_LARGE);
                free_decoded(&d);
            }
            file.data[at] = before;
        }
        free(file.data);
    }
    oc_decoder_free(decoder);
}

Test(image_jpeg, too_many_scans_are_refused)
{
    image_bytes file = load_fixture("progressive.jpg");
    /* The last scan, 98 times more. */
    size_t scan = file.size - 2;
    while (file.data[scan] != 0xFF || file.data[scan + 1] != 0xDA) {
        scan--;
    }
    size_t length = file.size - 2 - scan;
    image_bytes many = {malloc(file.size + 120 * length), scan};
    memcpy(many.data, file.data, scan);
    for (int i = 0; i < 110; i++) {
        memcpy(many.data + many.size, file.data + scan, length);
        many.size += length;
    }
    memcpy(many.data + many.size, file.data + file.size - 2, 2);
    many.size += 2;
    oc_image_options patient = planes_of(OC_GRAY);
    patient.fail_on = OC_FAIL_ON_NONE;
    patient.max_warnings = 100000; /* scans that come again are faults as well */
    decoded d = decode(many, patient);
    cr_assert_eq(d.status, OC_TOO_LARGE, "%s", d.err.message);
    cr_assert(strstr(d.err.message, "more than 100 scans (`max_scans`)"), "%s", d.err.message);
    patient.max_scans = 200;
    d = decode(many, patient);
    cr_assert_eq(d.status, OC_OK, "%s", d.err.message);
    free_decoded(&d);
    free(file.data);
    free(many.data);
}

/* A file without tables is an error, or is decoded with the standard ones: never with those of the image before. */
Test(image_jpeg, tables_do_not_outlive_their_image)
{
    image_bytes file = load_fixture("420.jpg"), bare = {malloc(file.size), 2};
    memcpy(bare.data, file.data, 2);
    size_t at = 2;
    while (file.data[at + 1] != 0xDA) {
        size_t length = 2 + ((size_t)file.data[at + 2] << 8 | file.data[at + 3]);
        if (file.data[at + 1] != 0xDB) {
            memcpy(bare.data + bare.size, file.data + at, length);
            bare.size += length;
        }
        at += length;
    }
    memcpy(bare.data + bare.size, file.data + at, file.size - at);
    bare.size += file.size - at;
    oc_decoder *decoder;
    oc_decoder_create(&decoder, NULL);
    decoded first = decode_with(decoder, file, planes_of(OC_GRAY)),
            second = decode_with(decoder, bare, planes_of(OC_GRAY));
    cr_assert_eq(first.status, OC_OK);
    cr_assert_eq(second.status, OC_BAD_IMAGE);
    free_decoded(&first);
    oc_decoder_free(decoder);
    free(file.data);
    free(bare.data);
}
