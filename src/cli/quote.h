/* Parts of messages: singular or plural nouns, and commands quoted for a shell. */
#ifndef OC_CLI_QUOTE_H
#define OC_CLI_QUOTE_H

#include "src/cli/options.h"

/* `one` when count is 1, else `many`. */
const char *plural(size_t count, const char *one, const char *many);

/* The command `name` with the arguments as typed, quoted for a shell. The caller frees it. OC_NO_MEMORY. */
oc_status typed_command(const char *name, const cli_settings *settings, char **command, oc_error *err);

#endif
