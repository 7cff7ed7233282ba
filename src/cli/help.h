/* Help texts, made from the tables of commands, options, parameters and stages. */
#ifndef OC_CLI_HELP_H
#define OC_CLI_HELP_H

#include "src/cli/command.h"

#include <stdio.h>

/* The purpose of Ocellus, its uses and its commands. */
void help_overview(FILE *stream, const command_list *commands);
/* The lines "Usage: ..." of a command. */
void help_usage(FILE *stream, const cli_command *command);
/* Usage, description, options and examples of one command. */
void help_command(FILE *stream, const cli_command *command);
/* The table of stages with all parameters. */
void help_stages(FILE *stream);

#endif
