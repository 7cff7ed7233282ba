/* The kernels of HoG: every processor family against the plain forms, at odd sizes. */
#include "tests/unit/feature_helpers.h"

#include "features/hog.h"

#include <string.h>

OC_DECLARE_KERNELS(oc_hog_kernels, oc_hog_kernels);
OC_DECLARE_KERNELS(oc_hog_normalizer, oc_hog_normalizer);

static void fill_noise(float *values, size_t n, uint64_t seed)
{
    oc_random random = oc_random_stream(seed, 2, 2);
    for (size_t i = 0; i < n; i++) {
        values[i] = (float)oc_random_below(&random, 511) - 255;
    }
}

enum { ROWS = 5, LARGEST = 203 };

static const float tangent[OC_HOG_TERMS] = {0.99997721904F,  -0.33262282680F, 0.19354036900F,
                                            -0.11642646357F, 0.05264733087F,  -0.01171912745F};

/* Votes of a family of kernels for noise, and their sums, (bins, width), with a guard behind. */
static void noisy_sums(const oc_hog_kernels *kernels, size_t width, size_t bins, bool with_sign, bool plain,
                       float *sums)
{
    static float gx[LARGEST], gy[LARGEST], position[ROWS][LARGEST], magnitude[ROWS][LARGEST];
    static const float weights[ROWS] = {1, 0.5F, 0.25F, 2, 0};
    const float *positions[ROWS], *magnitudes[ROWS];
    for (size_t r = 0; r < ROWS; r++) {
        fill_noise(gx, width, r);
        fill_noise(gy, width, r + 50);
        gx[r] = gy[r] = gx[r + 2] = gy[r + 4] = 0;
        kernels->linear(gx, gy, width, with_sign, (float)((double)bins / (with_sign ? 2 * M_PI : M_PI)), tangent,
                        position[r], magnitude[r]);
        positions[r] = position[r];
        magnitudes[r] = magnitude[r];
    }
    sums[width * bins] = 77;
    (plain ? kernels->vote_plain : kernels->vote)(positions, magnitudes, weights, ROWS, width, bins, sums);
    cr_assert_eq(sums[width * bins], 77);
}

Test(hog, votes_of_all_processor_families_equal_the_plain_ones)
{
    static const oc_hog_kernels *const tables[] = OC_KERNEL_TABLES(oc_hog_kernels);
    static const size_t widths[] = {9, 15, 16, 17, 64, 100, LARGEST}, all_bins[] = {1, 2, 8, 9, 18};
    static float plain[18 * LARGEST + 1], fast[18 * LARGEST + 1];
    for (size_t i = 0; i < 2 * 7 * 5; i++) {
        size_t width = widths[i / 2 % 7], bins = all_bins[i / 14];
        noisy_sums(tables[0], width, bins, i % 2, true, plain);
        for (size_t isa = 0; isa <= oc_isa_index(); isa++) {
            noisy_sums(tables[isa], width, bins, i % 2, false, fast);
            double d = difference(fast, plain, width * bins);
            cr_assert(d <= 2e-3, "%s, width %zu, %zu bins: %g", oc_isa_name(isa), width, bins, d);
        }
    }
}

Test(hog, sectors_of_all_processor_families_are_equal)
{
    static const oc_hog_kernels *const tables[] = OC_KERNEL_TABLES(oc_hog_kernels);
    float gx[LARGEST], gy[LARGEST], position[2][LARGEST + 1], magnitude[2][LARGEST];
    oc_hog_edges edges = {.count = 8, .turn = 8};
    for (size_t k = 0; k < 8; k++) {
        edges.cosine[k] = (float)cos((double)(k + 1) * M_PI / 9);
        edges.sine[k] = (float)sin((double)(k + 1) * M_PI / 9);
    }
    fill_noise(gx, LARGEST, 1);
    fill_noise(gy, LARGEST, 2);
    for (size_t isa = 0; isa <= oc_isa_index(); isa++) {
        for (size_t width = 1; width <= LARGEST; width += 13) {
            position[1][width] = 77;
            tables[0]->sectors(gx, gy, width, false, &edges, 9, position[0], magnitude[0]);
            tables[isa]->sectors(gx, gy, width, false, &edges, 9, position[1], magnitude[1]);
            cr_assert_eq(memcmp(position[0], position[1], width * sizeof(float)), 0, "%s", oc_isa_name(isa));
            cr_assert_eq(position[1][width], 77);
            for (size_t i = 0; i < width; i++) {
                double angle = atan2((double)gy[i], (double)gx[i]);
                angle += angle < 0 ? M_PI : 0;
                angle = angle >= M_PI ? 0 : angle;
                cr_assert_eq(position[0][i], (float)floor(angle * 9 / M_PI), "%g %g", (double)gx[i], (double)gy[i]);
            }
        }
    }
}

