/* Inner loops of the stage words; see src/base/dispatch.h. A panel is 32 words (src/matrix/panel.h), a block 48
 * patches. */
#ifndef OC_FEATURES_WORDS_KERNELS_H
#define OC_FEATURES_WORDS_KERNELS_H

#include "src/matrix/panel.h"

#include <stdint.h>

/* The `wanted` nearest words of each row, nearest first, of equal ones the first. */
typedef struct oc_words_near {
    size_t wanted;
    float *distance; /* (rows,wanted) */
    uint32_t *word;  /* (rows,wanted) */
} oc_words_near;

typedef struct oc_words_kernels {
    /* out (rows, row_bytes) = (pixels - mean) / sqrt(variance + contrast) of a patch of rows x row_bytes bytes. */
    void (*contrast)(const uint8_t *pixels, size_t stride, size_t rows, size_t row_bytes, float contrast, float *out);
    /* z (rows,32) = sqrt(max(0, tile + norm)), norm (rows); sums (rows,32) += z. Lanes from `lanes` on are left 0. */
    void (*distances)(const float *tile, const float *norm, size_t rows, size_t lanes, float *z, float *sums);
    /* The same for a patch and its mirror image: tiles even + odd and even - odd. */
    void (*distances_both)(const float *even, const float *odd, const float *norm, size_t rows, size_t lanes, float *z,
                           float *sums, float *mirror_z, float *mirror_sums);
    /* pool (32) += the sum over rows of max(0, mean - z), z (rows,32), mean (rows) */
    void (*add_triangle)(const float *z, const float *mean, size_t rows, float *pool);
    /* pool (32) = max(pool, max(0, mean - z)) */
    void (*max_triangle)(const float *z, const float *mean, size_t rows, float *pool);
    /* best (rows,32) = min(best, z), z (rows,32). */
    void (*least)(const float *z, size_t rows, size_t lanes, float *best);
    /* At least `wanted` of the 32 values of best, none of them negative, are not above what this returns: the wanted-th of
     * them, equal ones counted once; INFINITY where there are fewer. */
    float (*bound)(const float *best, size_t wanted);
    /* The nearest of all words of each row. z (panels,48,32), rows <= 48. At least near->wanted words of row i are within limit[i]. */
    void (*nearest)(const float *z, const float *limit, size_t rows, size_t words, const oc_words_near *near);
    /* z (rows,32) becomes exp(scale (z^2 - least^2)), scale and least (rows); sums (rows,32) += it. */
    void (*soften)(float *z, const float *scale, const float *least, size_t rows, size_t lanes, float *sums);
    /* pool (32) += weight z and pool = max(pool, weight z), weight (rows) */
    void (*add_weighted)(const float *z, const float *weight, size_t rows, float *pool);
    void (*max_weighted)(const float *z, const float *weight, size_t rows, float *pool);
} oc_words_kernels;

const oc_words_kernels *oc_words_kernels_get(void);

#endif
