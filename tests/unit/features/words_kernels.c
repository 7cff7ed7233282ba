/* Inner loops of the stage words against their formulas, at odd sizes and with guard values. */
#include "features/words/kernels.h"

#include "features/words/layout.h"
#include "features/words/sift.h"
#include "features/words/sift_kernels.h"
#include "src/base/random.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

enum { ROWS = 7, VALUES = ROWS * OC_PANEL };
static const float guard = 4321.0F;

static void fill(float *values, size_t count, float low, float high, uint64_t index)
{
    oc_random random = oc_random_stream(8, 8, index);
    for (size_t i = 0; i < count; i++) {
        values[i] = low + (high - low) * (float)oc_random_unit(&random);
    }
}

static void check(float value, double wanted, const char *what)
{
    cr_assert(fabs((double)value - wanted) <= 2e-6 * (1 + fabs(wanted)), "%s: %.9g, not %.9g", what, (double)value,
              wanted);
}

Test(words_kernels, contrast)
{
    uint8_t pixels[9 * 20];
    float out[7 * 15 + 1];
    oc_random random = oc_random_stream(1, 1, 1);
    for (size_t i = 0; i < sizeof pixels; i++) {
        pixels[i] = (uint8_t)oc_random_below(&random, 256);
    }
    out[7 * 15] = guard;
    oc_words_kernels_get()->contrast(pixels, 20, 7, 15, 10, out);
    double mean = 0, variance = 0;
    for (size_t i = 0; i < 7 * 15; i++) {
        mean += pixels[i / 15 * 20 + i % 15] / 105.0;
    }
    for (size_t i = 0; i < 7 * 15; i++) {
        variance += pow(pixels[i / 15 * 20 + i % 15] - mean, 2) / 105;
    }
    for (size_t i = 0; i < 7 * 15; i++) {
        check(out[i], (pixels[i / 15 * 20 + i % 15] - mean) / sqrt(variance + 10), "contrast");
    }
    cr_assert_float_eq(out[7 * 15], guard, 0);
}

Test(words_kernels, distances)
{
    float even[VALUES], odd[VALUES], norm[ROWS], z[VALUES + 1], mz[VALUES + 1];
    float sums[VALUES], msums[VALUES];
    fill(even, VALUES, -9, 9, 1);
    fill(odd, VALUES, -3, 3, 2);
    fill(norm, ROWS, 0, 5, 3);
    for (size_t lanes = 5; lanes <= OC_PANEL; lanes += 27) {
        for (size_t i = 0; i < VALUES; i++) {
            sums[i] = msums[i] = 1;
        }
        z[VALUES] = mz[VALUES] = guard;
        oc_words_kernels_get()->distances(even, norm, ROWS, lanes, z, sums);
        for (size_t i = 0; i < VALUES; i++) {
            bool inside = i % OC_PANEL < lanes;
            double wanted = sqrt(fmax(0, (double)even[i] + (double)norm[i / OC_PANEL]));
            check(z[i], inside ? wanted : 0, "distance");
            check(sums[i], inside ? 1 + wanted : 1, "sum of distances");
            sums[i] = 1;
        }
        oc_words_kernels_get()->distances_both(even, odd, norm, ROWS, lanes, z, sums, mz, msums);
        for (size_t i = 0; i < VALUES; i++) {
            bool inside = i % OC_PANEL < lanes;
            float base = norm[i / OC_PANEL];
            double plain = sqrt(fmax(0, (double)(even[i] + odd[i] + base)));
            double mirrored = sqrt(fmax(0, (double)(even[i] - odd[i] + base)));
            check(z[i], inside ? plain : 0, "distance");
            check(mz[i], inside ? mirrored : 0, "mirrored distance");
            check(sums[i], inside ? 1 + plain : 1, "sum");
            check(msums[i], inside ? 1 + mirrored : 1, "mirrored sum");
        }
        cr_assert_float_eq(z[VALUES], guard, 0);
        cr_assert_float_eq(mz[VALUES], guard, 0);
    }
}

