/* Steps of the penalties that have no gradient: L1 and the limit on the length of a class's weights. */
#ifndef OC_LEARN_PENALTY_H
#define OC_LEARN_PENALTY_H

#include <stddef.h>

/* Moves every weight towards 0 by `threshold`, those that are nearer to exactly 0: the minimum of threshold |v| + (v -
 * w)^2 / 2. */
void oc_penalty_shrink(float *weights, size_t count, double threshold);

/* Scales weights (D) down to length `longest` where they are longer; 0 leaves them as they are. */
void oc_penalty_project(float *weights, size_t dimension, double longest);

/* Both (a threshold of 0 shrinks nothing) on weights that have just moved by velocity, which becomes how far they went
 * after all. */
void oc_penalty_restrain(float *weights, float *velocity, size_t count, double threshold, double longest);

#endif
