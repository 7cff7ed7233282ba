/* ocellus train: fits features and classifier, and saves them as one model. */
#include "src/cli/check_gradient.h"
#include "src/cli/choose.h"
#include "src/cli/dry_run.h"
#include "src/cli/escape.h"
#include "src/cli/inputs.h"
#include "src/cli/progress.h"
#include "src/cli/report.h"
#include "src/cli/terminal.h"

#include <math.h>
#include <stdio.h>

/* Checks that several operands are different sets, which are used as one. */
static int check_sets(const cli_strings *operands)
{
    for (size_t i = 0; operands->count > 1 && i < operands->count; i++) {
        const char *path = operands->items[i];
        if (recognise(path).kind != INPUT_SET) {
            return report_usage(&command_train,
                                "several data sets must be SETs, but '%s' is not; 'ocellus extract' makes a set of it",
                                path);
        }
        for (size_t j = 0; j < i; j++) {
            if (same_file(path, operands->items[j])) {
                return report_usage(&command_train, "'%s' is given twice", path);
            }
        }
    }
    return EXIT_DONE;
}

static int wrong_options(const cli_settings *settings, const cli_input *in)
{
    if (settings->check_gradient && settings->json) {
        return report_usage(&command_train, "--check-gradient has no --json; use its exit status");
    }
    if (settings->check_gradient && settings->output) {
        return report_usage(&command_train, "-o has no effect: --check-gradient trains no model");
    }
    if (!settings->output && !settings->check_gradient && !settings->dry_run) {
        return report_usage(&command_train, "-o MODEL is missing: the file to write, for example -o photos.model");
    }
    if (settings->specs.count > 1 && (is_auto(settings->specs.items[0]) || is_auto(settings->specs.items[1]))) {
        return report_usage(&command_train,
                            "auto chooses the features and stands alone; 'ocellus compare' takes several -f");
    }
    if (settings->specs.count > 1) {
        return report_usage(&command_train, "only one -f is possible; join stages with '+': -f %s+%s",
                            settings->specs.items[0], settings->specs.items[1]);
    }
    int status = check_image_options(&command_train, settings, in);
    status = status ? status : check_sets(&settings->operands);
    return status ? status : check_training(&command_train, settings);
}

/* The source of the rows: images and stages, or rows that exist already. */
typedef struct source {
    oc_dataset *dataset;   /* NULL: rows */
    oc_features *features; /* NULL: rows, or -f auto before the choice */
    oc_set *set;           /* NULL until the images are extracted */
    oc_choice choice;      /* of -f auto; count 0 if the features were typed */
} source;

static oc_status open_source_images(const cli_settings *settings, const char *path, oc_job *job, source *from,
                                    oc_error *err)
{
    const char *spec = settings->specs.count ? settings->specs.items[0] : "auto";
    oc_status status = is_auto(spec) ? OC_OK : oc_features_parse(spec, &from->features, err);
    if (!status) {
        status = open_images(settings, path, &from->dataset, err);
    }
    if (!status) {
        status = oc_model_check(from->dataset, &settings->train, err);
    }
    return status ? status : oc_dataset_note_labels(from->dataset, path, job, err);
}

static oc_status open_source_rows(const cli_settings *settings, const cli_input *in, oc_job *job, source *from,
                                  oc_error *err)
{
    const cli_strings *operands = &settings->operands;
    oc_status status = operands->count > 1 ? oc_set_open_joined(operands->items, operands->count, &from->set, err)
                                           : open_input_rows(settings, in, 0, job, &from->set, err);
    if (!status && oc_features_count(oc_set_features(from->set)) == 0 && oc_set_classes(from->set) == 0) {
        status = wrong_usage(err, "--labels FILE is missing: a label for each row of %.700s", in->path);
    }
    return status ? status : oc_set_note_labels(from->set, in->path, job, err);
}

/* Opens the source and does all checks that need no decoded image, before the work. */
static oc_status open_source(const cli_settings *settings, const cli_input *in, oc_job *job, source *from,
                             oc_error *err)
{
    const cli_output model = {settings->output, "the model", check_output_file};
    oc_status status = oc_train_check(&settings->train, err);
    if (!status) {
        status = check_outputs(settings, &model, 1, err);
    }
    if (!status) {
        status = check_labels_option(settings, in, err);
    }
    if (status) {
        return status;
    }
    return is_rows(in) ? open_source_rows(settings, in, job, from, err)
                       : open_source_images(settings, in->path, job, from, err);
}

static void close_source(source *from)
{
    oc_set_free(from->set);
    oc_dataset_free(from->dataset);
    oc_features_free(from->features);
}

