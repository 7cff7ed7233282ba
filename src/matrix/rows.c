/* Views of rows in column blocks. */
#include <ocellus/rows.h>

#include <string.h>

oc_rows oc_rows_of(const float *values, size_t count, size_t dimension)
{
    return (oc_rows){
        .count = count,
        .dimension = dimension,
        .blocks = 1,
        .block = {{.values = values, .columns = dimension, .stride = dimension}},
    };
}

void oc_rows_copy(const oc_rows *rows, size_t i, float *out)
{
    size_t at = rows->chosen ? rows->chosen[i] : i;
    for (size_t b = 0; b < rows->blocks; b++) {
        const oc_block *block = &rows->block[b];
        memcpy(out, block->values + at * block->stride, block->columns * sizeof *out);
        out += block->columns;
    }
}
