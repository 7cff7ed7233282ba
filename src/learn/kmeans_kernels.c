/* Inner loops of k-means, compiled once a processor family. */
#include "src/learn/kmeans_kernels.h"

#include "src/base/dispatch.h"

static void track(const float *restrict tile, size_t rows, uint32_t panel, float *restrict best,
                  uint32_t *restrict panel_of)
{
    for (size_t i = 0; i < rows * OC_PANEL; i++) {
        float score = tile[i];
        uint32_t better = score > best[i];
        best[i] = better ? score : best[i];
        panel_of[i] = better ? panel : panel_of[i];
    }
}

static void add(const float *restrict x, size_t d, double *restrict sum)
{
    for (size_t j = 0; j < d; j++) {
        sum[j] += (double)x[j];
    }
}

static double shrink(const float *restrict x, size_t n, size_t d, const float *restrict center,
                     float *restrict nearest)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        const float *row = x + i * d;
        float distance = 0;
#pragma omp simd reduction(+ : distance)
        for (size_t j = 0; j < d; j++) {
            float step = row[j] - center[j];
            distance += step * step;
        }
        nearest[i] = distance < nearest[i] ? distance : nearest[i];
        sum += (double)nearest[i];
    }
    return sum;
}

extern const oc_kmeans_kernels OC_KERNELS(oc_kmeans_kernels);
const oc_kmeans_kernels OC_KERNELS(oc_kmeans_kernels) = {track, add, shrink};
