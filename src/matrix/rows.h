/* Places of the rows of a view. */
#ifndef OC_MATRIX_ROWS_H
#define OC_MATRIX_ROWS_H

#include <ocellus/rows.h>

/* The index in the blocks of row i of the view; *mirrored is true when its values must be permuted. */
static inline size_t oc_rows_place(const oc_rows *rows, size_t i, bool *mirrored)
{
    size_t at = rows->chosen ? rows->chosen[i] : i;
    *mirrored = rows->mirrored && at % 2;
    return rows->mirrored ? at / 2 : at;
}

/* The factor of the values of row i: 1, or 1 / |x_i| in a view of unit rows. */
double oc_rows_factor(const oc_rows *rows, size_t i);

/* Asks the kernel to read the rows first .. first + count - 1 into memory, if they are in a mapped file. Returns at once,
 * and changes nothing else. */
void oc_rows_read_ahead(const oc_rows *rows, size_t first, size_t count);

/* The first value of a row of a block. */
static inline const float *oc_block_row(const oc_block *block, size_t row)
{
    if (block->chunk_count == 0) {
        return block->values + row * block->stride;
    }
    size_t low = 0, high = block->chunk_count; /* the chunk is one of low to high - 1 */
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (block->chunks[middle].first <= row) {
            low = middle;
        } else {
            high = middle;
        }
    }
    const oc_chunk *chunk = &block->chunks[low];
    return chunk->values + (row - chunk->first) * block->stride + block->column;
}

#endif
