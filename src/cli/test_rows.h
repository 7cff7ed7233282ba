/* The rows that a model is tested on, wherever they come from. */
#ifndef OC_CLI_TEST_ROWS_H
#define OC_CLI_TEST_ROWS_H

#include "src/cli/command.h"

/* Opens a set, or rows of another program, or extracts images with the model's stages. OC_USAGE with what would help
 * when they do not fit the model, which is called model_path in messages. *images, where images is not NULL, is the
 * data set that they were extracted from, or NULL; to be freed in any case. */
oc_status open_test_rows(const cli_settings *settings, const char *model_path, const oc_model *model, const char *path,
                         oc_job *job, oc_dataset **images, oc_set **set, oc_error *err);

/* Opens a set, or rows of another program, that fit the model; else OC_USAGE with what would help. */
oc_status open_fitting_rows(const cli_settings *settings, const char *model_path, const oc_model *model,
                            const char *path, oc_set **set, oc_error *err);

#endif
