/* Random numbers. The first outputs are those of the published generators. */
#include "src/base/random.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

Test(random, xoshiro_as_published)
{
    /* From the state 1, 2, 3, 4 xoshiro256** begins with these. */
    oc_random random = {{1, 2, 3, 4}};
    static const uint64_t expected[] = {11520, 0, 1509978240, 1215971899390074240};
    for (size_t i = 0; i < 4; i++) {
        uint64_t bits = oc_random_bits(&random);
        cr_assert(bits == expected[i], "%zu: %llu", i, (unsigned long long)bits);
    }
}

Test(random, streams_differ_by_seed_purpose_and_index)
{
    enum { STREAMS = 5 * 5 * 5 };
    uint64_t first[STREAMS];
    for (uint64_t i = 0; i < STREAMS; i++) {
        oc_random random = oc_random_stream(i / 25, i / 5 % 5, i % 5);
        oc_random again = oc_random_stream(i / 25, i / 5 % 5, i % 5);
        first[i] = oc_random_bits(&random);
        cr_assert(first[i] == oc_random_bits(&again));
        for (uint64_t j = 0; j < i; j++) {
            cr_assert(first[j] != first[i], "streams %d and %d begin alike", (int)j, (int)i);
        }
    }
}

Test(random, bounded_values_are_even)
{
    static const size_t bounds[] = {1, 2, 3, 7, 10, 64};
    oc_random random = oc_random_stream(1, 2, 3);
    for (size_t b = 0; b < sizeof bounds / sizeof *bounds; b++) {
        size_t bound = bounds[b], count[64] = {0}, draws = 20000 * bound;
        for (size_t i = 0; i < draws; i++) {
            size_t value = oc_random_below(&random, bound);
            cr_assert(value < bound);
            count[value]++;
        }
        for (size_t v = 0; v < bound; v++) {
            /* five standard deviations of a binomial count of mean 20,000 */
            cr_assert(fabs((double)count[v] - 20000) <= 5 * sqrt(20000), "%zu of %zu: %zu times", v, bound, count[v]);
        }
    }
}

/* With a bound of 3/4 of the range, plain reduction would give some values twice as often. */
Test(random, very_large_bounds_are_even_too)
{
    oc_random random = oc_random_stream(4, 5, 6);
    size_t bound = SIZE_MAX / 4 * 3, low = 0;
    for (size_t i = 0; i < 30000; i++) {
        size_t value = oc_random_below(&random, bound);
        cr_assert(value < bound);
        low += value < bound / 3;
    }
    cr_assert(fabs((double)low - 10000) <= 5 * sqrt(30000 * 2 / 9.0), "%zu", low);
}

Test(random, unit_and_normal_have_their_moments)
{
    enum { N = 200000 };
    oc_random random = oc_random_stream(7, 8, 9);
    double unit = 0, sum = 0, square = 0, fourth = 0;
    for (size_t i = 0; i < N; i++) {
        double u = oc_random_unit(&random), x = oc_random_normal(&random);
        cr_assert(u >= 0 && u < 1);
        unit += u / N;
        sum += x / N;
        square += x * x / N;
        fourth += x * x * x * x / N;
    }
    cr_assert(fabs(unit - 0.5) < 5 * sqrt(1.0 / 12 / N), "%g", unit);
    cr_assert(fabs(sum) < 5 / sqrt(N), "%g", sum);
    cr_assert(fabs(square - 1) < 5 * sqrt(2.0 / N), "%g", square);
    cr_assert(fabs(fourth - 3) < 5 * sqrt(96.0 / N), "%g", fourth);
}

Test(random, shuffling_permutes_and_every_order_is_as_likely)
{
    oc_random random = oc_random_stream(10, 11, 12);
    size_t orders[27] = {0}; /* of three values, read as a number of base 3 */
    for (size_t i = 0; i < 12000; i++) {
        uint32_t array[3] = {0, 1, 2};
        oc_random_shuffle(&random, array, 3);
        orders[array[0] * 9 + array[1] * 3 + array[2]]++;
    }
    static const size_t valid[] = {5, 7, 11, 15, 19, 21}; /* 012 021 102 120 201 210 */
    size_t found = 0;
    for (size_t v = 0; v < 6; v++) {
        found += orders[valid[v]];
        cr_assert(fabs((double)orders[valid[v]] - 2000) <= 5 * sqrt(2000), "order %zu: %zu times", v, orders[valid[v]]);
    }
    cr_assert(found == 12000);

    uint32_t many[1000];
    bool seen[1000] = {false};
    for (uint32_t i = 0; i < 1000; i++) {
        many[i] = i;
    }
    oc_random_shuffle(&random, many, 1000);
    size_t kept = 0;
    for (uint32_t i = 0; i < 1000; i++) {
        cr_assert(many[i] < 1000 && !seen[many[i]]);
        seen[many[i]] = true;
        kept += many[i] == i;
    }
    cr_assert(kept < 12, "%zu of 1000 stayed", kept);
    oc_random_shuffle(&random, many, 0);
    oc_random_shuffle(&random, many, 1);
}
