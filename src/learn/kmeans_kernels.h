/* What the files of k-means share, and its inner loops (see src/base/dispatch.h). */
#ifndef OC_LEARN_KMEANS_KERNELS_H
#define OC_LEARN_KMEANS_KERNELS_H

#include "src/matrix/panel.h"

#include <ocellus/error.h>
#include <stdint.h>

/* Refuses sizes that k-means cannot work on. */
oc_status oc_kmeans_check(size_t n, size_t d, size_t k, oc_error *err);

typedef struct oc_kmeans_kernels {
    /* Keeps, for each row and lane, the largest score so far and the panel that had it. tile, best, panel_of (rows,
     * OC_PANEL). On equal scores the earlier panel stays. */
    void (*track)(const float *tile, size_t rows, uint32_t panel, float *best, uint32_t *panel_of);
    /* sum (D) += x (D) */
    void (*add)(const float *x, size_t d, double *sum);
    /* nearest (N) = min(nearest, squared distance of X (N,D) to the centre (D)); returns the sum of nearest. */
    double (*shrink)(const float *x, size_t n, size_t d, const float *center, float *nearest);
} oc_kmeans_kernels;

const oc_kmeans_kernels *oc_kmeans(void);

#endif
