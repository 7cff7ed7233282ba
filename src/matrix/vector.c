/* Operations on vectors that BLAS lacks or computes in single precision. */
#include "src/matrix/vector.h"

#include <math.h>
#include <stdbool.h>

double oc_vector_dot(const float *x, const float *y, size_t n)
{
    double sum = 0;
    for (size_t j = 0; j < n; j++) {
        sum += (double)x[j] * (double)y[j];
    }
    return sum;
}

void oc_vector_add(float *restrict y, double a, const float *restrict x, size_t n)
{
    float factor = (float)a;
    for (size_t j = 0; j < n; j++) {
        y[j] += factor * x[j];
    }
}

void oc_vector_scale(float *x, double a, size_t n)
{
    float factor = (float)a;
    for (size_t j = 0; j < n; j++) {
        x[j] *= factor;
    }
}

size_t oc_vector_argmax(const float *x, size_t n)
{
    size_t best = 0;
    bool finite = true;
    for (size_t j = 0; j < n; j++) {
        best = x[j] > x[best] ? j : best;
        finite = finite && isfinite(x[j]);
    }
    return finite ? best : n;
}
