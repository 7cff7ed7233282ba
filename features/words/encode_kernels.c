/* Inner loops of the stage words, compiled once a processor family. */
#include "features/words/kernels.h"

#include "src/base/dispatch.h"
#include "src/matrix/panel_lanes.h"

#include <math.h>
#include <string.h>

static void contrast(const uint8_t *restrict pixels, size_t stride, size_t rows, size_t row_bytes, float least,
                     float *restrict out)
{
    uint32_t sum = 0, squares = 0;
    for (size_t r = 0; r < rows; r++) {
        const uint8_t *from = pixels + r * stride;
#pragma omp simd reduction(+ : sum, squares)
        for (size_t j = 0; j < row_bytes; j++) {
            uint32_t value = from[j];
            sum += value;
            squares += value * value;
        }
    }
    /* Exact up to here: 24 x 24 x 3 values of at most 255^2 fit. */
    double count = (double)(rows * row_bytes), mean = sum / count;
    double variance = squares / count - mean * mean;
    float shift = (float)mean, scale = 1 / sqrtf((float)(variance > 0 ? variance : 0) + least);
    for (size_t r = 0; r < rows; r++) {
        for (size_t j = 0; j < row_bytes; j++) {
            out[r * row_bytes + j] = scale * ((float)pixels[r * stride + j] - shift);
        }
    }
}

static inline float distance(float squared)
{
    return sqrtf(squared > 0 ? squared : 0);
}

static inline void distances_of(const float *restrict tile, const float *restrict norm, size_t rows, size_t lanes,
                                float *restrict z, float *restrict sums)
{
    for (size_t r = 0; r < rows; r++) {
        float size = norm[r];
        for (size_t lane = 0; lane < lanes; lane++) {
            float value = distance(tile[r * OC_PANEL + lane] + size);
            z[r * OC_PANEL + lane] = value;
            sums[r * OC_PANEL + lane] += value;
        }
    }
}

static void distances(const float *tile, const float *norm, size_t rows, size_t lanes, float *z, float *sums)
{
    if (lanes == OC_PANEL) {
        distances_of(tile, norm, rows, OC_PANEL, z, sums);
    } else {
        memset(z, 0, rows * OC_PANEL * sizeof *z);
        distances_of(tile, norm, rows, lanes, z, sums);
    }
}

static inline void both_of(const float *restrict even, const float *restrict odd, const float *restrict norm,
                           size_t rows, size_t lanes, float *restrict z, float *restrict sums, float *restrict mirror_z,
                           float *restrict mirror_sums)
{
    for (size_t r = 0; r < rows; r++) {
        float size = norm[r];
        for (size_t lane = 0; lane < lanes; lane++) {
            size_t i = r * OC_PANEL + lane;
            float value = distance(even[i] + odd[i] + size);
            float mirrored = distance(even[i] - odd[i] + size);
            z[i] = value;
            mirror_z[i] = mirrored;
            sums[i] += value;
            mirror_sums[i] += mirrored;
        }
    }
}

static void distances_both(const float *even, const float *odd, const float *norm, size_t rows, size_t lanes, float *z,
                           float *sums, float *mirror_z, float *mirror_sums)
{
    if (lanes == OC_PANEL) {
        both_of(even, odd, norm, rows, OC_PANEL, z, sums, mirror_z, mirror_sums);
    } else {
        memset(z, 0, rows * OC_PANEL * sizeof *z);
        memset(mirror_z, 0, rows * OC_PANEL * sizeof *mirror_z);
        both_of(even, odd, norm, rows, lanes, z, sums, mirror_z, mirror_sums);
    }
}

static void add_triangle(const float *restrict z, const float *restrict mean, size_t rows, float *restrict pool)
{
    float total[OC_PANEL] = {0};
    for (size_t r = 0; r < rows; r++) {
        for (size_t lane = 0; lane < OC_PANEL; lane++) {
            float code = mean[r] - z[r * OC_PANEL + lane];
            total[lane] += code > 0 ? code : 0;
        }
    }
    for (size_t lane = 0; lane < OC_PANEL; lane++) {
        pool[lane] += total[lane];
    }
}

static void max_triangle(const float *restrict z, const float *restrict mean, size_t rows, float *restrict pool)
{
    for (size_t r = 0; r < rows; r++) {
        for (size_t lane = 0; lane < OC_PANEL; lane++) {
            float code = mean[r] - z[r * OC_PANEL + lane];
            pool[lane] = code > pool[lane] ? code : pool[lane];
        }
    }
}

