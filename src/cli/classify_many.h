/* Classifies the files, folders, lists and sets of the command line. */
#ifndef OC_CLI_CLASSIFY_MANY_H
#define OC_CLI_CLASSIFY_MANY_H

#include "src/cli/command.h"

/* Classifies the operands after the first, then the files of --files-from, and prints the answers or writes them to
 * -o. Returns the exit status. */
int classify_many(const cli_settings *settings, const oc_model *model, oc_job *job);

#endif
