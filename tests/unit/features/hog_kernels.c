/* The kernels of HoG: every processor family against the plain forms, at odd sizes. */
#include "tests/unit/features/helpers.h"

#include "features/hog/kernels.h"

#include <string.h>

OC_DECLARE_KERNELS(oc_hog_kernels, oc_hog_kernels);
OC_DECLARE_KERNELS(oc_hog_gatherer, oc_hog_gatherer);
OC_DECLARE_KERNELS(oc_hog_normalizer, oc_hog_normalizer);

static void fill_noise(float *values, size_t n, uint64_t seed)
{
    oc_random random = oc_random_stream(seed, 2, 2);
    for (size_t i = 0; i < n; i++) {
        values[i] = (float)oc_random_below(&random, 511) - 255;
    }
}

enum { ROWS = 5, MAX_WIDTH = 203 };

static const float tangent[OC_HOG_TERMS] = {0.99997721904F,  -0.33262282680F, 0.19354036900F,
                                            -0.11642646357F, 0.05264733087F,  -0.01171912745F};

/* Votes of a family of kernels for noise, and their sums, (bins, width), with a guard behind. */
static void noisy_sums(const oc_hog_kernels *kernels, size_t width, size_t bins, bool with_sign, bool plain,
                       float *sums)
{
    static float gx[MAX_WIDTH], gy[MAX_WIDTH], position[ROWS][MAX_WIDTH], magnitude[ROWS][MAX_WIDTH];
    static const float weights[ROWS] = {1, 0.5F, 0.25F, 2, 0};
    const float *positions[ROWS], *magnitudes[ROWS];
    for (size_t r = 0; r < ROWS; r++) {
        fill_noise(gx, width, r);
        fill_noise(gy, width, r + 50);
        gx[r] = gy[r] = gx[r + 2] = gy[r + 4] = 0;
        oc_hog_circle circle = {with_sign, (float)((double)bins / (with_sign ? 2 * M_PI : M_PI)), tangent};
        kernels->linear(gx, gy, width, &circle, position[r], magnitude[r]);
        positions[r] = position[r];
        magnitudes[r] = magnitude[r];
    }
    sums[width * bins] = 77;
    oc_hog_rows rows = {positions, magnitudes, weights, ROWS, width};
    (plain ? kernels->vote_reference : kernels->vote)(&rows, bins, sums);
    cr_assert_eq(sums[width * bins], 77);
}

