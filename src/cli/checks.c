/* Checks of all outputs. */
#include "src/cli/checks.h"

#include <stdlib.h>
#include <string.h>

/* Lists the arguments that name inputs (some may be NULL) and sets *count. The caller frees the list; NULL when memory
 * is short. */
static const char **list_inputs(const cli_settings *settings, size_t *count)
{
    const char *const named[] = {settings->test, settings->with, settings->labels, settings->files_from,
                                 settings->names};
    const size_t operands = settings->operands.count, others = sizeof named / sizeof *named;
    const char **inputs = malloc((operands + others) * sizeof *inputs);
    if (inputs) {
        memcpy(inputs, settings->operands.items, operands * sizeof *inputs);
        memcpy(inputs + operands, named, sizeof named);
    }
    *count = operands + others;
    return inputs;
}

static oc_status check_names(const cli_output *outputs, size_t count, oc_error *err)
{
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < i; j++) {
            const cli_output *a = &outputs[j], *b = &outputs[i];
            if (a->path && b->path && same_output(a->path, b->path)) {
                return wrong_usage(err, "%.700s: %s and %s need two names", b->path, a->name, b->name);
            }
        }
    }
    return OC_OK;
}

oc_status check_outputs(const cli_settings *settings, const cli_output *outputs, size_t count, oc_error *err)
{
    size_t input_count;
    const char **inputs = list_inputs(settings, &input_count);
    if (!inputs) {
        wrong_usage(err, "out of memory for the names of the inputs");
        return err->status = OC_NO_MEMORY;
    }
    oc_status status = OC_OK;
    for (size_t i = 0; !status && i < count; i++) {
        if (outputs[i].path) {
            status = outputs[i].check(outputs[i].path, inputs, input_count, err);
        }
    }
    free(inputs);
    return status ? status : check_names(outputs, count, err);
}
