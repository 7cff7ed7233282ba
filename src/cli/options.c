/* The table of options and the parser of the command line. */
#include "src/cli/options.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIELD(name) offsetof(cli_settings, name)
#define FLAG(name, field, help) name, OC_FLAG, FIELD(field), "0", 0, 1, NULL, help
#define TEXT(name, field, help) name, OC_TEXT, FIELD(field), NULL, 0, 0, NULL, help

/* Whole numbers above this are not exact in the range check of a parameter. */
static const double EXACT = 9007199254740991.0;

enum {
    READS_SPECS = TAKEN_BY_EXTRACT | TAKEN_BY_TRAIN | TAKEN_BY_COMPARE,
    READS_IMAGES = READS_SPECS | TAKEN_BY_EVALUATE,
    WORKS_LONG = READS_IMAGES | TAKEN_BY_UNPACK,
    PRINTS_RESULT = TAKEN_BY_EXTRACT | TAKEN_BY_TRAIN | TAKEN_BY_EVALUATE | TAKEN_BY_COMPARE | TAKEN_BY_INFO
};

static const char *const pictures[] = {"auto", "features", "templates", "codebook", "ray", "plane", "steps", NULL};
static const char *const formats[] = {"npy", "svmlight", "csv", NULL}; /* as in oc_format */

static const char *const help_formats[] = {"text", "man", "bash", NULL}; /* as in help_format */

