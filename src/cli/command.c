/* Finds commands by their names. */
#include "src/cli/command.h"

#include <string.h>

enum { MAX_COMMANDS = 32 };

bool command_can(const cli_command *command, unsigned capabilities)
{
    return (command->options.capabilities & capabilities) != 0;
}

const cli_command *find_command(const command_list *commands, const char *name)
{
    for (size_t i = 0; i < commands->count; i++) {
        if (strcmp(commands->items[i]->name, name) == 0) {
            return commands->items[i];
        }
    }
    return NULL;
}

const char *nearest_command(const command_list *commands, const char *name, const char *extra)
{
    const char *names[MAX_COMMANDS + 1];
    size_t count = 0;
    for (size_t i = 0; i < commands->count && i < MAX_COMMANDS; i++) {
        names[count++] = commands->items[i]->name;
    }
    if (extra) {
        names[count++] = extra;
    }
    return oc_param_nearest(name, names, count);
}
