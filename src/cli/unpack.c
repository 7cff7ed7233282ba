/* ocellus unpack: binary data sets as class folders of PNG files. */
#include "src/cli/inputs.h"
#include "src/cli/terminal.h"

#include <stdio.h>
#include <stdlib.h>

static int unpack(const cli_settings *settings, oc_dataset **datasets, oc_job *job)
{
    size_t count = settings->operands.count, written = 0;
    oc_error err;
    for (size_t i = 0; i < count; i++) {
        if (open_images(settings->operands.items[i], &datasets[i], &err)) {
            return report_failure(&err);
        }
    }
    if (oc_dataset_unpack((const oc_dataset *const *)datasets, count, settings->names, settings->output, job,
                          &written, &err)) {
        return report_failure(&err);
    }
    printf("%zu %s in ", written, plural(written, "image", "images"));
    terminal_put_name(stdout, settings->output);
    putchar('\n');
    return EXIT_DONE;
}

static int run(const cli_settings *settings, oc_job *job)
{
    size_t count = settings->operands.count;
    if (!settings->output) {
        return report_usage(&command_unpack, "-o FOLDER is missing: the folder to write");
    }
    oc_dataset **datasets = calloc(count, sizeof *datasets);
    if (!datasets) {
        terminal_error("out of memory for the data sets");
        return EXIT_FAILED;
    }
    int status = unpack(settings, datasets, job);
    for (size_t i = 0; i < count; i++) {
        oc_dataset_free(datasets[i]);
    }
    free(datasets);
    return status;
}

const cli_command command_unpack = {
    .name = "unpack",
    .bit = TAKEN_BY_UNPACK,
    .summary = "binary data sets as class folders of PNG files",
    .usage = "unpack DATASET... -o FOLDER [--names FILE]",
    .about = "Writes the images of IDX files (also .gz) and CIFAR-10 binary files as PNG files into one sub-folder for "
             "each class, for other programs or to look at; the other commands read such data sets as they are. The "
             "labels of an IDX file are found by the usual names (train-images-idx3-ubyte and "
             "train-labels-idx1-ubyte). A slash in a class name becomes '_'.",
    .examples = "ocellus unpack train-images-idx3-ubyte.gz --names classes.txt -o train\n"
                "ocellus unpack data_batch_1.bin data_batch_2.bin -o train",
    .expects = "at least one DATASET",
    .least_operands = 1,
    .most_operands = (size_t)-1,
    .works_long = true,
    .run = run,
};
