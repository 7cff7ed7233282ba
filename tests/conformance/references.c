/* Feature rows against numbers that scikit-image, OpenCV and VLFeat computed (make/make_data.py wrote them). Paths are
 * relative to the root of the project, where the tests run. */
#include "features/color/histogram.h"
#include "tests/unit/features/helpers.h"

#include <stdio.h>
#include <string.h>

#define DATA "tests/conformance/data/"

static FILE *open_data(const char *name)
{
    FILE *file = fopen(name, "rb");
    cr_assert_not_null(file, "%s cannot be opened; run the tests in the root of the project", name);
    return file;
}

/* A binary PGM or PPM file as an image with that one plane. */
static oc_image read_picture(const char *name, bool color)
{
    char path[200];
    snprintf(path, sizeof path, DATA "%s.%s", name, color ? "ppm" : "pgm");
    FILE *file = open_data(path);
    int width, height;
    cr_assert_eq(fscanf(file, color ? "P6 %d %d 255" : "P5 %d %d 255", &width, &height), 2, "%s", path);
    cr_assert_eq(fgetc(file), '\n');
    oc_image image = make_image((size_t)width, (size_t)height);
    size_t bytes = image.width * image.height * (color ? 3 : 1);
    cr_assert_eq(fread(color ? image.rgb : image.gray, 1, bytes, file), bytes, "%s", path);
    fclose(file);
    return image;
}

/* The floats of a .npy file of version 1: its header gives its own length, and what it says is known. */
static float *read_numbers(const char *name, size_t *count)
{
    char path[200];
    snprintf(path, sizeof path, DATA "%s.npy", name);
    FILE *file = open_data(path);
    uint8_t start[10];
    cr_assert_eq(fread(start, 1, 10, file), 10);
    cr_assert_eq(memcmp(start, "\x93NUMPY\x01", 7), 0, "%s", path);
    char header[1000] = {0};
    size_t length = start[8] + 256U * start[9];
    cr_assert(length < sizeof header && fread(header, 1, length, file) == length);
    cr_assert(strstr(header, "'<f4'"), "%s: %s", path, header);
    const char *shape = strstr(header, "'shape': (");
    cr_assert(shape && sscanf(shape, "'shape': (%zu,)", count) == 1, "%s: %s", path, header);
    float *values = malloc(*count * sizeof *values);
    cr_assert_eq(fread(values, sizeof *values, *count, file), *count, "%s", path);
    fclose(file);
    return values;
}

/* |row - wanted| <= absolute + relative * |wanted| for every value. */
static void check(const char *spec, const oc_image *image, const char *reference, double relative, double absolute)
{
    size_t n, count;
    float *row = row_of(spec, image, &n), *wanted = read_numbers(reference, &count);
    cr_assert_eq(n, count, "%s: %zu values, %s has %zu", spec, n, reference, count);
    for (size_t i = 0; i < n; i++) {
        double d = fabs((double)row[i] - (double)wanted[i]);
        cr_assert(d <= absolute + relative * fabs((double)wanted[i]), "%s, %s: value %zu is %.9g, not %.9g", spec,
                  reference, i, (double)row[i], (double)wanted[i]);
    }
    free(row);
    free(wanted);
}

static const char *const photographs[] = {"astronaut", "chelsea", "coffee", "rocket"};
static const int forms[][2] = {{8, 9}, {5, 7}}; /* cell, bins; the second for the first photograph alone */

static void check_preset(const char *preset, double relative, double absolute)
{
    for (size_t i = 0; i < sizeof photographs / sizeof *photographs; i++) {
        oc_image image = read_picture(photographs[i], false);
        for (size_t j = 0; j < (i == 0 ? 2 : 1); j++) {
            char spec[100], reference[100];
            snprintf(spec, sizeof spec, "hog:preset=%s,cell=%d,bins=%d", preset, forms[j][0], forms[j][1]);
            snprintf(reference, sizeof reference, "%s-%s-%d-%d", photographs[i], preset, forms[j][0], forms[j][1]);
            check(spec, &image, reference, relative, absolute);
        }
        free_image(&image);
    }
}

Test(conformance, hog_equals_scikit_image)
{
    check_preset("skimage", 5e-6, 5e-7);
}

Test(conformance, hog_equals_opencv)
{
    check_preset("opencv", 0, 1e-5);
}

Test(conformance, hog_equals_vlfeat)
{
    check_preset("uoctti", 0, 1e-5);
}

Test(conformance, histograms_equal_opencv_bin_for_bin)
{
    static const char *const names[] = {"coffee", "rocket"};
    static const char *const spaces[] = {"rgb", "hsv"};
    static const int bins[] = {3, 8};
    for (size_t i = 0; i < 8; i++) {
        oc_image image = read_picture(names[i / 4], true);
        char spec[100], reference[100];
        snprintf(spec, sizeof spec, "color:space=%s,bins=%d,norm=none", spaces[i / 2 % 2], bins[i % 2]);
        snprintf(reference, sizeof reference, "%s-%s-%d", names[i / 4], spaces[i / 2 % 2], bins[i % 2]);
        check(spec, &image, reference, 0, 0);
        free_image(&image);
    }
}

Test(conformance, lab_equals_scikit_image)
{
    enum { SIDE = 20, N = SIDE * SIDE };
    static const char *const names[] = {"coffee-lab", "rocket-lab"};
    for (size_t i = 0; i < 2; i++) {
        oc_image image = read_picture(i ? "rocket" : "coffee", true);
        uint8_t rgb[3 * N];
        for (size_t y = 0; y < SIDE; y++) {
            memcpy(rgb + 3 * SIDE * y, image.rgb + 3 * image.width * y, 3 * SIDE);
        }
        size_t count;
        float lab[3 * N], *wanted = read_numbers(names[i], &count);
        cr_assert_eq(count, 3 * N);
        oc_histogram_kernels_get()->lab(rgb, N, oc_histogram_linear(), lab);
        for (size_t j = 0; j < count; j++) {
            double d = fabs((double)lab[j] - (double)wanted[j]);
            cr_assert(d <= 2e-4, "%zu: %g, not %g", j, (double)lab[j], (double)wanted[j]);
        }
        free(wanted);
        free_image(&image);
    }
}

/* Sides shrunk to a half and to a third. */
Test(conformance, pixels_equal_the_area_filter_of_opencv)
{
    static const char *const names[] = {"coffee", "rocket"};
    static const int sides[] = {24, 16};
    for (size_t i = 0; i < 4; i++) {
        oc_image image = read_picture(names[i / 2], true);
        char spec[100], reference[100];
        snprintf(spec, sizeof spec, "pixels:size=%d", sides[i % 2]);
        snprintf(reference, sizeof reference, "%s-area-%d", names[i / 2], sides[i % 2]);
        check(spec, &image, reference, 0, 0);
        free_image(&image);
    }
}
