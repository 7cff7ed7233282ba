/* Limit: memory. Scaling reads a row and writes one, 8 bytes a value, and should be as fast as a copy; the statistics
 * read and write 24 bytes of sums for each value, which stay in the second-level cache. */
#include "src/learn/scaler_kernels.h"

#include "src/base/dispatch.h"

static void add(const float *restrict x, const float *restrict origin, size_t count, const oc_column_sums *sums)
{
    double *restrict sum = sums->sum, *restrict square = sums->square;
    float *restrict low = sums->low, *restrict high = sums->high;
    for (size_t j = 0; j < count; j++) {
        double d = (double)x[j] - (double)origin[j];
        sum[j] += d;
        square[j] += d * d;
        low[j] = x[j] < low[j] ? x[j] : low[j];
        high[j] = x[j] > high[j] ? x[j] : high[j];
    }
}

static void scale(const float *restrict x, const float *restrict shift, const float *restrict factor, size_t count,
                  float *restrict z)
{
    for (size_t j = 0; j < count; j++) {
        z[j] = (x[j] - shift[j]) * factor[j];
    }
}

extern const oc_scaler_kernels OC_KERNELS(oc_scaler_kernels);
const oc_scaler_kernels OC_KERNELS(oc_scaler_kernels) = {add, scale};
