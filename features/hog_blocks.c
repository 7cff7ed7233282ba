/* hog: contrast normalisation. Cells h (ny, nx, B) become the values of the row.
 *
 *   sqrt         sqrt(h)
 *   row          h / |h|_2 over the whole row
 *   neighbours   the mean over the four 2x2 neighbourhoods N of a cell of min(h / |N|_2, 0.2); beyond the border the border
 *                cells count again
 *   l1, l1-sqrt  v / |v|_1 and its square root, v the values of a block of cells
 *   l2, l2-hys   v / |v|_2; l2-hys cuts at 0.2 and divides by the norm again
 *
 * Epsilon keeps flat regions at zero: |v|_2 is sqrt(sum v^2 + epsilon^2), |v|_1 is sum |v| + epsilon. Source: Dalal and Triggs
 * (2005), section 6.4; neighbours and uoctti: Felzenszwalb and others (2010), section 6. */
#include "features/hog.h"

#include <math.h>
#include <string.h>

static const float CLIP = 0.2F;

oc_status oc_hog_dimension(const oc_hog_form *form, size_t ny, size_t nx, size_t *dimension)
{
    size_t values = form->uoctti ? form->bins / 2 * 3 + 4 : form->bins * form->block * form->block;
    size_t blocks;
    if (!oc_multiply(ny - form->block + 1, nx - form->block + 1, &blocks) ||
        !oc_multiply(blocks, values, dimension) || *dimension > SIZE_MAX / 64) {
        return OC_TOO_LARGE;
    }
    return OC_OK;
}

static float sum(const float *values, size_t count)
{
    float total = 0;
#pragma omp simd reduction(+ : total)
    for (size_t i = 0; i < count; i++) {
        total += values[i];
    }
    return total;
}

static float sum_squares(const float *values, size_t count)
{
    float total = 0;
#pragma omp simd reduction(+ : total)
    for (size_t i = 0; i < count; i++) {
        total += values[i] * values[i];
    }
    return total;
}

static void scale(float *values, size_t count, float factor)
{
    for (size_t i = 0; i < count; i++) {
        values[i] *= factor;
    }
}

static void root(float *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        values[i] = sqrtf(values[i]);
    }
}

/* 1 / norm for a sum of squares; 0 for nothing at all. */
static float inverse_norm(const oc_hog_form *form, float squares, double epsilon)
{
    double norm = form->squared ? sqrt(squares + epsilon * epsilon) : sqrt((double)squares) + epsilon;
    return norm > 0 ? (float)(1 / norm) : 0;
}

static void normalize_block(const oc_hog_form *form, float *values, size_t count)
{
    switch (form->norm) {
    case OC_HOG_NORM_SQRT:
        root(values, count);
        break;
    case OC_HOG_NORM_L1:
    case OC_HOG_NORM_L1_SQRT: {
        double norm = (double)sum(values, count) + form->epsilon;
        scale(values, count, norm > 0 ? (float)(1 / norm) : 0);
        if (form->norm == OC_HOG_NORM_L1_SQRT) {
            root(values, count);
        }
        break;
    }
    case OC_HOG_NORM_L2:
    case OC_HOG_NORM_L2_HYS:
        scale(values, count, inverse_norm(form, sum_squares(values, count), form->epsilon));
        if (form->norm == OC_HOG_NORM_L2_HYS) {
            for (size_t i = 0; i < count; i++) {
                values[i] = values[i] < CLIP ? values[i] : CLIP;
            }
            scale(values, count, inverse_norm(form, sum_squares(values, count), form->epsilon_again));
        }
        break;
    default:
        break;
    }
}

/* Copies the cells of each block together, in the order of the row, and normalises them. Where votes were kept by block
 * (per = block) the cells of neighbouring blocks are not shared. */
static void write_blocks(const oc_hog_form *form, const float *cells, size_t ny, size_t nx, size_t per, float *row)
{
    size_t block = form->block, bins = form->bins, count = block * block * bins;
    size_t rows = per > 1 ? ny / per : ny - block + 1, columns = per > 1 ? nx / per : nx - block + 1;
    for (size_t i = 0; i < rows * columns; i++, row += count) {
        size_t by = form->by_columns ? i % rows : i / columns, bx = form->by_columns ? i / rows : i % columns;
        for (size_t j = 0; j < block * block; j++) {
            size_t cy = form->by_columns ? j % block : j / block, cx = form->by_columns ? j / block : j % block;
            const float *cell = cells + ((by * per + cy) * nx + bx * per + cx) * bins;
            memcpy(row + j * bins, cell, bins * sizeof *row);
        }
        normalize_block(form, row, count);
    }
}

