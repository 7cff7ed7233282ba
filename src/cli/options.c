/* The table of options and the parser of the command line. */
#include "src/cli/options.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Whole numbers above this are not exact in the range check of a parameter. */
static const double EXACT = 9007199254740991.0;

/* clang-format off */
const cli_option cli_options[] = {
    {'l', "FILE", REPEAT_REFUSED, TAKES_LABELS,
     {OPTION_TEXT("labels", labels,
                  "file with the labels of the rows of a .npy file: one label a line, a CSV file with a column "
                  "label, or a .npy file of integers")}},
    {'r', "PAGE.html", REPEAT_REFUSED, REPORTS,
     {OPTION_TEXT("report", report,
                  "write all results to an HTML page: one file with plots, confusion matrix and the most confident "
                  "mistakes; replaces an older file")}},
    {0, NULL, REPEAT_LAST_WINS, PLANS,
     {OPTION_FLAG("dry-run", dry_run,
                  "write nothing: try a few images and report the number of images and values, memory and time")}},
    {'j', "N", REPEAT_LAST_WINS, WORKS_LONG,
     {"threads", OC_INTEGER, OPTION_FIELD(threads), "0", 0, 256, NULL,
      "number of threads, 0: one for each processor; the results do not depend on it"}},
    {'s', "N", REPEAT_LAST_WINS, TAKES_SPEC,
     {"seed", OC_INTEGER, OPTION_FIELD(seed), "0", 0, EXACT, NULL,
      "seed of all random choices; the same seed gives the same bytes on one kind of processor"}},
    {0, NULL, REPEAT_LAST_WINS, STOPS_AT_IMAGES,
     {OPTION_FLAG("strict", strict, "stop at the first image that cannot be read instead of skipping it")}},
    {0, NULL, REPEAT_LAST_WINS, PRINTS_RESULT,
     {OPTION_FLAG("json", json, "print the result as one JSON object")}},
    {'v', NULL, REPEAT_LAST_WINS, 0,
     {OPTION_FLAG("verbose", verbose, "print details on standard error")}},
    {'q', NULL, REPEAT_LAST_WINS, 0,
     {OPTION_FLAG("quiet", quiet, "print no progress and no notes")}},
    {'h', NULL, REPEAT_LAST_WINS, 0,
     {OPTION_FLAG("help", help, "show this help")}},
    {'V', NULL, REPEAT_LAST_WINS, 0,
     {OPTION_FLAG("version", version, "show the version")}},
};
/* clang-format on */
const size_t cli_option_count = sizeof cli_options / sizeof *cli_options;

const option_group cli_option_groups[] = {
    {"Image options", oc_image_params, &oc_image_param_count, OPTION_FIELD(image), TAKES_SPEC},
    {"Unreadable images and limits", oc_limit_params, &oc_limit_param_count, OPTION_FIELD(image), READS_IMAGES},
    {"Training options", oc_train_params, &oc_train_param_count, OPTION_FIELD(train), TRAINS},
};
const size_t cli_option_group_count = sizeof cli_option_groups / sizeof *cli_option_groups;

bool option_set_has(const option_set *set, unsigned needs)
{
    return needs == 0 || (set->capabilities & needs) != 0;
}

/* One option of the command, of any table. */
typedef struct match {
    const oc_param *param;
    void *values; /* the struct that param->offset counts from */
    option_repeat repeat;
    char letter;
} match;

oc_status wrong_usage(oc_error *err, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(err->message, sizeof err->message, format, arguments);
    va_end(arguments);
    return err->status = OC_USAGE;
}

typedef bool option_visitor(void *context, match found);

static bool visit_table(const option_set *set, const cli_option *table, size_t count, cli_settings *settings,
                        option_visitor *visit, void *context)
{
    for (size_t i = 0; i < count; i++) {
        const cli_option *o = &table[i];
        if (option_set_has(set, o->needs) && visit(context, (match){&o->param, settings, o->repeat, o->letter})) {
            return true;
        }
    }
    return false;
}

/* Calls visit for every option of the command until it returns true. */
static bool visit_options(const option_set *set, cli_settings *settings, option_visitor *visit, void *context)
{
    if (visit_table(set, set->own, set->own_count, settings, visit, context) ||
        visit_table(set, cli_options, cli_option_count, settings, visit, context)) {
        return true;
    }
    for (size_t g = 0; g < cli_option_group_count; g++) {
        const option_group *group = &cli_option_groups[g];
        for (size_t i = 0; option_set_has(set, group->needs) && i < *group->count; i++) {
            match found = {&group->params[i], (char *)settings + group->offset, REPEAT_LAST_WINS, 0};
            if (visit(context, found)) {
                return true;
            }
        }
    }
    return false;
}

static bool set_default(void *context, match found)
{
    (void)context;
    oc_params_default(found.param, 1, found.values);
    return false;
}

/* A search for a long name of known length, or for a letter when name is NULL. */
typedef struct search {
    const char *name;
    size_t length;
    char letter;
    match found;
} search;

static bool is_wanted(void *context, match found)
{
    search *wanted = context;
    bool same = wanted->name ? strlen(found.param->name) == wanted->length &&
                                   memcmp(found.param->name, wanted->name, wanted->length) == 0
                             : found.letter && found.letter == wanted->letter;
    if (same) {
        wanted->found = found;
    }
    return same;
}

bool option_set_knows(const option_set *set, const char *name)
{
    cli_settings unused = {.help = false};
    search wanted = {.name = name, .length = strlen(name)};
    return visit_options(set, &unused, is_wanted, &wanted);
}

