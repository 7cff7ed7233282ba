/* The text format of SVMlight, LIBSVM and liblinear: one row a line, "label index:value index:value ...", with
 * ascending indices from 1; missing values are 0. "qid:n" after the label is skipped, and "#" begins a comment. */
#ifndef OC_MATRIX_SVMLIGHT_H
#define OC_MATRIX_SVMLIGHT_H

#include "src/base/string.h"

#include <ocellus/job.h>

#include <stdint.h>

typedef struct oc_svmlight {
    float *values;   /* (count, dimension) */
    int64_t *labels; /* (count) */
    size_t count, dimension;
} oc_svmlight;

/* True when `head`, the NUL-terminated beginning of a file, looks like this format: its first line that is neither
 * blank, a comment, nor a label alone (a row of zeros) begins like a number, then comes INDEX: or qid:. */
bool oc_svmlight_signature(const char *head);

/* Reads a file into dense rows of `dimension` values; 0 takes the largest index. OC_BAD_FILE with the line (an index of
 * 0 or past the dimension, a label that is not a whole number, a value that float32 cannot hold), OC_NOT_FOUND, OC_IO,
 * OC_NO_MEMORY, OC_CANCELLED. */
oc_status oc_svmlight_read(const char *path, size_t dimension, oc_job *job, oc_svmlight *out, oc_error *err);
void oc_svmlight_free(oc_svmlight *rows);

/* Adds a row (dimension) as one line without its zeros. The values read back to the same float32. */
void oc_svmlight_add(oc_string *text, int label, const float *row, size_t dimension);

#endif
