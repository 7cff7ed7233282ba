/* ocellus train: fits features and classifier, and saves them as one model. */
#include "src/cli/check_gradient.h"
#include "src/cli/choose.h"
#include "src/cli/inputs.h"
#include "src/cli/report.h"
#include "src/cli/terminal.h"

#include <math.h>
#include <stdio.h>

static int wrong_options(const cli_settings *settings, bool from_rows)
{
    if (settings->check_gradient && settings->json) {
        return report_usage(&command_train, "--check-gradient has no --json; its exit status tells the result");
    }
    if (!settings->output && !settings->check_gradient) {
        return report_usage(&command_train, "-o MODEL is missing: the file to write");
    }
    if (settings->specs.count > 1) {
        return report_usage(&command_train, "one -f is taken; join stages with '+': -f %s+%s", settings->specs.items[0],
                            settings->specs.items[1]);
    }
    const char *idle = from_rows ? given_for_images(settings) : NULL;
    if (idle) {
        return report_usage(&command_train, "--%s has no effect: the rows are made already", idle);
    }
    return check_training(&command_train, settings);
}

static oc_status extract_rows(const cli_settings *settings, oc_job *job, oc_set **set, oc_error *err)
{
    const char *spec = settings->specs.count ? settings->specs.items[0] : "auto";
    bool choose = is_auto(spec);
    oc_features *features = NULL;
    oc_extract_options options = extract_options(settings);
    oc_dataset *dataset = NULL;
    oc_status status = choose ? OC_OK : oc_features_parse(spec, &features, err);
    if (!status) {
        status = open_images(settings, settings->operands.items[0], &dataset, err);
    }
    if (!status) {
        status = oc_model_check(dataset, &settings->train, err);
    }
    if (!status) {
        status = oc_dataset_note_labels(dataset, settings->operands.items[0], job, err);
    }
    if (!status && choose) {
        status = choose_features(settings, dataset, job, &features, err);
    }
    if (!status) {
        status = oc_set_extract(dataset, features, &options, NULL, job, set, err);
    }
    oc_dataset_free(dataset);
    oc_features_free(features);
    return status;
}

static void print_summary(const oc_model *model, const oc_set *set, const oc_train_report *report, const char *path)
{
    size_t count = oc_set_count(set);
    printf("features    ");
    print_features_line(oc_model_features(model));
    printf("%-11s %zu of %zu classes\n", oc_features_count(oc_model_features(model)) ? "images" : "rows", count,
           oc_model_classes(model));
    bool nearest = oc_model_classifier(model)->nearest;
    if (!nearest) {
        printf("accuracy    %.2f %% on what it was trained on\n", 100 * report->accuracy);
    }
    report_validation(stdout, &report->validation);
    printf("parameters  %zu %s", oc_model_parameters(model), nearest ? "values of neighbours" : "weights and biases");
    if (oc_model_stage_parameters(model)) {
        printf(", %zu values learned by the stages", oc_model_stage_parameters(model));
    }
    printf("\nseconds     %.1f to extract, ", oc_set_seconds(set) + oc_set_fit_seconds(set));
    if (report->validation.held) {
        printf("%.1f to validate, ", report->validation.seconds);
    }
    printf("%.1f to train\nmodel       ", report->seconds);
    terminal_put_name(stdout, path);
    putchar('\n');
}

/* What the optimizer did; nearest neighbours have none, and searches neither a step size nor an end in sight. */
static void tell_work(const oc_train_report *report)
{
    if (report->used.classifier.kind != OC_LINEAR) {
        return;
    }
    size_t epochs = (size_t)report->used.epochs;
    terminal_detail("%zu %s, %zu steps in all, loss %g, objective %g", epochs, plural(epochs, "epoch", "epochs"),
                    report->steps, report->loss, report->objective);
    if (isfinite(report->used.rate)) {
        terminal_detail("first step size %g", report->used.rate);
    }
    if (isfinite(report->gap)) {
        terminal_detail("about %.2g above the least objective", report->gap);
    }
    if (report->used.l1 > 0) {
        terminal_detail("%zu weights are 0", report->zeros);
    }
}

