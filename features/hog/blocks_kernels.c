/* hog: contrast normalisation. Cells h become the values of the row:
 *
 *   sqrt         sqrt(h)
 *   row          h / |h|_2 over the whole row
 *   neighbours   the mean over the four 2x2 neighbourhoods N of a cell of min(h / |N|_2, 0.2); beyond the border
 *                the border cells count again
 *   l1, l1-sqrt  v / |v|_1 and its square root, v the values of a block of cells
 *   l2, l2-hys   v / |v|_2; l2-hys cuts at 0.2 and divides by the norm again
 *
 * Epsilon keeps flat regions at zero: |v|_2 is sqrt(sum v^2 + epsilon^2), |v|_1 is sum |v| + epsilon. Cells come bin by
 * bin, (ny, B, nx), so that all loops run along a row of cells or blocks; the values of a cell are brought together
 * when they are written. Source: Dalal and Triggs (2005), section 6.4; neighbours and uoctti: Felzenszwalb and others
 * (2010), section 6. */
#include "features/hog/kernels.h"

#include <math.h>
#include <string.h>

static const float CLIP = 0.2F;

/* sums[x] = 1 / norm for sums of squares; 0 where the norm is 0. */
static void invert_norms(const oc_hog_form *form, float epsilon, size_t n, float *restrict sums)
{
    float inside = form->squared ? epsilon * epsilon : 0, outside = form->squared ? 0 : epsilon;
    for (size_t x = 0; x < n; x++) {
        float norm = sqrtf(sums[x] + inside) + outside;
        float inverse = 1 / (norm > 0 ? norm : 1);
        sums[x] = norm > 0 ? inverse : 0;
    }
}

static void invert_sums(float epsilon, size_t n, float *restrict sums)
{
    for (size_t x = 0; x < n; x++) {
        float norm = sums[x] + epsilon;
        float inverse = 1 / (norm > 0 ? norm : 1);
        sums[x] = norm > 0 ? inverse : 0;
    }
}

static void add_squares(const float *restrict values, size_t n, float *restrict sums)
{
    for (size_t x = 0; x < n; x++) {
        sums[x] += values[x] * values[x];
    }
}

static void add(const float *restrict values, size_t n, float *restrict sums)
{
    for (size_t x = 0; x < n; x++) {
        sums[x] += values[x];
    }
}

/* values = min(values factors, 0.2), and their squares to the sums. */
static void clip(const float *restrict factors, size_t n, float *restrict values, float *restrict sums)
{
    for (size_t x = 0; x < n; x++) {
        float value = values[x] * factors[x];
        value = value < CLIP ? value : CLIP;
        values[x] = value;
        sums[x] += value * value;
    }
}

/* Value e of block x, tile (count, n), goes to row[x * step + e], times the factor of the block if there are
 * factors. */
static void write_tile(const float *restrict tile, const float *restrict factors, size_t count, size_t n, size_t step,
                       float *restrict row)
{
    for (size_t x = 0; x < n; x++) {
        float factor = factors ? factors[x] : 1;
        for (size_t e = 0; e < count; e++) {
            row[x * step + e] = tile[e * n + x] * factor;
        }
    }
}

/* Normalises a tile (count, n) in part. Returns the factors (n) that the blocks remain to be multiplied with, or
 * NULL. */
static const float *normalize_tile(const oc_hog_form *form, size_t count, size_t n, float *tile, float *factors,
                                   float *again)
{
    memset(factors, 0, n * sizeof *factors);
    memset(again, 0, n * sizeof *again);
    bool l1 = form->norm == OC_HOG_NORM_L1 || form->norm == OC_HOG_NORM_L1_SQRT;
    if (!l1 && form->norm != OC_HOG_NORM_L2 && form->norm != OC_HOG_NORM_L2_HYS) {
        return NULL;
    }
    for (size_t e = 0; e < count; e++) {
        (l1 ? add : add_squares)(tile + e * n, n, factors);
    }
    if (l1) {
        invert_sums((float)form->epsilon, n, factors);
        return factors;
    }
    invert_norms(form, (float)form->epsilon, n, factors);
    if (form->norm == OC_HOG_NORM_L2) {
        return factors;
    }
    for (size_t e = 0; e < count; e++) {
        clip(factors, n, tile + e * n, again);
    }
    invert_norms(form, (float)form->epsilon_again, n, again);
    return again;
}

