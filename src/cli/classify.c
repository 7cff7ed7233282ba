/* ocellus classify: labels of images. */
#include "src/cli/classify_many.h"
#include "src/cli/classify_plan.h"
#include "src/cli/classify_print.h"
#include "src/cli/inputs.h"
#include "src/cli/terminal.h"

#include <string.h>

/* Classifies one file and draws a picture that explains its label. */
static int explain(const cli_settings *settings, const oc_model *model)
{
    const char *path = settings->operands.items[1];
    oc_predictor *predictor = NULL;
    oc_prediction prediction = {0};
    oc_error err;
    int status;
    if (oc_features_count(oc_model_features(model)) == 0) {
        return report_usage(&command_classify, "--explain needs a model of images; this one was trained on rows that "
                                               "another program made");
    }
    if (oc_predictor_create(model, &predictor, &err)) {
        return report_failure(&err);
    }
    oc_predictor_limit(predictor, &settings->image);
    if (oc_explain_file(predictor, path, settings->explain, &prediction, &err)) {
        print_unread(settings, path, err.message);
        terminal_error("%s", err.message);
        status = EXIT_FAILED;
    } else {
        status = print_prediction(settings, model, path, &prediction);
    }
    oc_predictor_free(predictor);
    return status;
}

static int wrong_options(const cli_settings *settings)
{
    const cli_strings *operands = &settings->operands;
    bool standard_input = false;
    for (size_t i = 1; i < operands->count; i++) {
        standard_input = standard_input || strcmp(operands->items[i], "-") == 0;
    }
    if (operands->count < 2 && !settings->files_from) {
        return report_usage(&command_classify, "expects %s; only '%s' is given", command_classify.expects,
                            operands->items[0]);
    }
    if (standard_input && settings->files_from && strcmp(settings->files_from, "-") == 0) {
        return report_usage(&command_classify, "an image and the list of --files-from would both come from standard "
                                               "input");
    }
    if (settings->resume && !settings->output) {
        return report_usage(&command_classify, "--resume continues the file of -o, which is missing");
    }
    if (!settings->explain) {
        return EXIT_DONE;
    }
    if (operands->count > 2) {
        return report_usage(&command_classify, "--explain draws one FILE; %zu are given", operands->count - 1);
    }
    if (settings->output || settings->files_from) {
        return report_usage(&command_classify, "--explain draws one FILE; --%s is for many",
                            settings->output ? "output" : "files-from");
    }
    return strcmp(settings->explain, "-") != 0
               ? EXIT_DONE
               : report_usage(&command_classify,
                              "the picture and the label would both be written to standard output; name a "
                              "file");
}

static oc_status check(const cli_settings *settings, oc_error *err)
{
    const cli_output outputs[] = {{settings->explain, "the picture", check_output_picture},
                                  {settings->output, "the labels", check_output_file}};
    return check_outputs(settings, outputs, 2, err);
}

static void note_scores(const cli_settings *settings, const oc_model *model)
{
    const oc_classifier *classifier = oc_model_classifier(model);
    if (oc_classifier_probable(classifier) || (settings->json && !settings->output)) {
        return;
    }
    terminal_note("%s", settings->output
                            ? "this model has scores but no probabilities: the column probability is empty (--json "
                              "without -o prints the scores)"
                        : classifier->nearest
                            ? "the last column is the number of votes of the nearest neighbours, plus a fraction that "
                              "breaks ties; it is not a probability"
                            : "this model has scores but no probabilities: the last column is the score");
}

static int run(const cli_settings *settings, oc_job *job)
{
    oc_model *model = NULL;
    oc_error err;
    int status = wrong_options(settings);
    if (status) {
        return status;
    }
    const cli_input trained = recognise(settings->operands.items[0]);
    if (check(settings, &err) || open_model(&trained, &model, &err)) {
        return report_failure(&err);
    }
    note_scores(settings, model);
    if (settings->dry_run) {
        status = classify_plan(settings, model, job);
    } else {
        status = settings->explain ? explain(settings, model) : classify_many(settings, model, job);
    }
    oc_model_free(model);
    return status;
}

