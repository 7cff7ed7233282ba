/* ocellus compare: which features are worth it. */
#include "src/cli/choose.h"
#include "src/cli/dry_run.h"
#include "src/cli/inputs.h"
#include "src/cli/table.h"
#include "src/cli/terminal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CELL = 32, COLUMNS = 9 };

/* The table that grows while the work goes on. */
typedef struct growing {
    table_column columns[COLUMNS];
    size_t count; /* of the columns that are shown: without validation not the last */
    bool json;
} growing;

static size_t widest_spec(const cli_settings *settings)
{
    size_t widest = 0;
    for (size_t i = 0; i < settings->specs.count; i++) {
        const char *spec = settings->specs.items[i];
        size_t width = is_auto(spec) ? LONGEST_CHOICE : terminal_width(spec);
        widest = width > widest ? width : widest;
    }
    return widest;
}

static growing start_table(const cli_settings *settings)
{
    growing table = {.columns = {{"features", widest_spec(settings), true},
                                 {"values", 6, false},
                                 {"extract", 7, false},
                                 {"train", 7, false},
                                 {"train %", 6, false},
                                 {"test %", 6, false},
                                 {"95% interval", 12, false},
                                 {"p", 7, false},
                                 {"held out", 6, false}},
                     .json = settings->json};
    bool validated = settings->output || settings->train.tune || option_given(settings, "holdout") ||
                     option_given(settings, "folds");
    table.count = validated ? COLUMNS : COLUMNS - 1;
    return table;
}

static void format_p(double p, char *cell)
{
    if (isnan(p)) {
        snprintf(cell, CELL, "-");
    } else if (p < 0.0001) {
        snprintf(cell, CELL, "<0.0001");
    } else {
        snprintf(cell, CELL, "%.4f", p);
    }
}

static void print_row(void *context, const oc_comparison *comparison)
{
    const growing *table = context;
    const oc_comparison_row *row = &comparison->rows[comparison->count - 1];
    char cells[COLUMNS][CELL];
    if (table->json) {
        return;
    }
    terminal_clear();
    if (comparison->count == 1) {
        printf("%zu images to train on, %zu to test on, %zu classes\n\n", comparison->train, comparison->test,
               comparison->classes);
        table_heading(stdout, table->columns, table->count);
    }
    snprintf(cells[1], CELL, "%zu", row->dimension);
    snprintf(cells[2], CELL, "%.1f s", row->extract_seconds);
    snprintf(cells[3], CELL, "%.1f s", row->train_seconds);
    snprintf(cells[4], CELL, isnan(row->train_accuracy) ? "-" : "%.2f", 100 * row->train_accuracy);
    snprintf(cells[5], CELL, "%.2f", 100 * row->test_accuracy);
    snprintf(cells[6], CELL, "%.2f..%.2f", 100 * row->low, 100 * row->high);
    format_p(row->p_value, cells[7]);
    if (row->validation.held) {
        snprintf(cells[8], CELL, "%.2f", 100 * oc_validation_accuracy(&row->validation));
    }
    const char *texts[COLUMNS] = {row->features};
    for (size_t i = 1; i < COLUMNS; i++) {
        texts[i] = cells[i];
    }
    table_row(stdout, table->columns, table->count, texts);
    fflush(stdout);
}

static void name_skipped(void *context, const oc_set *train, const oc_set *test)
{
    (void)context;
    report_skipped(train, "training image");
    report_skipped(test, "test image");
}

static void print_seeds(const oc_comparison *comparison, size_t widest)
{
    const table_column columns[] = {{"features", widest, true}, {"mean test %", 11, false}, {"deviation", 9, false}};
    printf("\nover %zu seeds\n", comparison->seeds);
    table_heading(stdout, columns, 3);
    for (size_t r = 0; r < comparison->count; r++) {
        char mean[CELL], deviation[CELL];
        snprintf(mean, CELL, "%.2f", 100 * comparison->rows[r].test_mean);
        snprintf(deviation, CELL, "%.2f", 100 * comparison->rows[r].test_deviation);
        table_row(stdout, columns, 3, (const char *const[]){comparison->rows[r].features, mean, deviation});
    }
}

static void print_best(const oc_comparison *comparison, const char *model, const char *report)
{
    size_t best = 0;
    for (size_t i = 1; i < comparison->count; i++) {
        if (comparison->rows[i].test_accuracy > comparison->rows[best].test_accuracy) {
            best = i;
        }
    }
    putchar('\n');
    if (comparison->count > 1) {
        printf("best on the test images: %s\n", comparison->rows[best].features);
    }
    if (model) {
        printf("best on held-out training images: %s, saved as ", comparison->rows[comparison->best].features);
        terminal_put_name(stdout, model);
        putchar('\n');
    }
    if (comparison->count > 1) {
        puts("p: McNemar's exact test against the first row");
    }
    if (report) {
        fputs("report for a browser: ", stdout);
        terminal_put_name(stdout, report);
        putchar('\n');
    }
}

