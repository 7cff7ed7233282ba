/* PNG: pixels of every kind, damage. */
#include "tests/unit/image/support.h"

#include <criterion/criterion.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const fixtures[] = {
    "rgb",       "gray",       "palette",    "palette-2bit", "palette-transparent", "gray-1bit", "rgb-transparent",
    "rgb-alpha", "gray-alpha", "interlaced", "rotated",      "rgb-16bit",           "gray-16bit"};

/* The formula of the header, in exact arithmetic. */
static uint8_t luma(const uint8_t *rgb)
{
    return (uint8_t)((19595 * rgb[0] + 38470 * rgb[1] + 7471 * rgb[2] + 32768) / 65536);
}

Test(image_png, equals_pillow)
{
    for (size_t i = 0; i < sizeof fixtures / sizeof *fixtures; i++) {
        char name[100];
        snprintf(name, sizeof name, "%s.png", fixtures[i]);
        decoded d = decode_fixture(name, planes_of(OC_RGB | OC_GRAY));
        cr_assert_eq(d.status, OC_OK, "%s: %s", name, d.err.message);
        bool rotated = strcmp(fixtures[i], "rotated") == 0;
        cr_assert_eq(d.image.width, rotated ? 26 : 37, "%s", name);
        cr_assert_eq(d.image.height, rotated ? 37 : 26, "%s", name);
        cr_assert_eq(d.image.source_width, d.image.width, "%s", name);
        cr_assert_eq(d.image.source_height, d.image.height, "%s", name);
        cr_assert_eq(d.image.grayscale, strncmp(name, "gray", 4) == 0, "%s", name);
        strcat(name, ".rgb");
        image_bytes expected = load_fixture(name);
        cr_assert_eq(expected.size, 37 * 26 * 3);
        cr_assert_eq(largest_difference(d.image.rgb, expected.data, expected.size), 0, "%s", name);
        for (size_t p = 0; p < 37 * 26; p++) {
            cr_assert_eq(d.image.gray[p], luma(expected.data + 3 * p), "%s: gray of pixel %zu", name, p);
        }
        free(expected.data);
        free_decoded(&d);
    }
}

Test(image_png, planes_do_not_depend_on_each_other)
{
    for (size_t i = 0; i < sizeof fixtures / sizeof *fixtures; i++) {
        char name[100];
        snprintf(name, sizeof name, "%s.png", fixtures[i]);
        decoded both = decode_fixture(name, planes_of(OC_RGB | OC_GRAY));
        decoded gray = decode_fixture(name, planes_of(OC_GRAY)), rgb = decode_fixture(name, planes_of(OC_RGB));
        cr_assert_eq(both.status | gray.status | rgb.status, OC_OK);
        cr_assert_null(gray.image.rgb);
        cr_assert_null(rgb.image.gray);
        cr_assert_arr_eq(both.image.gray, gray.image.gray, 37 * 26, "%s", name);
        cr_assert_arr_eq(both.image.rgb, rgb.image.rgb, 37 * 26 * 3, "%s", name);
        free_decoded(&both);
        free_decoded(&gray);
        free_decoded(&rgb);
    }
}

/* Makes a picture of one row, decodes it, and compares its gray plane or, for 3 channels, RGB. */
static void expect_row(const char *what, png_recipe recipe, const uint8_t *row, size_t row_bytes, size_t channels,
                       const uint8_t *expected)
{
    recipe.height = 1;
    for (int interlaced = 0; interlaced < 2; interlaced++) {
        recipe.interlaced = interlaced;
        image_bytes file = make_png(&recipe, row, row_bytes);
        decoded d = decode(file, planes_of(channels == 1 ? OC_GRAY : OC_RGB));
        cr_assert_eq(d.status, OC_OK, "%s: %s", what, d.err.message);
        cr_assert_eq(d.image.grayscale, channels == 1, "%s", what);
        cr_assert_arr_eq(channels == 1 ? d.image.gray : d.image.rgb, expected, recipe.width * channels, "%s", what);
        free_decoded(&d);
        free(file.data);
    }
}

Test(image_png, small_depths_are_spread)
{
    uint8_t one[] = {0xA0}, two[] = {0x1B}, four[] = {0x0F, 0x71};
    expect_row("1 bit", (png_recipe){.width = 3, .depth = 1}, one, 1, 1, (uint8_t[]){255, 0, 255});
    expect_row("2 bits", (png_recipe){.width = 4, .depth = 2}, two, 1, 1, (uint8_t[]){0, 85, 170, 255});
    expect_row("4 bits", (png_recipe){.width = 4, .depth = 4}, four, 2, 1, (uint8_t[]){0, 255, 119, 17});
}

