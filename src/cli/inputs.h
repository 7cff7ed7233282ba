/* What several commands do with images: opening, telling what was skipped. */
#ifndef OC_CLI_INPUTS_H
#define OC_CLI_INPUTS_H

#include "src/cli/command.h"

/* Opens a data set and tells its size with -v. */
oc_status open_images(const char *path, oc_dataset **dataset, oc_error *err);

/* Size, seed and strictness as typed. */
oc_extract_options extract_options(const cli_settings *settings);

/* oc_model_load, with a hint for a folder, which is no model. */
oc_status open_model(const char *path, oc_model **model, oc_error *err);

/* The name of an option that was typed and is about reading images, or NULL: none has an effect on a set. */
const char *given_for_images(const cli_settings *settings);

/* Wrong usage when a training option was typed that the chosen classifier or optimizer does not use; else EXIT_DONE. */
int check_training(const cli_command *command, const cli_settings *settings);

/* Takes size and fit from a model or a set; the limits stay those of the command line. */
void use_image_options(oc_image_options *options, oc_image_options from);

/* Feature rows that are made already: a set, or a file of another program. */
bool is_rows(const char *path);
/* Opens them, with the labels of --labels where that was given; dimension as for oc_set_open_rows. */
oc_status open_rows(const cli_settings *settings, const char *path, size_t dimension, oc_set **set, oc_error *err);
/* OC_USAGE when --labels was given beside anything but a file of rows. */
oc_status check_labels_option(const cli_settings *settings, const char *path, oc_error *err);
/* "hog+color, 656 values", or where rows of another program came from. */
void print_features_line(const oc_features *features);

/* Names the first skipped images ("image", "test image": what they are called) and counts them all. Returns
 * EXIT_SKIPPED if there were any, else EXIT_DONE. */
int report_skipped(const oc_set *set, const char *what);

/* Catch before the work what would spoil its end: the folder that the output goes to is missing or cannot be
 * written, or what is no older output would be replaced: images, the inputs (count, of which some may be NULL), files
 * of a set that is read. _picture is for PNG files, which replace images, and can go to standard output; _unpacked is
 * for class folders of numbered PNG files. */
oc_status check_output_file(const char *path, const char *const *inputs, size_t count, oc_error *err);
oc_status check_output_picture(const char *path, const char *const *inputs, size_t count, oc_error *err);
oc_status check_output_set(const char *path, const char *const *inputs, size_t count, oc_error *err);
oc_status check_output_unpacked(const char *path, oc_error *err);

/* Do both paths name one file or folder? */
bool same_file(const char *a, const char *b);
/* The same for names of files that need not be there yet, in folders that are. */
bool same_output(const char *a, const char *b);

/* The command as it was typed, quoted for a shell; to be freed. NULL when memory is short. */
char *typed_command(const cli_command *command, const cli_settings *settings);

/* "1 image", "5 images": picks the noun. */
const char *plural(size_t count, const char *one, const char *many);

#endif
