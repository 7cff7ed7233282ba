/* Colour histograms. */
#include "tests/unit/features/helpers.h"

#include "features/color/histogram.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

OC_DECLARE_KERNELS(oc_histogram_kernels, oc_histogram_kernels);

/* Hue, saturation and value of one pixel. */
static void hsv_of(unsigned r, unsigned g, unsigned b, uint8_t out[3])
{
    uint8_t rgb[3] = {(uint8_t)r, (uint8_t)g, (uint8_t)b};
    oc_histogram_kernels_get()->hsv(rgb, 1, &out[0], &out[1], &out[2]);
}

static void check_hsv(unsigned r, unsigned g, unsigned b, unsigned h, unsigned s, unsigned v)
{
    uint8_t got[3];
    hsv_of(r, g, b, got);
    cr_assert(got[0] == h && got[1] == s && got[2] == v, "%u %u %u -> %u %u %u, not %u %u %u", r, g, b, got[0], got[1],
              got[2], h, s, v);
}

Test(color, hue_saturation_and_value)
{
    check_hsv(0, 0, 0, 0, 0, 0);
    check_hsv(255, 255, 255, 0, 0, 255);
    check_hsv(255, 0, 0, 0, 255, 255);
    check_hsv(255, 255, 0, 30, 255, 255);
    check_hsv(0, 255, 0, 60, 255, 255);
    check_hsv(0, 255, 255, 90, 255, 255);
    check_hsv(0, 0, 255, 120, 255, 255);
    check_hsv(255, 0, 255, 150, 255, 255);
    check_hsv(200, 100, 100, 0, 127, 200); /* 127.5, by way of a rounded reciprocal */
    check_hsv(255, 0, 1, 0, 255, 255);     /* 359.76 degrees: 179.88, rounded to 180, which is 0 */
}

/* Rounds like cvtColor's tables, in whole numbers, for all 16.7 million colours. */
Test(color, hsv_equals_the_rounded_tables_for_every_colour)
{
    int per_value[256] = {0}, per_range[256] = {0};
    for (int i = 1; i < 256; i++) {
        per_value[i] = (int)lrint((255 << 12) / (double)i);
        per_range[i] = (int)lrint((180 << 12) / (6.0 * i));
    }
    enum { LINE = 65536 };
    uint8_t *rgb = malloc(3 * LINE), *hsv = malloc(3 * LINE);
    for (int r = 0; r < 256; r++) {
        for (size_t i = 0; i < LINE; i++) {
            rgb[3 * i] = (uint8_t)r;
            rgb[3 * i + 1] = (uint8_t)(i >> 8);
            rgb[3 * i + 2] = (uint8_t)i;
        }
        oc_histogram_kernels_get()->hsv(rgb, LINE, hsv, hsv + LINE, hsv + 2 * LINE);
        for (size_t i = 0; i < LINE; i++) {
            int g = (int)(i >> 8), b = (int)(i & 255);
            int v = r > g ? (r > b ? r : b) : (g > b ? g : b), low = r < g ? (r < b ? r : b) : (g < b ? g : b);
            int d = v - low, s = (d * per_value[v] + 2048) >> 12;
            int h = v == r ? g - b : v == g ? b - r + 2 * d : r - g + 4 * d;
            h = (h * per_range[d] + 2048) >> 12;
            h += h < 0 ? 180 : 0;
            if (hsv[i] != (h & 255) || hsv[LINE + i] != s || hsv[2 * LINE + i] != v) {
                cr_assert_fail("%d %d %d", r, g, b);
            }
        }
    }
    free(rgb);
    free(hsv);
}

static double cube_lightness(double t)
{
    return t > 0.008856 ? cbrt(t) : 7.787 * t + 16.0 / 116;
}

