/* Whitening: linear maps that make the values of points uncorrelated and of equal variance.
 *
 * With the covariance C = sum_i l_i q_i q_i^T of the points, the map is y = T (x - mean), its rows t_i = q_i / sqrt(l_i
 * + ridge). ZCA whitening is Q y with the columns q_i: the same up to a rotation, so all distances and inner products
 * are those of ZCA, in as few values as have anything to say: the directions of the least whitened variance l_i / (l_i
 * + ridge) are left out while the kept ones hold at least the part `keep` of its sum.
 *
 * Without scaling the rows are the q_i alone: the points are only turned, distances stay, and `keep` is the part of the
 * variance itself.
 *
 * A symmetry may be given: a permutation of the values that is its own inverse (mirroring a patch). Then C is averaged
 * with the permuted C, and every row of T is even (stays under the permutation) or odd (changes its sign).
 *
 * Source: Bell and Sejnowski (1997) for ZCA; the ridge as in Coates, Lee and Ng (2011). */
#ifndef OC_CLUSTER_WHITEN_H
#define OC_CLUSTER_WHITEN_H

#include <ocellus/job.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct oc_whitening {
    size_t d, r;      /* values of a point, directions kept */
    size_t even;      /* the first `even` directions are even, the others odd; r without symmetry */
    float *mean;      /* (D); averaged with its mirror image when there is a symmetry */
    float *transform; /* T (r,D); even rows first, each part by falling variance */
    float *variance;  /* (r): l_i, the variance of the points in the direction of row i */
} oc_whitening;

typedef struct oc_whiten_options {
    bool scale;               /* false: only turn */
    double ridge;             /* >= 0 */
    double keep;              /* in (0, 1] */
    const uint32_t *symmetry; /* (D), or NULL */
    size_t most;              /* directions to keep, those of most variance; of equal ones all or none; 0: no limit */
} oc_whiten_options;

/* Learns the map from X (N,D). The result does not depend on the number of threads. OC_BAD_DATA when there is no
 * variance or a value is not finite; OC_NO_MEMORY. */
oc_status oc_whiten_fit(const float *x, size_t n, size_t d, const oc_whiten_options *options, oc_whitening *whitening,
                        oc_job *job, oc_error *err);

/* Y (N,r) = (X - mean) T^T; y may be x itself when r <= D. On the calling thread. */
oc_status oc_whiten_apply(const oc_whitening *whitening, const float *x, size_t n, float *y, oc_error *err);

void oc_whiten_free(oc_whitening *whitening);

#endif
