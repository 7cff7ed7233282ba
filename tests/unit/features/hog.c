/* Histograms of oriented gradients. */
#include "tests/unit/features/helpers.h"

#include "features/hog/kernels.h"

#include <stdio.h>
#include <string.h>

/* I(x, y) = start + dx x + dy y */
static oc_image slope(size_t width, size_t height, int start, int dx, int dy)
{
    oc_image image = make_image(width, height);
    for (size_t i = 0; i < width * height; i++) {
        int value = start + dx * (int)(i % width) + dy * (int)(i / width);
        image.gray[i] = (uint8_t)value;
        memset(image.rgb + 3 * i, value, 3);
    }
    return image;
}

static size_t dimension_of(const char *spec, size_t width, size_t height)
{
    oc_features *features = planned(spec, width, height);
    size_t n = oc_features_dimension(features);
    oc_features_free(features);
    return n;
}

Test(hog, dimensions)
{
    cr_assert_eq(dimension_of("hog", 320, 240), 10800);
    cr_assert_eq(dimension_of("hog:cell=8,bins=9", 327, 247), 10800);
    cr_assert_eq(dimension_of("hog:block=2", 64, 128), 3780);
    cr_assert_eq(dimension_of("hog:preset=skimage", 64, 128), 3780);
    cr_assert_eq(dimension_of("hog:preset=opencv", 71, 135), 3780);
    cr_assert_eq(dimension_of("hog:preset=uoctti", 64, 128), 8 * 16 * 31);
    cr_assert_eq(dimension_of("hog:preset=uoctti", 60, 131), 8 * 16 * 31);
    cr_assert_eq(dimension_of("hog:cell=4", 28, 28), 7 * 7 * 9);
    cr_assert_eq(dimension_of("hog:cell=1,bins=1", 5, 3), 15);
}

/* An inner cell of a slope of 1 has 64 gradients of length 2; at the border one column or row has length 1. */
Test(hog, a_horizontal_slope_votes_for_the_first_bin)
{
    oc_image image = slope(24, 16, 10, 1, 0);
    float *row = row_of("hog:norm=none,interpolate=none", &image, NULL);
    for (size_t i = 0; i < 6 * 9; i++) {
        float wanted = i % 9 ? 0 : i / 9 % 3 == 1 ? 128 : 120;
        cr_assert_eq(row[i], wanted, "%zu: %g", i, (double)row[i]);
    }
    free(row);
    /* 0 degrees lies between the centres of the last and the first bin. */
    row = row_of("hog:norm=none,interpolate=bins", &image, NULL);
    cr_assert(fabsf(row[9] - 64) <= 1e-3F && fabsf(row[17] - 64) <= 1e-3F && fabsf(row[13]) <= 1e-3F);
    free(row);
    free_image(&image);
}

Test(hog, signed_bins_distinguish_the_four_directions)
{
    static const int directions[4][2] = {{1, 0}, {0, 1}, {-1, 0}, {0, -1}};
    for (size_t i = 0; i < 4; i++) {
        oc_image image = slope(8, 8, 100, directions[i][0], directions[i][1]);
        float *row = row_of("hog:bins=4,signed=1,norm=none,interpolate=none", &image, NULL);
        for (size_t k = 0; k < 4; k++) {
            cr_assert_eq(row[k] > 0, k == i, "direction %zu, bin %zu: %g", i, k, (double)row[k]);
        }
        free(row);
        row = row_of("hog:bins=2,norm=none,interpolate=none", &image, NULL);
        cr_assert_eq(row[0] > 0, i % 2 == 0);
        cr_assert_eq(row[1] > 0, i % 2 == 1);
        free(row);
        free_image(&image);
    }
}

/* 45 degrees is the edge where the second of four bins begins, and the centre of the second of eight signed ones. */
Test(hog, an_angle_on_an_edge_belongs_to_the_bin_that_begins_there)
{
    oc_image image = slope(12, 12, 10, 3, 3);
    float *row = row_of("hog:cell=4,bins=4,norm=none,interpolate=none", &image, NULL);
    const float *inner = row + 4 * 4;
    cr_assert(inner[0] == 0 && inner[1] > 0 && inner[2] == 0 && inner[3] == 0);
    free(row);
    row = row_of("hog:cell=4,bins=4,signed=1,norm=none", &image, NULL);
    inner = row + 4 * 4;
    cr_assert(fabs((double)inner[0] - 16 * sqrt(72)) <= 1e-2, "the centre of the first of four signed bins");
    free(row);
    free_image(&image);
}