Test(words_kernels, pooling)
{
    const oc_words_kernels *kernels = oc_words_kernels_get();
    float z[VALUES], row[ROWS], pool[4][OC_PANEL + 1];
    fill(z, VALUES, 0, 10, 4);
    fill(row, ROWS, 2, 7, 5);
    for (size_t p = 0; p < 4; p++) {
        fill(pool[p], OC_PANEL + 1, 1, 2, 6);
    }
    kernels->add_triangle(z, row, ROWS, pool[0]);
    kernels->max_triangle(z, row, ROWS, pool[1]);
    kernels->add_weighted(z, row, ROWS, pool[2]);
    kernels->max_weighted(z, row, ROWS, pool[3]);
    float start[OC_PANEL + 1];
    fill(start, OC_PANEL + 1, 1, 2, 6);
    for (size_t lane = 0; lane < OC_PANEL; lane++) {
        double sum = start[lane], most = start[lane], weighted = start[lane], heaviest = start[lane];
        for (size_t r = 0; r < ROWS; r++) {
            double distance = z[r * OC_PANEL + lane], code = fmax(0, (double)row[r] - distance);
            sum += code;
            most = fmax(most, code);
            weighted += (double)row[r] * distance;
            heaviest = fmax(heaviest, (double)row[r] * distance);
        }
        check(pool[0][lane], sum, "sum of triangles");
        check(pool[1][lane], most, "largest triangle");
        check(pool[2][lane], weighted, "weighted sum");
        check(pool[3][lane], heaviest, "weighted largest");
    }
    for (size_t p = 0; p < 4; p++) {
        cr_assert_float_eq(pool[p][OC_PANEL], start[OC_PANEL], 0);
    }
}

Test(words_kernels, least_and_soft)
{
    const oc_words_kernels *kernels = oc_words_kernels_get();
    float z[VALUES + 1], original[VALUES], best[VALUES], scale[ROWS], least[ROWS], sums[VALUES] = {0};
    fill(z, VALUES, 0, 10, 7);
    fill(best, VALUES, 0, 10, 8);
    memcpy(original, z, sizeof original);
    kernels->least(z, ROWS, 29, best);
    for (size_t i = 0; i < VALUES; i++) {
        float before;
        float all[VALUES];
        fill(all, VALUES, 0, 10, 8);
        before = all[i];
        bool better = i % OC_PANEL < 29 && z[i] < before;
        cr_assert_float_eq(best[i], better ? z[i] : before, 0);
    }
    for (size_t r = 0; r < ROWS; r++) {
        scale[r] = r == 0 ? -50 : -0.3F * (float)r; /* the first row: far below the smallest float */
        least[r] = 0;
    }
    z[VALUES] = guard;
    kernels->soften(z, scale, least, ROWS, 29, sums);
    for (size_t i = 0; i < VALUES; i++) {
        double wanted = exp((double)scale[i / OC_PANEL] * (double)original[i] * (double)original[i]);
        check(z[i], i % OC_PANEL < 29 ? wanted : 0, "soft code");
        cr_assert(wanted < 1e-35 || i % OC_PANEL >= 29 || fabs((double)z[i] / wanted - 1) < 2e-5);
        check(sums[i], (double)z[i], "sum of soft codes");
    }
    cr_assert_float_eq(z[VALUES], guard, 0);
}

Test(words_kernels, bound_is_the_smallest_that_so_many_are_within)
{
    float best[OC_PANEL];
    for (size_t i = 0; i < OC_PANEL; i++) {
        best[i] = (float)(i * 13 % 32) / 2; /* 0, 0.5, ... 15.5, each once */
    }
    for (size_t wanted = 1; wanted <= OC_PANEL; wanted++) {
        cr_assert_float_eq(oc_words_kernels_get()->bound(best, wanted), (float)(wanted - 1) / 2, 0);
    }
    for (size_t i = 0; i < OC_PANEL; i++) {
        best[i] = (float)(i % 3);
    }
    cr_assert_float_eq(oc_words_kernels_get()->bound(best, 2), 1, 0, "equal values count once");
    cr_assert_geq(oc_words_kernels_get()->bound(best, 4), 2, "there are three values");
}

