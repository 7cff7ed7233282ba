/* The output of extract: a set, or text in a file or on standard output. */
#ifndef OC_CLI_EXTRACT_OUTPUT_H
#define OC_CLI_EXTRACT_OUTPUT_H

#include "src/cli/command.h"

/* The format of --format and --names. */
oc_format output_format(const cli_settings *settings);
/* Reports wrong usage when options of the output exclude each other; else EXIT_DONE. */
int wrong_output(const cli_settings *settings);
/* Checks that the output can be written, if there is one. */
oc_status check_rows_output(const cli_settings *settings, oc_error *err);
/* Names the skipped images and prints a summary of the output. Returns the exit status. */
int report_rows(const cli_settings *settings, const oc_set *set);
/* Prints the error; prints nothing when the reader of standard output has closed it. Returns the exit status. */
int report_lost_rows(const cli_settings *settings, const oc_error *err);

/* extract SET --format ...: writes an existing set as text. Returns the exit status. */
int export_set(const cli_settings *settings, oc_job *job);

#endif
