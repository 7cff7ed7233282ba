/* Places of the rows of a view. */
#ifndef OC_MATRIX_ROWS_H
#define OC_MATRIX_ROWS_H

#include <ocellus/rows.h>

/* The row of the blocks that holds row i of the view; *mirrored is true when its values are to be permuted. */
static inline size_t oc_rows_place(const oc_rows *rows, size_t i, bool *mirrored)
{
    size_t at = rows->chosen ? rows->chosen[i] : i;
    *mirrored = rows->mirrored && at % 2;
    return rows->mirrored ? at / 2 : at;
}

/* What the values of row i are multiplied by: 1, or one over its length where the view is of unit rows. */
double oc_rows_factor(const oc_rows *rows, size_t i);

#endif
