/* The table of commands. main passes the table on, so that no command depends on this file. */
#include "src/cli/commands.h"

#define ENTRY(name) &command_##name,
static const cli_command *const table[] = {OC_COMMANDS(ENTRY)};

const command_list cli_commands = {table, sizeof table / sizeof *table};