Test(hog, a_change_in_one_cell_stays_near_it)
{
    oc_image image = make_image(40, 32);
    fill_image(&image, 90);
    for (size_t y = 18; y < 22; y++) {
        image.gray[y * 40 + 27] = 200; /* inside of cell row 2, column 3 */
    }
    float *row = row_of("hog:norm=none,interpolate=bins", &image, NULL);
    for (size_t i = 0; i < 4 * 5 * 9; i++) {
        cr_assert(row[i] == 0 || i / 9 == 2 * 5 + 3, "%zu", i);
    }
    cr_assert_gt(row[(2 * 5 + 3) * 9], 0);
    free(row);
    free_image(&image);
}

/* Pixels right of and below the last whole cell do not vote; the first of them still is a neighbour. */
Test(hog, the_rest_beyond_whole_cells_is_left_out)
{
    oc_image image = random_image(27, 22, 8);
    float *before = row_of("hog:block=2,norm=l2", &image, NULL);
    size_t n = dimension_of("hog:block=2,norm=l2", 27, 22);
    for (size_t i = 0; i < 27 * 22; i++) {
        if (i % 27 > 24 || i / 27 > 16) {
            image.gray[i] = (uint8_t)(255 - image.gray[i]);
        }
    }
    float *after = row_of("hog:block=2,norm=l2", &image, NULL);
    cr_assert_eq(memcmp(before, after, n * sizeof *before), 0);
    image.gray[24] ^= 128;
    free(after);
    after = row_of("hog:block=2,norm=l2", &image, NULL);
    cr_assert_neq(memcmp(before, after, n * sizeof *before), 0);
    free(before);
    free(after);
    free_image(&image);
}

Test(hog, flat_images_give_zeros)
{
    static const char *const specs[] = {"hog",
                                        "hog:norm=none",
                                        "hog:norm=sqrt",
                                        "hog:norm=row",
                                        "hog:norm=l1",
                                        "hog:norm=l1-sqrt",
                                        "hog:norm=l2",
                                        "hog:block=2",
                                        "hog:block=2,window=1,interpolate=both",
                                        "hog:preset=skimage",
                                        "hog:preset=opencv",
                                        "hog:preset=uoctti",
                                        "hog:norm=l2,epsilon=0",
                                        "hog:norm=l1,epsilon=0",
                                        "hog:norm=neighbours,epsilon=0"};
    oc_image image = make_image(32, 24);
    fill_image(&image, 131);
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
        size_t n;
        float *row = row_of(specs[i], &image, &n);
        for (size_t j = 0; j < n; j++) {
            cr_assert_eq(row[j], 0, "%s", specs[i]);
        }
        free(row);
    }
    free_image(&image);
}

/* Turning the image by 90 degrees moves cells, and votes by half of the unsigned bins. */
Test(hog, rotation_by_90_degrees_moves_cells_and_bins)
{
    enum { W = 24, H = 16, CELL = 4, BINS = 10, NX = W / CELL, NY = H / CELL };
    oc_image image = random_image(W, H, 11), turned = make_image(H, W);
    for (size_t y = 0; y < H; y++) {
        for (size_t x = 0; x < W; x++) {
            turned.gray[x * H + H - 1 - y] = image.gray[y * W + x]; /* clockwise */
        }
    }
    static const char *const specs[] = {"hog:cell=4,bins=10,norm=none", "hog:cell=4,bins=10,norm=none,interpolate=both",
                                        "hog:cell=4,bins=10"};
    for (size_t i = 0; i < 3; i++) {
        float *row = row_of(specs[i], &image, NULL), *other = row_of(specs[i], &turned, NULL);
        float moved[NX * NY * BINS];
        for (size_t c = 0; c < NX * NY; c++) {
            size_t to = c % NX * NY + NY - 1 - c / NX;
            for (size_t k = 0; k < BINS; k++) {
                moved[to * BINS + (k + BINS / 2) % BINS] = row[c * BINS + k];
            }
        }
        double d = difference(other, moved, NX * NY * BINS);
        cr_assert(d <= 1e-3, "%s: %g", specs[i], d);
        free(row);
        free(other);
    }
    free_image(&image);
    free_image(&turned);
}

