/* PNG: damage that every viewer passes over, and damage that is refused. */
#include "tests/unit/image/support.h"

#include <criterion/criterion.h>
#include <png.h>
#include <stdlib.h>
#include <string.h>

enum { WIDTH = 5, HEIGHT = 3 };

static image_bytes small_png(void)
{
    uint8_t pixels[WIDTH * HEIGHT];
    for (size_t i = 0; i < sizeof pixels; i++) {
        pixels[i] = (uint8_t)(10 * i);
    }
    return make_png(&(png_recipe){.width = WIDTH, .height = HEIGHT, .depth = 8}, pixels, WIDTH);
}

static void expect_whole(image_bytes file, oc_fail_on level, oc_status status, size_t warnings, const char *what)
{
    oc_image_options options = planes_of(OC_GRAY);
    options.fail_on = level;
    decoded d = decode(file, options);
    cr_assert_eq(d.status, status, "%s: %s", what, d.err.message);
    cr_assert(status != OC_OK || d.image.warnings >= warnings, "%s: %zu warnings", what, d.image.warnings);
    for (int i = 0; status == OC_OK && i < WIDTH * HEIGHT; i++) {
        cr_assert_eq(d.image.gray[i], 10 * i, "%s", what);
    }
    free_decoded(&d);
}

Test(image_png_damage, wrong_checksums_of_unused_chunks_are_warnings)
{
    static const char *const names[] = {"tEXt", "zTXt", "iTXt", "iCCP", "sPLT", "gAMA", "cHRM", "sRGB", "pHYs",
                                        "bKGD", "hIST", "tIME", "sBIT", "eXIf", "sCAL", "oFFs", "abCd", "prIv"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        for (int at_end = 0; at_end < 2; at_end++) {
            image_bytes file = add_chunk(small_png(), names[i], "some bytes", 10, at_end, true);
            expect_whole(file, OC_FAIL_ON_TRUNCATED, OC_OK, 1, names[i]);
            expect_whole(file, OC_FAIL_ON_ERROR, OC_OK, 1, names[i]);
            expect_whole(file, OC_FAIL_ON_WARNING, OC_BAD_IMAGE, 0, names[i]);
            free(file.data);
        }
    }
}

Test(image_png_damage, wrong_checksums_of_used_chunks_are_refused)
{
    image_bytes file = add_chunk(small_png(), "tRNS", "\0\12", 2, false, true);
    expect_whole(file, OC_FAIL_ON_TRUNCATED, OC_BAD_IMAGE, 0, "tRNS");
    free(file.data);
    file = small_png();
    file.data[32] ^= 1;
    expect_whole(file, OC_FAIL_ON_TRUNCATED, OC_BAD_IMAGE, 0, "IHDR");
    file.data[32] ^= 1;
    file.data[file.size - 13] ^= 1;
    expect_whole(file, OC_FAIL_ON_TRUNCATED, OC_BAD_IMAGE, 0, "IDAT");
    free(file.data);
    png_recipe recipe = {.width = 2, .height = 1, .depth = 8, .type = PNG_COLOR_TYPE_PALETTE, .palette_size = 2};
    file = make_png(&recipe, (uint8_t[]){0, 1}, 2);
    file.data[33 + 8 + 6] ^= 1; /* the first byte of the sum of PLTE */
    expect_whole(file, OC_FAIL_ON_TRUNCATED, OC_BAD_IMAGE, 0, "PLTE");
    free(file.data);
}

/* All rows are there: of every depth, interlaced or not, in one plane or both. */
Test(image_png_damage, files_without_an_end_are_whole)
{
    uint8_t *pixels = make_pixels(19 * 8, 13, 1);
    for (int i = 0; i < 16; i++) {
        png_recipe recipe = {.width = 19, .height = 13, .type = i % 2 ? 2 : 0, .depth = i / 2 % 2 ? 16 : 8};
        recipe.interlaced = i / 4 % 2;
        image_bytes file = make_png(&recipe, pixels, 19 * 8), part = {file.data, file.size - 12};
        part = i / 8 ? add_chunk((image_bytes){memcpy(malloc(file.size), file.data, file.size), file.size}, "tEXt",
                                 "garbage", 7, true, true)
                     : part;
        for (unsigned planes = 1; planes <= 3; planes++) {
            decoded whole = decode(file, planes_of(planes)), d = decode(part, planes_of(planes));
            cr_assert(d.status == OC_OK && d.image.warnings == 1, "%d: %s", i, d.err.message);
            cr_assert(!d.image.gray || memcmp(d.image.gray, whole.image.gray, 19 * 13) == 0, "%d", i);
            cr_assert(!d.image.rgb || memcmp(d.image.rgb, whole.image.rgb, 3 * 19 * 13) == 0, "%d", i);
            free_decoded(&d);
            free_decoded(&whole);
        }
        free(part.data == file.data ? NULL : part.data);
        free(file.data);
    }
    free(pixels);
}

/* Rows of 16 bits, whose last one is stored by itself, cut before, in and after their last bytes. */
Test(image_png_damage, deep_files_cut_at_their_end)
{
    uint8_t *pixels = make_pixels(19 * 8, 13, 1);
    for (int interlaced = 0; interlaced < 2; interlaced++) {
        image_bytes file = make_png(
            &(png_recipe){.width = 19, .height = 13, .type = 2, .depth = 16, .interlaced = interlaced}, pixels, 19 * 8);
        decoded whole = decode(file, planes_of(OC_GRAY | OC_RGB));
        for (size_t missing = 1; missing < 40; missing++) {
            decoded d = decode((image_bytes){file.data, file.size - missing}, planes_of(OC_GRAY | OC_RGB));
            cr_assert_eq(d.status, missing <= 16 ? OC_OK : OC_BAD_IMAGE, "%zu bytes missing", missing);
            cr_assert(d.status != OC_OK || memcmp(d.image.rgb, whole.image.rgb, 3 * 19 * 13) == 0);
            cr_assert(d.status != OC_OK || memcmp(d.image.gray, whole.image.gray, 19 * 13) == 0);
            free_decoded(&d);
        }
        free_decoded(&whole);
        free(file.data);
    }
    free(pixels);
}
