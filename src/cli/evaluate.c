/* ocellus evaluate: the accuracy of a model on labelled images. */
#include "src/cli/balance.h"
#include "src/cli/inputs.h"
#include "src/cli/report.h"
#include "src/cli/terminal.h"
#include "src/cli/test_rows.h"

#include <stdio.h>
#include <stdlib.h>

static oc_status write_predictions(const cli_settings *settings, const oc_model *model, const oc_evaluation *evaluation,
                                   const test_rows *test, oc_error *err)
{
    return settings->predictions
               ? oc_predictions_evaluation(model, evaluation, test->set, test->images, settings->predictions, err)
               : OC_OK;
}

static oc_status write_report(const cli_settings *settings, const oc_model *model, const oc_evaluation *evaluation,
                              const test_rows *test, oc_error *err)
{
    if (!settings->report) {
        return OC_OK;
    }
    char *command;
    size_t unread = 0;
    oc_status status = typed_command("evaluate", settings, &command, err);
    if (status != OC_OK) {
        return status;
    }
    oc_report_options options = {settings->report,      command, oc_model_train_options(model), test->images,
                                 settings->predictions, &unread};
    status = oc_report_evaluation(model, evaluation, test->set, &options, err);
    note_without_picture(unread);
    free(command);
    return status;
}

/* Sends a note when a small class is never predicted. */
static void note_balance(const oc_model *model, const oc_evaluation *evaluation)
{
    oc_train_options train = oc_model_train_options(model);
    size_t first, count = never_predicted(evaluation, &first);
    if (count) {
        terminal_note(
            "%zu of the small classes %s never predicted, for example '%.200s', which has %zu of %zu test images%s",
            count, plural(count, "is", "are"), oc_model_class(model, first), evaluation->metrics[first].count,
            evaluation->images, balance_advice(&train));
    }
}

static oc_status check(const cli_settings *settings, oc_error *err)
{
    const cli_output outputs[] = {{settings->report, "the report", check_output_file},
                                  {settings->predictions, "the predictions", check_output_file}};
    return check_outputs(settings, outputs, 2, err);
}

static int report(const cli_settings *settings, const oc_model *model, const oc_evaluation *evaluation,
                  const test_rows *test)
{
    int skipped = report_skipped(test->set, "image"), status = EXIT_DONE;
    size_t count = oc_set_count(test->set);
    if (evaluation->images < count) {
        terminal_note("%zu of %zu images have no label and are left out", count - evaluation->images, count);
    }
    if (settings->json) {
        status = print_json(oc_json_evaluation(model, evaluation));
    } else {
        report_evaluation(stdout, model, evaluation);
    }
    note_balance(model, evaluation);
    return status ? status : skipped;
}

static int run(const cli_settings *settings, oc_job *job)
{
    const cli_input trained = recognise(settings->operands.items[0]), tested = recognise(settings->operands.items[1]);
    oc_model *model = NULL;
    test_rows test = {NULL, NULL};
    oc_evaluation evaluation = {0};
    oc_error err;
    int status = check_image_options(&command_evaluate, settings, &tested);
    if (status) {
        return status;
    }
    if (check(settings, &err) || open_model(&trained, &model, &err) ||
        open_test_rows(settings, &(named_model){trained.path, model}, &tested, job, &test, &err) ||
        oc_evaluate(model, test.set, job, &evaluation, &err) ||
        write_predictions(settings, model, &evaluation, &test, &err) ||
        write_report(settings, model, &evaluation, &test, &err)) {
        status = report_failure(&err);
    } else {
        status = report(settings, model, &evaluation, &test);
    }
    oc_evaluation_clear(&evaluation);
    test_rows_free(&test);
    oc_model_free(model);
    return status;
}

/* clang-format off */
static const cli_option own_options[] = {
    {0, "FILE.csv", REPEAT_REFUSED, 0,
     {OPTION_TEXT("predictions", predictions,
                  "write path, label, predicted class and its probability for each image to a CSV file; replaces an "
                  "older one")}},
};
/* clang-format on */

const cli_command command_evaluate = {
    .name = "evaluate",
    .options = {READS_IMAGES | SKIPS_IMAGES | STOPS_AT_IMAGES | TAKES_LABELS | WORKS_LONG | REPORTS | PRINTS_RESULT,
                OWN_OPTIONS(own_options)},
    .summary = "measure the accuracy of a model on labelled images",
    .usage = "evaluate MODEL IMAGES|SET [--report PAGE.html]\n"
             "evaluate MODEL IMAGES|SET --predictions FILE.csv\n"
             "evaluate MODEL ROWS.npy --labels FILE",
    .about =
        "Classifies labelled images and prints the accuracy with its 95 % interval (Wilson), precision, recall and "
        "F1 of each class, and the most frequent confusions.\n\n"
        "IMAGES is a folder with one sub-folder for each class, a CSV list with the header path,label, or an IDX or "
        "CIFAR-10 binary file. A SET must have been extracted with the stages of the model (ocellus extract --with). "
        "For a model of rows made by another program: a .npy file with --labels, or svmlight text.\n\n"
        "With --predictions, a CSV file gets a line path,label,predicted,probability for each labelled image, in the "
        "order of the set. The path is relative to the current folder, as with classify -o; for a row of a SET it is "
        "the path in its index.csv.",
    .examples = "ocellus evaluate photos.model test-photos\n"
                "ocellus evaluate photos.model test-photos --json | jq .accuracy\n"
                "ocellus evaluate photos.model test-photos --predictions all.csv",
    .expects = "MODEL and IMAGES, SET or ROWS",
    .min_operands = 2,
    .max_operands = 2,
    .run = run,
};