Test(words_kernels, nearest_words_in_order)
{
    enum { WORDS = 75, WANTED = 7, BOTH = 2 * WANTED };
    static float z[3 * OC_PANEL_BLOCK * OC_PANEL];
    const float limit[2] = {5, 4};
    float distance[BOTH + 1];
    uint32_t word[BOTH + 1] = {[BOTH] = 99};
    for (size_t k = 0; k < 96; k++) { /* lanes without words are nearer than all others */
        float *lane = z + k / OC_PANEL * OC_PANEL_BLOCK * OC_PANEL + k % OC_PANEL;
        lane[0] = k < WORDS ? 1 + (float)(k * 29 % 25) : 0;
        lane[OC_PANEL] = k < WORDS ? (float)(WORDS - 1 - k) / 2 : 0;
    }
    distance[BOTH] = guard;
    oc_words_kernels_get()->nearest(z, limit, 2, WORDS, &(oc_words_near){WANTED, distance, word});
    for (size_t j = 0; j < WANTED; j++) { /* k 29 % 25 = i for three words: 19 i mod 25 and 25, 50 more */
        size_t i = j / 3;
        cr_assert_float_eq(distance[j], (float)(1 + i), 0);
        cr_assert_eq(word[j], 19 * i % 25 + 25 * (j % 3), "%zu is word %u", j, word[j]);
        cr_assert_float_eq(distance[WANTED + j], (float)j / 2, 0, "the second row: the last word is nearest");
        cr_assert_eq(word[WANTED + j], WORDS - 1 - j);
    }
    cr_assert_float_eq(distance[BOTH], guard, 0);
    cr_assert_eq(word[BOTH], 99);
}

/* Of a damaged model, whose words are too long for a float. */
Test(words_kernels, infinite_distances_have_nearest_words_too)
{
    enum { WORDS = 40, WANTED = 5 };
    static float z[2 * OC_PANEL_BLOCK * OC_PANEL];
    float best[OC_PANEL], distance[WANTED];
    uint32_t word[WANTED] = {99, 99, 99, 99, 99};
    for (size_t i = 0; i < OC_PANEL; i++) {
        z[i] = z[OC_PANEL_BLOCK * OC_PANEL + i] = best[i] = INFINITY;
    }
    float limit = oc_words_kernels_get()->bound(best, WANTED);
    oc_words_kernels_get()->nearest(z, &limit, 1, WORDS, &(oc_words_near){WANTED, distance, word});
    for (size_t j = 0; j < WANTED; j++) {
        cr_assert_eq(word[j], j);
    }
}

Test(words_kernels, convolve)
{
    float in[150 + 4 * 3], weight[5] = {0.5F, -1, 2, 0.25F, 3}, out[151];
    fill(in, sizeof in / sizeof *in, -1, 1, 9);
    out[150] = guard;
    oc_sift()->convolve(in, 150, 3, weight, 5, out);
    for (size_t i = 0; i < 150; i++) {
        double sum = 0;
        for (size_t t = 0; t < 5; t++) {
            sum += (double)weight[t] * (double)in[i + 3 * t];
        }
        check(out[i], sum, "convolution");
    }
    cr_assert_float_eq(out[150], guard, 0);
}

