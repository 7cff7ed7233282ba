/* Inner loops of k-means (see src/base/dispatch.h), and the check of its arguments. */
#ifndef OC_CLUSTER_KMEANS_KERNELS_H
#define OC_CLUSTER_KMEANS_KERNELS_H

#include "src/matrix/panel.h"

#include <ocellus/error.h>
#include <stdint.h>

/* Checks sizes: OC_USAGE, OC_BAD_DATA or OC_TOO_LARGE for sizes that k-means cannot work on. */
oc_status oc_kmeans_check(size_t n, size_t d, size_t k, oc_error *err);

typedef struct oc_kmeans_kernels {
    /* Updates, for each row of the tile (rows, OC_PANEL), the largest score so far and its centre; `first` is the
     * centre of the first lane. Of equal scores the lower number stays. best, center (rows). */
    void (*track)(const float *tile, size_t rows, uint32_t first, float *best, uint32_t *center);
    /* The same for a tile of upper bounds of the scores: centres whose bound passes best - slack (rows) are scored in
     * full, x_r . c + bias, X (rows,D), C (K,D), bias (K). Only the first `count` rows are used. */
    void (*refine)(const float *tile, size_t count, uint32_t first, const float *x, const float *centers,
                   const float *bias, size_t d, const float *slack, float *best, uint32_t *center);
    /* x . y, (D) each */
    float (*dot)(const float *x, const float *y, size_t d);
    /* sum (D) += x (D) */
    void (*add)(const float *x, size_t d, double *sum);
    /* nearest (N) = min(nearest, squared distance of X (N,D) to the centre (D)); returns the sum of nearest. */
    double (*shrink)(const float *x, size_t n, size_t d, const float *center, float *nearest);
} oc_kmeans_kernels;

const oc_kmeans_kernels *oc_kmeans(void);

#endif
