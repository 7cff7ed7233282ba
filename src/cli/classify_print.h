/* Prints results of classify on standard output: a line for each class, or JSON. */
#ifndef OC_CLI_CLASSIFY_PRINT_H
#define OC_CLI_CLASSIFY_PRINT_H

#include "src/cli/command.h"

/* Prints the result of one image or row, and the decoder's warning if there is one. Returns the exit status. */
int print_prediction(const cli_settings *settings, const oc_model *model, const char *path,
                     const oc_prediction *prediction);
/* Prints the JSON of an image that could not be read; prints nothing without --json. Returns the exit status. */
int print_unread(const cli_settings *settings, const char *path, const char *message);

#endif