/* clang-format off */
static const cli_option own_options[] = {
    {'o', "FILE.csv", REPEAT_REFUSED, 0,
     {OPTION_TEXT("output", output,
                  "write path, label and probability for each image to a CSV file; replaces an older one")}},
    {0, "FILE", REPEAT_REFUSED, 0,
     {OPTION_TEXT("files-from", files_from,
                  "also classify the files listed in FILE, one a line ('-': standard input)")}},
    {'k', "K", REPEAT_LAST_WINS, 0,
     {"top", OC_INTEGER, OPTION_FIELD(top), "1", 1, 1000000, NULL, "lines for each image, best class first; --json "
                                                                   "always prints all classes"}},
    {0, "PICTURE.png", REPEAT_REFUSED, 0,
     {OPTION_TEXT("explain", explain,
                  "draw how much each part of the image contributes to the score of its label; needs one FILE")}},
    {0, NULL, REPEAT_LAST_WINS, 0,
     {OPTION_FLAG("resume", resume,
                  "continue an interrupted run of the same command from FILE.csv.partial; without this option that "
                  "file is deleted")}},
    {0, NULL, REPEAT_LAST_WINS, 0,
     {OPTION_FLAG("json", json, "print a JSON object for each image; with -o one object for the whole run")}},
};
/* clang-format on */

const cli_command command_classify = {
    .name = "classify",
    .options = {READS_IMAGES | SKIPS_IMAGES | PLANS | WORKS_LONG, OWN_OPTIONS(own_options)},
    .summary = "label images with a model",
    .usage = "classify MODEL FILE|FOLDER|LIST|SET... [-o FILE.csv]\n"
             "classify MODEL --files-from FILE|- [-o FILE.csv]\n"
             "classify MODEL FILE --explain PICTURE.png",
    .about =
        "Prints a line for each image: its path, the label, and the probability of that label, separated by tabs. A "
        "model trained without validation (--folds 0) has no probabilities: the score is printed instead, for "
        "nearest neighbours the number of votes plus a fraction that breaks ties. With --json, a line is {\"path\", "
        "\"label\", \"probability\", \"probabilities\", \"scores\"} or {\"path\", \"error\"}; without probabilities, "
        "\"probability\" and \"probabilities\" are null.\n\n"
        "In a name, a backslash is written \\\\, a tab \\t, a line feed \\n, a carriage return \\r, and any other "
        "control character or line separator \\xNN for each of its bytes; other bytes are not changed. In JSON, a "
        "byte that is not UTF-8 is written as a lone surrogate, \\udc80 to \\udcff, like Python's surrogateescape; "
        "in CSV, names are quoted where necessary.\n\n"
        "Images are files, all images in a folder and its sub-folders, the column path of CSV lists, IDX or CIFAR-10 "
        "binary files, and sets extracted with the stages of the model (ocellus extract --with); their labels are "
        "ignored. All kinds can be mixed. Images are classified and printed in the order of the arguments, those of "
        "--files-from last, for any number of threads. '-' is an image on standard input. The names in a folder or a "
        "CSV list are kept in memory; the list of --files-from is not, so it may be an endless pipe.\n\n"
        "With -o, the lines are written to a CSV file with the header path,label,probability, which appears complete "
        "or not at all; with --top K there are K lines for each image and a column rank. The path is relative to the "
        "current folder; for a row of a SET it is the path in its index.csv, for an image in a binary file "
        "NAME#NUMBER. An interrupted run leaves FILE.csv.partial; the same command with --resume continues it.\n\n"
        "Images that cannot be read are named on standard error and skipped, and the exit status is 3; it is 1 if no "
        "image can be read.\n\n"
        "A model of rows made by another program classifies .npy files and svmlight text, and prints a line for each "
        "row.\n\n"
        "--explain draws how much each part of the image raises or lowers the score of the label. The score is "
        "linear: it is the sum of the parts and the bias.",
    .examples = "ocellus classify photos.model new.jpg\n"
                "ocellus classify photos.model new-photos -o labels.csv\n"
                "ocellus classify photos.model *.jpg --top 3\n"
                "find . -name '*.jpg' | ocellus classify photos.model --files-from - -o all.csv\n"
                "curl -s https://example.org/cat.jpg | ocellus classify photos.model -",
    .expects = "MODEL and at least one FILE, FOLDER, LIST or SET, or --files-from",
    .min_operands = 1,
    .max_operands = (size_t)-1,
    .run = run,
};
