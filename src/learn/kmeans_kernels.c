/* Inner loops of k-means, compiled once a processor family. */
#include "src/learn/kmeans_kernels.h"

#include "src/base/dispatch.h"

/* The largest score of a row first: after a few panels it rarely beats the best so far, and only then its lane matters. */
static void track(const float *restrict tile, size_t rows, uint32_t first, float *restrict best,
                  uint32_t *restrict center)
{
    for (size_t r = 0; r < rows; r++, tile += OC_PANEL) {
        float largest = tile[0];
#pragma omp simd reduction(max : largest)
        for (size_t lane = 0; lane < OC_PANEL; lane++) {
            largest = tile[lane] > largest ? tile[lane] : largest;
        }
        if (largest > best[r]) {
            uint32_t lane = 0;
            while (lane < OC_PANEL - 1 && tile[lane] < largest) {
                lane++;
            }
            best[r] = largest;
            center[r] = first + lane;
        }
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
