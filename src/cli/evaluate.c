/* ocellus evaluate: how well a model does on labelled images. */
#include "src/cli/balance.h"
#include "src/cli/inputs.h"
#include "src/cli/report.h"
#include "src/cli/terminal.h"
#include "src/cli/test_rows.h"

#include <stdio.h>
#include <stdlib.h>

static oc_status check_outputs(const cli_settings *settings, oc_error *err)
{
    const char *inputs[] = {settings->operands.items[0], settings->operands.items[1], settings->labels};
    const char *report = settings->report, *predictions = settings->predictions;
    oc_status status = report ? check_output_file(report, inputs, 3, err) : OC_OK;
    if (!status && predictions) {
        status = check_output_file(predictions, inputs, 3, err);
    }
    if (!status && report && predictions && same_output(report, predictions)) {
        status = wrong_usage(err, "%.700s: the report and the predictions need two names", report);
    }
    return status;
}

static oc_status write_predictions(const cli_settings *settings, const oc_model *model, const oc_evaluation *evaluation,
                                   const oc_set *set, oc_error *err)
{
    return settings->predictions ? oc_predictions_evaluation(model, evaluation, set, settings->predictions, err)
                                 : OC_OK;
}

static oc_status write_report(const cli_settings *settings, const oc_model *model, const oc_evaluation *evaluation,
                              const oc_set *set, const oc_dataset *images, oc_error *err)
{
    char *command = typed_command("evaluate", settings);
    oc_report_options options = {settings->report, command, oc_model_train_options(model), images,
                                 settings->predictions};
    oc_status status = settings->report ? oc_report_evaluation(model, evaluation, set, &options, err) : OC_OK;
    free(command);
    return status;
}

/* A small class that is never predicted. */
static void note_balance(const oc_model *model, const oc_evaluation *evaluation)
{
    oc_train_options train = oc_model_train_options(model);
    size_t first, count = never_predicted(evaluation, &first);
    if (count) {
        terminal_note(
            "%zu of the small classes are never predicted, '%.200s' for one, which has %zu of %zu test images%s", count,
            oc_model_class(model, first), evaluation->figures[first].count, evaluation->images, balance_advice(&train));
    }
}

static int run(const cli_settings *settings, oc_job *job)
{
    const char *model_path = settings->operands.items[0], *path = settings->operands.items[1];
    oc_model *model = NULL;
    oc_set *set = NULL;
    oc_evaluation evaluation = {0};
    oc_dataset *images = NULL;
    oc_error err;
    int status;
    const char *idle = is_rows(path) ? given_for_images(settings) : NULL;
    if (idle) {
        return report_usage(&command_evaluate, "--%s has no effect: the rows are made already", idle);
    }
    if (check_outputs(settings, &err) || open_model(model_path, &model, &err) ||
        open_test_rows(settings, model_path, model, path, job, &images, &set, &err) ||
        oc_evaluate(model, set, job, &evaluation, &err) || write_predictions(settings, model, &evaluation, set, &err) ||
        write_report(settings, model, &evaluation, set, images, &err)) {
        status = report_failure(&err);
    } else {
        int skipped = is_rows(path) ? EXIT_DONE : report_skipped(set, "image");
        if (evaluation.images < oc_set_count(set)) {
            terminal_note("%zu of %zu images have no label and are left out", oc_set_count(set) - evaluation.images,
                          oc_set_count(set));
        }
        status = EXIT_DONE;
        if (settings->json) {
            status = print_json(oc_json_evaluation(model, &evaluation));
        } else {
            report_evaluation(stdout, model, &evaluation);
        }
        note_balance(model, &evaluation);
        status = status ? status : skipped;
    }
    oc_evaluation_free(&evaluation);
    oc_set_free(set);
    oc_dataset_free(images);
    oc_model_free(model);
    return status;
}

/* clang-format off */
static const option own_options[] = {
    {0, "FILE.csv", REPEAT_REFUSED, 0,
     {OPTION_TEXT("predictions", predictions,
                  "write path, label, predicted class and its probability of each image to a CSV file; an older one is "
                  "replaced")}},
};
/* clang-format on */

const cli_command command_evaluate = {
    .name = "evaluate",
    .options = {READS_IMAGES | SKIPS_IMAGES | STOPS_AT_IMAGES | TAKES_LABELS | WORKS_LONG | REPORTS | PRINTS_RESULT,
                OWN_OPTIONS(own_options)},
    .summary = "accuracy of a model on labelled images",
    .usage = "evaluate MODEL IMAGES|SET [--report PAGE.html]\n"
             "evaluate MODEL IMAGES|SET --predictions FILE.csv\n"
             "evaluate MODEL ROWS.npy --labels FILE",
    .about =
        "Classifies labelled images and reports the accuracy with its 95 % interval (Wilson), precision, recall "
        "and F1 of each class, and which classes are taken for which.\n\n"
        "IMAGES is a folder with one sub-folder for each class, a CSV list with the header path,label, or an IDX "
        "or CIFAR-10 binary file; a SET must have been made by the model's own stages (ocellus extract --with). For a "
        "model of rows that another program made: a .npy file with --labels, or svmlight text.\n\n"
        "With --predictions, a line path,label,predicted,probability for each image that has a label goes to a CSV "
        "file, in the order of the set.",
    .examples = "ocellus evaluate photos.model test-photos\n"
                "ocellus evaluate photos.model test-photos --json | jq .accuracy\n"
                "ocellus evaluate photos.model test-photos --predictions all.csv",
    .expects = "MODEL and IMAGES, SET or ROWS",
    .least_operands = 2,
    .most_operands = 2,
    .run = run,
};
