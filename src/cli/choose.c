/* -f auto: prints the table of candidates, and the best one as an option -f. */
#include "src/cli/choose.h"

#include "src/cli/inputs.h"
#include "src/cli/progress.h"
#include "src/cli/table.h"
#include "src/cli/terminal.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 4, CELL = 32 };

bool is_auto(const char *spec)
{
    return strcmp(spec, "auto") == 0;
}

double choose_seconds(void)
{
    return oc_choose_defaults().seconds;
}

typedef struct printing {
    const oc_dataset *images;
    bool balanced; /* candidates are judged by balanced accuracy */
} printing;

static void print_candidate(void *context, const oc_choice *choice)
{
    const printing *p = context;
    const oc_choice_row *row = &choice->rows[choice->count - 1];
    const table_column columns[COLUMNS] = {{p->balanced ? "balanced %" : "accuracy %", 10, false},
                                           {"values", 6, false},
                                           {"seconds", 7, false},
                                           {"candidate", 0, true}};
    char values[CELL], accuracy[CELL] = "-", seconds[CELL];
    progress_clear();
    if (choice->count == 1) {
        printf("choosing the features by cross-validation on %zu of %zu images (shared stages count once)\n\n",
               choice->images, oc_dataset_count(p->images));
        table_heading(stdout, columns, COLUMNS);
    }
    snprintf(values, sizeof values, "%zu", row->dimension);
    if (!isnan(row->accuracy)) {
        snprintf(accuracy, sizeof accuracy, "%.2f", 100 * (p->balanced ? row->balanced_accuracy : row->accuracy));
    }
    snprintf(seconds, sizeof seconds, "%.1f", row->seconds);
    table_row(stdout, columns, COLUMNS, (const char *const[]){accuracy, values, seconds, row->features});
    fflush(stdout);
}

/* Notes a choice between candidates of which none is clearly better (two standard errors) than guessing: always the
 * largest class, or for balanced accuracy any class. */
static void note_guessing(const printing *p, const oc_choice *choice)
{
    const oc_choice_row *best = &choice->rows[choice->best];
    size_t largest = 0, labelled = 0, classes = oc_dataset_classes(p->images);
    size_t *count = calloc(classes, sizeof *count);
    for (size_t i = 0; count && i < oc_dataset_count(p->images); i++) {
        int label = oc_dataset_label(p->images, i);
        if (label >= 0) {
            labelled++;
            largest = ++count[label] > largest ? count[label] : largest;
        }
    }
    free(count);
    if (labelled == 0) {
        return;
    }
    double guess = p->balanced ? 1 / (double)classes : (double)largest / (double)labelled;
    double found = p->balanced ? best->balanced_accuracy : best->accuracy;
    if (found < guess + 2 * sqrt(guess * (1 - guess) / (double)choice->images)) {
        terminal_note("no candidate is clearly better than guessing (%.1f %%); other features, more images or cleaner "
                      "labels may be",
                      100 * guess);
    }
}

oc_status choose_features(const cli_settings *settings, const oc_dataset *images, oc_job *job, oc_choice *choice,
                          oc_error *err)
{
    oc_choose_options options = oc_choose_defaults();
    printing p = {images, settings->train.class_weight == OC_CLASS_WEIGHT_BALANCED};
    options.extract = extract_options(settings);
    options.train = settings->train;
    options.train.seed = (uint64_t)settings->seed;
    if (!settings->json) {
        options.row_done = print_candidate;
        options.context = &p;
    }
    oc_status status = oc_choose(images, &options, job, choice, err);
    if (status != OC_OK) {
        return status;
    }
    const oc_choice_row *best = &choice->rows[choice->best];
    if (isnan(best->accuracy)) {
        terminal_note("no features could be compared on these images; %s is measured", best->features);
    } else if (!settings->json) {
        printf("\nchosen: -f %s\n", best->features);
        fputs(choice->count > 1 ? "The best of several on these images: on others it may be a little less accurate.\n\n"
                                : "\n",
              stdout);
    }
    if (!isnan(best->accuracy)) {
        note_guessing(&p, choice);
    }
    return OC_OK;
}
