/* Prints results of classify on standard output. Each result is flushed, so that a program that reads the output gets
 * it at once. */
#include "src/cli/classify_print.h"

#include "src/cli/escape.h"
#include "src/cli/failure.h"
#include "src/cli/progress.h"
#include "src/cli/terminal.h"

#include <stdio.h>

/* Prints one line for each class, best class first: path, label, probability (or score). */
static void print_best(const oc_model *model, const char *path, const oc_prediction *prediction, size_t lines)
{
    size_t classes = oc_model_classes(model), label = prediction->label;
    const float *values = prediction->probabilities ? prediction->probabilities : prediction->scores;
    for (size_t line = 0; line < lines && label < classes; line++) {
        escape_put_name(stdout, path);
        putchar('\t');
        escape_put_name(stdout, oc_model_class(model, label));
        printf("\t%.4f\n", (double)values[label]);
        label = line + 1 < lines ? oc_prediction_next(model, prediction, label) : label;
    }
}

int print_prediction(const cli_settings *settings, const oc_model *model, const char *path,
                     const oc_prediction *prediction)
{
    int status = EXIT_DONE;
    if (prediction->warning) {
        terminal_warning(path, prediction->warning);
    }
    if (settings->json) {
        status = print_json(oc_json_prediction(model, path, prediction));
    } else {
        progress_clear();
        print_best(model, path, prediction, (size_t)settings->top);
    }
    fflush(stdout);
    return status;
}

int print_unread(const cli_settings *settings, const char *path, const char *message)
{
    int status = settings->json ? print_json(oc_json_failure(path, message)) : EXIT_DONE;
    fflush(stdout);
    return status;
}