/* clang-format off */
const option cli_options[] = {
    {'f', "SPEC", REPEAT_COLLECTED, TAKEN_BY_EXTRACT,
     {TEXT("features", specs, "what to measure in each image: stages joined by '+', see 'ocellus help stages'")}},
    {'f', "SPEC", REPEAT_COLLECTED, TAKEN_BY_TRAIN,
     {TEXT("features", specs, "what to measure in each image: stages joined by '+', see 'ocellus help stages'; "
                              "auto, or left out: chosen by cross-validation")}},
    {'f', "SPEC", REPEAT_COLLECTED, TAKEN_BY_COMPARE,
     {TEXT("features", specs, "one row of the table: stages joined by '+', see 'ocellus help stages'; auto: chosen on "
                              "the training images; repeat it "
                              "for more rows, the first is what the others are tested against")}},
    {'f', "SPEC", REPEAT_COLLECTED, TAKEN_BY_SHOW,
     {TEXT("features", specs, "what to draw of an image: stages joined by '+', see 'ocellus help stages'; "
                              DEFAULT_SPEC " when left out")}},
    {'w', "WORD", REPEAT_LAST_WINS, TAKEN_BY_SHOW,
     {"what", OC_CHOICE, FIELD(what), "auto", 0, 0, pictures,
      "features: of an image; templates: the weights of each class; codebook: the words that were learned; ray, plane: "
      "the loss along random directions from the weights; steps: the loss after one step of each size; auto: "
      "features where an image is given, else templates"}},
    {'w', "SET|MODEL", REPEAT_REFUSED, TAKEN_BY_EXTRACT,
     {TEXT("with", with, "take stages and image size from a set or a model, as they were fitted")}},
    {'l', "FILE", REPEAT_REFUSED, TAKEN_BY_TRAIN | TAKEN_BY_EVALUATE | TAKEN_BY_INFO,
     {TEXT("labels", labels, "labels of the rows of a .npy file: one a line, or a CSV file with a column label, or a "
                             ".npy file of integers")}},
    {0, NULL, REPEAT_LAST_WINS, TAKEN_BY_INFO,
     {FLAG("card", card, "write a model card in Markdown: data, settings, accuracy and limits")}},
    {'t', "IMAGES", REPEAT_REFUSED, TAKEN_BY_INFO,
     {TEXT("test", test, "measure the accuracy that the card tells on these images, or rows")}},
    {'t', "IMAGES", REPEAT_REFUSED, TAKEN_BY_COMPARE,
     {TEXT("test", test, "images to test on; training never sees them")}},
    {'o', "SET|FILE", REPEAT_REFUSED, TAKEN_BY_EXTRACT,
     {TEXT("output", output, "folder to write (with --format svmlight or csv: file, or '-'); an older one is replaced")}},
    {0, NULL, REPEAT_LAST_WINS, TAKEN_BY_EXTRACT,
     {"format", OC_CHOICE, FIELD(format), "npy", 0, 0, formats,
      "what to write: a set folder with features.npy, or one text file"}},
    {0, NULL, REPEAT_LAST_WINS, TAKEN_BY_EXTRACT,
     {FLAG("names", column_names, "with --format csv: name the columns by stage and place, such as hog.y2.x1.b4, instead of f0, f1")}},
    {0, NULL, REPEAT_LAST_WINS, TAKEN_BY_HELP,
     {"format", OC_CHOICE, FIELD(format), "text", 0, 0, help_formats,
      "text; man: a manual page; bash: completion of all commands for that shell"}},
    {0, "FILE", REPEAT_REFUSED, TAKEN_BY_EXTRACT,
     {TEXT("files-from", files_from, "extract only the paths that FILE lists, one a line ('-': standard input), in its "
                                     "order: of IMAGES, or without IMAGES from the current folder")}},
    {0, "FILE", REPEAT_REFUSED, TAKEN_BY_CLASSIFY,
     {TEXT("files-from", files_from, "classify also the files that FILE lists, one a line ('-': standard input)")}},
    {'o', "FILE.csv", REPEAT_REFUSED, TAKEN_BY_CLASSIFY,
     {TEXT("output", output, "write path, label and probability of each image to a CSV file; an older one is replaced")}},
    {0, "I/N", REPEAT_REFUSED, TAKEN_BY_EXTRACT,
     {TEXT("shard", shard, "extract the I-th of N parts, for 'ocellus merge'; stages that learn come from --with")}},
    {0, NULL, REPEAT_LAST_WINS, TAKEN_BY_EXTRACT | TAKEN_BY_COMPARE,
     {FLAG("dry-run", dry_run, "write nothing: tell images, values, memory and time, by trying a few images")}},
    {'o', "SET", REPEAT_REFUSED, TAKEN_BY_MERGE,
     {TEXT("output", output, "folder to write; an older set there is replaced")}},
    {'o', "MODEL", REPEAT_REFUSED, TAKEN_BY_TRAIN,
     {TEXT("output", output, "file to write; an older one is replaced")}},
    {'o', "MODEL", REPEAT_REFUSED, TAKEN_BY_COMPARE,
     {TEXT("output", output, "save the row that is best on a part of the training images that is held out to "
                             "choose")}},
    {'o', "PICTURE.png", REPEAT_REFUSED, TAKEN_BY_SHOW,
     {TEXT("output", output, "PNG file to write; an older one is replaced")}},
    {0, "PICTURE.png", REPEAT_REFUSED, TAKEN_BY_CLASSIFY,
     {TEXT("explain", explain, "draw how much each part of the image contributed to the score of its label; takes one "
                               "FILE")}},
    {'r', "PAGE.html", REPEAT_REFUSED, TAKEN_BY_COMPARE | TAKEN_BY_EVALUATE,
     {TEXT("report", report, "write all results as a page for a browser, one file with plots, confusion matrix and the "
                             "most confident mistakes; an older one is replaced")}},
    {0, "FILE.csv", REPEAT_REFUSED, TAKEN_BY_EVALUATE,
     {TEXT("predictions", predictions, "write path, label, predicted class and its probability of each image to a CSV "
                                       "file; an older one is replaced")}},
    {0, "FOLDER", REPEAT_REFUSED, TAKEN_BY_COMPARE,
     {TEXT("predictions", predictions, "write a CSV file for each row of the table into a folder: path, label, "
                                       "predicted class, probability; an older one is replaced")}},
    {'o', "FOLDER", REPEAT_REFUSED, TAKEN_BY_UNPACK,
     {TEXT("output", output, "folder to write; one that was unpacked earlier is replaced")}},
    {'n', "FILE", REPEAT_REFUSED, TAKEN_BY_UNPACK,
     {TEXT("names", names, "class names, one a line, in the order of the labels; the digits when left out")}},
    {'k', "K", REPEAT_LAST_WINS, TAKEN_BY_CLASSIFY,
     {"top", OC_INTEGER, FIELD(top), "1", 1, 1000000, NULL,
      "lines an image, best class first; --json has all"}},
    {'j', "N", REPEAT_LAST_WINS, WORKS_LONG | TAKEN_BY_CLASSIFY | TAKEN_BY_SHOW,
     {"threads", OC_INTEGER, FIELD(threads), "0", 0, 256, NULL,
      "threads to work on, 0 for one a processor; results do not depend on it"}},
    {'s', "N", REPEAT_LAST_WINS, READS_SPECS | TAKEN_BY_SHOW,
     {"seed", OC_INTEGER, FIELD(seed), "0", 0, EXACT, NULL,
      "of all random choices; the same seed gives the same bytes on one kind of processor"}},
    {0, "N", REPEAT_LAST_WINS, TAKEN_BY_COMPARE,
     {"seeds", OC_INTEGER, FIELD(seeds), "1", 1, 1000, NULL,
      "do it all with so many seeds, from --seed on, and tell mean and deviation of the test accuracy"}},
    {0, NULL, REPEAT_LAST_WINS, TAKEN_BY_TRAIN,
     {FLAG("check-gradient", check_gradient,
           "train nothing: compare the gradient of every loss and penalty with centred differences on up to 200 rows and "
           "2,000 weights, in double precision; exit 1 if a relative error is above 1e-7")}},
    {0, NULL, REPEAT_LAST_WINS, READS_IMAGES,
     {FLAG("strict", strict, "stop at the first image that cannot be read instead of skipping it")}},
    {0, NULL, REPEAT_LAST_WINS, TAKEN_BY_EXTRACT,
     {FLAG("resume", resume, "go on with what an interrupted run of the same command left in SET.partial; without it "
                             "that is removed")}},
    {0, NULL, REPEAT_LAST_WINS, TAKEN_BY_CLASSIFY,
     {FLAG("resume", resume, "go on with what an interrupted run of the same command left in FILE.csv.partial; without "
                             "it that is removed")}},
    {0, NULL, REPEAT_LAST_WINS, PRINTS_RESULT, {FLAG("json", json, "print the result as one JSON object")}},
    {0, NULL, REPEAT_LAST_WINS, TAKEN_BY_CLASSIFY, {FLAG("json", json, "print a JSON object for each image; with -o one for all")}},
    {'v', NULL, REPEAT_LAST_WINS, TAKEN_BY_ALL, {FLAG("verbose", verbose, "tell more on standard error")}},
    {'q', NULL, REPEAT_LAST_WINS, TAKEN_BY_ALL, {FLAG("quiet", quiet, "no progress and no notes")}},
    {'h', NULL, REPEAT_LAST_WINS, TAKEN_BY_ALL, {FLAG("help", help, "show this help")}},
    {'V', NULL, REPEAT_LAST_WINS, TAKEN_BY_ALL, {FLAG("version", version, "show the version")}},
};
/* clang-format on */
const size_t cli_option_count = sizeof cli_options / sizeof *cli_options;

