/* A view of a matrix in memory. */
#ifndef OC_MATRIX_MATRIX_H
#define OC_MATRIX_MATRIX_H

#include <stddef.h>

/* A matrix (rows, columns): element (i, j) is data[i * stride + j]. */
typedef struct oc_matrix {
    const float *data;
    size_t rows, columns, stride;
} oc_matrix;

static inline oc_matrix oc_view(const float *data, size_t rows, size_t columns, size_t stride)
{
    return (oc_matrix){data, rows, columns, stride};
}

/* Rows without gaps. */
static inline oc_matrix oc_packed(const float *data, size_t rows, size_t columns)
{
    return (oc_matrix){data, rows, columns, columns};
}

#endif