static int print_train_plan(const cli_settings *settings, source *from, oc_job *job)
{
    oc_error err;
    oc_extract_options options = extract_options(settings);
    cli_trial t = {.images = from->set ? oc_set_count(from->set) : 0};
    bool choose = !from->set && !from->features;
    const char *largest;
    if (choose && (oc_choose_largest(from->dataset, &options, job, &largest, &err) ||
                   oc_features_parse(largest, &from->features, &err))) {
        return report_failure(&err);
    }
    if (from->set) {
        t.classes = oc_set_classes(from->set);
        t.dimension = oc_set_rows(from->set)->dimension;
    } else if (try_images(from->dataset, from->features, &options, job, &t, &err)) {
        return report_failure(&err);
    }
    t.choose_seconds = choose ? choose_seconds() : 0;
    size_t rows = from->set ? 0 : sizeof(float) * t.images * t.dimension;
    size_t memory = t.memory + rows + oc_train_memory(t.images, t.dimension, t.classes);
    size_t weights = sizeof(float) * t.classes * (t.dimension + 1);
    print_plan(&(cli_plan){t, NULL, weights, memory, true}, settings->json);
    return EXIT_DONE;
}

static void print_summary(const oc_model *model, const oc_set *set, const oc_train_report *report, const char *path)
{
    size_t count = oc_set_count(set);
    report_validation(stdout, model, &report->validation);
    printf("features    ");
    print_features_line(oc_model_features(model));
    printf("%-11s %zu of %zu classes\n", oc_features_count(oc_model_features(model)) ? "images" : "rows", count,
           oc_model_classes(model));
    bool nearest = oc_model_classifier(model)->nearest;
    printf("parameters  %zu %s", oc_model_parameters(model), nearest ? "values of neighbours" : "weights and biases");
    if (oc_model_stage_parameters(model)) {
        printf(", %zu values learned by the stages", oc_model_stage_parameters(model));
    }
    printf("\nseconds     %.1f to extract, ", oc_set_seconds(set) + oc_set_fit_seconds(set));
    if (report->validation.held) {
        printf("%.1f to validate, ", report->validation.seconds);
    }
    printf("%.1f to train\nmodel       ", report->seconds);
    escape_put_name(stdout, path);
    putchar('\n');
}

/* Prints details of the training, for --verbose; nearest neighbours have none. Searches have no step size and no
 * gap. */
static void print_work(const oc_train_report *report)
{
    if (report->used.classifier.kind != OC_LINEAR) {
        return;
    }
    const oc_train_options *used = &report->used;
    const char *optimizer =
        oc_params_find(oc_train_params, oc_train_param_count, "optimizer")->choices[used->optimizer];
    if (used->optimizer == OC_OPTIMIZER_AUTO) {
        const char *passes = used->l1 > 0 || used->max_norm > 0 ? "minibatch SGD, then proximal Newton steps"
                                                                : "minibatch SGD, then L-BFGS";
        optimizer = used->batch_passes ? passes : "minibatch SGD";
    }
    if (used->epochs != OC_AUTO) {
        size_t epochs = (size_t)used->epochs;
        terminal_detail("%zu %s", epochs, plural(epochs, "epoch", "epochs"));
    }
    terminal_detail("%s: %zu steps in total, loss %g, objective %g", optimizer, report->steps, report->loss,
                    report->objective);
    if (isfinite(report->used.rate)) {
        terminal_detail("first step size %g", report->used.rate);
    }
    terminal_detail("accuracy on the training rows %.2f %%", 100 * report->accuracy);
    if (isfinite(report->gap)) {
        terminal_detail("about %.2g%s above the minimum of the objective", report->gap,
                        used->batch_passes > 0 ? "" : " or more");
    }
    if (report->used.l1 > 0) {
        terminal_detail("%zu weights are 0", report->zeros);
    }
}

/* Extends the message of an interrupted training from images, which loses its extraction. */
static int report_lost(oc_error *err, bool from_rows)
{
    if (err->status == OC_CANCELLED && !from_rows) {
        snprintf(
            err->message, sizeof err->message,
            "cancelled; nothing is kept ('ocellus extract' keeps its rows for --resume, and 'ocellus train' can use "
            "the set that it writes)");
    }
    return report_failure(err);
}

static int train(const cli_settings *settings, const source *from, oc_job *job, bool from_rows)
{
    const oc_set *set = from->set;
    const oc_choice *choice = from->choice.count ? &from->choice : NULL;
    oc_model *model = NULL;
    oc_train_report report = {0};
    oc_error err;
    int status = EXIT_DONE;
    oc_status failed = oc_model_train(set, &settings->train, job, &model, &report, &err);
    if (!failed) {
        progress_busy("writing the model");
        failed = oc_model_save(model, settings->output, &err);
        progress_clear();
    }
    if (failed) {
        status = report_lost(&err, from_rows);
    } else {
        print_work(&report);
        if (settings->json) {
            status = print_json(oc_json_training(model, set, &report, choice));
        } else {
            print_summary(model, set, &report, settings->output);
        }
    }
    oc_model_free(model);
    return status;
}

