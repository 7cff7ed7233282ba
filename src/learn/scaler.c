/* Column statistics in one pass. Each tile of rows keeps, for every column, the sums of d and d^2 with d the
 * distance to the first row of all (so that a large common offset costs no precision) and the extremes; tiles
 * are added in their order. */
#include "src/learn/scaler.h"

#include "src/base/dispatch.h"
#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/threads.h"
#include "src/learn/scaler_kernels.h"
#include "src/matrix/rows.h"

#include <math.h>
#include <stdbool.h>

enum { TILES = 16 };

OC_DECLARE_KERNELS(oc_scaler_kernels, oc_scaler_kernels);

static const oc_scaler_kernels *kernels(void)
{
    static const oc_scaler_kernels *const tables[] = OC_KERNEL_TABLES(oc_scaler_kernels);
    return tables[oc_isa_index()];
}

typedef struct column_sums {
    double *sum, *square; /* (D) */
    float *low, *high;    /* (D) */
} column_sums;

typedef struct statistics {
    const oc_rows *rows;
    float *origin;     /* (D) the first row */
    float *row[TILES]; /* (D) scratch */
    column_sums tile[TILES];
} statistics;

static void add_tile(void *context, size_t index, size_t worker)
{
    (void)worker;
    statistics *all = context;
    size_t count = all->rows->count, dimension = all->rows->dimension;
    const oc_scaler_kernels *k = kernels();
    const column_sums *tile = &all->tile[index];
    for (size_t j = 0; j < dimension; j++) {
        tile->low[j] = INFINITY;
        tile->high[j] = -INFINITY;
    }
    for (size_t i = count * index / TILES; i < count * (index + 1) / TILES; i++) {
        oc_rows_copy(all->rows, i, all->row[index]);
        k->add(all->row[index], all->origin, dimension, tile->sum, tile->square, tile->low, tile->high);
    }
}

/* Names the row by its number in the blocks: the view may be a part of what its owner knows. A mirrored row comes
 * behind the one that it is made of. */
static oc_status find_bad_value(const oc_rows *rows, float *row, oc_error *err)
{
    for (size_t i = 0; i < rows->count; i++) {
        bool mirrored;
        size_t number = oc_rows_place(rows, i, &mirrored);
        oc_rows_copy(rows, i, row);
        for (size_t j = 0; j < rows->dimension; j++) {
            if (!isfinite(row[j])) {
                return oc_fail(err, OC_BAD_DATA, "row %zu, column %zu holds %s: features must be finite numbers", number,
                               j, isnan(row[j]) ? "NaN" : "an infinite value");
            }
        }
    }
    return oc_fail(err, OC_BAD_DATA, "the features are too large: the sum of squares of a column overflows");
}

/* Adds tile `index` to tile 0. */
static void merge(column_sums *into, const column_sums *from, size_t dimension)
{
    for (size_t j = 0; j < dimension; j++) {
        into->sum[j] += from->sum[j];
        into->square[j] += from->square[j];
        into->low[j] = fminf(into->low[j], from->low[j]);
        into->high[j] = fmaxf(into->high[j], from->high[j]);
    }
}

static double choose(oc_scale kind, const column_sums *sums, const float *origin, size_t count, size_t dimension,
                     float *shift, float *scale, float *mean_out)
{
    double scaled_variance = 0;
    for (size_t j = 0; j < dimension; j++) {
        double offset = sums->sum[j] / (double)count;
        double mean = (double)origin[j] + offset;
        double variance = fmax(0, sums->square[j] / (double)count - offset * offset);
        double low = (double)sums->low[j], high = (double)sums->high[j];
        bool constant = !(high > low);
        mean_out[j] = (float)mean;
        switch (kind) {
        case OC_SCALE_NONE:
            shift[j] = 0;
            scale[j] = 1;
            break;
        case OC_SCALE_CENTER:
            shift[j] = (float)mean;
            scale[j] = 1;
            break;
        case OC_SCALE_RANGE:
            shift[j] = (float)((low + high) / 2);
            scale[j] = constant ? 0 : (float)(2 / (high - low));
            break;
        case OC_SCALE_AUTO:
        case OC_SCALE_STANDARD:
            shift[j] = (float)mean;
            scale[j] = constant || !(variance > 0) ? 0 : (float)(1 / sqrt(variance));
            break;
        }
        if (!isfinite(scale[j])) {
            scale[j] = 0; /* a spread so small that its inverse overflows is constant for float32 */
        }
        scaled_variance += variance * (double)scale[j] * (double)scale[j] / (double)dimension;
    }
    return scaled_variance;
}

oc_status oc_scaler_fit(const oc_rows *rows, oc_scale kind, float *shift, float *scale, float *mean, double *variance,
                        oc_job *job, oc_error *err)
{
    size_t dimension = rows->dimension;
    statistics all = {.rows = rows};
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
        all.tile[t] = (column_sums){.sum = doubles + 2 * t * dimension,
                                    .square = doubles + (2 * t + 1) * dimension,
                                    .low = floats + (3 * t + 1) * dimension,
                                    .high = floats + (3 * t + 2) * dimension};
    }
    oc_rows_copy(rows, 0, all.origin);
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
    *variance = choose(kind, &all.tile[0], all.origin, rows->count, dimension, shift, scale, mean);
cleanup:
    oc_free(doubles);
    oc_free(floats);
    return status;
}

void oc_scaler_row(const oc_rows *rows, size_t i, const float *shift, const float *scale, float *z)
{
    bool mirrored;
    size_t at = oc_rows_place(rows, i, &mirrored);
    for (size_t b = 0; b < rows->blocks; b++) {
        const oc_block *block = &rows->block[b];
        const float *restrict x = block->values + at * block->stride;
        const uint32_t *restrict mirror = block->mirror;
        if (mirrored) {
            for (size_t j = 0; j < block->columns; j++) {
                z[j] = (x[mirror[j]] - shift[j]) * scale[j];
            }
        } else {
            kernels()->scale(x, shift, scale, block->columns, z);
        }
        z += block->columns;
        shift += block->columns;
        scale += block->columns;
    }
}
