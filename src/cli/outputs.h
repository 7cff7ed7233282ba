/* Checks of outputs before work begins. */
#ifndef OC_CLI_OUTPUTS_H
#define OC_CLI_OUTPUTS_H

#include <ocellus/ocellus.h>

/* Catch before the work what would spoil its end: the folder that the output goes to is missing or cannot be
 * written, or what is no older output would be replaced: images, the inputs (count, of which some may be NULL), files
 * of a set that is read. _picture is for PNG files, which replace images, and can go to standard output; _unpacked is
 * for class folders of numbered PNG files. */
oc_status check_output_file(const char *path, const char *const *inputs, size_t count, oc_error *err);
oc_status check_output_picture(const char *path, const char *const *inputs, size_t count, oc_error *err);
oc_status check_output_set(const char *path, const char *const *inputs, size_t count, oc_error *err);
oc_status check_output_unpacked(const char *path, oc_error *err);
oc_status check_output_predictions(const char *path, const char *const *inputs, size_t count, oc_error *err);

/* Do both paths name one file or folder? */
bool same_file(const char *a, const char *b);
/* The same for names of files that need not be there yet, in folders that are. */
bool same_output(const char *a, const char *b);

#endif
