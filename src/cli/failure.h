/* The ends of a command: a failure, wrong usage, or a result as JSON; each with its exit status. */
#ifndef OC_CLI_FAILURE_H
#define OC_CLI_FAILURE_H

#include "src/cli/command.h"

/* Prints the error and returns its exit status. */
int report_failure(const oc_error *err);
/* Prints wrong usage of a command with its usage lines; returns EXIT_WRONG_USAGE. */
int report_usage(const cli_command *command, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Prints one line of JSON and frees it; NULL is reported as short memory. Returns the exit status. */
int print_json(char *json);

#endif
