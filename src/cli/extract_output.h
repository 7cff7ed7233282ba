/* The output of extract: a set, or text in a file or on standard output. */
#ifndef OC_CLI_EXTRACT_OUTPUT_H
#define OC_CLI_EXTRACT_OUTPUT_H

#include "src/cli/command.h"

/* --format and --names. */
oc_format output_format(const cli_settings *settings);
/* Wrong usage when options of the output do not go together; else EXIT_DONE. */
int wrong_output(const cli_settings *settings);
/* Checks that the output can be written, where one is named. */
oc_status check_rows_output(const cli_settings *settings, oc_error *err);
/* Names the skipped images and prints what was written. Returns the exit status. */
int report_rows(const cli_settings *settings, const oc_set *set);
/* Prints why there are no rows; nothing when the reader of standard output has gone. Returns the exit status. */
int report_lost_rows(const cli_settings *settings, const oc_error *err);

/* extract SET --format ...: writes a set that is there already as text. Returns the exit status. */
int export_set(const cli_settings *settings, oc_job *job);

#endif
