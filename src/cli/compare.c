/* ocellus compare: a table of accuracies of features. */
#include "src/cli/balance.h"
#include "src/cli/choose.h"
#include "src/cli/compare_plan.h"
#include "src/cli/compare_table.h"
#include "src/cli/inputs.h"
#include "src/cli/report.h"
#include "src/cli/terminal.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The rows of the table without -f. */
static const char *default_specs[] = {"pixels", DEFAULT_SPEC};

static void name_skipped(void *context, const oc_set *train, const oc_set *test)
{
    (void)context;
    report_skipped(train, "training image");
    report_skipped(test, "test image");
}

static int wrong_options(const cli_settings *settings)
{
    if (settings->test && strcmp(settings->test, "-") == 0 && strcmp(settings->operands.items[0], "-") == 0) {
        return report_usage(&command_compare, "only one of the two data sets can come from standard input");
    }
    return check_training(&command_compare, settings);
}

/* Sends notes: about the defaults of --test and -f, and when --test names the training images. */
static void note_choices(const cli_settings *settings)
{
    if (settings->test && same_file(settings->operands.items[0], settings->test)) {
        terminal_note("%s is used for training and test: the test accuracy shows nothing about other images",
                      settings->test);
    }
    if (settings->specs.items == default_specs) {
        terminal_note("comparing %s and %s; use one -f for each row to compare other features", default_specs[0],
                      default_specs[1]);
    }
    if (!settings->test && !test_folds(settings)) {
        terminal_note("a fifth of the images, drawn by --seed %" PRId64
                      ", are the test images; --folds 5 tests each image "
                      "once, --test IMAGES uses other images",
                      settings->seed);
    }
}

/* Sends a note about the first row of the table that never predicts a small class. */
static void note_balance(const cli_settings *settings, const oc_comparison *comparison)
{
    for (size_t r = 0; r < comparison->count; r++) {
        const oc_evaluation *e = &comparison->rows[r].evaluation;
        size_t first, count = never_predicted(e, &first);
        if (count) {
            terminal_note(
                "%s never predicts %zu of the small classes, for example '%.200s', which has %zu of %zu test images%s",
                comparison->rows[r].features, count, comparison->classes.names[first], e->metrics[first].count,
                e->images, balance_advice(&settings->train));
            return;
        }
    }
}

/* Parses all specs before any work, so that an error in the last one is found at once. */
static oc_status check_specs(const cli_strings *specs, oc_error *err)
{
    oc_status status = OC_OK;
    for (size_t i = 0; i < specs->count && !status; i++) {
        oc_features *features = NULL;
        status = is_auto(specs->items[i]) ? OC_OK : oc_features_parse(specs->items[i], &features, err);
        oc_features_free(features);
    }
    return status;
}

/* Replaces each "auto" by the chosen spec; *chosen owns the text. Without --test the choice is made on all images, the
 * test images included; a note says so. */