Test(color, lab_follows_its_definition)
{
    enum { N = 4913 };
    uint8_t rgb[3 * N];
    static float lab[3 * N];
    for (size_t i = 0; i < N; i++) {
        size_t level[3] = {i / 289 * 16, i / 17 % 17 * 16, i % 17 * 16};
        for (size_t c = 0; c < 3; c++) {
            rgb[3 * i + c] = (uint8_t)(level[c] > 255 ? 255 : level[c]);
        }
    }
    oc_histogram_kernels_get()->lab(rgb, N, oc_histogram_linear(), lab);
    for (size_t i = 0; i < N; i++) {
        double c[3];
        for (size_t k = 0; k < 3; k++) {
            double level = rgb[3 * i + k] / 255.0;
            c[k] = level > 0.04045 ? pow((level + 0.055) / 1.055, 2.4) : level / 12.92;
        }
        double fx = cube_lightness((0.412453 * c[0] + 0.357580 * c[1] + 0.180423 * c[2]) / 0.95047);
        double fy = cube_lightness(0.212671 * c[0] + 0.715160 * c[1] + 0.072169 * c[2]);
        double fz = cube_lightness((0.019334 * c[0] + 0.119193 * c[1] + 0.950227 * c[2]) / 1.08883);
        double wanted[3] = {116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)};
        for (size_t k = 0; k < 3; k++) {
            double d = fabs((double)lab[k * N + i] - wanted[k]);
            cr_assert(d <= 5e-4, "%zu %zu: %g", i, k, d);
        }
    }
}

Test(color, the_largest_level_belongs_to_the_last_bin)
{
    oc_image image = make_image(3, 1);
    fill_image(&image, 255);
    size_t n;
    float *row = row_of("color:space=rgb,bins=4,norm=none", &image, &n);
    cr_assert_eq(n, 64);
    cr_assert_eq(row[63], 3);
    free(row);
    row = row_of("color:space=rgb,bins=7,joint=0,norm=none", &image, &n);
    cr_assert_eq(n, 21);
    cr_assert(row[6] == 3 && row[13] == 3 && row[20] == 3);
    free(row);
    row = row_of("color:space=lab,bins=5,joint=0,norm=none", &image, &n);
    cr_assert_eq(row[4], 3, "white has L = 100");
    cr_assert_eq(row[5 + 2], 3, "and a = 0, in the middle");
    free(row);
    free_image(&image);
}

Test(color, a_joint_histogram_has_the_first_channel_slowest)
{
    oc_image image = make_image(2, 2);
    static const uint8_t pixels[12] = {255, 0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 255};
    memcpy(image.rgb, pixels, sizeof pixels);
    float *row = row_of("color:space=rgb,bins=2", &image, NULL);
    static const float wanted[8] = {0, 0.5F, 0.25F, 0, 0.25F, 0, 0, 0};
    cr_assert_eq(memcmp(row, wanted, sizeof wanted), 0);
    free(row);
    row = row_of("color:space=rgb,bins=2,norm=hellinger", &image, NULL);
    cr_assert_eq(row[1], sqrtf(0.5F));
    cr_assert_eq(row[2], 0.5F);
    free(row);
    row = row_of("color:space=rgb,bins=2,joint=0", &image, NULL);
    static const float single[6] = {0.75F, 0.25F, 0.75F, 0.25F, 0.5F, 0.5F};
    cr_assert_eq(memcmp(row, single, sizeof single), 0);
    free(row);
    free_image(&image);
}

Test(color, hues_count_pixels_or_saturation)
{
    oc_image image = make_image(4, 1);
    static const uint8_t pixels[12] = {255, 0, 0, 0, 255, 0, 100, 100, 100, 200, 100, 100};
    memcpy(image.rgb, pixels, sizeof pixels);
    size_t n;
    float *row = row_of("color:space=hue,norm=none", &image, &n);
    cr_assert_eq(n, 10);
    cr_assert_eq(row[0], 3, "red, gray and pink have hue 0");
    cr_assert_eq(row[3], 1, "green is at 120 of 360 degrees");
    free(row);
    row = row_of("color:space=hue,norm=none,weight=saturation", &image, &n);
    cr_assert(fabs((double)row[0] - (1 + 127.0 / 255)) <= 1e-6);
    cr_assert_eq(row[3], 1);
    free(row);
    fill_image(&image, 77);
    row = row_of("color:space=hue,weight=saturation", &image, &n);
    for (size_t i = 0; i < n; i++) {
        cr_assert_eq(row[i], 0, "no saturation, no votes");
    }
    free(row);
    free_image(&image);
}

