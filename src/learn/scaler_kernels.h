/* The inner loops of the scaler: one row, all columns of a block. */
#ifndef OC_LEARN_SCALER_KERNELS_H
#define OC_LEARN_SCALER_KERNELS_H

#include <stddef.h>

/* Of D columns. */
typedef struct oc_column_sums {
    double *sum, *square;
    float *low, *high;
} oc_column_sums;

typedef struct oc_scaler_kernels {
    /* Adds d = x - origin and d^2 to the sums, and widens low..high by x. */
    void (*add)(const float *x, const float *origin, size_t count, const oc_column_sums *sums);
    /* z = (x - shift) * scale */
    void (*scale)(const float *x, const float *shift, const float *scale, size_t count, float *z);
} oc_scaler_kernels;

#endif
