/* Upper bounds of the scores of k-means, which make most of the scores unnecessary.
 *
 * In an orthonormal basis whose first m directions hold most of the centres' energy, with x = (head, rest):
 *
 *     x . c <= head(x) . head(c) + |rest(x)| |rest(c)|
 * The right side is a product of m + 1 values instead of D. A centre whose bound is at most the best score of a point
 * so far cannot be its nearest; the scores of the few others are computed. So the assignment is that of Lloyd's
 * iterations. Source: Bottesch, Buehler and Kaechele, "Speeding up k-means by approximating Euclidean distances via
 * block vectors" (2016), bound distances by projections and norms of the rests in the same way. */
#ifndef OC_CLUSTER_KMEANS_HEAD_H
#define OC_CLUSTER_KMEANS_HEAD_H

#include <ocellus/error.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct oc_kmeans_head {
    size_t d, k, most; /* most: maximum of m + 1 */
    size_t size;       /* m + 1 of the current centres; 0 when full scores are cheaper */
    float *basis;      /* (D,D): directions, by falling energy of the centres */
    float *directions; /* panels of the first m directions */
    float *heads;      /* (K,most): heads of the centres and the norm of their rests */
    float *panels;     /* the same in panels */
    float *no_bias;    /* zeros, enough for the directions */
    float largest;     /* norm of the largest centre */
} oc_kmeans_head;

/* Allocates memory if bounds can save time for a problem of this size; else sets head->most to 0. */
oc_status oc_kmeans_head_create(oc_kmeans_head *head, size_t n, size_t d, size_t k, oc_error *err);
void oc_kmeans_head_free(oc_kmeans_head *head);

/* For new centres (K,D): computes the basis, the size that is cheapest on a sample of the points X (N,D), and the
 * panels. bias (panels, 32) = -|c|^2 / 2. scratch (2, OC_KMEANS_TRIAL, K + D). */
enum { OC_KMEANS_TRIAL = 96 };
void oc_kmeans_head_prepare(oc_kmeans_head *head, const float *x, size_t n, const float *centers, const float *bias,
                            float *scratch);

/* Computes heads (count, size) of points X (count, D) with |x|^2 in norm (count). packed (OC_PANEL_BLOCK, D) is
 * scratch. */
void oc_kmeans_head_project(const oc_kmeans_head *head, const float *x, const float *norm, size_t count, float *packed,
                            float *heads);

#endif