Test(hog, added_brightness_changes_nothing)
{
    oc_image image = random_image(40, 40, 2), brighter = make_image(40, 40);
    for (size_t i = 0; i < 1600; i++) {
        image.gray[i] /= 2;
        brighter.gray[i] = (uint8_t)(image.gray[i] + 100);
    }
    size_t n;
    float *row = row_of("hog:norm=none", &image, &n), *other = row_of("hog:norm=none", &brighter, NULL);
    cr_assert_eq(memcmp(row, other, n * sizeof *row), 0);
    free(row);
    free(other);
    free_image(&image);
    free_image(&brighter);
}

Test(hog, norms_take_out_contrast)
{
    static const char *const specs[] = {"hog:norm=neighbours", "hog:norm=row",        "hog:norm=l2",
                                        "hog:block=2",         "hog:block=2,norm=l1", "hog:block=2,norm=l1-sqrt",
                                        "hog:preset=skimage",  "hog:preset=uoctti"};
    oc_image image = random_image(40, 40, 2), stronger = make_image(40, 40);
    for (size_t i = 0; i < 1600; i++) {
        image.gray[i] /= 4;
        stronger.gray[i] = (uint8_t)(image.gray[i] * 4);
    }
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
        size_t n;
        float *row = row_of(specs[i], &image, &n), *other = row_of(specs[i], &stronger, NULL);
        double d = difference(other, row, n);
        cr_assert(d <= 2e-3, "%s: %g", specs[i], d);
        free(row);
        free(other);
    }
    free_image(&image);
    free_image(&stronger);
}

/* Moved by one cell, the cells that see the same pixels keep their votes. */
Test(hog, translation_by_a_cell_moves_cells)
{
    enum { W = 48, H = 32, CELL = 8, NX = W / CELL, NY = H / CELL };
    oc_image image = random_image(W, H, 6), moved = make_image(W, H);
    for (size_t y = 0; y < H; y++) {
        for (size_t x = 0; x < W; x++) {
            moved.gray[y * W + x] = image.gray[y * W + (x + W - CELL) % W];
        }
    }
    float *row = row_of("hog:norm=none", &image, NULL), *other = row_of("hog:norm=none", &moved, NULL);
    for (size_t y = 0; y < NY; y++) {
        for (size_t x = 1; x + 2 < NX; x++) {
            double d = difference(other + (y * NX + x + 1) * 9, row + (y * NX + x) * 9, 9);
            cr_assert(d <= 1e-6, "%zu %zu: %g", x, y, d);
        }
    }
    free(row);
    free(other);
    free_image(&image);
    free_image(&moved);
}

Test(hog, the_largest_channel_counts)
{
    oc_image image = random_image(24, 24, 3), gray = make_image(24, 24);
    for (size_t i = 0; i < 24 * 24; i++) {
        image.rgb[3 * i] = image.rgb[3 * i + 2] = 70; /* all that happens is in green */
        gray.gray[i] = image.rgb[3 * i + 1];
    }
    size_t n;
    float *row = row_of("hog:color=max,norm=none", &image, &n), *wanted = row_of("hog:norm=none", &gray, NULL);
    double d = difference(row, wanted, n); /* sums of up to 64 votes of 360, in another order */
    cr_assert(d <= 2e-3, "%g", d);
    free(row);
    free(wanted);
    free_image(&image);
    free_image(&gray);
}

/* The plain twin of the whole computation: every pixel votes on its own, in double precision, for each cell it can
 * reach. */
typedef struct slow_form {
    size_t cell, bins, block;
    bool with_sign, bins_linear, cells_linear, window;
} slow_form;