Test(hog, cells_of_all_processor_families_equal_the_plain_ones)
{
    static const oc_hog_kernels *const tables[] = OC_KERNEL_TABLES(oc_hog_kernels);
    enum { WIDTH = 101, BINS = 3 };
    static const struct {
        size_t step, span, per;
        ptrdiff_t offset;
        bool even;
    } axes[] = {{8, 8, 1, 0, true},    {7, 7, 1, 0, true},   {12, 12, 1, 0, true}, {8, 16, 1, -4, false},
                {5, 11, 1, -3, false}, {8, 16, 2, 0, false}, {4, 12, 3, 0, false}, {101, 202, 1, -51, false}};
    float sums[BINS * WIDTH], weights[300], patterns[12 * WIDTH], scratch[2 * (WIDTH + 2 * 202)],
        cells[2][BINS * WIDTH];
    fill_noise(sums, BINS * WIDTH, 4);
    for (size_t i = 0; i < sizeof axes / sizeof *axes; i++) {
        oc_hog_axis axis = {.per = axes[i].per,
                            .step = axes[i].step,
                            .span = axes[i].span,
                            .offset = axes[i].offset,
                            .even = axes[i].even,
                            .weights = weights};
        size_t blocks = axis.per > 1 ? (WIDTH - axis.span) / axis.step + 1 : WIDTH / axis.step,
               phases = axis.span / axis.step;
        axis.targets = blocks * axis.per;
        axis.patterns = axis.span % axis.step ? NULL : patterns;
        for (size_t j = 0; j < axis.per * axis.span; j++) {
            weights[j] = axis.even ? 1 : (float)(j % 7) / 7;
        }
        for (size_t j = 0; axis.patterns && j < axis.per * phases * WIDTH; j++) {
            ptrdiff_t from = (ptrdiff_t)(j % WIDTH) - (ptrdiff_t)(j / WIDTH % phases * axis.step) - axis.offset;
            size_t at = (size_t)(from + 4 * (ptrdiff_t)axis.span) % axis.span;
            patterns[j] = weights[j / WIDTH / phases * axis.span + at];
        }
        tables[0]->gather_plain(sums, WIDTH, BINS, &axis, NULL, cells[0]);
        for (size_t isa = 0; isa <= oc_isa_index(); isa++) {
            tables[isa]->gather(sums, WIDTH, BINS, &axis, scratch, cells[1]);
            double d = difference(cells[1], cells[0], BINS * axis.targets);
            cr_assert(d <= 1e-3, "axis %zu, %s: %g", i, oc_isa_name(isa), d);
        }
    }
}

Test(hog, norms_of_all_processor_families_agree)
{
    static const oc_hog_normalizer *const tables[] = OC_KERNEL_TABLES(oc_hog_normalizer);
    enum { NY = 5, NX = 37, BINS = 18, ROOM = NY * NX * BINS * 4 };
    static float cells[NY * NX * BINS], rows[2][ROOM], scratch[(4 * BINS + 4) * NX + 2];
    fill_noise(cells, NY * NX * BINS, 9);
    for (size_t i = 0; i < NY * NX * BINS; i++) {
        cells[i] = fabsf(cells[i]);
    }
    for (size_t i = 0; i < 9 * 2 * 2; i++) {
        oc_hog_form form = {.cell = 4,
                            .block = i % 2 + 1,
                            .bins = BINS,
                            .squared = i / 2 % 2,
                            .epsilon = 0.1,
                            .epsilon_again = 1e-3,
                            .norm = (oc_hog_norm)(i / 4),
                            .by_columns = i / 2 % 2};
        form.uoctti = form.norm == OC_HOG_NORM_NEIGHBOURS && i % 2;
        for (size_t isa = 1; isa <= oc_isa_index(); isa++) {
            memset(rows, 0, sizeof rows);
            tables[0]->normalize(&form, cells, NY, NX, 1, scratch, rows[0]);
            tables[isa]->normalize(&form, cells, NY, NX, 1, scratch, rows[1]);
            double d = difference(rows[1], rows[0], ROOM);
            cr_assert(d <= 1e-5, "norm %d, %s: %g", (int)form.norm, oc_isa_name(isa), d);
        }
    }
}
