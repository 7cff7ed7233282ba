/* L1 distances. Limit: three operations per value (subtract, absolute value, add), 1.5 cycles for 16 values on two
 * vector units of AVX-512. Four rows share each load of x, so that loads are not the limit. */
#include "src/learn/nearest_kernels.h"

#include "src/base/dispatch.h"

#include <math.h>

static float distance(const float *restrict x, const float *restrict y, size_t d)
{
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t j = 0; j < d; j++) {
        sum += fabsf(x[j] - y[j]);
    }
    return sum;
}

static void l1(const float *restrict x, const float *restrict y, size_t count, size_t d, float *restrict out)
{
    if (count < OC_NEAREST_GROUP) {
        for (size_t i = 0; i < count; i++) {
            out[i] = distance(x, y + i * d, d);
        }
        return;
    }
    const float *restrict y1 = y + d, *restrict y2 = y + 2 * d, *restrict y3 = y + 3 * d;
    float a = 0, b = 0, c = 0, e = 0;
#pragma omp simd reduction(+ : a, b, c, e)
    for (size_t j = 0; j < d; j++) {
        a += fabsf(x[j] - y[j]);
        b += fabsf(x[j] - y1[j]);
        c += fabsf(x[j] - y2[j]);
        e += fabsf(x[j] - y3[j]);
    }
    out[0] = a;
    out[1] = b;
    out[2] = c;
    out[3] = e;
}

extern const oc_nearest_kernels OC_KERNELS(oc_nearest_kernels);
const oc_nearest_kernels OC_KERNELS(oc_nearest_kernels) = {l1};
