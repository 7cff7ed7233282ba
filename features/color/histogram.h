/* Colour histograms: the parameters, counting, and the inner loops (histogram_kernels.c). */
#ifndef OC_FEATURES_COLOR_HISTOGRAM_H
#define OC_FEATURES_COLOR_HISTOGRAM_H

#include "features/stage.h"
#include "src/base/dispatch.h"

#include <stddef.h>
#include <stdint.h>

enum { OC_HISTOGRAM_BANKS = 8, OC_HISTOGRAM_LEVELS = 256 };

/* From levels a, b, c of the channels to the place in a joint histogram: bins[0][a] + bins[1][b] + bins[2][c]; where it
 * is `even` that equals (a * factor[0] >> 16) * step[0] + (b * factor[1] >> 16) * step[1] + (c * factor[2] >> 16). */
typedef struct oc_histogram_map {
    uint16_t bins[3][OC_HISTOGRAM_LEVELS];
    uint32_t factor[3], step[3];
    bool even;
} oc_histogram_map;

/* Counters (banks, size) of a joint histogram, banks 1 or OC_HISTOGRAM_BANKS. Pixel i counts into bank i % banks:
 * neighbouring pixels often share a colour, and in one bank each addition would wait for the one before. */
typedef struct oc_histogram_counters {
    uint32_t *counts;
    size_t size, banks;
} oc_histogram_counters;

/* Per pixel functions for n pixels; rgb is (n, 3). */
typedef struct oc_histogram_kernels {
    /* 8-bit HSV as OpenCV's cvtColor makes it: h in 0..179 (steps of two degrees), s and v in 0..255. */
    void (*hsv)(const uint8_t *rgb, size_t n, uint8_t *h, uint8_t *s, uint8_t *v);
    /* CIE L*a*b* of sRGB under D65. linear (256): sRGB levels to linear light. lab (3, n): L 0..100, a and b. */
    void (*lab)(const uint8_t *rgb, size_t n, const float *linear, float *lab);
    /* level = value * factor + shift, cut to 0..last. */
    void (*quantize)(const float *values, size_t n, float factor, float shift, float last, uint8_t *levels);
    /* counts[index]++ for each pixel, index as oc_histogram_map says; channel c's level of pixel i is at levels[c][i *
     * stride]. */
    void (*count_joint)(const uint8_t *const levels[3], size_t stride, size_t n, const oc_histogram_map *map,
                        oc_histogram_counters counters);
    /* counts (banks, 256), the levels of one channel. */
    void (*count_levels)(const uint8_t *levels, size_t stride, size_t n, uint32_t *counts, size_t banks);
} oc_histogram_kernels;

const oc_histogram_kernels *oc_histogram_kernels_get(void);

/* sRGB levels to linear light, (256). */
const float *oc_histogram_linear(void);

typedef enum oc_color_space { OC_SPACE_RGB, OC_SPACE_HSV, OC_SPACE_LAB, OC_SPACE_HUE } oc_color_space;
typedef enum oc_color_norm { OC_COLOR_L1, OC_COLOR_HELLINGER, OC_COLOR_NONE } oc_color_norm;

typedef struct oc_color_params {
    int space; /* oc_color_space */
    int64_t bins;
    bool joint;
    int64_t grid;
    int norm, weight; /* oc_color_norm; 1: a pixel counts by its saturation */
} oc_color_params;

/* The histograms that the parameters define. */
typedef struct oc_histogram {
    oc_color_space space;
    oc_color_norm norm;
    bool by_saturation; /* a pixel counts by its saturation instead of 1 */
    size_t bins, grid, channels;
    bool joint;
    size_t size; /* values of a region */
} oc_histogram;

/* The stage's part of its plan. */
typedef struct oc_color_plan {
    oc_histogram histogram;
    oc_histogram_map map;
} oc_color_plan;

/* Of resolved parameters. */
oc_histogram oc_histogram_describe(const oc_color_params *params);
void oc_histogram_fill_map(const oc_histogram *h, oc_histogram_map *map);

/* The row of an image (oc_stage_type), and the pixels that a score comes from (oc_stage_pictures). */
oc_status oc_histogram_extract(const oc_stage *stage, const oc_image *image, oc_scratch *memory, float *row,
                               oc_error *err);
oc_status oc_histogram_attribute(const oc_stage *stage, const oc_image *image, const double *data_term,
                                 const double *offset, double *map, oc_error *err);

#endif
