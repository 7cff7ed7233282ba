/* The checks of a command's outputs, in one place and before the work. */
#ifndef OC_CLI_CHECKS_H
#define OC_CLI_CHECKS_H

#include "src/cli/options.h"
#include "src/cli/outputs.h"

typedef struct output {
    const char *path; /* NULL: not asked for */
    const char *name; /* in messages, such as "the report" */
    output_check *check;
} output;

/* Checks each of the outputs (count) against everything that the command reads, and against the others. */
oc_status check_outputs(const cli_settings *settings, const output *outputs, size_t count, oc_error *err);

#endif
