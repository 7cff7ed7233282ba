/* Random numbers: the same on every machine. Every purpose and index has a stream of its own, so that a value does not
 * depend on the order in which threads run. */
#ifndef OC_BASE_RANDOM_H
#define OC_BASE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

typedef struct oc_random {
    uint64_t state[4];
} oc_random;

/* The stream `index` of `purpose` (a constant, different for each use) for a seed. */
oc_random oc_random_stream(uint64_t seed, uint64_t purpose, uint64_t index);

uint64_t oc_random_bits(oc_random *random);
/* Uniform in 0..bound-1, without bias; bound >= 1. */
size_t oc_random_below(oc_random *random, size_t bound);
/* Uniform in [0, 1). */
double oc_random_unit(oc_random *random);
/* Standard normal. */
double oc_random_normal(oc_random *random);
/* A random permutation of the array (Fisher and Yates). */
void oc_random_shuffle(oc_random *random, uint32_t *array, size_t count);

#endif
