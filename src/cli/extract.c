/* ocellus extract: feature rows of images. */
#include "src/cli/inputs.h"
#include "src/cli/terminal.h"

#include <stdio.h>

/* Stages and the images' size, with whatever holds them. */
typedef struct stages_source {
    oc_set *set;         /* of --with, or NULL */
    oc_model *model;     /* of --with, or NULL */
    oc_features *parsed; /* of -f, or NULL */
    const oc_features *features;
} stages_source;

static oc_status open_source(const cli_settings *settings, stages_source *source, oc_image_options *image,
                             oc_error *err)
{
    oc_status status;
    if (!settings->with) {
        status = oc_features_parse(settings->specs.items[0], &source->parsed, err);
        source->features = source->parsed;
    } else if (oc_set_recognise(settings->with)) {
        status = oc_set_open(settings->with, &source->set, err);
        if (!status) {
            use_image_options(image, oc_set_image_options(source->set));
            source->features = oc_set_features(source->set);
        }
    } else {
        status = oc_model_load(settings->with, &source->model, err);
        if (!status) {
            use_image_options(image, oc_model_image_options(source->model));
            source->features = oc_model_features(source->model);
        }
    }
    return status;
}

static void close_source(stages_source *source)
{
    oc_set_free(source->set);
    oc_model_free(source->model);
    oc_features_free(source->parsed);
}

static int wrong_options(const cli_settings *settings)
{
    if (!settings->output) {
        return report_usage(&command_extract, "-o SET is missing: the folder to write");
    }
    if (!settings->with && settings->specs.count == 0) {
        return report_usage(&command_extract, "-f SPEC is missing: what to measure, for example -f hog+color");
    }
    if (settings->with && settings->specs.count) {
        return report_usage(&command_extract, "either -f or --with, not both");
    }
    if (settings->specs.count > 1) {
        return report_usage(&command_extract, "one -f is taken; join stages with '+': -f %s+%s",
                            settings->specs.items[0], settings->specs.items[1]);
    }
    if (settings->with && (option_given(settings, "size") || option_given(settings, "fit"))) {
        return report_usage(&command_extract, "--size and --fit are taken from --with");
    }
    return EXIT_DONE;
}

static void print_summary(const oc_set *set, const char *folder)
{
    size_t count = oc_set_count(set);
    double seconds = oc_set_seconds(set) + oc_set_fit_seconds(set);
    printf("%zu %s of %zu values in ", count, plural(count, "row", "rows"), oc_set_rows(set)->dimension);
    terminal_put_name(stdout, folder);
    printf(", %.1f s\n", seconds);
}

static int run(const cli_settings *settings, oc_job *job)
{
    stages_source source = {NULL, NULL, NULL, NULL};
    oc_set *set = NULL;
    oc_error err;
    int status = wrong_options(settings);
    if (status) {
        return status;
    }
    oc_extract_options options = extract_options(settings);
    if (check_output_set(settings->output, &err) || open_source(settings, &source, &options.image, &err) ||
        extract_images(settings->operands.items[0], source.features, &options, settings->output, job, &set, &err)) {
        status = report_failure(&err);
    } else {
        int skipped = report_skipped(set, "image");
        if (settings->json) {
            status = print_json(oc_json_extraction(set));
        } else {
            print_summary(set, settings->output);
        }
        status = status ? status : skipped;
    }
    oc_set_free(set);
    close_source(&source);
    return status;
}

const cli_command command_extract = {
    .name = "extract",
    .bit = TAKEN_BY_EXTRACT,
    .summary = "write feature rows of images",
    .usage = "extract IMAGES -f SPEC -o SET\n"
             "extract IMAGES --with SET|MODEL -o SET",
    .about = "Measures every image and writes one row of numbers for each into the folder SET: features.npy (float32, "
             "one row an image), index.csv (row, path, label, width, height), stages.safetensors (what the stages "
             "learned), and skipped.csv where images could not be read.\n\n"
             "IMAGES is a folder with one sub-folder for each class, a folder of images, a CSV list with the header "
             "path,label, '-' for paths on standard input, or an IDX or CIFAR-10 binary file. PNG and JPEG files are "
             "recognised by their content.\n\n"
             "With --with, the stages of a set or a model are applied as they are, so that the rows of other images "
             "fit to those of the first.",
    .examples = "ocellus extract photos -f hog:cell=8+color:grid=2 -o rows\n"
                "ocellus extract more-photos --with rows -o more-rows\n"
                "find . -name '*.jpg' | ocellus extract - -f hog --size 64x128 -o rows\n"
                "python3 -c 'import numpy; print(numpy.load(\"rows/features.npy\").shape)'",
    .expects = "IMAGES, one data set",
    .least_operands = 1,
    .most_operands = 1,
    .works_long = true,
    .run = run,
};
