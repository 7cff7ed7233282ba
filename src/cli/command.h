/* A command: name, help, options, operands and function. Each command is one source file; OC_COMMANDS lists all. */
#ifndef OC_CLI_COMMAND_H
#define OC_CLI_COMMAND_H

#include "src/cli/options.h"

/* Exit statuses of the program. */
enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_WRONG_USAGE = 2, EXIT_SKIPPED = 3 };

typedef struct cli_command {
    const char *name;
    option_set options;   /* its capabilities and its own options */
    const char *summary;  /* one line */
    const char *usage;    /* lines without "ocellus", separated by '\n' */
    const char *about;    /* paragraphs, separated by an empty line */
    const char *examples; /* lines */
    const char *expects;  /* operands in words, for errors */
    size_t min_operands, max_operands;
    int (*run)(const cli_settings *settings, oc_job *job); /* returns the exit status */
} cli_command;

/* All commands in the order of help; declarations and table are made from this list. To add a command "names", write
 * command_names in names.c, and a line X(names) here. */
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
/* The name of a command, or `extra` (may be NULL), that is similar to a mistyped name; NULL when there is none. */
const char *nearest_command(const command_list *commands, const char *name, const char *extra);

#endif
