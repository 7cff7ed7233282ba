/* A command: what help says about it, what it takes, what it does. One file each; main.c lists them. */
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

extern const cli_command command_extract, command_train, command_evaluate, command_classify, command_compare,
    command_info, command_show, command_unpack, command_merge, command_help;

/* All commands in the order of help. */
extern const cli_command *const cli_commands[];
extern const size_t cli_command_count;
const cli_command *find_command(const char *name);
/* The name of a command, or another one of `extra` (NULL: none), that may have been meant; NULL when there is none. */
const char *nearest_command(const char *name, const char *extra);

/* True when the user asked to stop (a signal came). */
bool interrupted(void);

/* Prints the error and returns the exit status that goes with it. */
int report_failure(const oc_error *err);
/* Prints wrong usage of a command with its usage lines; returns EXIT_WRONG_USAGE. */
int report_usage(const cli_command *command, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Prints one line of JSON and frees it; NULL is reported as short memory. Returns the exit status. */
int print_json(char *json);

#endif
