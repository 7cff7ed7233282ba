/* Named arrays of floats, as models and sets store them. */
#ifndef OC_MATRIX_TENSOR_H
#define OC_MATRIX_TENSOR_H

#include <stddef.h>

/* A learned array, (rows, columns) floats in C order. Stored in model files under its name. */
typedef struct oc_tensor {
    const char *name;
    size_t rows, columns;
    float *values;
} oc_tensor;

#endif
