/* Soft thresholding, and projection onto a ball. */
#include "src/learn/penalty.h"

#include "src/matrix/vector.h"

#include <math.h>

void oc_penalty_shrink(float *weights, size_t count, double threshold)
{
    float t = (float)threshold;
    for (size_t j = 0; j < count; j++) {
        float size = fabsf(weights[j]) - t;
        weights[j] = size > 0 ? copysignf(size, weights[j]) : 0;
    }
}

void oc_penalty_project(float *weights, size_t dimension, double longest)
{
    double square = longest > 0 ? oc_vector_dot(weights, weights, dimension) : 0;
    if (square > longest * longest) {
        oc_vector_scale(weights, longest / sqrt(square) * (1 - 1e-7), dimension); /* rounding must not lengthen it */
    }
}

void oc_penalty_restrain(float *weights, float *velocity, size_t count, double threshold, double longest)
{
    for (size_t j = 0; j < count; j++) {
        velocity[j] -= weights[j];
    }
    if (threshold > 0) {
        oc_penalty_shrink(weights, count, threshold);
    }
    oc_penalty_project(weights, count, longest);
    for (size_t j = 0; j < count; j++) {
        velocity[j] += weights[j];
    }
}