/* Without a set, extraction is lost with the rest. */
static int report_lost(oc_error *err, bool from_rows)
{
    if (err->status == OC_CANCELLED && !from_rows) {
        snprintf(err->message, sizeof err->message,
                 "cancelled; nothing is kept ('ocellus extract' keeps what is done for its --resume, and 'ocellus "
                 "train' takes the set that it writes)");
    }
    return report_failure(err);
}

static int run(const cli_settings *settings, oc_job *job)
{
    const char *path = settings->operands.items[0];
    bool from_rows = is_rows(path);
    oc_set *set = NULL;
    oc_model *model = NULL;
    oc_train_report report = {0};
    oc_train_options options = settings->train;
    oc_error err;
    int status = wrong_options(settings, from_rows);
    if (status) {
        return status;
    }
    options.seed = (uint64_t)settings->seed;
    const char *inputs[] = {settings->operands.items[0], settings->labels};
    if (oc_train_check(&options, &err) ||
        (!settings->check_gradient && check_output_file(settings->output, inputs, 2, &err)) ||
        check_labels_option(settings, path, &err) ||
        (from_rows ? open_rows(settings, path, 0, &set, &err) || oc_set_note_labels(set, path, job, &err)
                   : extract_rows(settings, job, &set, &err))) {
        oc_set_free(set);
        return report_failure(&err);
    }
    if (oc_features_count(oc_set_features(set)) == 0 && oc_set_classes(set) == 0) {
        oc_set_free(set);
        return report_usage(&command_train, "--labels FILE is missing: a label for each row of %s", path);
    }
    int skipped = from_rows ? EXIT_DONE : report_skipped(set, "image");
    if (oc_set_note_equal(set, true, job, &err)) {
        status = report_failure(&err);
    } else if (settings->check_gradient) {
        status = check_gradient(set, &options);
        status = status ? status : skipped;
    } else if (oc_model_train(set, &options, job, &model, &report, &err) ||
               oc_model_save(model, settings->output, &err)) {
        status = report_lost(&err, from_rows);
    } else {
        tell_work(&report);
        if (settings->json) {
            status = print_json(oc_json_training(model, set, &report));
        } else {
            print_summary(model, set, &report, settings->output);
        }
        status = status ? status : skipped;
    }
    oc_model_free(model);
    oc_set_free(set);
    return status;
}

const cli_command command_train = {
    .name = "train",
    .bit = TAKEN_BY_TRAIN,
    .summary = "train a classifier and save it as a model",
    .usage = "train IMAGES [-f SPEC] -o MODEL\n"
             "train SET -o MODEL\n"
             "train ROWS.npy --labels FILE -o MODEL\n"
             "train IMAGES|SET|ROWS --check-gradient [-f SPEC]",
    .about =
        "Measures the images, trains a linear classifier on the rows, and saves both as one file that classifies other "
        "images without anything else. A SET that 'ocellus extract' wrote saves measuring again.\n\n"
        "IMAGES is a folder with one sub-folder for each class, a CSV list with the header path,label, or an IDX or "
        "CIFAR-10 binary file. Without -f, or with -f auto, "
        "features that suit such images are compared by cross-validation on at most 2,000 of them, in two minutes of "
        "two processors at most; the best are printed as a SPEC, which gives the same model when it is typed.\n\n"
        "Rows that another program made are taken too: a .npy file of float32 or float64 with --labels, or svmlight "
        "text, "
        "which has its labels in it. The model then classifies such rows, not images.\n\n"
        "The training options are good as they are; 'ocellus compare' shows which features are worth it.",
    .examples = "ocellus train photos -o photos.model\n"
                "ocellus train photos -f hog:cell=4+words -o photos.model\n"
                "ocellus train rows --loss hinge --l2 0.001 -o photos.model\n"
                "ocellus train embeddings.npy --labels labels.txt -o embeddings.model",
    .expects = "IMAGES, SET or ROWS, one data set with labels",
    .least_operands = 1,
    .most_operands = 1,
    .works_long = true,
    .run = run,
};