Test(words_kernels, votes_go_to_their_direction)
{
    enum { WIDTH = 9 };
    const float row[WIDTH] = {5, 8, 11, 11, 7, 7, 9, 5, 5};
    const float above[WIDTH] = {0, 4, 4, 4, 8, 1, 0, 0, 1}, below[WIDTH] = {0, 4, 8, 4, 0, 3, 2, 0, 4};
    for (size_t n = 1; n <= WIDTH; n++) {
        float votes[WIDTH * OC_SIFT_BINS + 1];
        votes[n * OC_SIFT_BINS] = guard;
        oc_sift()->vote(above, row, below, n, votes);
        for (size_t x = 0; x < n; x++) {
            double dx = (double)(row[x + 1 < n ? x + 1 : x] - row[x ? x - 1 : x]) / 2;
            double dy = (double)(below[x] - above[x]) / 2;
            for (size_t o = 0; o < OC_SIFT_BINS; o++) {
                double angle = atan2(dy, dx) - acos(-1) / 4 * (double)o;
                check(votes[x * OC_SIFT_BINS + o], hypot(dx, dy) * pow(fmax(0, cos(angle)), 9), "vote");
            }
        }
        cr_assert_float_eq(votes[n * OC_SIFT_BINS], guard, 0);
    }
}

/* A vertical edge between flat halves: votes to the right alone, in the two columns of cells that see it. */
Test(words_kernels, descriptor_of_an_edge)
{
    enum { SIDE = 40, CELL = 4 };
    uint8_t gray[SIDE * SIDE];
    float x[OC_SIFT_VALUES];
    for (size_t i = 0; i < sizeof gray; i++) {
        gray[i] = i % SIDE < SIDE / 2 ? 50 : 150;
    }
    oc_arena arena = {0};
    oc_image image = {.width = SIDE, .height = SIDE, .gray = gray};
    oc_sift_view view;
    cr_assert(oc_sift_view_create(&view, image.gray, image.width, image.height, CELL, &arena));
    oc_sift_view_prepare(&view, CELL, 1, 0, 0);
    size_t corner = SIDE / 2 - CELL / 2 - CELL; /* centres of cells at 16, 20, 24, 28: the edge is at 19.5 */
    oc_sift_describe(&view, corner, corner, 10, x);
    double energy = 0;
    for (size_t i = 0; i < OC_SIFT_VALUES; i++) {
        size_t column = i / 8 % 4, o = i % 8;
        energy += (double)x[i] * (double)x[i];
        if (column > 1 || (o != 0 && o != 1 && o != 7)) {
            cr_assert(x[i] < 0.05F, "value %zu is %g", i, (double)x[i]);
        } else if (o == 0) {
            cr_assert(x[i] > (column == 1 ? 0.3F : 0.1F), "value %zu is %g", i, (double)x[i]);
        }
    }
    cr_assert(energy > 0.6 && energy < 1, "%g", energy);
    memset(gray, 90, sizeof gray);
    view.cell = 0;
    oc_sift_view_prepare(&view, CELL, 1, 0, 0);
    oc_sift_describe(&view, corner, corner, 10, x);
    for (size_t i = 0; i < OC_SIFT_VALUES; i++) {
        cr_assert_float_eq(x[i], 0, 0);
    }
    oc_arena_free(&arena);
}

Test(words_kernels, gather)
{
    enum { N = 7, TAPS = 5 };
    static const uint32_t place[N] = {0, 1, 4, 6, 7, 12, 18};
    float in[(18 + TAPS) * OC_SIFT_BINS], weight[TAPS] = {0.5F, -1, 2, 0.25F, 3};
    float out[N * OC_SIFT_BINS + 1];
    fill(in, sizeof in / sizeof *in, -1, 1, 9);
    out[N * OC_SIFT_BINS] = guard;
    oc_sift()->gather(in, place, N, weight, TAPS, out);
    for (size_t i = 0; i < N * OC_SIFT_BINS; i++) {
        double sum = 0;
        for (size_t t = 0; t < TAPS; t++) {
            sum += (double)weight[t] * (double)in[(place[i / OC_SIFT_BINS] + t) * OC_SIFT_BINS + i % OC_SIFT_BINS];
        }
        check(out[i], sum, "weighted sum");
    }
    cr_assert_float_eq(out[N * OC_SIFT_BINS], guard, 0);
}

