/* Tests that let something fail at one place after the other try a sample of the places, or all with LONG=1. */
#ifndef TESTS_UNIT_SAMPLED_H
#define TESTS_UNIT_SAMPLED_H

#include <stdlib.h>

/* The step from place to place: `step`, or 1 with LONG in the environment. */
static inline size_t sampled(size_t step)
{
    return getenv("LONG") ? 1 : step;
}

#endif