static void roots(float *values, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        values[i] = sqrtf(values[i]);
    }
}

/* Row of blocks by row of blocks: the values of its blocks side by side in a tile are normalised and written. Where
 * votes are kept by block, every block has cells of its own (oc_hog_axis). */
static void write_blocks(const oc_hog_form *form, const oc_hog_grid *grid, float *scratch, float *row)
{
    size_t block = form->block, bins = form->bins, count = block * block * bins, nx = grid->nx, per = grid->per;
    size_t rows = per > 1 ? grid->ny / per : grid->ny - block + 1, n = per > 1 ? nx / per : nx - block + 1;
    float *tile = scratch, *factors = tile + count * n, *again = factors + n;
    for (size_t by = 0; by < rows; by++) {
        for (size_t e = 0; e < count; e++) {
            size_t j = e / bins, k = e % bins;
            size_t cy = form->by_columns ? j % block : j / block, cx = form->by_columns ? j / block : j % block;
            const float *from = grid->cells + ((by * per + cy) * bins + k) * nx + (per > 1 ? cx * n : cx);
            memcpy(tile + e * n, from, n * sizeof *tile);
        }
        const float *left = normalize_tile(form, count, n, tile, factors, again);
        if (form->by_columns) {
            write_tile(tile, left, count, n, rows * count, row + by * count);
        } else {
            write_tile(tile, left, count, n, count, row + by * n * count);
        }
    }
    if (form->norm == OC_HOG_NORM_SQRT || form->norm == OC_HOG_NORM_L1_SQRT) {
        roots(row, rows * n * count);
    }
}

static void normalize_row(const oc_hog_form *form, size_t n, float *row)
{
    float total = 0;
#pragma omp simd reduction(+ : total)
    for (size_t i = 0; i < n; i++) {
        total += row[i] * row[i];
    }
    invert_norms(form, (float)form->epsilon, 1, &total);
    for (size_t i = 0; i < n; i++) {
        row[i] *= total;
    }
}

/* energies (nx): the sum of squares of each cell of a row; in a uoctti cell opposite directions are added first. */
static void cell_energies(const oc_hog_form *form, const float *cells, size_t nx, float *restrict energies)
{
    size_t half = form->bins / 2;
    memset(energies, 0, nx * sizeof *energies);
    for (size_t k = 0; k < (form->uoctti ? half : form->bins); k++) {
        if (form->uoctti) {
            const float *restrict one = cells + k * nx, *restrict other = cells + (k + half) * nx;
            for (size_t x = 0; x < nx; x++) {
                energies[x] += (one[x] + other[x]) * (one[x] + other[x]);
            }
        } else {
            add_squares(cells + k * nx, nx, energies);
        }
    }
}

/* norms (nx + 1): 1 / norm of the 2x2 neighbourhoods between two rows of cells; number x lies left of cell x. */
static void neighbour_norms(const oc_hog_form *form, const float *restrict above, const float *restrict below,
                            size_t nx, float *restrict norms)
{
    norms[0] = 2 * (above[0] + below[0]);
    for (size_t x = 1; x < nx; x++) {
        norms[x] = above[x - 1] + below[x - 1] + above[x] + below[x];
    }
    norms[nx] = 2 * (above[nx - 1] + below[nx - 1]);
    invert_norms(form, (float)form->epsilon, nx + 1, norms);
}

/* out = scale * sum over the neighbourhoods, two of `upper` and two of `lower`, of min(values norm, 0.2) */
static void clipped_sums(const float *restrict values, const float *restrict upper, const float *restrict lower,
                         size_t nx, float scale, float *restrict out)
{
    for (size_t x = 0; x < nx; x++) {
        float a = values[x] * upper[x], b = values[x] * upper[x + 1];
        float c = values[x] * lower[x], d = values[x] * lower[x + 1];
        a = a < CLIP ? a : CLIP;
        b = b < CLIP ? b : CLIP;
        c = c < CLIP ? c : CLIP;
        d = d < CLIP ? d : CLIP;
        out[x] = scale * ((a + b) + (c + d));
    }
}