/* Descriptors at the first, a middle and the last place, from the centres of their stride and from all pixels. */
Test(words_kernels, descriptors_do_not_depend_on_the_stride)
{
    enum { WIDTH = 83, HEIGHT = 70 };
    uint8_t gray[WIDTH * HEIGHT];
    oc_random random = oc_random_stream(2, 1, 1);
    for (size_t i = 0; i < sizeof gray; i++) {
        gray[i] = (uint8_t)oc_random_below(&random, 256);
    }
    oc_image image = {.width = WIDTH, .height = HEIGHT, .gray = gray};
    for (size_t cell = 2; cell <= 10; cell++) {
        for (size_t stride = 1; stride <= 8; stride++) {
            oc_arena arena = {0};
            oc_sift_view all, some;
            float x[OC_SIFT_VALUES], y[OC_SIFT_VALUES];
            cr_assert(oc_sift_view_create(&all, image.gray, image.width, image.height, cell, &arena));
            cr_assert(oc_sift_view_create(&some, image.gray, image.width, image.height, cell, &arena));
            oc_sift_view_prepare(&all, cell, 1, 0, 0);
            size_t extent = oc_sift_extent(cell), left = oc_words_margin(extent, stride, WIDTH);
            size_t top = oc_words_margin(extent, stride, HEIGHT), across = (WIDTH - extent) / stride;
            size_t down = (HEIGHT - extent) / stride;
            oc_sift_view_prepare(&some, cell, stride, left, top);
            for (size_t k = 0; k <= 2; k++) {
                size_t u = left + across * k / 2 * stride, v = top + down * k / 2 * stride;
                oc_sift_describe(&all, u, v, 10, x);
                oc_sift_describe(&some, u, v, 10, y);
                for (size_t i = 0; i < OC_SIFT_VALUES; i++) {
                    check(y[i], (double)x[i], "value");
                }
            }
            oc_arena_free(&arena);
        }
    }
}

Test(words_kernels, descriptor_of_the_mirrored_image_is_a_permutation)
{
    enum { WIDTH = 50, HEIGHT = 41 };
    uint8_t gray[WIDTH * HEIGHT], mirrored[WIDTH * HEIGHT];
    oc_random random = oc_random_stream(1, 1, 1);
    for (size_t i = 0; i < sizeof gray; i++) {
        gray[i] = (uint8_t)(100 + 60 * sin((double)(i % WIDTH) / 5) + (double)oc_random_below(&random, 30));
    }
    for (size_t i = 0; i < sizeof gray; i++) {
        mirrored[i] = gray[i / WIDTH * WIDTH + WIDTH - 1 - i % WIDTH];
    }
    uint32_t order[OC_SIFT_VALUES];
    oc_sift_mirror_order(order);
    for (size_t cell = 3; cell <= 6; cell++) {
        oc_arena arena = {0};
        oc_image image = {.width = WIDTH, .height = HEIGHT, .gray = gray}, other = image;
        other.gray = mirrored;
        oc_sift_view a, b;
        float x[OC_SIFT_VALUES], y[OC_SIFT_VALUES];
        cr_assert(oc_sift_view_create(&a, image.gray, image.width, image.height, cell, &arena));
        cr_assert(oc_sift_view_create(&b, other.gray, other.width, other.height, cell, &arena));
        oc_sift_view_prepare(&a, cell, 1, 0, 0);
        oc_sift_view_prepare(&b, cell, 1, 0, 0);
        oc_sift_describe(&a, 5, 7, 10, x);
        oc_sift_describe(&b, WIDTH - 5 - oc_sift_extent(cell), 7, 10, y);
        for (size_t i = 0; i < OC_SIFT_VALUES; i++) {
            cr_assert_eq(order[order[i]], i);
            cr_assert(fabsf(x[i] - y[order[i]]) <= 1e-4F, "cell %zu, value %zu: %g and %g", cell, i, (double)x[i],
                      (double)y[order[i]]);
        }
        oc_arena_free(&arena);
    }
}