/* Counts one pixel after the other. */
static void slow_histogram(const oc_image *image, const size_t x[2], const size_t y[2], bool hsv, size_t bins,
                           float *row)
{
    for (size_t i = y[0]; i < y[1]; i++) {
        for (size_t j = x[0]; j < x[1]; j++) {
            const uint8_t *p = image->rgb + 3 * (i * image->width + j);
            uint8_t level[3] = {p[0], p[1], p[2]};
            if (hsv) {
                hsv_of(p[0], p[1], p[2], level);
            }
            size_t bin[3];
            for (size_t c = 0; c < 3; c++) {
                bin[c] = (size_t)(level[c] * ((double)bins / (hsv && c == 0 ? 180 : 256)));
            }
            row[(bin[0] * bins + bin[1]) * bins + bin[2]]++;
        }
    }
}

Test(color, every_grid_and_size_equals_counting_by_hand)
{
    static const size_t sizes[][2] = {{3, 3}, {17, 5}, {64, 48}, {101, 67}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        oc_image image = random_image(sizes[i][0], sizes[i][1], i);
        for (size_t try = 0; try < 24; try++) {
            size_t grid = try % 3 + 1, hsv = try / 3 % 2, bins = (size_t[]){2, 5, 8, 32}[try / 6];
            size_t size = bins * bins * bins, n;
            char spec[100];
            snprintf(spec, sizeof spec, "color:space=%s,bins=%zu,grid=%zu,norm=none", hsv ? "hsv" : "rgb", bins, grid);
            float *row = row_of(spec, &image, &n);
            cr_assert_eq(n, grid * grid * size);
            float *wanted = calloc(n, sizeof *wanted);
            for (size_t g = 0; g < grid * grid; g++) {
                size_t x[2] = {g % grid * image.width / grid, (g % grid + 1) * image.width / grid};
                size_t y[2] = {g / grid * image.height / grid, (g / grid + 1) * image.height / grid};
                slow_histogram(&image, x, y, hsv, bins, wanted + g * size);
            }
            cr_assert_eq(memcmp(row, wanted, n * sizeof *row), 0, "%s", spec);
            free(row);
            free(wanted);
        }
        free_image(&image);
    }
}

Test(color, every_histogram_sums_to_one)
{
    oc_image image = random_image(50, 40, 4);
    static const char *const spaces[] = {"rgb", "hsv", "lab", "hue"};
    for (size_t i = 0; i < 4; i++) {
        char spec[100];
        snprintf(spec, sizeof spec, "color:space=%s,bins=6,grid=2", spaces[i]);
        size_t n;
        float *row = row_of(spec, &image, &n);
        double sum = 0;
        for (size_t j = 0; j < n; j++) {
            sum += (double)row[j];
        }
        cr_assert(fabs(sum - 4) <= 1e-5, "%s: %g", spec, sum);
        free(row);
    }
    free_image(&image);
}

static void refused(const char *spec, const char *hint)
{
    oc_features *features = NULL;
    oc_error err = {0};
    cr_assert_eq(oc_features_parse(spec, &features, &err), OC_USAGE, "%s", spec);
    cr_assert(strstr(err.message, hint), "%s: %s", spec, err.message);
}

Test(color, settings_that_exclude_each_other_are_refused)
{
    refused("color:bins=33", "at most 32");
    refused("color:bins=257,joint=0", "2..256");
    refused("color:space=rgb,weight=saturation", "space=hue");
    refused("color:space=hue,joint=1", "one channel");
    oc_features_free(parse("color:bins=256,joint=0"));
    oc_features_free(parse("color:space=hue,bins=256"));
    oc_features *features = parse("color:grid=4");
    oc_error err = {0};
    cr_assert_eq(oc_features_plan(features, 3, 9, &err), OC_TOO_SMALL);
    cr_assert(strstr(err.message, "3x9") && strstr(err.message, "4x4"), "%s", err.message);
    oc_features_free(features);
}