/* energies (ny, nx): the sum of squares of each cell; of a uoctti cell, opposite directions are added first. */
static void cell_energies(const oc_hog_form *form, const float *cells, size_t count, float *energies)
{
    size_t bins = form->bins, half = bins / 2;
    for (size_t i = 0; i < count; i++) {
        const float *cell = cells + i * bins;
        float total = 0;
        for (size_t k = 0; form->uoctti && k < half; k++) {
            float both = cell[k] + cell[k + half];
            total += both * both;
        }
        energies[i] = form->uoctti ? total : sum_squares(cell, bins);
    }
}

/* factors (4): 1 / norm of the 2x2 cells towards the upper left, upper right, lower left and lower right. */
static void neighbour_factors(const oc_hog_form *form, const float *energies, size_t ny, size_t nx, size_t y,
                              size_t x, float *factors)
{
    const float *rows[3] = {energies + (y ? y - 1 : 0) * nx, energies + y * nx,
                            energies + (y + 1 < ny ? y + 1 : y) * nx};
    size_t columns[3] = {x ? x - 1 : 0, x, x + 1 < nx ? x + 1 : x};
    for (size_t i = 0; i < 4; i++) {
        const float *up = rows[i / 2], *down = rows[i / 2 + 1];
        size_t left = columns[i % 2], right = columns[i % 2 + 1];
        float squares = up[left] + up[right] + down[left] + down[right];
        factors[i] = inverse_norm(form, squares, form->epsilon);
    }
}

static float clipped_mean(float value, const float *factors)
{
    float total = 0;
    for (size_t i = 0; i < 4; i++) {
        float scaled = value * factors[i];
        total += scaled < CLIP ? scaled : CLIP;
    }
    return total / 4;
}

static void write_neighbours(const oc_hog_form *form, const float *cells, size_t ny, size_t nx,
                             const float *energies, float *row)
{
    for (size_t i = 0; i < ny * nx; i++) {
        float factors[4];
        neighbour_factors(form, energies, ny, nx, i / nx, i % nx, factors);
        for (size_t k = 0; k < form->bins; k++) {
            row[i * form->bins + k] = clipped_mean(cells[i * form->bins + k], factors);
        }
    }
}

/* A cell's 3 B/2 + 4 values, plane by plane: B signed directions, B/2 directions without sign, and the four sums over the
 * latter, one a neighbourhood. As in VLFeat the weight of the sums is 1 / sqrt(18) whatever B is. */
static void write_uoctti(const oc_hog_form *form, const float *cells, size_t ny, size_t nx, const float *energies,
                         float *row)
{
    size_t bins = form->bins, half = bins / 2, plane = ny * nx;
    for (size_t i = 0; i < plane; i++) {
        const float *cell = cells + i * bins;
        float factors[4], texture[4] = {0};
        neighbour_factors(form, energies, ny, nx, i / nx, i % nx, factors);
        for (size_t k = 0; k < half; k++) {
            float both = cell[k] + cell[k + half];
            row[k * plane + i] = 2 * clipped_mean(cell[k], factors);
            row[(k + half) * plane + i] = 2 * clipped_mean(cell[k + half], factors);
            row[(k + bins) * plane + i] = 2 * clipped_mean(both, factors);
            for (size_t j = 0; j < 4; j++) {
                float scaled = both * factors[j];
                texture[j] += scaled < CLIP ? scaled : CLIP;
            }
        }
        for (size_t j = 0; j < 4; j++) {
            row[(bins + half + j) * plane + i] = texture[j] / sqrtf(18);
        }
    }
}

void oc_hog_normalize(const oc_hog_form *form, const float *cells, size_t ny, size_t nx, size_t per,
                      float *scratch, float *row)
{
    if (form->norm == OC_HOG_NORM_NEIGHBOURS) {
        cell_energies(form, cells, ny * nx, scratch);
        if (form->uoctti) {
            write_uoctti(form, cells, ny, nx, scratch, row);
        } else {
            write_neighbours(form, cells, ny, nx, scratch, row);
        }
        return;
    }
    write_blocks(form, cells, ny, nx, per, row);
    if (form->norm == OC_HOG_NORM_ROW) {
        size_t count = 0;
        (void)oc_hog_dimension(form, per > 1 ? ny / per + form->block - 1 : ny,
                               per > 1 ? nx / per + form->block - 1 : nx, &count);
        scale(row, count, inverse_norm(form, sum_squares(row, count), form->epsilon));
    }
}
