/* Inner loops of k-means (see src/base/dispatch.h), and the check of its arguments. */
#ifndef OC_CLUSTER_KMEANS_KERNELS_H
#define OC_CLUSTER_KMEANS_KERNELS_H

#include "src/matrix/panel.h"

#include <ocellus/error.h>
#include <stdint.h>

/* Checks sizes: OC_USAGE, OC_BAD_DATA or OC_TOO_LARGE for sizes that k-means cannot work on. */
oc_status oc_kmeans_check(size_t n, size_t d, size_t k, oc_error *err);

/* Centres C (K,D) and their bias (K): the score of point x for centre k is x . c_k + bias_k. */
typedef struct oc_kmeans_centers {
    const float *values, *bias;
    size_t d;
} oc_kmeans_centers;

/* Rows of points, X (rows,D), and their nearest centres so far. */
typedef struct oc_kmeans_rows {
    const float *x;
    const float *slack; /* (rows): maximum rounding error of a bound */
    float *best;        /* (rows): the largest score */
    uint32_t *center;   /* (rows): its centre */
} oc_kmeans_rows;

typedef struct oc_kmeans_kernels {
    /* Updates, for each row of the tile (rows, OC_PANEL), the largest score so far and its centre; `first` is the
     * centre of the first lane. For equal scores the centre of lower index is kept. best, center (rows). */
    void (*track)(const float *tile, size_t rows, uint32_t first, float *best, uint32_t *center);
    /* The same for a tile of upper bounds of the scores: computes the score of a centre only when its bound is above
     * best - slack. Only the first `count` rows are used. */
    void (*refine)(const float *tile, size_t count, uint32_t first, const oc_kmeans_centers *centers,
                   const oc_kmeans_rows *rows);
    /* x . y, (D) each */
    float (*dot)(const float *x, const float *y, size_t d);
    /* sum (D) += x (D) */
    void (*add)(const float *x, size_t d, double *sum);
    /* nearest (N) = min(nearest, squared distance of X (N,D) to the centre (D)); returns the sum of nearest. */
    double (*shrink)(const float *x, size_t n, size_t d, const float *center, float *nearest);
} oc_kmeans_kernels;

const oc_kmeans_kernels *oc_kmeans(void);

#endif
