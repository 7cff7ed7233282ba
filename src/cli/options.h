/* The options of the commands. An option is written once, in the table of options.c, or in the library's own tables of
 * image and training parameters, which are taken in by reference. Parsing and help read the same tables. */
#ifndef OC_CLI_OPTIONS_H
#define OC_CLI_OPTIONS_H

#include <ocellus/ocellus.h>

/* The commands as bits, for the options that each one takes. */
enum {
    TAKEN_BY_EXTRACT = 1,
    TAKEN_BY_TRAIN = 2,
    TAKEN_BY_EVALUATE = 4,
    TAKEN_BY_CLASSIFY = 8,
    TAKEN_BY_COMPARE = 16,
    TAKEN_BY_INFO = 32,
    TAKEN_BY_UNPACK = 64,
    TAKEN_BY_HELP = 128,
    TAKEN_BY_OCELLUS = 256, /* before the name of a command */
    TAKEN_BY_MERGE = 512,
    TAKEN_BY_SHOW = 1024,
    TAKEN_BY_ALL = 2047
};

/* Strings of argv, in the order they were typed. */
typedef struct strings {
    const char **items;
    size_t count;
} strings;

enum { MAX_GIVEN = 128 };

/* What `show` draws, in the order of the choices of --what. */
typedef enum show_what {
    SHOW_AUTO,
    SHOW_FEATURES,
    SHOW_TEMPLATES,
    SHOW_CODEBOOK,
    SHOW_RAY,
    SHOW_PLANE,
    SHOW_STEPS
} show_what;

/* What help writes, in the order of the choices of its --format. */
typedef enum help_format { HELP_TEXT, HELP_MAN, HELP_BASH } help_format;

/* The commands that there are (command.h). */
typedef struct command_list command_list;

/* What the command line said. Texts point into argv. */
typedef struct cli_settings {
    const struct cli_command *command;
    bool help, version, verbose, quiet, json, strict, resume, check_gradient, dry_run, card, column_names;
    const char *output, *with, *test, *names, *labels, *files_from, *shard, *explain, *report, *predictions;
    int format; /* oc_format, for help help_format */
    int what;   /* show_what */
    int64_t threads, seed, seeds, top;
    oc_image_options image;
    oc_train_options train;
    strings specs;                   /* of each -f */
    strings operands;                /* what is no option */
    char **arguments;                /* all of them, as typed, behind the name of the command */
    size_t argument_count, consumed; /* in all; arguments read */
    const char *given[MAX_GIVEN];    /* names of the options that were typed */
    size_t given_count;
    const command_list *commands; /* set by main, for help */
} cli_settings;

/* What show draws when -f does not say: shape and colour, on images of any size, in little time. */
#define DEFAULT_SPEC "hog+color"

typedef enum option_repeat { REPEAT_LAST_WINS, REPEAT_REFUSED, REPEAT_COLLECTED } option_repeat;

typedef struct option {
    char letter;          /* short form, or 0 */
    const char *argument; /* what help calls its value; NULL: a word that suits the type */
    option_repeat repeat;
    unsigned commands;
    oc_param param; /* offset into settings; a flag is typed without a value, a collected one fills `strings` */
} option;

/* A table of the library whose struct is a part of settings. */
typedef struct option_group {
    const char *title; /* in help */
    const oc_param *params;
    const size_t *count;
    size_t offset; /* of the struct in settings */
    unsigned commands;
} option_group;

extern const option cli_options[];
extern const size_t cli_option_count;
extern const option_group cli_option_groups[];
extern const size_t cli_option_group_count;

/* Reads `count` arguments for a command (one bit). With stop_at_operand, reading ends before the first operand; else
 * options and operands may come in any order, and "--" ends the options. On OC_USAGE the message says what is wrong.
 * settings_free is due in any case. */
oc_status options_parse(unsigned command, char **arguments, size_t count, bool stop_at_operand, cli_settings *settings,
                        oc_error *err);
void settings_free(cli_settings *settings);

/* True when the option was typed. */
bool option_given(const cli_settings *settings, const char *name);

/* Writes a message of wrong usage; returns OC_USAGE. */
oc_status wrong_usage(oc_error *err, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
