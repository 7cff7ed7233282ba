/* 16-bit PNG files that use fewer bits: sBIT, and the option. */
#include "tests/unit/image/support.h"

#include <criterion/criterion.h>
#include <png.h>
#include <stdlib.h>
#include <string.h>

/* A row of 16-bit samples, of `type` and `width` pixels, with an sBIT chunk of `bits` (may be NULL) and with `depth`,
 * read as `expected`. */
typedef struct expectation {
    int type;
    size_t width;
    const uint16_t *samples;
    const char *bits;
    int64_t depth;
    const uint8_t *expected;
    size_t warnings;
} expectation;

static size_t channels_of(int type)
{
    return (type & PNG_COLOR_MASK_COLOR ? 3U : 1U) + (type & PNG_COLOR_MASK_ALPHA ? 1U : 0U);
}

static void expect(const char *what, expectation e)
{
    size_t samples = e.width * channels_of(e.type), colors = e.type & PNG_COLOR_MASK_COLOR ? 3 : 1;
    uint8_t row[200];
    for (size_t i = 0; i < samples; i++) {
        row[2 * i] = (uint8_t)(e.samples[i] >> 8);
        row[2 * i + 1] = (uint8_t)e.samples[i];
    }
    for (int interlaced = 0; interlaced < 2; interlaced++) {
        image_bytes file = make_png(
            &(png_recipe){.width = e.width, .height = 1, .type = e.type, .depth = 16, .interlaced = interlaced}, row,
            2 * samples);
        file = e.bits ? add_chunk(file, "sBIT", e.bits, channels_of(e.type), false, false) : file;
        for (unsigned planes = 1; planes <= 3; planes++) {
            oc_image_options options = planes_of(planes);
            options.depth = e.depth;
            decoded d = decode(file, options);
            cr_assert_eq(d.status, OC_OK, "%s: %s", what, d.err.message);
            cr_assert_eq(d.image.warnings, e.warnings, "%s", what);
            cr_assert_eq(d.image.used_bits != 0, !e.bits && e.depth == 0, "%s", what);
            for (size_t i = 0; i < e.width; i++) {
                const uint8_t *x = e.expected + i * colors;
                uint8_t gray = colors == 1 ? x[0]
                                           : (uint8_t)((19595 * x[0] + 38470 * x[1] + 7471 * x[2] + 32768) >> 16);
                cr_assert(!d.image.gray || d.image.gray[i] == gray, "%s, pixel %zu: %d", what, i, d.image.gray[i]);
                for (size_t c = 0; d.image.rgb && c < 3; c++) {
                    cr_assert_eq(d.image.rgb[3 * i + c], x[colors == 1 ? 0 : c], "%s, pixel %zu: %d", what, i,
                                 d.image.rgb[3 * i + c]);
                }
            }
            free_decoded(&d);
        }
        free(file.data);
    }
}

/* v 255 / 4095, rounded, halves up: 8 is 0.498 of a level, 9 is 0.560. */
static const uint16_t twelve[] = {0, 8, 9, 2047, 2048, 4094, 4095};
static const uint8_t twelve_read[] = {0, 0, 1, 127, 128, 255, 255};

Test(image_png_depth, low_bits_span_the_range)
{
    expect("sBIT", (expectation){0, 7, twelve, "\14", 0, twelve_read, 0});
    expect("`depth`", (expectation){0, 7, twelve, NULL, 12, twelve_read, 0});
    expect("`depth` wins", (expectation){0, 7, twelve, "\11", 12, twelve_read, 0});
    expect("neither", (expectation){0, 7, twelve, NULL, 0, (uint8_t[]){0, 0, 0, 8, 8, 16, 16}, 0});
    expect("`depth` 16", (expectation){0, 7, twelve, "\14", 16, (uint8_t[]){0, 0, 0, 8, 8, 16, 16}, 0});
    expect("one bit", (expectation){0, 2, (uint16_t[]){0, 1}, "\1", 0, (uint8_t[]){0, 255}, 0});
}

/* As PNG wants it: the 12 bits at the top, below them zeros or their repetition. */
Test(image_png_depth, high_bits_are_read_as_they_are)
{
    uint16_t zeros[7], repeated[7];
    for (size_t i = 0; i < 7; i++) {
        zeros[i] = (uint16_t)(twelve[i] << 4);
        repeated[i] = (uint16_t)(twelve[i] << 4 | twelve[i] >> 8);
    }
    expect("zeros", (expectation){0, 7, zeros, "\14", 0, twelve_read, 0});
    expect("repeated", (expectation){0, 7, repeated, "\14", 0, twelve_read, 0});
    /* A dark picture of high bits is not taken for one of low bits. */
    expect("dark", (expectation){0, 3, (uint16_t[]){0, 0x100, 0x200}, "\14", 0, (uint8_t[]){0, 1, 2}, 0});
    expect("more bits than said", (expectation){0, 2, (uint16_t[]){0x1234, 0xFFFF}, "\4", 0, (uint8_t[]){18, 255}, 0});
}