typedef struct names {
    const char *items[MAX_GIVEN];
    size_t count;
} names;

static bool collect_name(void *context, match found)
{
    names *all = context;
    if (all->count < MAX_GIVEN) {
        all->items[all->count++] = found.param->name;
    }
    return false;
}

static oc_status unknown_option(const option_set *set, cli_settings *settings, const char *name, size_t length,
                                oc_error *err)
{
    char word[64];
    names all = {.count = 0};
    snprintf(word, sizeof word, "%.*s", (int)(length < sizeof word ? length : sizeof word - 1), name);
    visit_options(set, settings, collect_name, &all);
    const char *meant = oc_param_nearest(word, all.items, all.count);
    return meant ? wrong_usage(err, "unknown option '--%s'; did you mean '--%s'?", word, meant)
                 : wrong_usage(err, "unknown option '--%s'", word);
}

bool option_given(const cli_settings *settings, const char *name)
{
    for (size_t i = 0; i < settings->given_count; i++) {
        if (strcmp(settings->given[i], name) == 0) {
            return true;
        }
    }
    return false;
}

/* Sets the value of an option ("1" for a flag). */
static oc_status take(match found, const char *value, cli_settings *settings, oc_error *err)
{
    const oc_param *param = found.param;
    bool again = option_given(settings, param->name);
    if (again && found.repeat == REPEAT_REFUSED) {
        return wrong_usage(err, "--%s is given twice", param->name);
    }
    if (!again && settings->given_count < MAX_GIVEN) {
        settings->given[settings->given_count++] = param->name;
    }
    if (found.repeat == REPEAT_COLLECTED) {
        cli_strings *list = (cli_strings *)(void *)((char *)found.values + param->offset);
        list->items[list->count++] = value;
        return OC_OK;
    }
    if (param->type == OC_TEXT && !*value) {
        return wrong_usage(err, "--%s is empty: a value is needed", param->name);
    }
    oc_error inner;
    if (oc_param_set(param, value, found.values, &inner)) {
        return wrong_usage(err, "--%.900s", inner.message);
    }
    return OC_OK;
}

/* Parses --name value, --name=value or --flag. `argument` points after the dashes; *used counts further arguments
 * read. */
static oc_status take_long(const option_set *set, const char *argument, const char *next, cli_settings *settings,
                           size_t *used, oc_error *err)
{
    size_t length = strcspn(argument, "=");
    search wanted = {.name = argument, .length = length};
    if (!visit_options(set, settings, is_wanted, &wanted)) {
        return unknown_option(set, settings, argument, length, err);
    }
    const char *value = argument[length] ? argument + length + 1 : NULL;
    const char *name = wanted.found.param->name;
    if (wanted.found.param->type == OC_FLAG) {
        return value ? wrong_usage(err, "--%s takes no value", name) : take(wanted.found, "1", settings, err);
    }
    if (!value) {
        if (!next) {
            return wrong_usage(err, "--%s needs a value", name);
        }
        value = next;
        (*used)++;
    }
    return take(wanted.found, value, settings, err);
}

/* Parses -o value, -ovalue or -vq. */
static oc_status take_short(const option_set *set, const char *letters, const char *next, cli_settings *settings,
                            size_t *used, oc_error *err)
{
    for (; *letters; letters++) {
        search wanted = {.letter = *letters};
        if (!visit_options(set, settings, is_wanted, &wanted)) {
            return wrong_usage(err, "unknown option '-%s'", letters);
        }
        if (wanted.found.param->type == OC_FLAG) {
            oc_status status = take(wanted.found, "1", settings, err);
            if (status) {
                return status;
            }
            continue;
        }
        if (letters[1]) {
            return take(wanted.found, letters + 1, settings, err);
        }
        if (!next) {
            return wrong_usage(err, "-%c (--%s) needs a value", *letters, wanted.found.param->name);
        }
        (*used)++;
        return take(wanted.found, next, settings, err);
    }
    return OC_OK;
}

oc_status options_parse(const option_set *set, const char *const *arguments, size_t count, bool stop_at_operand,
                        cli_settings *settings, oc_error *err)
{
    *settings = (cli_settings){.train = oc_train_defaults(), .arguments = arguments, .argument_count = count};
    settings->specs.items = calloc(count + 1, sizeof *settings->specs.items);
    settings->operands.items = calloc(count + 1, sizeof *settings->operands.items);
    if (!settings->specs.items || !settings->operands.items) {
        wrong_usage(err, "out of memory for the arguments");
        return err->status = OC_NO_MEMORY;
    }
    visit_options(set, settings, set_default, NULL);
    bool ended = false;
    for (size_t i = 0; i < count; i++) {
        const char *argument = arguments[i], *next = i + 1 < count ? arguments[i + 1] : NULL;
        oc_status status = OC_OK;
        settings->consumed = i;
        if (ended || argument[0] != '-' || argument[1] == '\0') {
            if (stop_at_operand) {
                return OC_OK;
            }
            if (!*argument) {
                return wrong_usage(err, "argument %zu is empty: the name of a file or folder is needed", i + 1);
            }
            settings->operands.items[settings->operands.count++] = argument;
        } else if (strcmp(argument, "--") == 0) {
            ended = true;
        } else if (argument[1] == '-') {
            status = take_long(set, argument + 2, next, settings, &i, err);
        } else {
            status = take_short(set, argument + 1, next, settings, &i, err);
        }
        if (status) {
            return status;
        }
    }
    settings->consumed = count;
    return OC_OK;
}

void settings_free(cli_settings *settings)
{
    free(settings->specs.items);
    free(settings->operands.items);
    *settings = (cli_settings){.help = false};
}
