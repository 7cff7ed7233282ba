/* The rows that a model is tested on: of a set, of another program, or extracted from images. */
#ifndef OC_CLI_TEST_ROWS_H
#define OC_CLI_TEST_ROWS_H

#include "src/cli/command.h"
#include "src/cli/recognise.h"

/* A model and its name in messages. */
typedef struct named_model {
    const char *path;
    const oc_model *model;
} named_model;

typedef struct test_rows {
    oc_set *set;
    oc_dataset *images; /* that the rows were extracted from, or NULL */
} test_rows;

/* Opens a set, or rows of another program, or extracts images with the model's stages. OC_USAGE when they do not fit the model; the
 * message says what does. test_rows_free is due in any case. */
oc_status open_test_rows(const cli_settings *settings, const named_model *model, const cli_input *in, oc_job *job,
                         test_rows *rows, oc_error *err);
void test_rows_free(test_rows *rows);

/* Opens a set, or rows of another program, that fit the model; else OC_USAGE, and the message says what does. */
oc_status open_fitting_rows(const cli_settings *settings, const named_model *model, const cli_input *in, oc_job *job,
                            oc_set **set, oc_error *err);

#endif
