/* What the files of k-means share, and its inner loops (see src/base/dispatch.h). */
#ifndef OC_CLUSTER_KMEANS_KERNELS_H
#define OC_CLUSTER_KMEANS_KERNELS_H

#include "src/matrix/panel.h"

#include <ocellus/error.h>
#include <stdint.h>

/* Refuses sizes that k-means cannot work on. */
oc_status oc_kmeans_check(size_t n, size_t d, size_t k, oc_error *err);

typedef struct oc_kmeans_kernels {
    /* Keeps, for each row of the tile (rows, OC_PANEL), the largest score so far and the centre that had it; the centre
     * of the first lane is `first`. On equal scores the lower number stays. best, center (rows). */
    void (*track)(const float *tile, size_t rows, uint32_t first, float *best, uint32_t *center);
    /* The same where the tile holds upper bounds of the scores: centres whose bound passes best - slack (rows) are
     * scored in full, x_r . c + bias, X (rows,D), C (K,D), bias (K). Only the first `count` rows are looked at. */
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
