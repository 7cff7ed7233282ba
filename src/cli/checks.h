/* All outputs of a command are checked by one call, before the work. */
#ifndef OC_CLI_CHECKS_H
#define OC_CLI_CHECKS_H

#include "src/cli/options.h"
#include "src/cli/outputs.h"

typedef struct cli_output {
    const char *path; /* NULL: there is no such output */
    const char *name; /* in messages, such as "the report" */
    output_check *check;
} cli_output;

/* Checks each output (count) against the inputs of the command and against the other outputs. */
oc_status check_outputs(const cli_settings *settings, const cli_output *outputs, size_t count, oc_error *err);

#endif
