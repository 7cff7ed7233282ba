/* Views of rows in column blocks. */
#include "src/matrix/rows.h"

#include <math.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

oc_rows oc_rows_of(const float *values, size_t count, size_t dimension)
{
    return (oc_rows){
        .count = count,
        .dimension = dimension,
        .blocks = 1,
        .block = {{.values = values, .columns = dimension, .stride = dimension}},
    };
}

double oc_rows_factor(const oc_rows *rows, size_t i)
{
    bool mirrored;
    size_t at = oc_rows_place(rows, i, &mirrored);
    double square = 0;
    for (size_t b = 0; rows->unit && b < rows->blocks; b++) {
        const oc_block *block = &rows->block[b];
        const float *x = oc_block_row(block, at);
        for (size_t j = 0; j < block->columns; j++) {
            square += (double)x[j] * (double)x[j];
        }
    }
    return square > 0 ? 1 / sqrt(square) : 1;
}

static void divide_by_length(const oc_rows *rows, size_t i, float *row)
{
    double factor = oc_rows_factor(rows, i);
    for (size_t j = 0; j < rows->dimension; j++) {
        row[j] = (float)(factor * (double)row[j]);
    }
}

void oc_rows_copy(const oc_rows *rows, size_t i, float *out)
{
    bool mirrored;
    size_t at = oc_rows_place(rows, i, &mirrored);
    float *row = out;
    for (size_t b = 0; b < rows->blocks; b++) {
        const oc_block *block = &rows->block[b];
        const float *x = oc_block_row(block, at);
        if (!mirrored) {
            memcpy(out, x, block->columns * sizeof *out);
        }
        for (size_t j = 0; mirrored && j < block->columns; j++) {
            out[j] = x[block->mirror[j]];
        }
        out += block->columns;
    }
    if (rows->unit) {
        divide_by_length(rows, i, row);
    }
}

/* The advice begins at the page in which the values begin. */
static void will_need(const float *begin, const float *end)
{
    size_t skipped = (uintptr_t)begin % (uintptr_t)sysconf(_SC_PAGESIZE);
    void *page = (void *)((uintptr_t)begin - skipped);
    posix_madvise(page, (size_t)(end - begin) * sizeof *begin + skipped, POSIX_MADV_WILLNEED);
}

void oc_rows_read_ahead(const oc_rows *rows, size_t first, size_t count)
{
    for (size_t b = 0; count && b < rows->blocks; b++) {
        const oc_block *block = &rows->block[b];
        bool mirrored;
        const float *begin = oc_block_row(block, oc_rows_place(rows, first, &mirrored)), *last = begin;
        for (size_t i = first + 1; i < first + count; i++) {
            const float *row = oc_block_row(block, oc_rows_place(rows, i, &mirrored));
            if (row != last && row != last + block->stride) { /* the end of a run of adjacent rows */
                will_need(begin, last + block->columns);
                begin = row;
            }
            last = row;
        }
        will_need(begin, last + block->columns);
    }
}
