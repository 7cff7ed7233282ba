/* Inner loops of the dense gradient descriptors; see src/base/dispatch.h. */
#ifndef OC_FEATURES_WORDS_SIFT_KERNELS_H
#define OC_FEATURES_WORDS_SIFT_KERNELS_H

#include <stddef.h>
#include <stdint.h>

enum { OC_SIFT_BINS = 8, OC_SIFT_CELLS = 16, OC_SIFT_VALUES = OC_SIFT_CELLS * OC_SIFT_BINS };

typedef struct oc_sift_kernels {
    /* out (n) = sum over taps t of weight[t] in[i + t stride] */
    void (*convolve)(const float *in, size_t n, size_t stride, const float *weight, size_t taps, float *out);
    /* out (n,8) = sum over taps t of weight[t] in[place[i] + t, 8] for i < n */
    void (*gather)(const float *in, const uint32_t *place, size_t n, const float *weight, size_t taps, float *out);
    /* votes (n,8) of a row of pixels between two others, all (n), n > 0: |g| max(0, cos(angle - 45 degrees o))^9 for each
     * direction o; the gradient g has half the difference of the neighbours, of one and the pixel where the other is
     * missing. */
    void (*vote)(const float *above, const float *row, const float *below, size_t n, float *votes);
    /* out (128) = sqrt(h / (sum h + floor)), h (4,4,8) the votes of the cells, at row[i] + column[j]. */
    void (*describe)(const float *votes, const size_t *column, const size_t *row, float floor, float *out);
} oc_sift_kernels;

const oc_sift_kernels *oc_sift(void);

#endif
