/* ocellus unpack: a binary data set as class folders of PNG files. */
#include "src/cli/escape.h"
#include "src/cli/inputs.h"

#include <stdio.h>

static int run(const cli_settings *settings, oc_job *job)
{
    oc_dataset *dataset = NULL;
    oc_error err;
    size_t written = 0;
    int status = EXIT_DONE;
    if (!settings->output) {
        return report_usage(&command_unpack, "-o FOLDER is missing: the folder to write");
    }
    if (check_outputs(settings, &(cli_output){settings->output, "the folder", check_output_unpacked}, 1, &err) ||
        open_images(settings, settings->operands.items[0], &dataset, &err) ||
        (settings->names && oc_dataset_name_classes(dataset, settings->names, &err)) ||
        oc_unpack(dataset, settings->output, job, &written, &err)) {
        status = report_failure(&err);
    } else {
        printf("%zu %s in ", written, plural(written, "image", "images"));
        escape_put_name(stdout, settings->output);
        putchar('\n');
    }
    oc_dataset_free(dataset);
    return status;
}

/* clang-format off */
static const cli_option own_options[] = {
    {'o', "FOLDER", REPEAT_REFUSED, 0,
     {OPTION_TEXT("output", output, "folder to write; replaces a folder that was unpacked earlier")}},
    {'n', "FILE", REPEAT_REFUSED, 0,
     {OPTION_TEXT("names", names, "file with the class names, one a line, in the order of the labels; default: the "
                                  "numbers")}},
};
/* clang-format on */

const cli_command command_unpack = {
    .name = "unpack",
    .options = {WORKS_LONG, OWN_OPTIONS(own_options)},
    .summary = "write a binary data set as class folders of PNG files",
    .usage = "unpack DATASET -o FOLDER [--names FILE]",
    .about = "Writes the images of an IDX file (also .gz), a CIFAR-10 binary file, or a folder of CIFAR-10's "
             "data_batch files as PNG files into one sub-folder for each class, for other programs or for a look at "
             "the images. The other commands of Ocellus read such data sets directly.\n\n"
             "The labels of an IDX file are found by the usual names (train-labels-idx1-ubyte beside "
             "train-images-idx3-ubyte). In the names of folders, '/' is written %2F.",
    .examples = "ocellus unpack train-images-idx3-ubyte.gz --names classes.txt -o train\n"
                "ocellus unpack cifar-10-batches-bin -o train",
    .expects = "DATASET, one binary data set",
    .min_operands = 1,
    .max_operands = 1,
    .run = run,
};
