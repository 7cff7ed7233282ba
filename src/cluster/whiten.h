/* Whitening: linear maps that make the values of points uncorrelated and of equal variance.
 *
 * With the covariance C = sum_i l_i q_i q_i^T of the points, the map is y = T (x - mean) with the rows t_i = q_i /
 * sqrt(l_i + ridge). ZCA whitening is Q y with the columns q_i, the same up to a rotation: all distances and inner
 * products are those of ZCA, in fewer values. Directions of the smallest whitened variance l_i / (l_i + ridge) are left
 * out as long as the others hold at least the fraction `keep` of its sum.
 *
 * Without scaling the rows are the q_i alone: the points are only rotated, distances stay, and `keep` is a fraction of
 * the variance itself.
 *
 * A symmetry may be given: a permutation of the values that is its own inverse (such as mirroring a patch). Then C is
 * averaged with the permuted C, and every row of T is even (unchanged by the permutation) or odd (changes its sign).
 *
 * Source: Bell and Sejnowski (1997) for ZCA; the ridge as in Coates, Lee and Ng (2011). */
#ifndef OC_CLUSTER_WHITEN_H
#define OC_CLUSTER_WHITEN_H

#include "src/matrix/matrix.h"

#include <ocellus/job.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct oc_whitening {
    size_t d, r;      /* values of a point, directions kept */
    size_t even;      /* the first `even` directions are even, the others odd; r without symmetry */
    float *mean;      /* (D); averaged with its mirror image when there is a symmetry */
    float *transform; /* T (r,D); even rows first, each part by decreasing variance */
    float *variance;  /* (r): l_i, the variance of the points in the direction of row i */
} oc_whitening;

typedef struct oc_whiten_options {
    bool scale;               /* false: only rotate */
    double ridge;             /* >= 0 */
    double keep;              /* in (0, 1] */
    const uint32_t *symmetry; /* (D), or NULL */
    size_t most;              /* directions to keep, those of most variance; of equal ones all or none; 0: no limit */
} oc_whiten_options;

/* Learns the map from points (N,D), stride D. The result has the same bytes on any number of threads. OC_BAD_DATA when
 * there is no variance or a value is not finite; OC_NO_MEMORY. The caller frees *whitening with oc_whiten_free. */
oc_status oc_whiten_fit(oc_matrix points, const oc_whiten_options *options, oc_whitening *whitening, oc_job *job,
                        oc_error *err);

/* Y (N,r) = (X - mean) T^T; y may be x itself when r <= D. Runs on the calling thread; thread-safe. OC_NO_MEMORY. */
oc_status oc_whiten_apply(const oc_whitening *whitening, const float *x, size_t n, float *y, oc_error *err);

void oc_whiten_free(oc_whitening *whitening);

#endif