static int wrong_options(const cli_settings *settings)
{
    if (!settings->test) {
        return report_usage(&command_compare,
                            "--test IMAGES is missing: the images to test on, which training never sees");
    }
    if (settings->specs.count == 0) {
        return report_usage(&command_compare,
                            "-f SPEC is missing: give one for each row, for example -f pixels -f hog+color");
    }
    if (strcmp(settings->test, "-") == 0 && strcmp(settings->operands.items[0], "-") == 0) {
        return report_usage(&command_compare, "only one of the two data sets can come from standard input");
    }
    return check_training(&command_compare, settings);
}

/* Is the stage (of this length) a part of the joined spec? */
static bool has_stage(const char *joined, const char *stage, size_t length)
{
    for (const char *at = joined; *at; at += strcspn(at, "+"), at += *at == '+') {
        if (strcspn(at, "+") == length && strncmp(at, stage, length) == 0) {
            return true;
        }
    }
    return false;
}

/* Every stage of the specs, each once; to be freed. NULL when memory is short. */
static char *join_stages(const strings *specs)
{
    size_t room = 1;
    for (size_t i = 0; i < specs->count; i++) {
        room += strlen(specs->items[i]) + 1;
    }
    char *joined = calloc(room, 1), *end = joined;
    for (size_t i = 0; joined && i < specs->count; i++) {
        for (const char *at = specs->items[i]; *at; at += *at == '+') {
            size_t length = strcspn(at, "+");
            if (!has_stage(joined, at, length)) {
                if (end > joined) {
                    *end++ = '+';
                }
                memcpy(end, at, length);
                end += length;
            }
            at += length;
        }
    }
    return joined;
}

/* What all specs together will take (of auto, the largest candidate): each different stage is extracted once, rows stay
 * in memory, and training needs oc_train_memory. */
static int tell_plan(const cli_settings *settings, oc_dataset *train, oc_dataset *test, oc_job *job)
{
    bool choose = false;
    for (size_t i = 0; i < settings->specs.count; i++) {
        choose = choose || is_auto(settings->specs.items[i]);
        settings->specs.items[i] = is_auto(settings->specs.items[i]) ? oc_choose_largest() : settings->specs.items[i];
    }
    oc_error err;
    trial of_train, of_test = {.images = oc_dataset_count(test), .classes = oc_dataset_classes(test)};
    oc_extract_options options = extract_options(settings);
    oc_features *features = NULL;
    char *spec = join_stages(&settings->specs);
    if (!spec) {
        terminal_error("out of memory for the specs");
        return EXIT_FAILED;
    }
    int status = EXIT_DONE;
    if (oc_features_parse(spec, &features, &err) || try_images(train, features, &options, job, &of_train, &err)) {
        status = report_failure(&err);
    } else {
        size_t d = of_train.dimension, n = of_train.images;
        size_t memory = of_train.memory + sizeof(float) * (n + of_test.images) * d +
                        oc_train_memory(n, d, of_train.classes);
        of_train.choose_seconds = choose ? choose_seconds() : 0;
        print_trial(&of_train, &of_test, 0, memory, settings->json);
    }
    oc_features_free(features);
    free(spec);
    return status;
}

/* All specs are read before any work: a slip in the last one must not cost the time of the first. */
static oc_status check_specs(const strings *specs, oc_error *err)
{
    oc_status status = OC_OK;
    for (size_t i = 0; i < specs->count && !status; i++) {
        oc_features *features = NULL;
        status = is_auto(specs->items[i]) ? OC_OK : oc_features_parse(specs->items[i], &features, err);
        oc_features_free(features);
    }
    return status;
}

/* Puts the features that are chosen in place of each "auto"; *chosen holds the text. */
static oc_status choose_specs(const cli_settings *settings, const oc_dataset *train, oc_job *job, oc_features **chosen,
                              oc_error *err)
{
    oc_status status = OC_OK;
    for (size_t i = 0; i < settings->specs.count && !status; i++) {
        if (is_auto(settings->specs.items[i])) {
            status = *chosen ? OC_OK : choose_features(settings, train, job, chosen, err);
            settings->specs.items[i] = status ? settings->specs.items[i] : oc_features_spec(*chosen);
        }
    }
    return status;
}

static int finish(const cli_settings *settings, const oc_comparison *comparison)
{
    int status = EXIT_DONE;
    size_t skipped = comparison->train_skipped + comparison->test_skipped;
    if (settings->json) {
        status = print_json(oc_json_comparison(comparison));
    } else {
        if (comparison->seeds > 1) {
            print_seeds(comparison, widest_spec(settings));
        }
        print_best(comparison, settings->output, settings->report);
    }
    return status ? status : skipped ? EXIT_SKIPPED : EXIT_DONE;
}

