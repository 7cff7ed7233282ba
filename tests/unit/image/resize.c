/* Change of size: known values, OpenCV's, invariants. */
#include "tests/unit/image/support.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void expect(size_t width, size_t height, const uint8_t *in, size_t out_width, size_t out_height,
                   const uint8_t *expected)
{
    uint8_t out[100];
    cr_assert_eq(oc_image_resize(&(oc_pixels){in, width, height, 1, 0}, (oc_extent){out_width, out_height}, out, NULL),
                 OC_OK);
    for (size_t i = 0; i < out_width * out_height; i++) {
        cr_assert_eq(out[i], expected[i], "%zu x %zu to %zu x %zu: value %zu is %d, not %d", width, height, out_width,
                     out_height, i, out[i], expected[i]);
    }
}

Test(image_resize, shrinking_averages_areas)
{
    expect(4, 1, (uint8_t[]){10, 20, 30, 41}, 2, 1, (uint8_t[]){15, 36});
    expect(2, 2, (uint8_t[]){1, 2, 3, 4}, 1, 1, (uint8_t[]){3});
    /* 3 to 2: (a + b / 2) / 1.5 and (b / 2 + c) / 1.5. */
    expect(3, 1, (uint8_t[]){30, 60, 90}, 2, 1, (uint8_t[]){40, 80});
    expect(1, 3, (uint8_t[]){30, 60, 90}, 1, 2, (uint8_t[]){40, 80});
    /* 5 to 3, exact thirds: (a + 2 b / 3) / (5 / 3) and so on. */
    expect(5, 1, (uint8_t[]){0, 255, 0, 100, 200}, 3, 1, (uint8_t[]){102, 71, 160});
    /* Ties go to even, 3 / 6 and 9 / 6, but upward where both sides are halved: 10 / 4 above. */
    expect(3, 2, (uint8_t[]){1, 0, 1, 0, 1, 0}, 1, 1, (uint8_t[]){0});
    expect(3, 2, (uint8_t[]){2, 2, 2, 1, 1, 1}, 1, 1, (uint8_t[]){2});
    expect(2, 1, (uint8_t[]){0, 5}, 1, 1, (uint8_t[]){2});
}

Test(image_resize, enlarging_interpolates_between_centres)
{
    expect(2, 1, (uint8_t[]){0, 100}, 4, 1, (uint8_t[]){0, 25, 75, 100});
    expect(1, 2, (uint8_t[]){0, 100}, 1, 4, (uint8_t[]){0, 25, 75, 100});
    expect(1, 1, (uint8_t[]){77}, 3, 2, (uint8_t[]){77, 77, 77, 77, 77, 77});
    expect(3, 1, (uint8_t[]){0, 60, 120}, 3, 1, (uint8_t[]){0, 60, 120});
}

/* Both at once: shrunk across, enlarged down. */
Test(image_resize, axes_are_independent)
{
    expect(4, 2, (uint8_t[]){0, 0, 100, 100, 40, 40, 200, 200}, 2, 4, (uint8_t[]){0, 100, 10, 125, 30, 175, 40, 200});
}

/* Whole factors to the bit, others within a level. */
Test(image_resize, equals_opencv)
{
    static const struct {
        size_t width, height;
        int tolerance;
    } cases[] = {{30, 24, 0}, {20, 16, 0}, {12, 48, 0}, {60, 16, 0},  {15, 12, 0},  {10, 24, 0},
                 {15, 48, 0}, {41, 29, 1}, {7, 5, 1},   {120, 96, 1}, {77, 100, 1}, {60, 71, 1}};
    image_bytes in = load_fixture("resize.gray");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char name[100];
        snprintf(name, sizeof name, "resize-%zu-%zu.gray", cases[i].width, cases[i].height);
        image_bytes expected = load_fixture(name);
        uint8_t *out = malloc(expected.size);
        cr_assert_eq(oc_image_resize(&(oc_pixels){in.data, 60, 48, 1, 0}, (oc_extent){cases[i].width, cases[i].height},
                                     out, NULL),
                     OC_OK);
        cr_assert_leq(largest_difference(out, expected.data, expected.size), cases[i].tolerance, "%s", name);
        free(out);
        free(expected.data);
    }
    free(in.data);
}

