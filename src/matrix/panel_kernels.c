/* The tile of the panel product: R rows times 32 words in registers.
 *
 * The multiply-add units are the limit. With AVX-512 a step takes 12 x 2 multiply-adds (12 cycles on two units) and 2 +
 * 12 loads (7 cycles on two ports); with AVX2, 3 x 4 and 4 + 3. R is the largest number of rows whose sums fit into the
 * registers. */
#include "src/base/dispatch.h"
#include "src/matrix/panel.h"

#if defined(__AVX512F__)
enum { LANES = 16, ROWS = 12 };
#elif defined(__AVX2__)
enum { LANES = 8, ROWS = 3 };
#elif defined(__ARM_NEON)
enum { LANES = 4, ROWS = 3 };
#else
enum { LANES = 4, ROWS = 1 };
#endif
enum { VECTORS = OC_PANEL / LANES };

typedef float vector __attribute__((vector_size(LANES * sizeof(float)), may_alias));
typedef float loose_vector __attribute__((vector_size(LANES * sizeof(float)), aligned(4), may_alias));

static void pack(const float *x, size_t stride, size_t count, size_t depth, float *packed)
{
    for (size_t j = 0; j < depth; j++) {
        for (size_t row = 0; row < ROWS; row++) {
            packed[j * ROWS + row] = row < count ? x[row * stride + j] : 0;
        }
    }
}

static void product(const float *packed, const float *panel, size_t depth, const float *bias, float *tile)
{
    const vector *words = (const vector *)(const void *)panel;
    const vector *start = (const vector *)(const void *)bias;
    vector sum[ROWS][VECTORS];
#pragma GCC unroll 16
    for (size_t row = 0; row < ROWS; row++) {
#pragma GCC unroll 16
        for (size_t v = 0; v < VECTORS; v++) {
            sum[row][v] = start[v];
        }
    }
    for (size_t j = 0; j < depth; j++) {
        for (size_t row = 0; row < ROWS; row++) {
            for (size_t v = 0; v < VECTORS; v++) {
                sum[row][v] += packed[j * ROWS + row] * words[j * VECTORS + v];
            }
        }
    }
    loose_vector *out = (loose_vector *)(void *)tile;
#pragma GCC unroll 16
    for (size_t row = 0; row < ROWS; row++) {
#pragma GCC unroll 16
        for (size_t v = 0; v < VECTORS; v++) {
            out[row * VECTORS + v] = sum[row][v];
        }
    }
}

extern const oc_panel_kernels OC_KERNELS(oc_panel_kernels);
const oc_panel_kernels OC_KERNELS(oc_panel_kernels) = {ROWS, pack, product};
