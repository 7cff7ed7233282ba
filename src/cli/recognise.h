/* What the argument of a command is: recognised once, by looking at it, and handed down. */
#ifndef OC_CLI_RECOGNISE_H
#define OC_CLI_RECOGNISE_H

#include <stdbool.h>

typedef enum input_kind {
    INPUT_IMAGES, /* or one image, a list, a binary data set, standard input, or nothing at all */
    INPUT_SET,
    INPUT_ROWS, /* rows of another program: a .npy file or svmlight text */
    INPUT_MODEL
} input_kind;

typedef struct input {
    const char *path;
    input_kind kind;
} input;

input recognise(const char *path);

/* Feature rows that are made already. */
bool is_rows(const input *in);

#endif
