/* Functions of several commands: open images, models and rows, and report skipped images. */
#ifndef OC_CLI_INPUTS_H
#define OC_CLI_INPUTS_H

#include "src/cli/checks.h"
#include "src/cli/command.h"
#include "src/cli/failure.h"
#include "src/cli/quote.h"
#include "src/cli/recognise.h"
#include "src/cli/signals.h"

/* Opens a data set for a command that needs its labels; prints its size with -v, and notes about its folders.
 * OC_BAD_DATA when its folders are parts such as train and test; the message then proposes a command. */
oc_status open_images(const cli_settings *settings, const char *path, oc_dataset **dataset, oc_error *err);

/* The options of extraction as typed. */
oc_extract_options extract_options(const cli_settings *settings);

/* As oc_model_load, with a hint when the path is a folder. */
oc_status open_model(const cli_input *in, oc_model **model, oc_error *err);

/* The name of a typed option that only affects the reading of images; NULL when there is none. */
const char *given_for_images(const cli_settings *settings);

/* Reports wrong usage when a typed training option has no effect on the classifier or optimizer; else EXIT_DONE. */
int check_training(const cli_command *command, const cli_settings *settings);

/* Copies size, fit and depth of a model or a set; the limits remain those of the command line. */
void use_image_options(oc_image_options *options, oc_image_options from);

/* Opens a set, or rows made by another program with the labels of --labels, if given; dimension as for
 * oc_set_open_rows. */
oc_status open_input_rows(const cli_settings *settings, const cli_input *in, size_t dimension, oc_job *job,
                          oc_set **set, oc_error *err);
/* OC_USAGE when --labels is given but the input is not a .npy file of rows. */
oc_status check_labels_option(const cli_settings *settings, const cli_input *in, oc_error *err);
/* Reports wrong usage when the input is rows and a typed option only affects the reading of images; else EXIT_DONE. */
int check_image_options(const cli_command *command, const cli_settings *settings, const cli_input *in);
/* Prints "hog+color, 656 values" or "656 values, made by another program". */
void print_features_line(const oc_features *features);

/* Names the first skipped images and prints their total number; `what` is the singular noun ("image", "test image").
 * Returns EXIT_SKIPPED if images were skipped, else EXIT_DONE. */
int report_skipped(const oc_set *set, const char *what);

#endif
