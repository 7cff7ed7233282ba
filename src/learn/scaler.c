/* Column statistics in one pass. For each tile of rows and each column: the extremes, and the sums of d and d^2, where
 * d is the difference from the first row (so a large common offset costs no precision). Tiles are added in their
 * order. */
#include "src/learn/scaler.h"

#include "src/base/dispatch.h"
#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/threads.h"
#include "src/learn/scaler_kernels.h"
#include "src/matrix/rows.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>

enum { TILES = 16 };
/* Spreads in this range are not changed by none and center: products of rows are then far from the limits of single
 * precision, and the columns neither too small nor too large for the bias in a step. Powers of two. */
static const double MIN_SPREAD = 0x1p-6, MAX_SPREAD = 0x1p10;
static const double FAR = 1024; /* a mean of more spreads than this costs 10 of the 24 bits of single precision */

OC_KERNEL_GETTER(static, oc_scaler_kernels, kernels)

typedef struct statistics {
    const oc_rows *rows;
    float *origin;     /* (D) the first row */
    float *row[TILES]; /* (D) scratch */
    oc_column_sums tile[TILES];
} statistics;

static void add_tile(void *context, size_t index, size_t worker)
{
    (void)worker;
    statistics *all = context;
    size_t count = all->rows->count, dimension = all->rows->dimension;
    const oc_scaler_kernels *k = kernels();
    const oc_column_sums *tile = &all->tile[index];
    for (size_t j = 0; j < dimension; j++) {
        tile->low[j] = INFINITY;
        tile->high[j] = -INFINITY;
    }
    for (size_t i = count * index / TILES; i < count * (index + 1) / TILES; i++) {
        oc_rows_copy(all->rows, i, all->row[index]);
        k->add(all->row[index], all->origin, dimension, tile);
    }
}

/* OC_BAD_DATA with the row of the value that is not finite. The row is named by its number in the blocks, because the
 * view may be a part of them. A mirrored row follows the row from which it is computed. */
static oc_status find_bad_value(const oc_rows *rows, float *row, oc_error *err)
{
    for (size_t i = 0; i < rows->count; i++) {
        bool mirrored;
        size_t number = oc_rows_place(rows, i, &mirrored);
        oc_rows_copy(rows, i, row);
        for (size_t j = 0; j < rows->dimension; j++) {
            if (!isfinite(row[j])) {
                return oc_fail(err, OC_BAD_DATA, "row %zu, column %zu holds %s: features must be finite numbers",
                               number, j, isnan(row[j]) ? "NaN" : "an infinite value");
            }
        }
    }
    return oc_fail(err, OC_BAD_DATA, "the features are too large: the sum of squares of a column overflows");
}

/* Adds tile `index` to tile 0. */
static void merge(oc_column_sums *into, const oc_column_sums *from, size_t dimension)
{
    for (size_t j = 0; j < dimension; j++) {
        into->sum[j] += from->sum[j];
        into->square[j] += from->square[j];
        into->low[j] = fminf(into->low[j], from->low[j]);
        into->high[j] = fmaxf(into->high[j], from->high[j]);
    }
}

typedef struct column {
    double mean, variance, low, high;
} column;

static column column_at(const statistics *all, size_t j)
{
    const oc_column_sums *sums = &all->tile[0];
    double count = (double)all->rows->count, offset = sums->sum[j] / count;
    return (column){.mean = (double)all->origin[j] + offset,
                    .variance = fmax(0, sums->square[j] / count - offset * offset),
                    .low = (double)sums->low[j],
                    .high = (double)sums->high[j]};
}

/* The square root of the mean variance of the columns. */
static double find_spread(const statistics *all)
{
    double sum = 0;
    for (size_t j = 0; j < all->rows->dimension; j++) {
        sum += column_at(all, j).variance / (double)all->rows->dimension;
    }
    return sqrt(sum);
}

/* The unit u of scaler.h: 1, or a power of two when squares of the values could exceed the range of single
 * precision. */
static double find_unit(double spread)
{
    int exponent;
    if (!(spread > 0) || (spread >= MIN_SPREAD && spread <= MAX_SPREAD)) {
        return 1;
    }
    frexp(spread, &exponent);
    exponent = exponent < FLT_MIN_EXP ? FLT_MIN_EXP : exponent < FLT_MAX_EXP ? exponent : FLT_MAX_EXP - 1;
    return ldexp(1, -exponent);
}

/* Returns the scale of a column, and sets its shift. */
static double choose(oc_scale kind, column c, double spread, double unit, float *shift)
{
    double factor = unit;
    *shift = (float)c.mean;
    switch (kind) {
    case OC_SCALE_NONE:
        *shift = fabs(c.mean) > FAR * spread ? *shift : 0;
        return unit;
    case OC_SCALE_CENTER:
    case OC_SCALE_UNIT:
        return unit;
    case OC_SCALE_PARETO:
        factor = 1 / sqrt(sqrt(c.variance) * fmax(spread, DBL_MIN));
        break;
    case OC_SCALE_RANGE:
        *shift = (float)((c.low + c.high) / 2);
        factor = 2 / (c.high - c.low);
        break;
    case OC_SCALE_AUTO:
    case OC_SCALE_STANDARD:
        factor = 1 / sqrt(c.variance);
        break;
    }
    return c.high > c.low && c.variance > 0 ? factor : 0; /* constant columns carry no information */
}