/* Against the definition in double precision, at sizes that share no factor. */
static double area(const uint8_t *in, size_t n, size_t out, size_t i)
{
    double begin = (double)i * (double)n / (double)out, end = (double)(i + 1) * (double)n / (double)out, sum = 0;
    for (size_t j = 0; j < n; j++) {
        double left = (double)j > begin ? (double)j : begin, right = (double)j + 1 < end ? (double)j + 1 : end;
        sum += right > left ? (right - left) * in[j] : 0;
    }
    return sum / (end - begin);
}

Test(image_resize, close_to_the_definition)
{
    for (size_t n = 2; n < 2000; n = n * 3 / 2 + 1) {
        uint8_t *in = make_pixels(n, 1, 1);
        for (size_t out = 1; out < n; out = out * 2 + 1) {
            uint8_t *row = malloc(out);
            oc_image_resize(&(oc_pixels){in, n, 1, 1, 0}, (oc_extent){out, 1}, row, NULL);
            for (size_t i = 0; i < out; i++) {
                double difference = row[i] - area(in, n, out, i);
                cr_assert(!(difference > 0.51 || difference < -0.51), "%zu to %zu: %g", n, out, difference);
            }
            free(row);
        }
        free(in);
    }
}

/* A constant stays what it is, past 255 to 1 and up to the longest side too. */
Test(image_resize, constants_stay)
{
    static const size_t sides[][2] = {{65535, 1}, {65535, 7}, {1, 65535}, {1000, 3}, {333, 332}, {332, 333}};
    uint8_t *in = malloc(65535), *out = malloc(65535);
    memset(in, 255, 65535);
    for (size_t i = 0; i < sizeof sides / sizeof *sides; i++) {
        for (int down = 0; down < 2; down++) {
            size_t from = sides[i][0], to = sides[i][1];
            memset(out, 0, 65535);
            oc_status status = down ? oc_image_resize(&(oc_pixels){in, 1, from, 1, 0}, (oc_extent){1, to}, out, NULL)
                                    : oc_image_resize(&(oc_pixels){in, from, 1, 1, 0}, (oc_extent){to, 1}, out, NULL);
            cr_assert_eq(status, OC_OK);
            cr_assert_arr_eq(out, in, to, "%zu to %zu", from, to);
        }
    }
    free(in);
    free(out);
}

/* Channels side by side give what each gives alone, and nothing is written behind the output. */
Test(image_resize, channels_do_not_mix)
{
    for (size_t channels = 2; channels <= 4; channels++) {
        uint8_t *in = make_pixels(53, 31, channels), *out = malloc(90 * 17 * channels + 64);
        uint8_t one[53 * 31], small[90 * 17];
        memset(out, 0xA5, 90 * 17 * channels + 64);
        oc_image_resize(&(oc_pixels){in, 53, 31, channels, 0}, (oc_extent){90, 17}, out, NULL);
        for (size_t c = 0; c < channels; c++) {
            for (size_t p = 0; p < 53 * 31; p++) {
                one[p] = in[p * channels + c];
            }
            oc_image_resize(&(oc_pixels){one, 53, 31, 1, 0}, (oc_extent){90, 17}, small, NULL);
            for (size_t p = 0; p < 90 * 17; p++) {
                cr_assert_eq(out[p * channels + c], small[p]);
            }
        }
        for (size_t i = 0; i < 64; i++) {
            cr_assert_eq(out[90 * 17 * channels + i], 0xA5);
        }
        free(in);
        free(out);
    }
}

Test(image_resize, impossible_sizes_are_refused)
{
    uint8_t pixel = 0, out[4];
    oc_error err;
    cr_assert_eq(oc_image_resize(&(oc_pixels){&pixel, 1, 1, 5, 0}, (oc_extent){1, 1}, out, &err), OC_USAGE);
    cr_assert_eq(oc_image_resize(&(oc_pixels){&pixel, 1, 1, 1, 0}, (oc_extent){0, 1}, out, &err), OC_USAGE);
    cr_assert_eq(oc_image_resize(&(oc_pixels){&pixel, 0, 1, 1, 0}, (oc_extent){1, 1}, out, &err), OC_USAGE);
    cr_assert_eq(oc_image_resize(&(oc_pixels){&pixel, 1, 1, 1, 0}, (oc_extent){65536, 1}, out, &err), OC_USAGE);
}