static void least(const float *restrict z, size_t rows, size_t lanes, float *restrict best)
{
    for (size_t r = 0; r < rows; r++) {
        for (size_t lane = 0; lane < lanes; lane++) {
            size_t i = r * OC_PANEL + lane;
            best[i] = z[i] < best[i] ? z[i] : best[i];
        }
    }
}

static float bound(const float *best, size_t wanted)
{
    float last = -1;
    for (size_t i = 0; i < wanted; i++) {
        float next = INFINITY;
#pragma omp simd reduction(min : next)
        for (size_t lane = 0; lane < OC_PANEL; lane++) {
            float value = best[lane] > last ? best[lane] : INFINITY;
            next = value < next ? value : next;
        }
        last = next;
    }
    return last;
}

/* Puts a word into the list of a row, which has `found` words in the order of their distances, equal ones in the order
 * in which they come. Returns the new number of words. */
static inline size_t insert(const oc_words_near *near, size_t row, size_t found, float distance, uint32_t word)
{
    float *distances = near->distance + row * near->wanted;
    uint32_t *words = near->word + row * near->wanted;
    if (found == near->wanted && !(distance < distances[found - 1])) {
        return found;
    }
    size_t at = found < near->wanted ? found : found - 1, length = at + 1;
    for (; at > 0 && distances[at - 1] > distance; at--) {
        distances[at] = distances[at - 1];
        words[at] = words[at - 1];
    }
    distances[at] = distance;
    words[at] = word;
    return length;
}

static void nearest(const float *z, const float *limit, size_t rows, size_t words, const oc_words_near *near)
{
    size_t found[OC_PANEL_BLOCK] = {0};
    for (size_t first = 0; first < words; first += OC_PANEL) {
        uint32_t filled = words - first < OC_PANEL ? ((uint32_t)1 << (words - first)) - 1 : UINT32_MAX;
        const float *row = z + first * OC_PANEL_BLOCK;
        for (size_t i = 0; i < rows; i++, row += OC_PANEL) {
            for (uint32_t within = ~oc_lanes_above(row, limit[i]) & filled; within; within &= within - 1) {
                size_t lane = (size_t)__builtin_ctz(within);
                found[i] = insert(near, i, found[i], row[lane], (uint32_t)(first + lane));
            }
        }
    }
}

/* e^x for x <= 0, to 2e-7 of the value: 2^i times a polynomial of the rest in [-1/2, 1/2]; 0 below e^-87. */
static inline float exponential(float x)
{
    float t = x * 1.44269504F;
    t = t > -125 ? t : -125;
    int32_t whole = (int32_t)(t - 0.5F);
    float rest = (t - (float)whole) * 0.693147181F;
    float p = 1 + rest * (1 + rest * (0.5F + rest * (1.0F / 6 +
                                                     rest * (1.0F / 24 + rest * (1.0F / 120 + rest * (1.0F / 720))))));
    union {
        int32_t bits;
        float value;
    } power = {.bits = (whole + 127) << 23};
    return x > -87 ? p * power.value : 0;
}

static void soften(float *restrict z, const float *restrict scale, const float *restrict nearest, size_t rows,
                   size_t lanes, float *restrict sums)
{
    for (size_t r = 0; r < rows; r++) {
        float *row = z + r * OC_PANEL, *sum = sums + r * OC_PANEL;
        float factor = scale[r], square = nearest[r] * nearest[r];
        for (size_t lane = 0; lane < OC_PANEL; lane++) {
            float code = exponential(factor * (row[lane] * row[lane] - square));
            code = lane < lanes ? code : 0;
            row[lane] = code;
            sum[lane] += code;
        }
    }
}

static void add_weighted(const float *restrict z, const float *restrict weight, size_t rows, float *restrict pool)
{
    for (size_t r = 0; r < rows; r++) {
        for (size_t lane = 0; lane < OC_PANEL; lane++) {
            pool[lane] += weight[r] * z[r * OC_PANEL + lane];
        }
    }
}

static void max_weighted(const float *restrict z, const float *restrict weight, size_t rows, float *restrict pool)
{
    for (size_t r = 0; r < rows; r++) {
        for (size_t lane = 0; lane < OC_PANEL; lane++) {
            float code = weight[r] * z[r * OC_PANEL + lane];
            pool[lane] = code > pool[lane] ? code : pool[lane];
        }
    }
}

extern const oc_words_kernels OC_KERNELS(oc_words_kernels);
const oc_words_kernels OC_KERNELS(oc_words_kernels) = {
    contrast, distances, distances_both, add_triangle, max_triangle, least,
    bound,    nearest,   soften,         add_weighted, max_weighted,
};