const option_group cli_option_groups[] = {
    {"Image options", oc_image_params, &oc_image_param_count, FIELD(image), READS_SPECS | TAKEN_BY_SHOW},
    {"Unreadable images and limits", oc_limit_params, &oc_limit_param_count, FIELD(image),
     READS_IMAGES | TAKEN_BY_CLASSIFY | TAKEN_BY_SHOW},
    {"Training options", oc_train_params, &oc_train_param_count, FIELD(train), TAKEN_BY_TRAIN | TAKEN_BY_COMPARE},
};
const size_t cli_option_group_count = sizeof cli_option_groups / sizeof *cli_option_groups;

/* One option of the command, from whichever table it came. */
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

/* Calls visit for every option of the command until it returns true. */
static bool visit_options(unsigned command, cli_settings *settings, bool (*visit)(void *context, match found),
                          void *context)
{
    for (size_t i = 0; i < cli_option_count; i++) {
        const option *o = &cli_options[i];
        if ((o->commands & command) && visit(context, (match){&o->param, settings, o->repeat, o->letter})) {
            return true;
        }
    }
    for (size_t g = 0; g < cli_option_group_count; g++) {
        const option_group *group = &cli_option_groups[g];
        for (size_t i = 0; (group->commands & command) && i < *group->count; i++) {
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

/* Looks for a long name of known length, or for a letter when name is NULL. */
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

static oc_status unknown_option(unsigned command, cli_settings *settings, const char *name, size_t length,
                                oc_error *err)
{
    char word[64];
    names all = {.count = 0};
    snprintf(word, sizeof word, "%.*s", (int)(length < sizeof word ? length : sizeof word - 1), name);
    visit_options(command, settings, collect_name, &all);
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

/* Takes the value of an option ("1" for a flag). */
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
        strings *list = (strings *)(void *)((char *)found.values + param->offset);
        list->items[list->count++] = value;
        return OC_OK;
    }
    oc_error inner;
    if (oc_param_set(param, value, found.values, &inner)) {
        return wrong_usage(err, "--%.900s", inner.message);
    }
    return OC_OK;
}

/* --name value, --name=value, --flag. argument points behind the dashes; *used counts the arguments that were read. */
static oc_status take_long(unsigned command, const char *argument, const char *next, cli_settings *settings,
                           size_t *used, oc_error *err)
{
    size_t length = strcspn(argument, "=");
    search wanted = {.name = argument, .length = length};
    if (!visit_options(command, settings, is_wanted, &wanted)) {
        return unknown_option(command, settings, argument, length, err);
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

/* -o value, -ovalue, -vq. */
static oc_status take_short(unsigned command, const char *letters, const char *next, cli_settings *settings,
                            size_t *used, oc_error *err)
{
    for (; *letters; letters++) {
        search wanted = {.letter = *letters};
        if (!visit_options(command, settings, is_wanted, &wanted)) {
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

oc_status options_parse(unsigned command, char **arguments, size_t count, bool stop_at_operand, cli_settings *settings,
                        oc_error *err)
{
    *settings = (cli_settings){.train = oc_train_defaults(), .arguments = arguments, .argument_count = count};
    settings->specs.items = calloc(count + 1, sizeof *settings->specs.items);
    settings->operands.items = calloc(count + 1, sizeof *settings->operands.items);
    if (!settings->specs.items || !settings->operands.items) {
        wrong_usage(err, "out of memory for the arguments");
        return err->status = OC_NO_MEMORY;
    }
    visit_options(command, settings, set_default, NULL);
    bool ended = false;
    for (size_t i = 0; i < count; i++) {
        const char *argument = arguments[i], *next = i + 1 < count ? arguments[i + 1] : NULL;
        oc_status status = OC_OK;
        settings->consumed = i;
        if (ended || argument[0] != '-' || argument[1] == '\0') {
            if (stop_at_operand) {
                return OC_OK;
            }
            settings->operands.items[settings->operands.count++] = argument;
        } else if (strcmp(argument, "--") == 0) {
            ended = true;
        } else if (argument[1] == '-') {
            status = take_long(command, argument + 2, next, settings, &i, err);
        } else {
            status = take_short(command, argument + 1, next, settings, &i, err);
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
