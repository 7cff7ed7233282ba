/* A command: what help says about it, what it takes, what it does. One file each; commands.c lists them. */
#ifndef OC_CLI_COMMAND_H
#define OC_CLI_COMMAND_H

#include "src/cli/options.h"

/* Exit statuses of the program. */
enum { EXIT_DONE = 0, EXIT_FAILED = 1, EXIT_WRONG_USAGE = 2, EXIT_SKIPPED = 3 };

typedef struct cli_command {
    const char *name;
    unsigned bit;         /* TAKEN_BY_... */
    const char *summary;  /* one line */
    const char *usage;    /* lines without "ocellus", ended by '\n' but for the last */
    const char *about;    /* paragraphs, separated by an empty line */
    const char *examples; /* lines */
    const char *expects;  /* operands in words, for errors */
    size_t least_operands, most_operands;
    bool works_long;                                       /* on as many threads as --threads says */
    int (*run)(const cli_settings *settings, oc_job *job); /* returns the exit status */
} cli_command;

/* Defined one in each file of a command. */
extern const cli_command command_extract, command_train, command_evaluate, command_classify, command_compare,
    command_info, command_show, command_unpack, command_merge, command_help;

struct command_list {
    const cli_command *const *items;
    size_t count;
};

/* NULL when there is none of that name. */
const cli_command *find_command(const command_list *commands, const char *name);
/* The name of a command, or another one of `extra` (NULL: none), that may have been meant; NULL when there is none. */
const char *nearest_command(const command_list *commands, const char *name, const char *extra);

#endif
