/* color: conversion of pixels to other colour spaces, and counting. Compiled once for each processor family. */
#include "features/color/histogram.h"

#include <string.h>

/* Nearest integer, halves to even, for |x| below 2^22: adding 1.5 * 2^23 leaves no room for a fraction. */
static inline int32_t nearest(float x)
{
    const float shift = 12582912.0F;
    return (int32_t)((x + shift) - shift);
}

/* OpenCV divides by multiplying with 2^12 times the reciprocal, rounded, and rounds the product once more; both
 * roundings are kept, for its levels are the ones that people's thresholds and histograms were made with. */
static void hsv(const uint8_t *restrict rgb, size_t n, uint8_t *restrict h, uint8_t *restrict s, uint8_t *restrict v)
{
    for (size_t i = 0; i < n; i++) {
        int32_t r = rgb[3 * i], g = rgb[3 * i + 1], b = rgb[3 * i + 2];
        int32_t high = r > g ? r : g, low = r < g ? r : g;
        high = high > b ? high : b;
        low = low < b ? low : b;
        int32_t range = high - low;
        /* 0 / 1 where the divisor would be 0: the products below are 0 then. */
        int32_t per_value = nearest(255.0F * 4096 / (float)(high > 0 ? high : 1));
        int32_t per_range = nearest(30.0F * 4096 / (float)(range > 0 ? range : 1));
        int32_t sixth = high == r ? g - b : high == g ? b - r + 2 * range : r - g + 4 * range;
        int32_t hue = (sixth * per_range + 2048) >> 12;
        h[i] = (uint8_t)(hue < 0 ? hue + 180 : hue);
        s[i] = (uint8_t)((range * per_value + 2048) >> 12);
        v[i] = (uint8_t)high;
    }
}

/* Cube root for x in 1e-3..2: a third of the exponent as a first guess, two of Halley's steps. */
static inline float cube_root(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    bits = bits / 3 + 709921077U;
    float y;
    memcpy(&y, &bits, sizeof y);
    for (int step = 0; step < 2; step++) {
        float cube = y * y * y;
        y = y * (cube + 2 * x) / (2 * cube + x);
    }
    return y;
}

static inline float lightness(float t)
{
    return t > 0.008856F ? cube_root(t) : 7.787F * t + 16.0F / 116;
}

static void lab(const uint8_t *restrict rgb, size_t n, const float *restrict linear, float *restrict out)
{
    for (size_t i = 0; i < n; i++) {
        out[i] = linear[rgb[3 * i]];
        out[n + i] = linear[rgb[3 * i + 1]];
        out[2 * n + i] = linear[rgb[3 * i + 2]];
    }
    float *restrict first = out, *restrict second = out + n, *restrict third = out + 2 * n;
    for (size_t i = 0; i < n; i++) {
        float r = first[i], g = second[i], b = third[i];
        float x = (0.412453F * r + 0.357580F * g + 0.180423F * b) * (1 / 0.95047F);
        float y = 0.212671F * r + 0.715160F * g + 0.072169F * b;
        float z = (0.019334F * r + 0.119193F * g + 0.950227F * b) * (1 / 1.08883F);
        float fx = lightness(x), fy = lightness(y), fz = lightness(z);
        first[i] = 116 * fy - 16;
        second[i] = 500 * (fx - fy);
        third[i] = 200 * (fy - fz);
    }
}

static void quantize(const float *restrict values, size_t n, float factor, float shift, float last,
                     uint8_t *restrict levels)
{
    for (size_t i = 0; i < n; i++) {
        float level = values[i] * factor + shift;
        level = level > 0 ? level : 0;
        level = level < last ? level : last;
        levels[i] = (uint8_t)(int32_t)level;
    }
}

enum { CHUNK = 1024 /* pixels whose places are computed before they are counted */ };

/* Inlined with a constant stride, and with levels that lie side by side where they do. */
static inline __attribute__((always_inline)) void compute_places(const uint8_t *const levels[3], const size_t stride,
                                                                 size_t n, const oc_histogram_map *map,
                                                                 uint16_t *restrict places)
{
    const uint8_t *restrict a = levels[0], *restrict b = levels[1], *restrict c = levels[2];
    const uint32_t first = map->factor[0], second = map->factor[1], third = map->factor[2];
    const uint32_t row = map->step[0], column = map->step[1];
    for (size_t i = 0; i < n; i++) {
        uint32_t place = (a[i * stride] * first >> 16) * row + (b[i * stride] * second >> 16) * column;
        places[i] = (uint16_t)(place + (c[i * stride] * third >> 16));
    }
}

static void find_places(const uint8_t *const levels[3], size_t stride, size_t n, const oc_histogram_map *map,
                        uint16_t *places)
{
    const uint8_t *a = levels[0], *b = levels[1], *c = levels[2];
    if (map->even && stride == 1) {
        compute_places(levels, 1, n, map, places);
        return;
    }
#if defined(__AVX2__) || defined(__ARM_NEON) /* other families separate three channels slowly */
    if (map->even && stride == 3 && b == a + 1 && c == a + 2) {
        compute_places((const uint8_t *const[3]){a, a + 1, a + 2}, 3, n, map, places);
        return;
    }
#endif
    for (size_t i = 0; i < n; i++, a += stride, b += stride, c += stride) {
        places[i] = (uint16_t)(map->bins[0][*a] + map->bins[1][*b] + map->bins[2][*c]);
    }
}

static void count_joint(const uint8_t *const levels[3], size_t stride, size_t n, const oc_histogram_map *map,
                        oc_histogram_counters counters)
{
    uint32_t *counts = counters.counts;
    size_t size = counters.size, banks = counters.banks;
    uint16_t places[CHUNK];
    for (size_t begin = 0; begin < n; begin += CHUNK) {
        const uint8_t *const rest[3] = {levels[0] + begin * stride, levels[1] + begin * stride,
                                        levels[2] + begin * stride};
        size_t chunk = n - begin < CHUNK ? n - begin : CHUNK, i = 0;
        find_places(rest, stride, chunk, map, places);
        for (; banks == OC_HISTOGRAM_BANKS && i + OC_HISTOGRAM_BANKS <= chunk; i += OC_HISTOGRAM_BANKS) {
            for (size_t bank = 0; bank < OC_HISTOGRAM_BANKS; bank++) {
                counts[bank * size + places[i + bank]]++;
            }
        }
        for (; i < chunk; i++) {
            counts[places[i]]++;
        }
    }
}

static void count_levels(const uint8_t *levels, size_t stride, size_t n, uint32_t *counts, size_t banks)
{
    size_t i = 0;
    for (; banks == OC_HISTOGRAM_BANKS && i + OC_HISTOGRAM_BANKS <= n; i += OC_HISTOGRAM_BANKS) {
        for (size_t bank = 0; bank < OC_HISTOGRAM_BANKS; bank++) {
            counts[bank * OC_HISTOGRAM_LEVELS + levels[(i + bank) * stride]]++;
        }
    }
    for (; i < n; i++) {
        counts[levels[i * stride]]++;
    }
}

extern const oc_histogram_kernels OC_KERNELS(oc_histogram_kernels);
const oc_histogram_kernels OC_KERNELS(oc_histogram_kernels) = {hsv, lab, quantize, count_joint, count_levels};
