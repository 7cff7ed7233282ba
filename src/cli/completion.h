/* Completion of commands, options and their values for bash, made from the same tables as help. */
#ifndef OC_CLI_COMPLETION_H
#define OC_CLI_COMPLETION_H

#include "src/cli/command.h"

#include <stdio.h>

/* Writes a script that defines the completion when a shell sources it. */
void completion_for_bash(FILE *stream, const command_list *commands);

#endif
