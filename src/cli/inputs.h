/* What several commands do with their inputs: open images, models and rows, and report skipped images. */
#ifndef OC_CLI_INPUTS_H
#define OC_CLI_INPUTS_H

#include "src/cli/checks.h"
#include "src/cli/command.h"
#include "src/cli/failure.h"
#include "src/cli/quote.h"
#include "src/cli/recognise.h"
#include "src/cli/signals.h"

/* Opens a data set for a command that needs its labels; prints its size with -v, and notes about its folders. OC_BAD_DATA
 * when its folders are parts such as train and test; the message has the command that was probably meant. */
oc_status open_images(const cli_settings *settings, const char *path, oc_dataset **dataset, oc_error *err);

/* The options of extraction as typed. */
oc_extract_options extract_options(const cli_settings *settings);

/* oc_model_load, with a hint for a folder, which is no model. */
oc_status open_model(const cli_input *in, oc_model **model, oc_error *err);

/* The name of an option that was typed and is about reading images, which has no effect on a set; NULL: there is none. */
const char *given_for_images(const cli_settings *settings);

/* Wrong usage when a training option was typed that the chosen classifier or optimizer does not use; else EXIT_DONE. */
int check_training(const cli_command *command, const cli_settings *settings);

/* Takes size and fit from a model or a set; the limits stay those of the command line. */
void use_image_options(oc_image_options *options, oc_image_options from);

/* Opens a set, or rows of another program with the labels of --labels where that was given; dimension as for
 * oc_set_open_rows. */
oc_status open_input_rows(const cli_settings *settings, const cli_input *in, size_t dimension, oc_job *job,
                          oc_set **set, oc_error *err);
/* OC_USAGE when --labels was given with anything but rows of another program. */
oc_status check_labels_option(const cli_settings *settings, const cli_input *in, oc_error *err);
/* Wrong usage when the input is rows and an option was typed that is about reading images; else EXIT_DONE. */
int check_image_options(const cli_command *command, const cli_settings *settings, const cli_input *in);
/* Prints "hog+color, 656 values", or that another program made the rows. */
void print_features_line(const oc_features *features);

/* Names the first skipped images and the number of all; `what` is the word for one ("image", "test image"). Returns
 * EXIT_SKIPPED if there were any, else EXIT_DONE. */
int report_skipped(const oc_set *set, const char *what);

#endif
