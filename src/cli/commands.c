/* The table of commands. Whoever needs it is given it, so that no command needs this file. */
#include "src/cli/commands.h"

#define ENTRY(name) &command_##name,
static const cli_command *const table[] = {OC_COMMANDS(ENTRY)};

const command_list cli_commands = {table, sizeof table / sizeof *table};