static oc_status choose_source_features(const cli_settings *settings, source *from, oc_job *job, oc_error *err)
{
    oc_status status = choose_features(settings, from->dataset, job, &from->choice, err);
    from->features = status ? NULL : from->choice.features;
    return status;
}

static int work(const cli_settings *settings, source *from, oc_job *job)
{
    oc_extract_options options = extract_options(settings);
    bool from_rows = from->set != NULL;
    oc_error err;
    if ((!from_rows && !from->features && choose_source_features(settings, from, job, &err)) ||
        (!from_rows && oc_set_extract(from->dataset, from->features, &options, job, &from->set, &err)) ||
        oc_set_note_equal(from->set, true, job, &err)) {
        return report_lost(&err, from_rows);
    }
    int skipped = report_skipped(from->set, "image");
    int status = settings->check_gradient ? check_gradient(from->set, &settings->train)
                                          : train(settings, from, job, from_rows);
    return status ? status : skipped;
}

static int run(const cli_settings *typed, oc_job *job)
{
    cli_settings settings = *typed;
    const cli_input in = recognise(settings.operands.items[0]);
    source from = {NULL, NULL, NULL, {0}};
    oc_error err;
    int status = wrong_options(&settings, &in);
    if (status) {
        return status;
    }
    settings.train.seed = (uint64_t)settings.seed;
    if (open_source(&settings, &in, job, &from, &err)) {
        status = report_failure(&err);
    } else {
        status = settings.dry_run ? print_train_plan(&settings, &from, job) : work(&settings, &from, job);
    }
    close_source(&from);
    return status;
}

/* clang-format off */
static const cli_option own_options[] = {
    {'f', "SPEC", REPEAT_COLLECTED, 0,
     {OPTION_TEXT("features", specs,
                  "features of each image: stages joined by '+', see 'ocellus help stages'; auto, the default: "
                  "chosen by cross-validation")}},
    {'o', "MODEL", REPEAT_REFUSED, 0,
     {OPTION_TEXT("output", output, "file to write; replaces an older one")}},
    {0, NULL, REPEAT_LAST_WINS, 0,
     {OPTION_FLAG("check-gradient", check_gradient,
                  "train nothing: compare the gradient of every loss and penalty with centred differences on up to 200 "
                  "rows and 2,000 weights, in double precision; exit 1 if a relative error is above 1e-7")}},
};
/* clang-format on */

const cli_command command_train = {
    .name = "train",
    .options = {READS_IMAGES | SKIPS_IMAGES | STOPS_AT_IMAGES | TAKES_SPEC | LEARNS | TRAINS | TAKES_LABELS | PLANS |
                    WORKS_LONG | WRITES_MODEL | PRINTS_RESULT,
                OWN_OPTIONS(own_options)},
    .summary = "train a classifier and save it as a model",
    .usage = "train IMAGES [-f SPEC] -o MODEL\n"
             "train SET... -o MODEL\n"
             "train ROWS.npy --labels FILE -o MODEL\n"
             "train IMAGES|SET|ROWS --check-gradient [-f SPEC]",
    .about =
        "Extracts feature rows, trains a linear classifier on them, and saves stages and classifier as one file, "
        "which is all that is needed to classify other images. With a SET that 'ocellus extract' wrote, nothing is "
        "extracted again. Several SETs of the same stages are used as one, without a copy.\n\n"
        "IMAGES is a folder with one sub-folder for each class, a CSV list with the header path,label, or an IDX or "
        "CIFAR-10 binary file. Without -f, or with -f auto, features that suit such images are compared by "
        "cross-validation on at most 2,000 of the images, for at most two minutes on two processors; a slow machine "
        "may compare fewer features. The features of the highest accuracy (with --class-weight balanced, of the "
        "highest "
        "balanced accuracy) are printed as a SPEC; -f SPEC then gives the same model.\n\n"
        "Rows made by another program can be used too: a .npy file of float32 or float64 with --labels, or svmlight "
        "text, which contains labels. The model then classifies such rows, not images.\n\n"
        "The default training options are good for most data; 'ocellus compare' shows which features are worth their "
        "cost.",
    .examples = "ocellus train photos -o photos.model\n"
                "ocellus train photos -f hog:cell=4+words -o photos.model\n"
                "ocellus train rows --loss hinge --l2 0.001 -o photos.model\n"
                "ocellus train embeddings.npy --labels labels.txt -o embeddings.model",
    .expects = "IMAGES, ROWS or SETs with labels",
    .min_operands = 1,
    .max_operands = (size_t)-1,
    .run = run,
};
