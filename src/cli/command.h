/* A command: its name and help, its options and operands, its function. One file each; OC_COMMANDS lists them. */
#ifndef OC_CLI_COMMAND_H
#define OC_CLI_COMMAND_H

#include "src/cli/options.h"

/* Exit statuses of the program. */
enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_WRONG_USAGE = 2, EXIT_SKIPPED = 3 };

typedef struct cli_command {
    const char *name;
    option_set options;   /* its capabilities and its own options */
    const char *summary;  /* one line */
    const char *usage;    /* lines without "ocellus", ended by '\n' but for the last */
    const char *about;    /* paragraphs, separated by an empty line */
    const char *examples; /* lines */
    const char *expects;  /* operands in words, for errors */
    size_t min_operands, max_operands;
    int (*run)(const cli_settings *settings, oc_job *job); /* returns the exit status */
} cli_command;

/* All commands in the order of help, from which declarations and table are made. The command "names" is command_names in
 * names.c: it is added by that file and a line X(names) here. */
#define OC_COMMANDS(X)                                                                                                 \
    X(extract)                                                                                                         \
    X(train)                                                                                                           \
    X(evaluate)                                                                                                        \
    X(classify)                                                                                                        \
    X(compare)                                                                                                         \
    X(show)                                                                                                            \
    X(info)                                                                                                            \
    X(unpack)                                                                                                          \
    X(merge)                                                                                                           \
    X(help)

#define OC_DECLARE_COMMAND(name) extern const cli_command command_##name;
OC_COMMANDS(OC_DECLARE_COMMAND)
#undef OC_DECLARE_COMMAND

/* True when the command has one of these capabilities. */
bool command_can(const cli_command *command, unsigned capabilities);

struct command_list {
    const cli_command *const *items;
    size_t count;
};

/* The command of that name, or NULL. */
const cli_command *find_command(const command_list *commands, const char *name);
/* The name of the command, or `extra` (may be NULL), that was probably meant by a mistyped name; NULL when none is close. */
const char *nearest_command(const command_list *commands, const char *name, const char *extra);

#endif
