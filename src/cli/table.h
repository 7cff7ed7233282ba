/* Prints aligned columns of text: numbers to the right, names to the left, two blanks between columns. */
#ifndef OC_CLI_TABLE_H
#define OC_CLI_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

typedef struct table_column {
    const char *heading;
    size_t width; /* of the cells; the column is at least as wide as its heading */
    bool left;    /* aligned to the left */
} table_column;

void table_heading(FILE *stream, const table_column *columns, size_t count);
/* One row of texts (count); NULL is an empty cell. */
void table_row(FILE *stream, const table_column *columns, size_t count, const char *const *cells);

#endif
