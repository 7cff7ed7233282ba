/* Proximal steps of the penalties without a gradient: L1, and the limit of the norm of a class's weights. */
#ifndef OC_LEARN_PENALTY_H
#define OC_LEARN_PENALTY_H

#include <stddef.h>

/* Soft thresholding: moves every weight towards 0 by `threshold`, and nearer ones to exactly 0. The result v minimises
 * threshold |v| + (v - w)^2 / 2. */
void oc_penalty_shrink(float *weights, size_t count, double threshold);

/* Scales weights (D) with a norm above `longest` down to that norm; longest = 0: no limit. */
void oc_penalty_project(float *weights, size_t dimension, double longest);

/* Both steps (threshold 0: no shrinking), after a step of the weights by velocity. Sets velocity to the step including
 * both. */
void oc_penalty_restrain(float *weights, float *velocity, size_t count, double threshold, double longest);

#endif
