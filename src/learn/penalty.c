/* Soft thresholding, and projection on a ball. */
#include "src/learn/penalty.h"

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
    double square = 0;
    for (size_t j = 0; j < dimension; j++) {
        square += (double)weights[j] * (double)weights[j];
    }
    if (longest > 0 && square > longest * longest) {
        float factor = (float)(longest / sqrt(square) * (1 - 1e-7)); /* rounding shall not lengthen it */
        for (size_t j = 0; j < dimension; j++) {
            weights[j] *= factor;
        }
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
