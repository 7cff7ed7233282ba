/* Checks of outputs before work begins. */
#ifndef OC_CLI_OUTPUTS_H
#define OC_CLI_OUTPUTS_H

#include <ocellus/ocellus.h>

/* Catch before the work what would spoil its end: the folder that the output goes to is missing or cannot be
 * written, or what is no older output would be replaced: images, the inputs (count, of which some may be NULL), files
 * of a set that is read. _picture is for PNG files, which replace images, and can go to standard output; _unpacked is
 * for class folders of numbered PNG files. */
typedef oc_status output_check(const char *path, const char *const *inputs, size_t count, oc_error *err);
output_check check_output_file, check_output_picture, check_output_set, check_output_unpacked, check_output_predictions;

/* Do both paths name one file or folder? */
bool same_file(const char *a, const char *b);
/* The same for names of files that need not be there yet, in folders that are. */
bool same_output(const char *a, const char *b);

#endif
