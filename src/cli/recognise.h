/* The kind of an argument, which is recognised once, by its content. */
#ifndef OC_CLI_RECOGNISE_H
#define OC_CLI_RECOGNISE_H

#include <ocellus/error.h>
#include <stdbool.h>

typedef enum input_kind {
    INPUT_IMAGES, /* a folder, an image, a list, a binary data set, standard input; also a path that does not exist */
    INPUT_SET,
    INPUT_ROWS, /* rows made by another program: a .npy file or svmlight text */
    INPUT_MODEL
} input_kind;

typedef struct cli_input {
    const char *path;
    input_kind kind;
} cli_input;

cli_input recognise(const char *path);

/* True for a set or rows made by another program. */
bool is_rows(const cli_input *in);

/* True for a path (not "-") at which there is nothing, with the message for it. Asked before an option is missed that the input
 * might not need. */
bool is_absent(const char *path, oc_error *err);

#endif