static double slow_share(const slow_form *f, double offset, double index)
{
    double distance = fabs(offset / (double)f->cell - 0.5 - index);
    return f->cells_linear ? fmax(0, 1 - distance) : distance < 0.5;
}

static void slow_vote(const slow_form *f, double angle, double vote, double *cell)
{
    double t = angle / ((f->with_sign ? 2 : 1) * M_PI) * (double)f->bins;
    if (!f->bins_linear) {
        cell[(size_t)floor(t + 1e-9) % f->bins] += vote;
        return;
    }
    t += (double)f->bins - 0.5;
    double part = t - floor(t);
    cell[(size_t)floor(t) % f->bins] += vote * (1 - part);
    cell[((size_t)floor(t) + 1) % f->bins] += vote * part;
}

/* h (block * bins * block) of the block whose first pixel is (x0, y0); all pixels of the image are asked when votes are
 * spread without blocks. */
static void slow_block(const slow_form *f, const oc_image *image, ptrdiff_t x0, ptrdiff_t y0, double *h)
{
    ptrdiff_t w = (ptrdiff_t)image->width, height = (ptrdiff_t)image->height, side = (ptrdiff_t)(f->block * f->cell);
    for (ptrdiff_t y = 0; y < height; y++) {
        for (ptrdiff_t x = 0; x < w; x++) {
            bool inside = x >= x0 && x < x0 + side && y >= y0 && y < y0 + side;
            if (!inside && (f->block > 1 || !f->cells_linear)) {
                continue;
            }
            const uint8_t *p = image->gray;
            double gx = p[y * w + (x + 1 < w ? x + 1 : x)] - p[y * w + (x ? x - 1 : x)];
            double gy = p[(y + 1 < height ? y + 1 : y) * w + x] - p[(y ? y - 1 : y) * w + x];
            double angle = atan2(gy, gx), vote = hypot(gx, gy);
            angle += angle < 0 ? (f->with_sign ? 2 : 1) * M_PI : 0;
            angle = !f->with_sign && angle >= M_PI ? 0 : angle;
            double dx = (double)(x - x0) + 0.5, dy = (double)(y - y0) + 0.5, middle = (double)side / 2;
            if (f->window) {
                double sigma = (double)side / 2;
                vote *= exp(-((dx - middle) * (dx - middle) + (dy - middle) * (dy - middle)) / (2 * sigma * sigma));
            }
            for (size_t c = 0; c < f->block * f->block; c++) {
                double share = slow_share(f, dx, (double)(c % f->block)) * slow_share(f, dy, (double)(c / f->block));
                if (share > 0) {
                    slow_vote(f, angle, vote * share, h + c * f->bins);
                }
            }
        }
    }
}

Test(hog, every_form_equals_its_definition)
{
    static const slow_form forms[] = {
        {8, 9, 1, false, true, false, false}, {8, 9, 1, false, false, false, false},
        {5, 7, 1, true, true, false, false},  {4, 8, 1, true, false, false, false},
        {6, 9, 1, false, true, true, false},  {5, 9, 1, true, true, true, false},
        {7, 9, 1, false, false, true, false}, {4, 9, 2, false, true, false, false},
        {4, 9, 2, false, true, true, false},  {4, 9, 2, false, true, true, true},
        {3, 6, 3, false, true, false, true},  {5, 18, 2, true, true, true, true},
        {1, 9, 1, false, true, false, false}, {3, 1, 1, false, true, false, false},
        {3, 2, 1, false, true, false, false},
    };
    static const char *const spread[] = {"none", "bins", "cells", "both"};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        const slow_form *f = &forms[i];
        char spec[200];
        snprintf(spec, sizeof spec, "hog:cell=%zu,bins=%zu,block=%zu,signed=%d,interpolate=%s,window=%d,norm=none",
                 f->cell, f->bins, f->block, f->with_sign, spread[f->bins_linear + 2 * f->cells_linear], f->window);
        oc_image image = random_image(29 + i % 3, 23 + i % 5, i);
        size_t n, nx = image.width / f->cell - f->block + 1, values = f->block * f->block * f->bins;
        float *row = row_of(spec, &image, &n);
        for (size_t b = 0; b < n / values; b++) {
            double h[1000] = {0};
            slow_block(f, &image, (ptrdiff_t)(b % nx * f->cell), (ptrdiff_t)(b / nx * f->cell), h);
            for (size_t k = 0; k < values; k++) {
                double d = fabs((double)row[b * values + k] - h[k]) / fmax(1, fabs(h[k]));
                cr_assert(d <= 1e-3, "%s: block %zu value %zu: %g, not %g", spec, b, k, (double)row[b * values + k],
                          h[k]);
            }
        }
        free(row);
        free_image(&image);
    }
}