/* Multiplies the scales of each block so that the sum of the variances of its columns is that of every other block. */
static void weigh_blocks(const statistics *all, float *scale)
{
    double total = 0, share[OC_MAX_BLOCKS];
    size_t j = 0, blocks = 0;
    for (size_t b = 0; b < all->rows->blocks; b++) {
        share[b] = 0;
        for (size_t end = j + all->rows->block[b].columns; j < end; j++) {
            share[b] += column_at(all, j).variance * (double)scale[j] * (double)scale[j];
        }
        total += share[b];
        blocks += share[b] > 0;
    }
    j = 0;
    for (size_t b = 0; b < all->rows->blocks; b++) {
        double factor = share[b] > 0 ? sqrt(total / ((double)blocks * share[b])) : 1;
        for (size_t end = j + all->rows->block[b].columns; j < end; j++) {
            scale[j] = (float)fmin(factor * (double)scale[j], (double)FLT_MAX);
        }
    }
}

/* OC_BAD_DATA, with the column, when the difference of two values of a column overflows. */
static oc_status choose_all(const statistics *all, oc_scale kind, bool equal, oc_scaling *out, oc_error *err)
{
    size_t dimension = all->rows->dimension;
    double spread = find_spread(all), unit = find_unit(spread), largest = FLT_MAX;
    for (size_t j = 0; j < dimension; j++) {
        largest = fmax(largest, choose(kind, column_at(all, j), spread, unit, &out->shift[j]));
    }
    for (size_t j = 0; j < dimension; j++) {
        column c = column_at(all, j);
        out->scale[j] = (float)(choose(kind, c, spread, unit, &out->shift[j]) * ((double)FLT_MAX / largest));
        out->mean[j] = (float)c.mean;
        if (fmax(c.high - c.mean, c.mean - c.low) > (double)FLT_MAX) {
            return oc_fail(
                err, OC_BAD_DATA,
                "column %zu has values from %g to %g, a range too large for single precision: divide them by 10 or "
                "more",
                j, c.low, c.high);
        }
    }
    if (equal && all->rows->blocks > 1) {
        weigh_blocks(all, out->scale);
    }
    out->variance = 0;
    for (size_t j = 0; j < dimension; j++) {
        double scale = (double)out->scale[j];
        out->variance += column_at(all, j).variance * scale * scale / (double)dimension;
    }
    return OC_OK;
}

oc_status oc_scaler_fit(const oc_rows *rows, oc_scale kind, oc_stage_weight weight, oc_scaling *out, oc_job *job,
                        oc_error *err)
{
    size_t dimension = rows->dimension;
    oc_rows view = *rows;
    view.unit = view.unit || kind == OC_SCALE_UNIT;
    statistics all = {.rows = &view};
    oc_status status = OC_OK;
    double *doubles = oc_alloc(dimension, 2 * TILES * sizeof *doubles);
    float *floats = oc_alloc(dimension, (3 * TILES + 1) * sizeof *floats);
    if (!doubles || !floats) {
        status = oc_fail_memory(err, "the scaler");
        goto cleanup;
    }
    all.origin = floats + 3 * TILES * dimension;
    for (size_t t = 0; t < TILES; t++) {
        all.row[t] = floats + 3 * t * dimension;
        all.tile[t] = (oc_column_sums){.sum = doubles + 2 * t * dimension,
                                       .square = doubles + (2 * t + 1) * dimension,
                                       .low = floats + (3 * t + 1) * dimension,
                                       .high = floats + (3 * t + 2) * dimension};
    }
    oc_rows_copy(&view, 0, all.origin);
    oc_parallel(job, TILES, add_tile, &all);
    for (size_t t = 1; t < TILES; t++) {
        merge(&all.tile[0], &all.tile[t], dimension);
    }
    for (size_t j = 0; j < dimension; j++) {
        if (!isfinite(all.tile[0].square[j])) {
            status = find_bad_value(rows, all.row[0], err);
            goto cleanup;
        }
    }
    status = choose_all(&all, kind, weight == OC_STAGE_WEIGHT_EQUAL, out, err);
cleanup:
    oc_free(doubles);
    oc_free(floats);
    return status;
}

void oc_scaler_row(const oc_rows *rows, size_t i, const float *shift, const float *scale, float *z)
{
    bool mirrored;
    size_t at = oc_rows_place(rows, i, &mirrored);
    double factor = rows->unit ? oc_rows_factor(rows, i) : 1;
    for (size_t b = 0; b < rows->blocks; b++) {
        const oc_block *block = &rows->block[b];
        const float *restrict x = oc_block_row(block, at);
        const uint32_t *restrict mirror = mirrored ? block->mirror : NULL;
        if (!rows->unit && !mirror) {
            kernels()->scale(x, shift, scale, block->columns, z);
        } else {
            for (size_t j = 0; j < block->columns; j++) {
                float value = (float)(factor * (double)x[mirror ? mirror[j] : j]);
                z[j] = (value - shift[j]) * scale[j];
            }
        }
        z += block->columns;
        shift += block->columns;
        scale += block->columns;
    }
}