Test(image_png_depth, every_channel_has_its_own)
{
    expect("RGB", (expectation){2, 2, (uint16_t[]){1023, 4095, 255, 512, 2048, 0}, "\12\14\10", 0,
                                (uint8_t[]){255, 255, 255, 128, 128, 0}, 0});
    /* One colour that exceeds its bits is enough: none is low. */
    expect("mixed", (expectation){2, 1, (uint16_t[]){1023, 0x8000, 255}, "\12\14\10", 0, (uint8_t[]){4, 128, 1}, 0});
    /* Half of 100 of 255 and half of white; alpha of 8 bits; then opaque and clear. */
    expect("gray and alpha", (expectation){4, 3, (uint16_t[]){1606, 128, 1606, 255, 1606, 0}, "\14\10", 0,
                                           (uint8_t[]){177, 100, 255}, 0});
    expect("RGBA of 16-bit alpha",
           (expectation){6, 1, (uint16_t[]){4095, 0, 1606, 0x8080}, "\14\14\14\20", 0, (uint8_t[]){255, 127, 177}, 0});
    expect("RGBA, `depth`", (expectation){6, 2, (uint16_t[]){4095, 0, 1606, 4095, 1, 2, 3, 0}, NULL, 12,
                                          (uint8_t[]){255, 0, 100, 255, 255, 255}, 0});
    expect("opaque by 16 bits", (expectation){4, 1, (uint16_t[]){1606, 65535}, NULL, 12, (uint8_t[]){100}, 0});
}

Test(image_png_depth, larger_samples_are_a_warning)
{
    expect("4096", (expectation){0, 2, (uint16_t[]){4096, 1606}, NULL, 12, (uint8_t[]){255, 100}, 1});
    expect("blue", (expectation){2, 1, (uint16_t[]){0, 0, 65535}, NULL, 12, (uint8_t[]){0, 0, 255}, 1});
}

/* All 16 bits of a transparent colour count, whatever bits the others use. */
Test(image_png_depth, transparent_colours)
{
    png_recipe recipe = {.width = 3, .height = 1, .depth = 16, .has_transparent = true, .transparent = {0x123, 0, 0}};
    uint8_t row[] = {0x01, 0x23, 0x01, 0x24, 0x0F, 0xFF};
    image_bytes file = add_chunk(make_png(&recipe, row, sizeof row), "sBIT", "\14", 1, false, false);
    decoded d = decode(file, planes_of(OC_GRAY));
    cr_assert_eq(d.status, OC_OK, "%s", d.err.message);
    cr_assert_arr_eq(d.image.gray, ((uint8_t[]){255, 18, 255}), 3);
    free_decoded(&d);
    free(file.data);
}

Test(image_png_depth, used_bits)
{
    static const struct {
        uint16_t largest;
        unsigned bits;
    } cases[] = {{1, 1}, {255, 8}, {4095, 12}, {4096, 13}, {65535, 16}};
    for (size_t i = 0; i < 5; i++) {
        uint8_t row[] = {0, 1, (uint8_t)(cases[i].largest >> 8), (uint8_t)cases[i].largest};
        image_bytes file = make_png(&(png_recipe){.width = 2, .height = 1, .depth = 16}, row, sizeof row);
        decoded d = decode(file, planes_of(OC_GRAY));
        cr_assert_eq(d.image.used_bits, cases[i].bits, "%u", cases[i].largest);
        free_decoded(&d);
        free(file.data);
    }
    decoded d = decode_fixture("gray.png", planes_of(OC_GRAY));
    cr_assert_eq(d.image.used_bits, 0);
    free_decoded(&d);
}

/* sBIT and `depth` are about 16 bits: 5 bits of 8 fill the range by PNG's own rule. */
Test(image_png_depth, eight_bits_stay_as_they_are)
{
    uint8_t row[] = {0, 31, 30, 255};
    image_bytes file = make_png(&(png_recipe){.width = 4, .height = 1, .depth = 8}, row, sizeof row);
    file = add_chunk(file, "sBIT", "\5", 1, false, false);
    oc_image_options options = planes_of(OC_GRAY);
    options.depth = 5;
    decoded d = decode(file, options);
    cr_assert_arr_eq(d.image.gray, row, 4);
    free_decoded(&d);
    free(file.data);
}

Test(image_png_depth, other_depths_are_refused)
{
    static const int64_t depths[] = {-1, 17, 1000};
    for (size_t i = 0; i < 3; i++) {
        oc_image_options options = planes_of(OC_GRAY);
        options.depth = depths[i];
        decoded d = decode_fixture("gray-16bit.png", options);
        cr_assert_eq(d.status, OC_USAGE);
    }
}