static oc_status choose_specs(const cli_settings *settings, const oc_dataset *train, oc_job *job, oc_features **chosen,
                              oc_error *err)
{
    oc_status status = OC_OK;
    oc_choice choice = {0};
    for (size_t i = 0; i < settings->specs.count && !status; i++) {
        if (is_auto(settings->specs.items[i])) {
            status = *chosen ? OC_OK : choose_features(settings, train, job, &choice, err);
            *chosen = choice.features;
            if (!status && !settings->test) {
                terminal_note("-f auto was chosen on all images, including the test images: its accuracy may be a "
                              "little too high");
            }
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
        compare_table_end(settings, comparison);
    }
    note_balance(settings, comparison);
    return status ? status : skipped ? EXIT_SKIPPED : EXIT_DONE;
}

static oc_status write_report(const cli_settings *settings, const oc_train_options *train,
                              const oc_comparison *comparison, const oc_dataset *test, oc_error *err)
{
    if (!settings->report) {
        return OC_OK;
    }
    char *command;
    size_t unread = 0;
    oc_status status = typed_command("compare", settings, &command, err);
    if (status != OC_OK) {
        return status;
    }
    oc_report_options options = {settings->report, command, *train, test, settings->predictions, &unread};
    status = oc_report_comparison(comparison, &options, err);
    note_without_picture(unread);
    free(command);
    return status;
}

static oc_status check(const cli_settings *settings, oc_error *err)
{
    const cli_output outputs[] = {{settings->output, "the model", check_output_file},
                                  {settings->report, "the report", check_output_file},
                                  {settings->predictions, "the predictions", check_output_predictions}};
    return check_outputs(settings, outputs, 3, err);
}

static oc_status write_predictions(const cli_settings *settings, const oc_comparison *comparison,
                                   const oc_dataset *test, oc_error *err)
{
    return settings->predictions ? oc_predictions_comparison(comparison, test, settings->predictions, err) : OC_OK;
}

static oc_compare_options compare_options(const cli_settings *settings, compare_table *table)
{
    oc_compare_options options = {.specs = settings->specs.items,
                                  .count = settings->specs.count,
                                  .extract = extract_options(settings),
                                  .train = settings->train,
                                  .folds = test_folds(settings),
                                  .choose = settings->output != NULL,
                                  .seeds = (size_t)settings->seeds,
                                  .model = settings->output,
                                  .row_done = compare_table_row,
                                  .skipped = name_skipped,
                                  .context = table};
    options.train.seed = (uint64_t)settings->seed;
    if (options.folds) {
        options.train.folds = OC_AUTO; /* --folds is for the test, not for validation */
    }
    return options;
}

static int work(const cli_settings *settings, const oc_compare_options *options, const oc_dataset *train,
                const oc_dataset *test, oc_job *job)
{
    oc_comparison *comparison = NULL;
    oc_features *chosen = NULL;
    oc_error err;
    int status;
    if (choose_specs(settings, train, job, &chosen, &err) || oc_compare(train, test, options, job, &comparison, &err) ||
        write_predictions(settings, comparison, test ? test : train, &err) ||
        write_report(settings, &options->train, comparison, test ? test : train, &err)) {
        status = report_failure(&err);
    } else {
        status = finish(settings, comparison);
    }
    oc_comparison_free(comparison);
    oc_features_free(chosen);
    return status;
}

static int compare(const cli_settings *settings, oc_job *job)
{
    const char *path = settings->operands.items[0];
    oc_dataset *train = NULL, *test = NULL;
    oc_error err;
    int status;
    compare_table table = compare_table_start(settings);
    oc_compare_options options = compare_options(settings, &table);
    if (oc_train_check(&options.train, &err) || check_specs(&settings->specs, &err) || check(settings, &err) ||
        open_images(settings, path, &train, &err) ||
        (settings->test && open_images(settings, settings->test, &test, &err)) ||
        oc_compare_check(train, test, &options, &err) || oc_dataset_note_labels(train, path, job, &err)) {
        status = report_failure(&err);
    } else {
        options.checked = true;
        note_choices(settings);
        status = settings->dry_run ? print_compare_plan(settings, train, test, test_folds(settings), job)
                                   : work(settings, &options, train, test, job);
    }
    oc_dataset_free(test);
    oc_dataset_free(train);
    return status;
}

static int run(const cli_settings *typed, oc_job *job)
{
    cli_settings settings = *typed;
    int status = wrong_options(&settings);
    if (status) {
        return status;
    }
    if (settings.specs.count == 0) {
        settings.specs = (cli_strings){default_specs, sizeof default_specs / sizeof *default_specs};
    }
    return compare(&settings, job);
}

/* clang-format off */
static const cli_option own_options[] = {
    {'f', "SPEC", REPEAT_COLLECTED, 0,
     {OPTION_TEXT("features", specs,
                  "features of one row of the table: stages joined by '+', see 'ocellus help stages'; auto: chosen "
                  "on the training images; repeat -f for more rows; the first row is the baseline of the test (p); "
                  "default: pixels and " DEFAULT_SPEC)}},
    {'t', "IMAGES", REPEAT_REFUSED, 0,
     {OPTION_TEXT("test", test,
                  "test images, which training never sees; without it a fifth of IMAGES are the test images, or with "
                  "--folds each image once")}},
    {'o', "MODEL", REPEAT_REFUSED, 0,
     {OPTION_TEXT("output", output,
                  "save a model of the best row, which is chosen on a held-out part of the training images")}},
    {0, "FOLDER", REPEAT_REFUSED, 0,
     {OPTION_TEXT("predictions", predictions,
                  "write a CSV file for each row of the table to a folder: path, label, predicted class, "
                  "probability; replaces an older folder")}},
    {0, "N", REPEAT_LAST_WINS, 0,
     {"seeds", OC_INTEGER, OPTION_FIELD(seeds), "1", 1, 1000, NULL,
      "repeat everything with N seeds, from --seed on, and print mean and standard deviation of the test accuracy"}},
};
/* clang-format on */

const cli_command command_compare = {
    .name = "compare",
    .options = {READS_IMAGES | SKIPS_IMAGES | STOPS_AT_IMAGES | TAKES_SPEC | LEARNS | TRAINS | TESTS | PLANS |
                    WORKS_LONG | REPORTS | PRINTS_RESULT,
                OWN_OPTIONS(own_options)},
    .summary = "compare features in one table of accuracies",
    .usage = "compare IMAGES [--test IMAGES] [-f SPEC]... [-o MODEL]\n"
             "compare IMAGES --folds K [-f SPEC]... [-o MODEL]\n"
             "compare IMAGES [--test IMAGES] [-f SPEC]... --report PAGE.html",
    .about =
        "Trains the same classifier on each kind of features and tests it on the same images. The table shows for "
        "each -f: the number of values in a row, the time to extract and to train, the accuracy on training and test "
        "images in percent, the 95 % interval of the test accuracy (Wilson), and p, the probability of a difference "
        "from the first row at least as large if both were equally good (McNemar's exact test). Without -f, the rows "
        "are pixels (the raw values) and " DEFAULT_SPEC ".\n\n"
        "Without --test, a fifth of the images of each class, drawn by --seed, are the test images. With --folds K "
        "instead, the images are split into K parts, and each part is tested after training on the others, so that "
        "every image is tested once. Images with the same pixels are never on both sides of a split; to find them, "
        "all images are read once more.\n\n"
        "If the largest class has more than twice as many test images as the smallest, the table also has the "
        "balanced accuracy, the mean of the accuracies of the classes. A classifier cannot raise it by always "
        "guessing the largest class.\n\n"
        "With --seeds N, all random choices are repeated with N seeds, codebooks included. The table is that of the "
        "first seed; mean and standard deviation of the test accuracy follow it.\n\n"
        "With -o, a part of the training images is held out to choose the row of the highest accuracy (with "
        "--class-weight "
        "balanced, of the highest balanced accuracy), which is saved; the test images are not used for this choice. "
        "The table also shows the accuracy on the held-out part. With --folds, the "
        "best row of the table is trained on all images and saved.\n\n"
        "With --predictions, FOLDER gets a CSV file for each row of the table, named by its number and its features, "
        "with a line path,label,predicted,probability for each test image; the path is relative to the current "
        "folder.\n\n"
        "IMAGES is a folder with one sub-folder for each class, a CSV list with the header path,label, or an IDX or "
        "CIFAR-10 binary file.",
    .examples = "ocellus compare photos\n"
                "ocellus compare photos -f pixels -f hog --folds 5 --report report.html\n"
                "ocellus compare train --test test -f pixels -f color -f hog -f hog+color\n"
                "ocellus compare train --test test -f pixels -f words -o best.model --json",
    .expects = "IMAGES, one data set with labels",
    .min_operands = 1,
    .max_operands = 1,
    .run = run,
};
