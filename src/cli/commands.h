/* The table of commands. */
#ifndef OC_CLI_COMMANDS_H
#define OC_CLI_COMMANDS_H

#include "src/cli/command.h"

/* All commands in the order of help. */
extern const command_list cli_commands;

#endif