static void add_clipped(const float *restrict values, const float *restrict norms, size_t nx, float scale,
                        float *restrict out)
{
    for (size_t x = 0; x < nx; x++) {
        float value = values[x] * norms[x];
        out[x] += scale * (value < CLIP ? value : CLIP);
    }
}

/* Row y of the cells as 3 B/2 + 4 values a cell: B directions with sign, B/2 directions without, and four sums over
 * the latter, one for each neighbourhood. As in VLFeat the weight of the sums is 1 / sqrt(18) for every B. norms: of
 * the neighbourhoods above and below; both (nx) is scratch. */
static void write_uoctti(const oc_hog_form *form, const oc_hog_grid *grid, size_t y, const float *const norms[2],
                         float *both, float *row)
{
    size_t bins = form->bins, half = bins / 2, nx = grid->nx, plane = grid->ny * nx;
    const float *cells = grid->cells + y * bins * nx, *upper = norms[0], *lower = norms[1];
    float *out = row + y * nx;
    const float *corners[4] = {upper, upper + 1, lower, lower + 1};
    float *texture = out + (bins + half) * plane;
    for (size_t j = 0; j < 4; j++) {
        memset(texture + j * plane, 0, nx * sizeof *texture);
    }
    for (size_t k = 0; k < bins; k++) {
        clipped_sums(cells + k * nx, upper, lower, nx, 0.5F, out + k * plane);
    }
    for (size_t k = 0; k < half; k++) {
        memcpy(both, cells + k * nx, nx * sizeof *both);
        add(cells + (k + half) * nx, nx, both);
        clipped_sums(both, upper, lower, nx, 0.5F, out + (bins + k) * plane);
        for (size_t j = 0; j < 4; j++) {
            add_clipped(both, corners[j], nx, 1 / sqrtf(18), texture + j * plane);
        }
    }
}

static void write_neighbours(const oc_hog_form *form, const oc_hog_grid *grid, float *scratch, float *row)
{
    size_t bins = form->bins, ny = grid->ny, nx = grid->nx;
    const float *cells = grid->cells;
    float *energies[2] = {scratch, scratch + nx};
    float *upper = scratch + 2 * nx, *lower = upper + nx + 1, *tile = lower + nx + 1;
    cell_energies(form, cells, nx, energies[0]);
    neighbour_norms(form, energies[0], energies[0], nx, upper);
    for (size_t y = 0; y < ny; y++) {
        const float *here = cells + y * bins * nx, *last = energies[y % 2];
        float *next = energies[(y + 1) % 2];
        if (y + 1 < ny) {
            cell_energies(form, here + bins * nx, nx, next);
        }
        neighbour_norms(form, last, y + 1 < ny ? next : last, nx, lower);
        if (form->uoctti) {
            write_uoctti(form, grid, y, (const float *const[2]){upper, lower}, tile, row);
        } else {
            for (size_t k = 0; k < bins; k++) {
                clipped_sums(here + k * nx, upper, lower, nx, 0.25F, tile + k * nx);
            }
            write_tile(tile, NULL, bins, nx, bins, row + y * nx * bins);
        }
        float *swap = upper;
        upper = lower;
        lower = swap;
    }
}

static void normalize(const oc_hog_form *form, const oc_hog_grid *grid, float *scratch, float *row)
{
    if (form->norm == OC_HOG_NORM_NEIGHBOURS) {
        write_neighbours(form, grid, scratch, row);
        return;
    }
    write_blocks(form, grid, scratch, row);
    if (form->norm == OC_HOG_NORM_ROW) {
        size_t block = form->block, per = grid->per, rows = per > 1 ? grid->ny / per : grid->ny - block + 1;
        size_t columns = per > 1 ? grid->nx / per : grid->nx - block + 1;
        normalize_row(form, rows * columns * block * block * form->bins, row);
    }
}

extern const oc_hog_normalizer OC_KERNELS(oc_hog_normalizer);
const oc_hog_normalizer OC_KERNELS(oc_hog_normalizer) = {normalize};
