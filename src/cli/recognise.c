/* Kinds of inputs. */
#include "src/cli/recognise.h"

#include <ocellus/ocellus.h>

input recognise(const char *path)
{
    if (oc_set_recognise(path)) {
        return (input){path, INPUT_SET};
    }
    if (oc_rows_recognise(path)) {
        return (input){path, INPUT_ROWS};
    }
    return (input){path, oc_model_recognise(path) ? INPUT_MODEL : INPUT_IMAGES};
}

bool is_rows(const input *in)
{
    return in->kind == INPUT_SET || in->kind == INPUT_ROWS;
}