static oc_status write_report(const cli_settings *settings, const oc_train_options *train,
                              const oc_comparison *comparison, const oc_dataset *test, oc_error *err)
{
    char *command = typed_command("compare", settings);
    oc_report_options options = {settings->report, command, *train, test, settings->predictions};
    oc_status status = settings->report ? oc_report_comparison(comparison, &options, err) : OC_OK;
    free(command);
    return status;
}

static oc_status check_outputs(const cli_settings *settings, oc_error *err)
{
    const char *model = settings->output, *report = settings->report, *predictions = settings->predictions;
    const char *inputs[] = {settings->operands.items[0], settings->test};
    oc_status status = model ? check_output_file(model, inputs, 2, err) : OC_OK;
    if (!status && report) {
        status = check_output_file(report, inputs, 2, err);
    }
    if (!status && model && report && same_output(model, report)) {
        status = wrong_usage(err, "%.700s: the model and the report need two names", report);
    }
    if (!status && predictions) {
        status = check_output_predictions(predictions, inputs, 2, err);
    }
    if (!status && predictions &&
        ((model && same_output(model, predictions)) || (report && same_output(report, predictions)))) {
        status = wrong_usage(err, "%.700s: the predictions need a name of their own", predictions);
    }
    return status;
}

static oc_status write_predictions(const cli_settings *settings, const oc_comparison *comparison,
                                   const oc_dataset *test, oc_error *err)
{
    return settings->predictions ? oc_predictions_comparison(comparison, test, settings->predictions, err) : OC_OK;
}

static int run(const cli_settings *settings, oc_job *job)
{
    oc_dataset *train = NULL, *test = NULL;
    oc_comparison *comparison = NULL;
    oc_features *chosen = NULL;
    oc_error err;
    int status = wrong_options(settings);
    if (status) {
        return status;
    }
    if (same_file(settings->operands.items[0], settings->test)) {
        terminal_note("%s is trained on and tested on: the test accuracy tells nothing of other images",
                      settings->test);
    }
    growing table = start_table(settings);
    oc_compare_options options = {.extract = extract_options(settings),
                                  .train = settings->train,
                                  .choose = settings->output != NULL,
                                  .seeds = (size_t)settings->seeds,
                                  .model = settings->output,
                                  .row_done = print_row,
                                  .skipped = name_skipped,
                                  .context = &table};
    options.train.seed = (uint64_t)settings->seed;
    if (oc_train_check(&options.train, &err) || check_specs(&settings->specs, &err) || check_outputs(settings, &err) ||
        open_images(settings, settings->operands.items[0], &train, &err) ||
        open_images(settings, settings->test, &test, &err) || oc_compare_check(train, test, &options, &err) ||
        oc_dataset_note_labels(train, settings->operands.items[0], job, &err)) {
        status = report_failure(&err);
    } else if (settings->dry_run) {
        status = tell_plan(settings, train, test, job);
    } else if (choose_specs(settings, train, job, &chosen, &err) ||
               oc_compare(train, test, settings->specs.items, settings->specs.count, &options, job, &comparison,
                          &err) ||
               write_predictions(settings, comparison, test, &err) ||
               write_report(settings, &options.train, comparison, test, &err)) {
        status = report_failure(&err);
    } else {
        status = finish(settings, comparison);
    }
    oc_comparison_free(comparison);
    oc_features_free(chosen);
    oc_dataset_free(test);
    oc_dataset_free(train);
    return status;
}

const cli_command command_compare = {
    .name = "compare",
    .bit = TAKEN_BY_COMPARE,
    .summary = "one table: accuracy of different features",
    .usage = "compare IMAGES --test IMAGES -f SPEC... [-o MODEL]\n"
             "compare IMAGES --test IMAGES -f SPEC... --report PAGE.html",
    .about =
        "Trains the same classifier on each kind of features and tests it on the same images. The table has, for "
        "each -f, the number of values in a row, the time to extract and to train, the accuracy on training and "
        "test images in percent, the 95 % interval of the test accuracy (Wilson), and p, the probability of a "
        "difference from the first row at least as large if both were equally good (McNemar's exact test).\n\n"
        "With --seeds N, everything that is drawn at random is drawn N times, codebooks included: mean and standard "
        "deviation of the test accuracy follow the table, which is that of the first seed.\n\n"
        "With -o, a part of the training images is held out to choose the best row, which is then saved: the test "
        "images have no say in the choice. Its accuracy on the held-out part is shown as well.\n\n"
        "With --predictions, FOLDER gets a CSV file for each row of the table, named by its number and its features, "
        "with a line path,label,predicted,probability for each test image.\n\n"
        "IMAGES is a folder with one sub-folder for each class, a CSV list with the header path,label, or an IDX "
        "or CIFAR-10 binary file.",
    .examples = "ocellus compare train --test test -f pixels -f color -f hog -f hog+color\n"
                "ocellus compare train --test test -f pixels -f words -o best.model --json",
    .expects = "IMAGES, one data set with labels",
    .least_operands = 1,
    .most_operands = 1,
    .works_long = true,
    .run = run,
};
