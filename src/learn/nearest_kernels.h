/* Inner loop of the L1 distance (see src/base/dispatch.h). */
#ifndef OC_LEARN_NEAREST_KERNELS_H
#define OC_LEARN_NEAREST_KERNELS_H

#include <stddef.h>

enum { OC_NEAREST_GROUP = 4 }; /* maximum number of rows Y in one call */

typedef struct oc_nearest_kernels {
    /* out (count) = sum_j |x_j - y_ij|; x (D), Y (count,D), count <= OC_NEAREST_GROUP */
    void (*l1)(const float *x, const float *y, size_t count, size_t d, float *out);
} oc_nearest_kernels;

#endif
