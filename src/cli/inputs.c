/* Opens images, rows and models for the commands. */
#include "src/cli/inputs.h"

#include "src/cli/folders.h"
#include "src/cli/terminal.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { NAMED_SKIPS = 5 };

static oc_status fail(oc_error *err, oc_status status, const char *path, const char *reason)
{
    size_t length = strlen(path); /* of a very long path only the end is printed */
    snprintf(err->message, sizeof err->message, "%s%.700s: %.200s", length > 700 ? "... " : "",
             path + (length > 700 ? length - 700 : 0), reason);
    return err->status = status;
}

oc_status open_images(const cli_settings *settings, const char *path, oc_dataset **dataset, oc_error *err)
{
    oc_parts parts;
    oc_status status = oc_dataset_open(path, dataset, err);
    if (!status && oc_dataset_parts(*dataset, &parts)) {
        status = fail_parts(settings, path, &parts, err);
        oc_dataset_free(*dataset);
        *dataset = NULL;
    }
    if (status) {
        return status;
    }
    size_t count = oc_dataset_count(*dataset), classes = oc_dataset_classes(*dataset);
    size_t ignored = oc_dataset_ignored(*dataset);
    terminal_detail("%s: %zu %s of %zu %s", path, count, plural(count, "image", "images"), classes,
                    plural(classes, "class", "classes"));
    note_folders(path, *dataset);
    if (ignored) {
        terminal_detail(
            "%s: %zu %s ignored", path, ignored,
            plural(ignored, "file that is hidden or not an image is", "files that are hidden or not images are"));
    }
    return OC_OK;
}

oc_extract_options extract_options(const cli_settings *settings)
{
    return (oc_extract_options){.image = settings->image,
                                .seed = (uint64_t)settings->seed,
                                .strict = settings->strict,
                                .mirror = settings->train.augment == OC_AUGMENT_MIRROR,
                                .resume = settings->resume};
}

oc_status open_model(const cli_input *in, oc_model **model, oc_error *err)
{
    struct stat info;
    if (in->kind != INPUT_MODEL && stat(in->path, &info) == 0 && S_ISDIR(info.st_mode)) {
        return fail(err, OC_BAD_FILE, in->path,
                    in->kind == INPUT_SET
                        ? "is a set; a model is one file that 'ocellus train' writes"
                        : "is a folder, but not a set (it has no features.npy); a model is one file that "
                          "'ocellus train' writes");
    }
    return oc_model_load(in->path, model, err);
}

static const char *given_of(const cli_settings *settings, const oc_param *table, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (option_given(settings, table[i].name)) {
            return table[i].name;
        }
    }
    return NULL;
}

const char *given_for_images(const cli_settings *settings)
{
    const char *name = option_given(settings, "features") ? "features"
                       : option_given(settings, "strict") ? "strict"
                                                          : NULL;
    name = name ? name : given_of(settings, oc_image_params, oc_image_param_count);
    return name ? name : given_of(settings, oc_limit_params, oc_limit_param_count);
}

int check_training(const cli_command *command, const cli_settings *settings)
{
    for (size_t i = 0; i < oc_train_param_count; i++) {
        const char *name = oc_train_params[i].name;
        if (option_given(settings, name) && !oc_train_uses(&settings->train, name)) {
            return report_usage(command, "--%s has no effect on %s", name,
                                settings->train.classifier.kind == OC_NEAREST ? "nearest neighbours"
                                                                              : "this --optimizer");
        }
    }
    return EXIT_DONE;
}

void use_image_options(oc_image_options *options, oc_image_options from)
{
    options->size = from.size;
    options->fit = from.fit;
    options->depth = from.depth;
}

oc_status open_input_rows(const cli_settings *settings, const cli_input *in, size_t dimension, oc_job *job,
                          oc_set **set, oc_error *err)
{
    return in->kind == INPUT_SET ? oc_set_open(in->path, set, err)
                                 : oc_set_open_rows(in->path, settings->labels, dimension, job, set, err);
}

oc_status check_labels_option(const cli_settings *settings, const cli_input *in, oc_error *err)
{
    if (!settings->labels || in->kind == INPUT_ROWS) {
        return OC_OK;
    }
    return wrong_usage(err, "--labels names the labels of a .npy file; %.700s %s", in->path,
                       in->kind == INPUT_SET ? "is a set, which has labels in its index.csv"
                                             : "is not a .npy file: images get their labels from folders or a list");
}

int check_image_options(const cli_command *command, const cli_settings *settings, const cli_input *in)
{
    const char *idle = is_rows(in) ? given_for_images(settings) : NULL;
    return idle ? report_usage(command, "--%s has no effect: the input is rows, not images", idle) : EXIT_DONE;
}

void print_features_line(const oc_features *features)
{
    if (oc_features_count(features)) {
        printf("%s, %zu values\n", oc_features_spec(features), oc_features_dimension(features));
    } else {
        printf("%zu values, made by another program\n", oc_features_dimension(features));
    }
}

int report_skipped(const oc_set *set, const char *what)
{
    size_t count = oc_set_skipped(set);
    for (size_t i = 0; i < count; i++) {
        void (*say)(const char *, ...) = i < NAMED_SKIPS ? terminal_error : terminal_detail;
        say("skipped %s %s: %s", what, oc_set_skipped_path(set, i), oc_set_skipped_reason(set, i));
    }
    if (count > NAMED_SKIPS) {
        terminal_error("skipped %zu %ss in total", count, what);
    }
    return count ? EXIT_SKIPPED : EXIT_DONE;
}