Test(hog, norms_by_hand)
{
    /* One cell, bins (3, 4) by way of a form of its own. */
    float cells[2] = {3, 4}, row[2], scratch[20];
    oc_hog_form form = {.cell = 1, .block = 1, .bins = 2, .squared = true};
    oc_hog_grid grid = {cells, 1, 1, 1};
    static const struct {
        oc_hog_norm norm;
        double first, second;
    } wanted[] = {{OC_HOG_NORM_NONE, 3, 4},
                  {OC_HOG_NORM_SQRT, 1.7320508, 2},
                  {OC_HOG_NORM_ROW, 0.6, 0.8},
                  {OC_HOG_NORM_L1, 3 / 7.0, 4 / 7.0},
                  {OC_HOG_NORM_L1_SQRT, 0.6546537, 0.7559289},
                  {OC_HOG_NORM_L2, 0.6, 0.8},
                  {OC_HOG_NORM_L2_HYS, 0.7071068, 0.7071068},
                  {OC_HOG_NORM_NEIGHBOURS, 0.2, 0.2}}; /* 3 / 10 and 4 / 10 are cut */
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        form.norm = wanted[i].norm;
        cr_assert_leq(oc_hog_scratch(&form, 1), 20);
        oc_hog_normalizer_get()->normalize(&form, &grid, scratch, row);
        cr_assert(fabs((double)row[0] - wanted[i].first) <= 1e-6, "%zu: %g", i, (double)row[0]);
        cr_assert(fabs((double)row[1] - wanted[i].second) <= 1e-6, "%zu: %g", i, (double)row[1]);
    }
}

static void refused(const char *spec, const char *hint)
{
    oc_features *features = NULL;
    oc_error err = {0};
    cr_assert_eq(oc_features_parse(spec, &features, &err), OC_USAGE, "%s", spec);
    cr_assert(strstr(err.message, hint), "%s: %s", spec, err.message);
}

Test(hog, a_preset_leaves_cell_and_bins_and_decides_the_rest)
{
    oc_features_free(parse("hog:preset=opencv,cell=4,bins=6,block=2"));
    oc_features_free(parse("hog:preset=skimage,norm=l2-hys,interpolate=none"));
    refused("hog:preset=skimage,block=1", "preset");
    refused("hog:preset=opencv,interpolate=none", "preset");
    refused("hog:preset=uoctti,signed=0", "preset");
    refused("hog:preset=uoctti,norm=l2", "preset");
    refused("hog:preset=skimage,color=max", "preset");
    refused("hog:preset=skimage,epsilon=1", "preset");
    refused("hog:window=1", "block is 1");
    refused("hog:norm=none,epsilon=1", "epsilon");
    oc_features_free(parse("hog:preset=none,window=0"));
}

Test(hog, an_image_smaller_than_a_block_is_refused_with_both_sizes)
{
    static const struct {
        const char *spec, *first, *second;
    } cases[] = {{"hog:cell=8", "7x30", "8x8"},
                 {"hog:block=2", "7x30", "16x16"},
                 {"hog:preset=uoctti,cell=16", "7x30", "16x16"}};
    for (size_t i = 0; i < 3; i++) {
        oc_features *features = parse(cases[i].spec);
        oc_error err = {0};
        cr_assert_eq(oc_features_plan(features, 7, 30, &err), OC_TOO_SMALL);
        cr_assert(strstr(err.message, cases[i].first) && strstr(err.message, cases[i].second), "%s", err.message);
        oc_features_free(features);
    }
}
