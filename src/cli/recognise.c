/* Kinds of inputs. */
#include "src/cli/recognise.h"

#include <ocellus/ocellus.h>

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
