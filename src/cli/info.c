/* ocellus info: the contents of a model or a set. */
#include "src/cli/card.h"
#include "src/cli/columns.h"
#include "src/cli/escape.h"
#include "src/cli/inputs.h"
#include "src/cli/report.h"
#include "src/cli/terminal.h"
#include "src/cli/test_rows.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAMED_CLASSES = 20, LABEL = 12, LINE = 79 };

static void put_label(const char *label)
{
    printf("%-*s", LABEL, label);
}

/* Prints the joined spec, then one line for each stage if there are several. */
static void print_features(const oc_features *features)
{
    put_label("features");
    print_features_line(features);
    for (size_t i = 0; i < oc_features_count(features) && oc_features_count(features) > 1; i++) {
        put_label("");
        printf("%s, %zu values\n", oc_features_part_spec(features, i), oc_features_part_dimension(features, i));
    }
}

/* Prints for each stage its columns, counted from 0, and their layout. */
static void print_columns(const oc_features *features)
{
    for (size_t i = 0, first = 0; i < oc_features_count(features); i++) {
        char name[40], layout[600];
        size_t count = oc_features_part_dimension(features, i);
        oc_features_part_name(features, i, name, sizeof name);
        describe_columns(features, i, layout, sizeof layout);
        put_label(i ? "" : "columns");
        printf("%zu to %zu, %s: %s\n", first, first + count - 1, name, layout);
        first += count;
    }
}

/* Prints one item of a list; when a line is full, the list continues in the column of values of the next line. */
static void put_item(size_t *column, const char *item)
{
    size_t width = escape_width(item);
    bool first = *column == 0;
    if (first) {
        *column = LABEL;
    } else if (*column + 2 + width > LINE) {
        fputs(",\n", stdout);
        put_label("");
        *column = LABEL;
    } else {
        fputs(", ", stdout);
        *column += 2;
    }
    escape_put(stdout, item);
    *column += width;
}

/* Prints "name value" for every entry of a table; real numbers are rounded to 4 digits. */
static void put_params(size_t *column, const oc_param *params, size_t count, const void *values)
{
    for (size_t i = 0; i < count; i++) {
        char value[100], item[200];
        oc_param_format(&params[i], values, value, sizeof value);
        if (params[i].type == OC_REAL && strcmp(value, "auto") != 0) {
            snprintf(value, sizeof value, "%.4g", strtod(value, NULL));
        }
        snprintf(item, sizeof item, "%s %s", params[i].name, value);
        put_item(column, item);
    }
}

static void print_image_options(const oc_image_options *options)
{
    size_t column = 0;
    put_label("images");
    for (size_t i = 0; i < oc_image_param_count; i++) {
        bool idle = strcmp(oc_image_params[i].name, "depth") == 0 && options->depth == 0;
        put_params(&column, &oc_image_params[i], idle ? 0 : 1, options);
    }
    putchar('\n');
}

static void print_training(const oc_train_options *options)
{
    size_t column = 0;
    char seed[40];
    put_label("training");
    for (size_t i = 0; i < oc_train_param_count; i++) {
        if (oc_train_uses(options, oc_train_params[i].name)) {
            put_params(&column, &oc_train_params[i], 1, options);
        }
    }
    snprintf(seed, sizeof seed, "seed %" PRIu64, options->seed);
    put_item(&column, seed);
    putchar('\n');
}

/* Prints the number of classes and the first names; counts (C): the number of rows of each class, or NULL. */
static void print_classes(oc_class_list classes, const size_t *counts)
{
    size_t column = 0;
    char item[400];
    put_label("classes");
    printf("%zu\n", classes.count);
    put_label("");
    for (size_t c = 0; c < classes.count && c < NAMED_CLASSES; c++) {
        if (counts) {
            snprintf(item, sizeof item, "%.300s (%zu)", classes.names[c], counts[c]);
        } else {
            snprintf(item, sizeof item, "%.300s", classes.names[c]);
        }
        put_item(&column, item);
    }
    puts(classes.count > NAMED_CLASSES ? ", ..." : "");
}

static void print_model(const oc_model *model)
{
    const oc_classifier *classifier = oc_model_classifier(model);
    oc_image_options image = oc_model_image_options(model);
    oc_train_options train = oc_model_train_options(model);
    oc_validation tried = oc_model_validation(model);
    print_features(oc_model_features(model));
    print_columns(oc_model_features(model));
    if (oc_features_count(oc_model_features(model))) {
        print_image_options(&image);
    }
    print_classes(oc_model_class_list(model), NULL);
    print_training(&train);
    report_validation(stdout, model, &tried);
    report_trials(stdout, &tried);
    put_label("parameters");
    if (classifier->nearest) {
        printf("%zu: %zu neighbours x %zu values\n", oc_model_parameters(model),
               oc_model_parameters(model) / classifier->dimension, classifier->dimension);
    } else {
        printf("%zu: %zu classes x (%zu values + 1 bias)\n", oc_model_parameters(model), classifier->classes,
               classifier->dimension);
    }
    if (oc_model_stage_parameters(model)) {
        put_label("");
        printf("%zu learned by the stages\n", oc_model_stage_parameters(model));
    }
}