Test(hog, votes_of_all_processor_families_equal_the_plain_ones)
{
    static const oc_hog_kernels *const tables[] = OC_KERNEL_TABLES(oc_hog_kernels);
    static const size_t widths[] = {9, 15, 16, 17, 64, 100, MAX_WIDTH}, all_bins[] = {1, 2, 8, 9, 18};
    static float plain[18 * MAX_WIDTH + 1], fast[18 * MAX_WIDTH + 1];
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
    float gx[MAX_WIDTH], gy[MAX_WIDTH], position[2][MAX_WIDTH + 1], magnitude[2][MAX_WIDTH];
    oc_hog_edges edges = {.bins = 9, .count = 8, .turn = 8};
    for (size_t k = 0; k < 8; k++) {
        edges.cosine[k] = (float)cos((double)(k + 1) * M_PI / 9);
        edges.sine[k] = (float)sin((double)(k + 1) * M_PI / 9);
    }
    fill_noise(gx, MAX_WIDTH, 1);
    fill_noise(gy, MAX_WIDTH, 2);
    for (size_t isa = 0; isa <= oc_isa_index(); isa++) {
        for (size_t width = 1; width <= MAX_WIDTH; width += 13) {
            position[1][width] = 77;
            tables[0]->sectors(gx, gy, width, &edges, position[0], magnitude[0]);
            tables[isa]->sectors(gx, gy, width, &edges, position[1], magnitude[1]);
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
    static const oc_hog_gatherer *const tables[] = OC_KERNEL_TABLES(oc_hog_gatherer);
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
        tables[0]->gather_reference(sums, WIDTH, BINS, &axis, NULL, cells[0]);
        for (size_t isa = 0; isa <= oc_isa_index(); isa++) {
            tables[isa]->gather(sums, WIDTH, BINS, &axis, scratch, cells[1]);
            double d = difference(cells[1], cells[0], BINS * axis.targets);
            cr_assert(d <= 1e-3, "axis %zu, %s: %g", i, oc_isa_name(isa), d);
        }
    }
}

/* A band by the plain forms: the votes of its rows, whole, and those for the cell below. */
static void plain_band(const oc_hog_band *band, bool between_bins, const float *weights, float *sums)
{
    const oc_hog_kernels *kernels = &oc_hog_kernels_plain;
    float gx[MAX_WIDTH], gy[MAX_WIDTH], position[12][MAX_WIDTH], magnitude[12][MAX_WIDTH];
    const float *positions[12], *magnitudes[12];
    oc_hog_edges edges = {.bins = 9, .count = 8, .turn = 8};
    for (size_t k = 0; k < 8; k++) {
        edges.cosine[k] = (float)cos((double)(k + 1) * M_PI / 9);
        edges.sine[k] = (float)sin((double)(k + 1) * M_PI / 9);
    }
    for (size_t r = 0; r < band->rows; r++) {
        const float *line = band->lines + (r + 1) * band->stride;
        kernels->gradient(line - band->stride, line, line + band->stride, band->width, gx, gy);
        if (between_bins) {
            oc_hog_circle circle = {false, (float)(9 / M_PI), tangent};
            kernels->linear(gx, gy, band->width, &circle, position[r], magnitude[r]);
        } else {
            kernels->sectors(gx, gy, band->width, &edges, position[r], magnitude[r]);
        }
        positions[r] = position[r];
        magnitudes[r] = magnitude[r];
    }
    oc_hog_rows rows = {positions, magnitudes, weights, band->rows, band->width};
    kernels->vote_reference(&rows, 9, sums);
}

enum { BAND_ROOM = (MAX_WIDTH + 15) / 16 * 16, BAND_STRIDE = BAND_ROOM + 32 };

/* Pixels, a flat part among them; what lies past the width must not be seen. */
static void fill_lines(float *lines, size_t rows, size_t width)
{
    fill_noise(lines, rows * BAND_STRIDE, rows + width);
    for (size_t i = 0; i < rows * BAND_STRIDE; i++) {
        size_t x = i % BAND_STRIDE;
        lines[i] = x > 16 + width ? 1e6F : x > 16 + width / 2 && x < 18 + width / 2 ? 7 : fabsf(lines[i]);
    }
}

Test(hog, bands_of_all_processor_families_equal_gradients_votes_and_sums_one_by_one)
{
    static const oc_hog_kernels *const tables[] = OC_KERNEL_TABLES(oc_hog_kernels);
    static const size_t widths[] = {1, 15, 16, 17, 64, 100, MAX_WIDTH}, heights[] = {1, 4, 8, 9, 12};
    static float lines[14 * BAND_STRIDE], whole[9 * MAX_WIDTH], below[9 * MAX_WIDTH];
    static float sums[9 * BAND_ROOM + 1], carry[9 * BAND_ROOM + 1];
    float ones[12], rising[12];
    for (size_t i = 0; i < 7 * 5 * 4; i++) {
        size_t width = widths[i % 7], rows = heights[i / 7 % 5], cell = 12;
        bool between_bins = i / 35 % 2, between_cells = i / 70;
        oc_hog_band band = {.lines = lines + 16,
                            .stride = BAND_STRIDE,
                            .rows = rows,
                            .width = width,
                            .room = (width + 15) / 16 * 16,
                            .tangent = between_bins ? tangent : NULL,
                            .cell = cell,
                            .per_row = 1 / (float)cell,
                            .end = (float)rows + 0.5F};
        fill_lines(lines, rows + 2, width);
        for (size_t r = 0; r < rows; r++) {
            ones[r] = 1;
            rising[r] = ((float)r + 0.5F) / (float)cell;
        }
        plain_band(&band, between_bins, ones, whole);
        plain_band(&band, between_bins, rising, below);
        for (size_t isa = 0; isa <= oc_isa_index(); isa++) {
            for (size_t j = 0; j < 9 * band.room; j++) {
                carry[j] = (float)(j % 100);
            }
            sums[9 * band.room] = carry[9 * band.room] = 77;
            tables[isa]->band(&band, sums, between_cells ? carry : NULL);
            cr_assert(sums[9 * band.room] == 77 && carry[9 * band.room] == 77);
            for (size_t j = 0; j < 9 * width; j++) {
                size_t at = j / width * band.room + j % width;
                float expected = between_cells ? (float)(at % 100) + whole[j] - below[j] : whole[j];
                cr_assert(fabsf(sums[at] - expected) <= 1e-3F, "%s, %zu: %g, not %g", oc_isa_name(isa), i,
                          (double)sums[at], (double)expected);
                cr_assert(!between_cells || fabsf(carry[at] - below[j]) <= 1e-3F, "%s, %zu", oc_isa_name(isa), i);
            }
        }
    }
}

Test(hog, bands_are_joined_to_cells_as_by_the_plain_form)
{
    static const oc_hog_gatherer *const tables[] = OC_KERNEL_TABLES(oc_hog_gatherer);
    static const size_t cells_of[] = {2, 4, 6, 8, 12, 200}, widths[] = {12, 13, 17, 100, 200, MAX_WIDTH};
    static float sums[9 * BAND_ROOM + 200], packed[9 * MAX_WIDTH], weights[400], pairs[BAND_ROOM];
    static float scratch[OC_HOG_JOIN_SCRATCH * BAND_ROOM], cells[2][9 * MAX_WIDTH + 1];
    for (size_t i = 0; i < 6 * 6; i++) {
        size_t cell = cells_of[i / 6], width = widths[i % 6], targets = width / cell;
        oc_hog_band band = {.width = width, .room = (width + 15) / 16 * 16, .cell = cell, .per_row = 1 / (float)cell};
        fill_noise(sums, 9 * band.room, i);
        for (size_t j = 0; j < 9 * band.room; j++) {
            sums[j] = j % band.room < width ? fabsf(sums[j]) : NAN;
        }
        for (size_t k = 0; k < 9; k++) {
            memcpy(packed + k * width, sums + k * band.room, width * sizeof *sums);
        }
        for (size_t j = 0; j < 2 * cell; j++) {
            weights[j] = 1 - fabsf(((float)j + 0.5F) / (float)cell - 1);
        }
        for (size_t j = 0; j < band.room / 2; j++) {
            pairs[j] = ((float)(2 * j % cell) + 0.5F) / (float)cell;
        }
        oc_hog_axis axis = {.targets = targets,
                            .per = 1,
                            .step = cell,
                            .span = 2 * cell,
                            .offset = -(ptrdiff_t)(cell / 2),
                            .weights = weights};
        if (targets == 0) {
            continue;
        }
        tables[0]->gather_reference(packed, width, 9, &axis, NULL, cells[0]);
        for (size_t isa = 0; isa <= oc_isa_index(); isa++) {
            cells[1][9 * targets] = 77;
            tables[isa]->join(sums, &band, targets, pairs, scratch, cells[1]);
            cr_assert_eq(cells[1][9 * targets], 77);
            double d = difference(cells[1], cells[0], 9 * targets);
            cr_assert(d <= 2e-2, "cell %zu, width %zu, %s: %g", cell, width, oc_isa_name(isa), d);
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
        oc_hog_grid grid = {cells, NY, NX, 1};
        form.uoctti = form.norm == OC_HOG_NORM_NEIGHBOURS && i % 2;
        for (size_t isa = 1; isa <= oc_isa_index(); isa++) {
            memset(rows, 0, sizeof rows);
            tables[0]->normalize(&form, &grid, scratch, rows[0]);
            tables[isa]->normalize(&form, &grid, scratch, rows[1]);
            double d = difference(rows[1], rows[0], ROOM);
            cr_assert(d <= 1e-5, "norm %d, %s: %g", (int)form.norm, oc_isa_name(isa), d);
        }
    }
}
