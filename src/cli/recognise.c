/* Kinds of inputs. */
#include "src/cli/recognise.h"

#include <ocellus/ocellus.h>
#include <string.h>
#include <unistd.h>

cli_input recognise(const char *path)
{
    if (oc_set_recognise(path)) {
        return (cli_input){path, INPUT_SET};
    }
    if (oc_rows_recognise(path)) {
        return (cli_input){path, INPUT_ROWS};
    }
    return (cli_input){path, oc_model_recognise(path) ? INPUT_MODEL : INPUT_IMAGES};
}

bool is_rows(const cli_input *in)
{
    return in->kind == INPUT_SET || in->kind == INPUT_ROWS;
}

bool is_absent(const char *path, oc_error *err)
{
    oc_dataset *none = NULL;
    bool absent = strcmp(path, "-") != 0 && access(path, F_OK) != 0 && oc_dataset_open(path, &none, err) != OC_OK;
    oc_dataset_free(none);
    return absent;
}