/* Prints the first classes with their numbers of rows. */
static int print_class_counts(const oc_set *set)
{
    size_t unknown = 0;
    const int *labels = oc_set_labels(set);
    size_t *counts = calloc(oc_set_classes(set) + 1, sizeof *counts);
    if (!counts) {
        terminal_error("out of memory for the classes");
        return EXIT_FAILED;
    }
    for (size_t i = 0; i < oc_set_count(set); i++) {
        if (labels[i] >= 0) {
            counts[labels[i]]++;
        } else {
            unknown++;
        }
    }
    print_classes(oc_set_class_list(set), counts);
    if (unknown) {
        put_label("");
        printf("%zu rows without a label\n", unknown);
    }
    free(counts);
    return EXIT_DONE;
}

static int print_set(const oc_set *set)
{
    oc_image_options image = oc_set_image_options(set);
    put_label("rows");
    printf("%zu of %zu values\n", oc_set_count(set), oc_set_rows(set)->dimension);
    print_features(oc_set_features(set));
    print_columns(oc_set_features(set));
    print_image_options(&image);
    int status = print_class_counts(set);
    if (oc_set_skipped(set)) {
        put_label("skipped");
        printf("%zu, named in skipped.csv\n", oc_set_skipped(set));
    }
    return status;
}

/* Prints the card of a model, with the test of --test. */
static int write_card(const cli_settings *settings, const oc_model *model, const char *path, oc_job *job)
{
    test_rows rows = {NULL, NULL};
    oc_evaluation test = {0};
    oc_error err;
    int status = EXIT_DONE;
    const cli_input tested = settings->test ? recognise(settings->test) : (cli_input){NULL, INPUT_IMAGES};
    if (settings->test && (open_test_rows(settings, &(named_model){path, model}, &tested, job, &rows, &err) ||
                           oc_evaluate(model, rows.set, job, &test, &err))) {
        status = report_failure(&err);
    } else {
        status = rows.set ? report_skipped(rows.set, "test image") : EXIT_DONE;
        print_card(stdout, model, path, rows.set ? &test : NULL, settings->test);
    }
    oc_evaluation_clear(&test);
    test_rows_free(&rows);
    return status;
}

static int wrong_options(const cli_settings *settings, bool is_set)
{
    if (settings->card && (is_set || settings->json)) {
        return report_usage(&command_info,
                            is_set ? "--card needs a model; %s is a set" : "--card and --json exclude each other",
                            settings->operands.items[0]);
    }
    if (settings->labels && !settings->test) {
        return report_usage(&command_info, "--labels has no effect: it names the labels of the rows of --test");
    }
    if (settings->test && !settings->card) {
        return report_usage(&command_info, "--test needs --card; 'ocellus evaluate %s %s' prints the results of a test",
                            settings->operands.items[0], settings->test);
    }
    return EXIT_DONE;
}

static int run(const cli_settings *settings, oc_job *job)
{
    const char *path = settings->operands.items[0];
    oc_set *set = NULL;
    oc_model *model = NULL;
    oc_error err;
    const cli_input in = recognise(path);
    bool is_set = in.kind == INPUT_SET;
    int status = wrong_options(settings, is_set);
    if (status) {
        return status;
    }
    if (is_set ? oc_set_open(path, &set, &err) : open_model(&in, &model, &err)) {
        status = report_failure(&err);
    } else if (settings->json) {
        status = print_json(is_set ? oc_json_info_set(set) : oc_json_info_model(model));
    } else if (settings->card) {
        status = write_card(settings, model, path, job);
    } else if (is_set) {
        status = print_set(set);
    } else {
        print_model(model);
    }
    oc_model_free(model);
    oc_set_free(set);
    return status;
}

/* clang-format off */
static const cli_option own_options[] = {
    {0, NULL, REPEAT_LAST_WINS, 0,
     {OPTION_FLAG("card", card, "write a model card in Markdown: data, settings, accuracy and limits")}},
    {'t', "IMAGES", REPEAT_REFUSED, 0,
     {OPTION_TEXT("test", test, "measure the accuracy for the card on these images or rows")}},
};
/* clang-format on */

const cli_command command_info = {
    .name = "info",
    .options = {SKIPS_IMAGES | TESTS | TAKES_LABELS | WORKS_LONG | PRINTS_RESULT, OWN_OPTIONS(own_options)},
    .summary = "print the contents of a model or a set",
    .usage = "info MODEL|SET\n"
             "info MODEL --card [--test IMAGES|SET] > card.md",
    .about = "Prints the stages, the layout of their columns, image size, classes, training options and number of "
             "parameters of a model; or the stages, columns, rows and classes of a set.\n\n"
             "--card writes a model card in Markdown instead: data, settings, accuracy and limits. With --test, the "
             "card includes the accuracy on test images.",
    .examples = "ocellus info photos.model\n"
                "ocellus info rows --json\n"
                "ocellus info photos.model --card --test test-photos > card.md",
    .expects = "MODEL or SET",
    .min_operands = 1,
    .max_operands = 1,
    .run = run,
};
