/* Inner loops of k-means, compiled once for each processor family. */
#include "src/cluster/kmeans_kernels.h"

#include "src/base/dispatch.h"
#include "src/matrix/panel_lanes.h"

/* Finds the largest score of a row first, without its lane: after a few panels that score is rarely larger than the
 * best so far, and only then is the lane needed. */
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

static float dot(const float *restrict x, const float *restrict y, size_t d)
{
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t j = 0; j < d; j++) {
        sum += x[j] * y[j];
    }
    return sum;
}

static void refine(const float *restrict tile, size_t count, uint32_t first, const oc_kmeans_centers *centers,
                   const oc_kmeans_rows *rows)
{
    size_t d = centers->d;
    for (size_t r = 0; r < count; r++) {
        float best = rows->best[r], slack = rows->slack[r];
        uint32_t candidates = oc_lanes_above(tile + r * OC_PANEL, best - slack);
        for (; candidates; candidates &= candidates - 1) {
            uint32_t lane = (uint32_t)__builtin_ctz(candidates), k = first + lane;
            if (!(tile[r * OC_PANEL + lane] > best - slack)) {
                continue; /* an earlier lane has raised the best */
            }
            float score = dot(rows->x + r * d, centers->values + k * d, d) + centers->bias[k];
            if (score > best) {
                best = score;
                rows->center[r] = k;
            }
        }
        rows->best[r] = best;
    }
}

static void add(const float *restrict x, size_t d, double *restrict sum)
{
    for (size_t j = 0; j < d; j++) {
        sum[j] += (double)x[j];
    }
}

static double shrink(const float *restrict x, size_t n, size_t d, const float *restrict center, float *restrict nearest)
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
const oc_kmeans_kernels OC_KERNELS(oc_kmeans_kernels) = {track, refine, dot, add, shrink};
