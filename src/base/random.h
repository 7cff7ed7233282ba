/* Random numbers: the same on every machine, and a stream of its own for every purpose and index, so that
 * what is drawn never depends on the order in which threads come by. */
#ifndef OC_BASE_RANDOM_H
#define OC_BASE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

typedef struct oc_random {
    uint64_t state[4];
} oc_random;

/* The stream `index` of `purpose` (any constant, one for each use) under a seed. */
oc_random oc_random_stream(uint64_t seed, uint64_t purpose, uint64_t index);

uint64_t oc_random_bits(oc_random *random);
/* Uniform in 0..bound-1, without bias; bound > 0. */
size_t oc_random_below(oc_random *random, size_t bound);
/* Uniform in [0, 1). */
double oc_random_unit(oc_random *random);
/* Standard normal. */
double oc_random_normal(oc_random *random);
/* A random permutation of the array (Fisher and Yates). */
void oc_random_shuffle(oc_random *random, uint32_t *array, size_t count);

#endif
