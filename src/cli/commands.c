/* The table of commands: a new one is declared in command.h and listed here. Whoever needs the table is given it, so that no
 * command needs this file. */
#include "src/cli/commands.h"

static const cli_command *const table[] = {&command_extract, &command_train, &command_evaluate, &command_classify,
                                           &command_compare, &command_show,  &command_info,     &command_unpack,
                                           &command_merge,   &command_help};

const command_list cli_commands = {table, sizeof table / sizeof *table};
