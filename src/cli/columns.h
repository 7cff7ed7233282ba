/* Describes the columns of feature rows in words. */
#ifndef OC_CLI_COLUMNS_H
#define OC_CLI_COLUMNS_H

#include <ocellus/features.h>

/* "row of cells (40), cell (30), bin (9); hog.y0.x0.b0 to hog.y39.x29.b8": the axes of a stage, outermost first, with
 * their lengths, and its first and last column. Truncates like snprintf. */
void describe_columns(const oc_features *features, size_t stage, char *text, size_t size);

/* The same for a stage with its default parameters, at 256x256 pixels; empty when memory is short. */
void describe_default_columns(const char *stage, char *text, size_t size);

#endif