Test(color, the_kernels_of_all_processor_families_agree)
{
    static const oc_histogram_kernels *const tables[] = OC_KERNEL_TABLES(oc_histogram_kernels);
    enum { N = 997 };
    uint8_t rgb[3 * N], plain[4][N], fast[4][N];
    float lab[2][3 * N];
    oc_random random = oc_random_stream(3, 1, 4);
    for (size_t i = 0; i < sizeof rgb; i++) {
        rgb[i] = (uint8_t)oc_random_below(&random, 256);
    }
    for (size_t isa = 1; isa <= oc_isa_index(); isa++) {
        memset(plain, 0, sizeof plain);
        memset(fast, 0, sizeof fast);
        tables[0]->hsv(rgb, N - 1, plain[0], plain[1], plain[2]);
        tables[isa]->hsv(rgb, N - 1, fast[0], fast[1], fast[2]);
        tables[0]->lab(rgb, N, oc_histogram_linear(), lab[0]);
        tables[isa]->lab(rgb, N, oc_histogram_linear(), lab[1]);
        cr_assert(difference(lab[1], lab[0], 3 * N) <= 2e-4);
        tables[0]->quantize(lab[0], N - 1, 0.09F, 0, 8, plain[3]);
        tables[isa]->quantize(lab[0], N - 1, 0.09F, 0, 8, fast[3]);
        cr_assert_eq(memcmp(plain, fast, sizeof plain), 0, "%s", oc_isa_name(isa));
    }
}

/* counts (OC_HISTOGRAM_BANKS, size) summed over the banks. */
static void count_by(const oc_histogram_kernels *kernels, const uint8_t *pixels, size_t stride, size_t n,
                     const oc_histogram_map *map, size_t size, size_t banks, uint32_t *counts)
{
    const uint8_t *levels[3];
    for (size_t c = 0; c < 3; c++) {
        levels[c] = pixels + (stride == 3 ? c : c * n);
    }
    memset(counts, 0, banks * size * sizeof *counts);
    kernels->count_joint(levels, stride, n, map, (oc_histogram_counters){counts, size, banks});
    for (size_t i = size; i < banks * size; i++) {
        counts[i % size] += counts[i];
    }
}

/* Hues, where 26 bins round a level on an edge down, levels of bytes and those that are bins already. */
Test(color, joint_counts_of_all_processor_families_equal_those_by_tables)
{
    static const oc_histogram_kernels *const tables[] = OC_KERNEL_TABLES(oc_histogram_kernels);
    static const oc_color_space spaces[] = {OC_SPACE_RGB, OC_SPACE_HSV, OC_SPACE_LAB};
    enum { N = 2055, MAX_BINS = 32 * 32 * 32 };
    uint8_t pixels[3 * N];
    uint32_t *counts = calloc(OC_HISTOGRAM_BANKS * MAX_BINS, sizeof *counts),
             *expected = calloc(MAX_BINS, sizeof *expected);
    oc_histogram_map map;
    for (size_t i = 0; i < 3 * 31 * OC_HISTOGRAM_BANKS; i++) {
        oc_histogram h = {.space = spaces[i % 3], .bins = 2 + i / 3 % 31, .channels = 3, .joint = true};
        size_t stride = h.space == OC_SPACE_RGB ? 3 : 1, banks = i % 2 ? OC_HISTOGRAM_BANKS : 1, n = N - i % 70;
        h.size = h.bins * h.bins * h.bins;
        oc_histogram_fill_map(&h, &map);
        memset(expected, 0, h.size * sizeof *expected);
        for (size_t j = 0; j < n; j++) {
            size_t place = 0;
            for (size_t c = 0; c < 3; c++) {
                size_t range = h.space == OC_SPACE_LAB ? h.bins : h.space == OC_SPACE_HSV && c == 0 ? 180 : 256;
                uint8_t level = (uint8_t)((j * 37 + c * 101 + i * j % 251) % range);
                pixels[stride == 3 ? 3 * j + c : c * n + j] = level;
                place += map.bins[c][level];
            }
            expected[place]++;
        }
        for (size_t isa = 0; isa <= oc_isa_index(); isa++) {
            count_by(tables[isa], pixels, stride, n, &map, h.size, banks, counts);
            cr_assert_eq(memcmp(counts, expected, h.size * sizeof *counts), 0, "%s, space %d, %zu bins, %zu banks",
                         oc_isa_name(isa), h.space, h.bins, banks);
        }
    }
    free(counts);
    free(expected);
}
