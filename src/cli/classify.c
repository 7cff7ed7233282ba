/* ocellus classify: labels of single files. */
#include "src/cli/inputs.h"
#include "src/cli/terminal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* One line a class, best first: path, label, probability (or score). Equal scores keep the order of the classes. */
static void print_best(const oc_model *model, const char *path, const oc_result *result, size_t lines)
{
    size_t classes = oc_model_classes(model), last = result->label;
    const float *scores = result->scores;
    for (size_t line = 0; line < lines && line < classes; line++) {
        size_t best = classes;
        for (size_t c = 0; line && c < classes; c++) {
            bool after = scores[c] < scores[last] || (!(scores[c] > scores[last]) && c > last);
            if (after && (best == classes || scores[c] > scores[best])) {
                best = c;
            }
        }
        last = line ? best : last;
        terminal_put_name(stdout, path);
        putchar('\t');
        terminal_put_name(stdout, oc_model_class(model, last));
        printf("\t%.4f\n", (double)(result->probabilities ? result->probabilities : scores)[last]);
    }
}

static int print_failure(const cli_settings *settings, const char *path, const char *message)
{
    int status = settings->json ? print_json(oc_json_failure(path, message)) : EXIT_DONE;
    fflush(stdout);
    terminal_error("%s", message);
    return status ? status : EXIT_FAILED;
}

static int print_result(const cli_settings *settings, const oc_model *model, const char *path, const oc_result *result)
{
    int status = EXIT_DONE;
    if (result->warning) {
        terminal_warning(path, result->warning);
    }
    if (settings->json) {
        status = print_json(oc_json_result(model, path, result));
    } else {
        print_best(model, path, result, (size_t)settings->top);
    }
    fflush(stdout); /* whoever reads along has each result at once */
    return status;
}

static int classify_file(const cli_settings *settings, const oc_model *model, oc_reader *reader, const char *path)
{
    oc_result result = {0};
    oc_error err;
    oc_status status = settings->explain ? oc_explain_file(reader, path, settings->explain, &result, &err)
                                         : oc_classify_file(reader, path, &result, &err);
    struct stat about;
    if (status && stat(path, &about) == 0 && S_ISDIR(about.st_mode)) {
        wrong_usage(&err, "%.500s: is a folder; files are classified, as 'ocellus classify MODEL %.400s/*' names them",
                    path, path);
    }
    return status ? print_failure(settings, path, err.message) : print_result(settings, model, path, &result);
}

/* Every row of a file, for a model of rows that another program made. */
static int classify_rows(const cli_settings *settings, const oc_model *model, oc_reader *reader, const char *path)
{
    size_t dimension = oc_model_classifier(model)->dimension;
    oc_result result = {0};
    oc_set *set = NULL;
    oc_error err;
    if (!oc_rows_recognise(path)) {
        wrong_usage(&err,
                    "%.500s: neither a .npy file nor svmlight text: this model was trained on rows of %zu values that "
                    "another program made, and classifies such rows, not images",
                    path, dimension);
        return print_failure(settings, path, err.message);
    }
    float *row = calloc(dimension, sizeof *row);
    int status = EXIT_DONE, failed = EXIT_DONE;
    if (!row) {
        status = print_failure(settings, path, "out of memory for a row");
    } else if (oc_set_open_rows(path, NULL, dimension, &set, &err)) {
        status = print_failure(settings, path, err.message);
    }
    for (size_t i = 0; !status && i < oc_set_count(set) && !ferror(stdout) && !interrupted(); i++) {
        oc_rows_copy(oc_set_rows(set), i, row);
        const char *name = oc_set_path(set, i);
        if (oc_classify_row(reader, row, &result, &err)) {
            char message[1400];
            snprintf(message, sizeof message, "%s: %s", name, err.message);
            failed = print_failure(settings, name, message);
        } else {
            status = print_result(settings, model, name, &result);
        }
    }
    oc_set_free(set);
    free(row);
    return status ? status : failed;
}

static int run(const cli_settings *settings, oc_job *job)
{
    (void)job;
    oc_model *model = NULL;
    oc_reader *reader = NULL;
    oc_error err;
    int status = EXIT_DONE;
    if (settings->explain && settings->operands.count > 2) {
        return report_usage(&command_classify, "--explain draws one FILE; %zu are given", settings->operands.count - 1);
    }
    if (settings->explain && strcmp(settings->explain, "-") == 0) {
        return report_usage(&command_classify, "the picture and the label would both go to standard output; name a "
                                               "file");
    }
    if (settings->explain &&
        check_output_picture(settings->explain, settings->operands.items, settings->operands.count, &err)) {
        return report_failure(&err);
    }
    if (open_model(settings->operands.items[0], &model, &err) || oc_reader_create(model, &reader, &err)) {
        status = report_failure(&err);
    } else if (settings->explain && !oc_features_count(oc_model_features(model))) {
        oc_reader_free(reader);
        oc_model_free(model);
        return report_usage(&command_classify, "--explain needs a model of images; this one was trained on rows that "
                                               "another program made");
    } else if (!settings->json && !oc_classifier_probable(oc_model_classifier(model))) {
        terminal_note(oc_model_classifier(model)->nearest
                          ? "the last column is the votes of the nearest neighbours, with a fraction that settles "
                            "ties; it is no probability"
                          : "this model has scores, no probabilities, for its training held no images out: the "
                            "last column is the score");
    }
    if (reader) {
        oc_reader_limit(reader, &settings->image);
    }
    size_t stages = model ? oc_features_count(oc_model_features(model)) : 0;
    for (size_t i = 1; reader && i < settings->operands.count && !ferror(stdout); i++) {
        if (interrupted()) {
            terminal_error("interrupted");
            status = EXIT_FAILED;
            break;
        }
        const char *path = settings->operands.items[i];
        int failed = (stages ? classify_file : classify_rows)(settings, model, reader, path);
        status = failed ? failed : status;
    }
    oc_reader_free(reader);
    oc_model_free(model);
    return status;
}

const cli_command command_classify = {
    .name = "classify",
    .bit = TAKEN_BY_CLASSIFY,
    .summary = "label of single images",
    .usage = "classify MODEL FILE...\n"
             "classify MODEL FILE --explain PICTURE.png",
    .about =
        "Prints a line for each file: its path, the label, and the probability of that label, separated by tabs. "
        "A model whose training held no images out (--folds 0) has no probabilities; its score is printed instead, "
        "for nearest neighbours the votes and a fraction that settles ties. '-' is an image on standard input.\n\n"
        "Files that cannot be read are named on standard error; the others are classified all the same, and the "
        "exit status is 1. With --json, a line is {\"path\", \"label\", \"probability\", \"probabilities\", "
        "\"scores\"} or {\"path\", \"error\"}; without probabilities these two are null.\n\n"
        "A model of rows that another program made takes .npy files and svmlight text, and prints a line for each "
        "row.\n\n"
        "--explain colours every part of the image by what it adds to the score of the label, or takes away. The "
        "score is linear, so that the parts and the bias sum to it.",
    .examples = "ocellus classify photos.model new.jpg\n"
                "ocellus classify photos.model *.jpg --top 3\n"
                "curl -s https://example.org/cat.jpg | ocellus classify photos.model -",
    .expects = "MODEL and at least one FILE",
    .least_operands = 2,
    .most_operands = (size_t)-1,
    .run = run,
};