/* 128 of 65535 is 0.498 of a level, 129 is 0.502. */
Test(image_png, sixteen_bits_are_rounded)
{
    uint8_t row[] = {0, 128, 0, 129, 0x7F, 0xFF, 0x80, 0x00, 0xFF, 0x7E, 0xFF, 0x7F, 0xFF, 0xFF};
    expect_row("16 bits", (png_recipe){.width = 7, .depth = 16}, row, sizeof row, 1,
               (uint8_t[]){0, 1, 127, 128, 254, 255, 255});
}

Test(image_png, alpha_is_composed_over_white)
{
    png_recipe rgba = {.width = 3, .depth = 8, .type = PNG_COLOR_TYPE_RGB_ALPHA};
    uint8_t colors[] = {10, 20, 30, 255, 10, 20, 30, 0, 100, 0, 255, 128};
    expect_row("RGBA", rgba, colors, sizeof colors, 3, (uint8_t[]){10, 20, 30, 255, 255, 255, 177, 127, 255});
    png_recipe gray = {.width = 3, .depth = 8, .type = PNG_COLOR_TYPE_GRAY_ALPHA};
    uint8_t levels[] = {10, 255, 10, 0, 100, 128};
    expect_row("gray and alpha", gray, levels, sizeof levels, 1, (uint8_t[]){10, 255, 177});
    /* 16 bits: (0x1000 a + 0xFFFF (0xFFFF - a)) / 0xFFFF, then / 257. */
    uint8_t deep[] = {0x10, 0, 0xFF, 0xFF, 0x10, 0, 0, 0, 0x10, 0, 0x80, 0};
    gray.depth = 16;
    expect_row("16-bit gray and alpha", gray, deep, sizeof deep, 1, (uint8_t[]){16, 255, 135});
}

Test(image_png, transparent_colours_are_white)
{
    uint8_t four[] = {0x75, 0x70};
    expect_row("4-bit gray", (png_recipe){.width = 3, .depth = 4, .has_transparent = true, .transparent = {7, 7, 7}},
               four, 2, 1, (uint8_t[]){255, 85, 255});
    /* All 16 bits count: 0x1234 is transparent, 0x1235 is not. */
    uint8_t deep[] = {0x12, 0x34, 0x12, 0x35};
    expect_row("16-bit gray",
               (png_recipe){.width = 2, .depth = 16, .has_transparent = true, .transparent = {0x1234, 0, 0}}, deep, 4,
               1, (uint8_t[]){255, 18});
    png_recipe rgb = {.width = 2, .depth = 8, .type = 2, .has_transparent = true, .transparent = {1, 2, 3}};
    uint8_t colors[] = {1, 2, 3, 1, 2, 4};
    expect_row("RGB", rgb, colors, 6, 3, (uint8_t[]){255, 255, 255, 1, 2, 4});
    png_recipe palette = {.width = 3,
                          .depth = 4,
                          .type = PNG_COLOR_TYPE_PALETTE,
                          .has_transparent = true,
                          .transparent = {0, 128, 255},
                          .palette = {{9, 9, 9}, {100, 0, 255}, {7, 8, 9}},
                          .palette_size = 3};
    uint8_t indices[] = {0x01, 0x20};
    expect_row("palette", palette, indices, 2, 3, (uint8_t[]){255, 255, 255, 177, 127, 255, 7, 8, 9});
}

Test(image_png, gamma_is_left_alone)
{
    uint8_t row[] = {0, 50, 100, 128, 255, 128};
    png_recipe recipe = {.width = 3, .depth = 8, .type = PNG_COLOR_TYPE_GRAY_ALPHA, .gamma = 1.0};
    expect_row("gamma 1", recipe, row, sizeof row, 1, (uint8_t[]){205, 177, 255});
}

/* Every type and depth, of several sizes, interlaced or not: the same picture. */
Test(image_png, interlacing_changes_nothing)
{
    static const struct {
        int type, depth;
    } kinds[] = {{0, 1}, {0, 2}, {0, 4}, {0, 8}, {0, 16}, {2, 8}, {2, 16}, {4, 8}, {4, 16}, {6, 8}, {6, 16}};
    uint8_t *pixels = make_pixels(19 * 8, 13, 1);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        for (size_t width = 1; width < 20; width += 3) {
            png_recipe recipe = {.width = width, .height = 13, .type = kinds[i].type, .depth = kinds[i].depth};
            image_bytes plain = make_png(&recipe, pixels, 19 * 8);
            recipe.interlaced = true;
            image_bytes laced = make_png(&recipe, pixels, 19 * 8);
            for (unsigned planes = 1; planes <= 3; planes++) {
                decoded a = decode(plain, planes_of(planes)), b = decode(laced, planes_of(planes));
                cr_assert_eq(a.status | b.status, OC_OK, "%s%s", a.err.message, b.err.message);
                cr_assert(!a.image.gray || memcmp(a.image.gray, b.image.gray, width * 13) == 0);
                cr_assert(!a.image.rgb || memcmp(a.image.rgb, b.image.rgb, 3 * width * 13) == 0);
                free_decoded(&a);
                free_decoded(&b);
            }
            free(plain.data);
            free(laced.data);
        }
    }
    free(pixels);
}

