/* Checks of outputs before work begins. */
#ifndef OC_CLI_OUTPUTS_H
#define OC_CLI_OUTPUTS_H

#include <ocellus/ocellus.h>

/* Each function checks before a long run that an output can be written: its folder exists and is writable, and only an
 * older output would be replaced, not an image, an input (count; some may be NULL) or a file of an input set. OC_USAGE
 * or OC_IO with the reason.
 *   _file         a file
 *   _picture      a PNG file: it may replace an image, and "-" is standard output
 *   _set          the folder of a set
 *   _unpacked     class folders of numbered PNG files
 *   _predictions  a folder of numbered CSV files */
typedef oc_status output_check(const char *path, const char *const *inputs, size_t count, oc_error *err);
output_check check_output_file, check_output_picture, check_output_set, check_output_unpacked, check_output_predictions;

/* True when both paths name the same existing file or folder. */
bool same_file(const char *a, const char *b);
/* The same for outputs, which need not exist yet; the folders that will hold them must exist. */
bool same_output(const char *a, const char *b);

#endif
