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

/* The upper 64 bits of a b. Compilers for 32-bit processors have no 128-bit type, but there size_t has 32 bits. */
static uint64_t high_product(uint64_t a, uint64_t b)
{
#if defined(__SIZEOF_INT128__)
    __extension__ typedef unsigned __int128 wide;
    return (uint64_t)((wide)a * b >> 64);
#else
    return ((a >> 32) * b + ((a & UINT32_MAX) * b >> 32)) >> 32;
#endif
}

size_t oc_random_below(oc_random *random, size_t bound)
{
    uint64_t range = bound, bits = oc_random_bits(random);
    if (bits * range < range) {
        uint64_t reject = (0 - range) % range;
        while (bits * range < reject) {
            bits = oc_random_bits(random);
        }
    }
    return (size_t)high_product(bits, range);
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
