/* The options of the commands. An option of several commands is written once, in the table of options.c or in the
 * library's tables of image and training parameters, with the capability that a command needs to have it. An option of
 * one command, or an option whose meaning depends on the command (-o), is in the table of that command's file. Parsing,
 * help, manual pages and completion read these tables. */
#ifndef OC_CLI_OPTIONS_H
#define OC_CLI_OPTIONS_H

#include <ocellus/ocellus.h>

#include <stddef.h>

/* The capabilities of a command. */
enum {
    READS_IMAGES = 1,      /* decodes images: the limits that protect it */
    SKIPS_IMAGES = 2,      /* leaves images out that cannot be read: exit status 3 */
    STOPS_AT_IMAGES = 4,   /* can stop at an unreadable image instead: --strict */
    TAKES_SPEC = 8,        /* has -f: image size and seed */
    LEARNS = 16,           /* learns from its images: of a folder of parts it uses the training part */
    TRAINS = 32,           /* trains classifiers: the training options */
    TESTS = 64,            /* --test gives test images */
    TAKES_LABELS = 128,    /* --labels gives the labels of rows made by another program */
    PLANS = 256,           /* --dry-run */
    WORKS_LONG = 512,      /* works on the threads of --threads */
    WRITES_SET = 1024,     /* -o is a set, which --with accepts */
    WRITES_MODEL = 2048,   /* -o is a model, which evaluate accepts */
    REPORTS = 4096,        /* --report */
    PRINTS_RESULT = 8192,  /* --json prints the result as JSON */
    NAMES_COMMANDS = 16384 /* its operands are names of commands */
};

/* Strings of argv, in the order they were typed. */
typedef struct cli_strings {
    const char **items;
    size_t count;
} cli_strings;

enum { MAX_GIVEN = 128 };

/* The table of commands (command.h). */
typedef struct command_list command_list;

/* The command line after parsing. Texts point into argv. */
typedef struct cli_settings {
    const struct cli_command *command;
    bool help, version, verbose, quiet, json, strict, resume, check_gradient, dry_run, card, column_names;
    const char *output, *with, *test, *names, *labels, *files_from, *shard, *explain, *report, *predictions;
    int format, what; /* choices of the command's own options */
    int64_t threads, seed, seeds, top;
    oc_image_options image;
    oc_train_options train;
    cli_strings specs;               /* of each -f */
    cli_strings operands;            /* arguments that are not options */
    const char *const *arguments;    /* all of them as typed, after the name of the command */
    size_t argument_count, consumed; /* number of all arguments, and of those read */
    const char *given[MAX_GIVEN];    /* names of the options that were typed */
    size_t given_count;
    const command_list *commands; /* set by main, for help */
} cli_settings;

/* The default stages of show, and of compare beside pixels: shape and colour, fast to compute. */
#define DEFAULT_SPEC "hog+color"

typedef enum option_repeat { REPEAT_LAST_WINS, REPEAT_REFUSED, REPEAT_COLLECTED } option_repeat;

typedef struct cli_option {
    char letter;          /* short form, or 0 */
    const char *argument; /* the name of its value in help; NULL: a word that suits the type */
    option_repeat repeat;
    unsigned needs; /* the capability that a command needs to have it; 0: all commands of the table have it */
    oc_param param; /* offset into settings; a flag is typed without a value, a collected one fills `strings` */
} cli_option;

/* A parameter table of the library whose struct is a part of cli_settings. */
typedef struct option_group {
    const char *title; /* in help */
    const oc_param *params;
    const size_t *count;
    size_t offset;  /* of the struct in settings */
    unsigned needs; /* the capability that a command needs to have them */
} option_group;

/* The options of a command. */
typedef struct option_set {
    unsigned capabilities; /* each brings its options */
    const cli_option *own; /* (own_count) */
    size_t own_count;
} option_set;

/* The end of an option_set for a table, and the parts of an oc_param for a field of cli_settings. */
#define OWN_OPTIONS(table) (table), sizeof(table) / sizeof *(table)
#define OPTION_FIELD(name) offsetof(cli_settings, name)
#define OPTION_FLAG(name, field, help) name, OC_FLAG, OPTION_FIELD(field), "0", 0, 1, NULL, help
#define OPTION_TEXT(name, field, help) name, OC_TEXT, OPTION_FIELD(field), NULL, 0, 0, NULL, help
#define OPTION_CHOICE(name, field, words, usual, help) name, OC_CHOICE, OPTION_FIELD(field), usual, 0, 0, words, help

/* True when the set has options that need these capabilities. */
bool option_set_has(const option_set *set, unsigned needs);
/* True when the set has an option of this name, which is written as it is typed, without the dashes before it. */
bool option_set_knows(const option_set *set, const char *name);

extern const cli_option cli_options[];
extern const size_t cli_option_count;
extern const option_group cli_option_groups[];
extern const size_t cli_option_group_count;

/* Reads `count` arguments for a command with these options. With stop_at_operand, reading ends before the first
 * operand; else options and operands may come in any order, and "--" ends the options. OC_USAGE with the reason. Call
 * settings_free in any case. */
oc_status options_parse(const option_set *set, const char *const *arguments, size_t count, bool stop_at_operand,
                        cli_settings *settings, oc_error *err);
void settings_free(cli_settings *settings);

/* True when the option was typed. */
bool option_given(const cli_settings *settings, const char *name);

/* Writes a message of wrong usage; returns OC_USAGE. */
oc_status wrong_usage(oc_error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
