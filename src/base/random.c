/* xoshiro256** seeded by splitmix64 (Blackman and Vigna, "Scrambled linear pseudorandom number generators",
 * 2021, section 4). Bounded integers after Lemire, "Fast random integer generation in an interval", 2019. */
#include "src/base/random.h"

#include <math.h>

static uint64_t rotate_left(uint64_t x, int k)
{
    return (x << k) | (x >> (64 - k));
}

/* One step of splitmix64: a bijective mix of the counter. */
static uint64_t split(uint64_t *counter)
{
    uint64_t z = *counter += 0x9e3779b97f4a7c15U;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31);
}

oc_random oc_random_stream(uint64_t seed, uint64_t purpose, uint64_t index)
{
    uint64_t counter = seed;
    counter = split(&counter) ^ purpose;
    counter = split(&counter) ^ index;
    oc_random random;
    for (int i = 0; i < 4; i++) {
        random.state[i] = split(&counter);
    }
    return random;
}

uint64_t oc_random_bits(oc_random *random)
{
    uint64_t *s = random->state;
    uint64_t result = rotate_left(s[1] * 5, 7) * 9;
    uint64_t t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate_left(s[3], 45);
    return result;
}

size_t oc_random_below(oc_random *random, size_t bound)
{
    __extension__ typedef unsigned __int128 wide;
    uint64_t range = bound;
    wide product = (wide)oc_random_bits(random) * range;
    if ((uint64_t)product < range) {
        uint64_t reject = (0 - range) % range;
        while ((uint64_t)product < reject) {
            product = (wide)oc_random_bits(random) * range;
        }
    }
    return (size_t)(product >> 64);
}

double oc_random_unit(oc_random *random)
{
    return (double)(oc_random_bits(random) >> 11) * 0x1.0p-53;
}

double oc_random_normal(oc_random *random)
{
    /* Marsaglia's polar method. The second value is discarded, so that a stream has no hidden state. */
    for (;;) {
        double x = 2 * oc_random_unit(random) - 1;
        double y = 2 * oc_random_unit(random) - 1;
        double r = x * x + y * y;
        if (r > 0 && r < 1) {
            return x * sqrt(-2 * log(r) / r);
        }
    }
}

void oc_random_shuffle(oc_random *random, uint32_t *array, size_t count)
{
    for (size_t i = count; i > 1; i--) {
        size_t j = oc_random_below(random, i);
        uint32_t swap = array[i - 1];
        array[i - 1] = array[j];
        array[j] = swap;
    }
}
