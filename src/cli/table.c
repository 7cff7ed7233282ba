/* Prints aligned columns. */
#include "src/cli/table.h"

#include "src/cli/escape.h"
#include "src/cli/terminal.h"

static void put_cell(FILE *stream, const table_column *column, const char *cell, bool last)
{
    size_t heading = escape_width(column->heading), width = escape_width(cell);
    size_t room = column->width > heading ? column->width : heading;
    int blanks = room > width ? (int)(room - width) : 0;
    if (!column->left) {
        fprintf(stream, "%*s", blanks, "");
    }
    escape_put(stream, cell);
    if (!last) {
        fprintf(stream, "%*s", column->left ? blanks + 2 : 2, "");
    }
}

void table_row(FILE *stream, const table_column *columns, size_t count, const char *const *cells)
{
    for (size_t i = 0; i < count; i++) {
        put_cell(stream, &columns[i], cells[i] ? cells[i] : "", i + 1 == count);
    }
    fputc('\n', stream);
}

void table_heading(FILE *stream, const table_column *columns, size_t count)
{
    fputs(terminal_bold(stream), stream);
    for (size_t i = 0; i < count; i++) {
        put_cell(stream, &columns[i], columns[i].heading, i + 1 == count);
    }
    fprintf(stream, "%s\n", terminal_plain(stream));
}
