/* What is left to gain, from what a model of the objective promises and from how its promises were kept. */
#ifndef OC_LEARN_REMAINDER_H
#define OC_LEARN_REMAINDER_H

#include <stddef.h>

enum { OC_REMAINDER_STEPS = 5 };

/* All zero at first. */
typedef struct oc_remainder {
    double value[OC_REMAINDER_STEPS], promise[OC_REMAINDER_STEPS]; /* before the last steps; number k in k % STEPS */
    size_t steps;
    double factor; /* by which promises before these steps fell short */
} oc_remainder;

/* A step is made from an objective of `value`, where the model promised to gain so much. */
void oc_remainder_step(oc_remainder *remainder, double value, double promise);

/* The objective changes: its values are comparable no longer, the model is as little to be trusted as before. */
void oc_remainder_restart(oc_remainder *remainder, double value);

/* What is left at an objective of `value`: the promise, as much more as the last steps gained more than they were
 * promised; once there were OC_REMAINDER_STEPS steps no less than these gained. */
double oc_remainder_left(const oc_remainder *remainder, double value, double promise);

#endif
