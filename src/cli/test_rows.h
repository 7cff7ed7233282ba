/* The rows that a model is tested on: those of a set, rows made by another program, or rows extracted from images. */
#ifndef OC_CLI_TEST_ROWS_H
#define OC_CLI_TEST_ROWS_H

#include "src/cli/command.h"
#include "src/cli/recognise.h"

/* A model and its path, for messages. */
typedef struct named_model {
    const char *path;
    const oc_model *model;
} named_model;

typedef struct test_rows {
    oc_set *set;
    oc_dataset *images; /* from which the rows were extracted, or NULL */
} test_rows;

/* Opens a set or rows made by another program, or extracts images with the stages of the model. OC_USAGE when they do
 * not fit the model; the message proposes a solution. Call test_rows_free in any case. */
oc_status open_test_rows(const cli_settings *settings, const named_model *model, const cli_input *in, oc_job *job,
                         test_rows *rows, oc_error *err);
void test_rows_free(test_rows *rows);

/* Opens a set or rows made by another program. OC_USAGE when they do not fit the model; the message proposes a
 * solution. */
oc_status open_fitting_rows(const cli_settings *settings, const named_model *model, const cli_input *in, oc_job *job,
                            oc_set **set, oc_error *err);

#endif