/* Where the data of the last IDAT chunk end. */
static size_t end_of_rows(image_bytes file)
{
    enum { SUM = 4, IEND = 12 };
    return file.size - IEND - SUM;
}

/* Cut anywhere in its rows; after them the picture is whole. */
Test(image_png, truncated_anywhere_is_an_error)
{
    static const char *const names[] = {"rgb.png", "interlaced.png", "palette-transparent.png"};
    for (size_t i = 0; i < 3; i++) {
        image_bytes file = load_fixture(names[i]);
        decoded whole = decode(file, planes_of(OC_GRAY));
        for (size_t size = 0; size < file.size; size++) {
            image_bytes part = {malloc(size + 1), size}; /* of its own, so that reading behind it is seen */
            memcpy(part.data, file.data, size);
            decoded d = decode(part, planes_of(OC_GRAY));
            if (size >= end_of_rows(file)) {
                cr_assert(d.status == OC_OK && d.image.warnings == 1, "%s cut at %zu", names[i], size);
                cr_assert_arr_eq(d.image.gray, whole.image.gray, 37 * 26);
            } else {
                cr_assert_eq(d.status, OC_BAD_IMAGE, "%s cut at %zu", names[i], size);
                cr_assert(size < 8 || strstr(d.err.message, "truncated PNG"), "at %zu: %s", size, d.err.message);
            }
            free_decoded(&d);
            free(part.data);
        }
        free_decoded(&whole);
        free(file.data);
    }
}

Test(image_png, every_byte_is_guarded)
{
    image_bytes file = load_fixture("rgb.png");
    decoded whole = decode(file, planes_of(OC_RGB));
    for (size_t i = 8; i < file.size - 12; i++) { /* what is wrong in IEND does no harm */
        file.data[i] ^= 0x10;
        decoded d = decode(file, planes_of(OC_RGB));
        if (d.status == OC_OK) { /* a longer IDAT chunk takes in the end of the file */
            cr_assert(i == 36 && d.image.warnings > 0, "byte %zu", i);
            cr_assert_arr_eq(d.image.rgb, whole.image.rgb, 3 * 37 * 26);
        }
        cr_assert(d.status == OC_OK || strlen(d.err.message) > 0);
        free_decoded(&d);
        file.data[i] ^= 0x10;
    }
    free_decoded(&whole);
    free(file.data);
}

Test(image_png, garbage_after_the_end_is_ignored)
{
    image_bytes file = load_fixture("rgb.png");
    file.data = realloc(file.data, file.size + 100);
    memset(file.data + file.size, 'x', 100);
    file.size += 100;
    decoded d = decode(file, planes_of(OC_RGB));
    cr_assert_eq(d.status, OC_OK, "%s", d.err.message);
    free_decoded(&d);
    free(file.data);
}

/* An eXIf chunk behind the rows counts as well, and the header alone tells the upright size. */
Test(image_png, orientation_after_the_rows)
{
    image_bytes file = load_fixture("rotated.png");
    size_t at = 33; /* behind the IHDR chunk */
    while (memcmp(file.data + at + 4, "eXIf", 4) != 0) {
        at += 12 + png_get_uint_32(file.data + at);
    }
    size_t length = 12 + png_get_uint_32(file.data + at), end = file.size - 12;
    uint8_t *chunk = memcpy(malloc(length), file.data + at, length);
    memmove(file.data + at, file.data + at + length, end - at - length);
    memcpy(file.data + end - length, chunk, length);
    decoded moved = decode(file, planes_of(OC_RGB)), before = decode_fixture("rotated.png", planes_of(OC_RGB));
    decoded header = decode(file, planes_of(0));
    cr_assert_eq(moved.status | before.status | header.status, OC_OK, "%s", moved.err.message);
    cr_assert_eq(moved.image.width, 26);
    cr_assert_eq(header.image.width, 26);
    cr_assert_eq(header.image.height, 37);
    cr_assert_arr_eq(moved.image.rgb, before.image.rgb, 26 * 37 * 3);
    free_decoded(&moved);
    free_decoded(&before);
    free(chunk);
    free(file.data);
}
