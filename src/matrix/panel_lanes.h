/* Lanes of a panel's row as bits, for kernels: compiled once for each processor family. */
#ifndef OC_MATRIX_PANEL_LANES_H
#define OC_MATRIX_PANEL_LANES_H

#include "src/matrix/panel.h"

#include <stdint.h>

#if defined(__AVX2__)
#include <immintrin.h>
#endif

/* The lanes of a row (32) that are above the limit, one bit for each. Compilers do not find the instruction for this. */
static inline uint32_t oc_lanes_above(const float *row, float limit)
{
    uint32_t mask = 0;
#if defined(__AVX512F__)
    __m512 limits = _mm512_set1_ps(limit);
    for (size_t lane = 0; lane < OC_PANEL; lane += 16) {
        mask |= (uint32_t)_mm512_cmp_ps_mask(_mm512_loadu_ps(row + lane), limits, _CMP_GT_OQ) << lane;
    }
#elif defined(__AVX2__)
    __m256 limits = _mm256_set1_ps(limit);
    for (size_t lane = 0; lane < OC_PANEL; lane += 8) {
        __m256 above = _mm256_cmp_ps(_mm256_loadu_ps(row + lane), limits, _CMP_GT_OQ);
        mask |= (uint32_t)_mm256_movemask_ps(above) << lane;
    }
#else
    for (size_t lane = 0; lane < OC_PANEL; lane++) {
        mask |= (uint32_t)(row[lane] > limit) << lane;
    }
#endif
    return mask;
}

#endif
