/* The table of a comparison, printed row by row during the work. */
#ifndef OC_CLI_COMPARE_TABLE_H
#define OC_CLI_COMPARE_TABLE_H

#include "src/cli/command.h"
#include "src/cli/table.h"

enum { COMPARE_COLUMNS = 10 };

typedef struct compare_table {
    table_column columns[COMPARE_COLUMNS];
    size_t count;  /* of the columns; without validation the last one is left out */
    bool balanced; /* the column of balanced accuracies is shown */
    bool json;     /* nothing is printed */
    int64_t seed;
} compare_table;

/* The number of folds that test every image once; 0 if test images are given or a fifth of the images is the test
 * set. */
size_t test_folds(const cli_settings *settings);

compare_table compare_table_start(const cli_settings *settings);
/* Prints the last row of the comparison, and the heading before the first row; context is the table. */
void compare_table_row(void *context, const oc_comparison *comparison);
/* Prints the lines after the table: means over seeds, the best row, the written files. */
void compare_table_end(const cli_settings *settings, const oc_comparison *comparison);

#endif
