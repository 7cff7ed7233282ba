/* Vectors of float32; sums are in double precision, in the order of the values. */
#ifndef OC_MATRIX_VECTOR_H
#define OC_MATRIX_VECTOR_H

#include <stddef.h>

/* sum_j x_j y_j */
double oc_vector_dot(const float *x, const float *y, size_t n);
/* y += a x */
void oc_vector_add(float *y, double a, const float *x, size_t n);
/* The first index of the largest value; n when a value is not finite. */
size_t oc_vector_argmax(const float *x, size_t n);
/* x *= a */
void oc_vector_scale(float *x, double a, size_t n);

#endif
