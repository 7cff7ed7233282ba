/* The text format of SVMlight, LIBSVM and liblinear: a line a row, "label index:value index:value ...", indices from
 * 1 in ascending order, values that are not there 0; "qid:n" behind the label is passed over, and "#" begins a
 * comment. */
#ifndef OC_MATRIX_SVMLIGHT_H
#define OC_MATRIX_SVMLIGHT_H

#include "src/base/string.h"

#include <ocellus/error.h>
#include <stdint.h>

typedef struct oc_svmlight {
    float *values;   /* (count, dimension) */
    int64_t *labels; /* (count) */
    size_t count, dimension;
} oc_svmlight;

/* True when the text of a file's beginning, NUL-terminated, looks like this format: its first line that is not blank
 * and no comment is a number and at least one index:value. */
bool oc_svmlight_signature(const char *head);

/* Reads a file into dense rows. dimension 0: the largest index. OC_BAD_FILE with the line (an index of 0, one past the
 * dimension, a label that is no whole number, a value that float32 cannot hold), OC_NOT_FOUND, OC_IO, OC_NO_MEMORY. */
oc_status oc_svmlight_read(const char *path, size_t dimension, oc_svmlight *out, oc_error *err);
void oc_svmlight_free(oc_svmlight *rows);

/* Adds a row (dimension) as one line; zeros are left out. The values read back to the same float32. */
void oc_svmlight_add(oc_string *text, int label, const float *row, size_t dimension);

#endif
