/* Prints the table of gradient errors: a line for each loss, a column for each penalty. */
#include "src/cli/check_gradient.h"

#include "src/cli/failure.h"
#include "src/cli/table.h"
#include "src/cli/terminal.h"

#include <math.h>
#include <stdio.h>

enum { CELL = 32 };
static const double TOLERANCE = 1e-7;

typedef struct penalty {
    const char *name;
    double l2, score_l2, l1;
} penalty;

static const penalty penalties[] = {
    {"none", 0, 0, 0}, {"l2", 0.1, 0, 0}, {"score-l2", 0, 0.1, 0}, {"l1", 0, 0, 0.1}, {"all", 0.1, 0.1, 0.1}};
enum { PENALTIES = sizeof penalties / sizeof *penalties };

int check_gradient(const oc_set *set, const oc_train_options *options)
{
    const oc_param *loss = oc_params_find(oc_train_params, oc_train_param_count, "loss");
    table_column columns[PENALTIES + 1] = {{"loss", 18, true}};
    oc_train_options tried = *options;
    oc_error err;
    size_t wrong = 0;
    for (size_t p = 0; p < PENALTIES; p++) {
        columns[p + 1] = (table_column){penalties[p].name, 8, false};
    }
    for (int l = 0; loss->choices[l]; l++) {
        char cells[PENALTIES][CELL];
        const char *texts[PENALTIES + 1] = {loss->choices[l]};
        tried.loss = (oc_loss)l;
        for (size_t p = 0; p < PENALTIES; p++) {
            double error = NAN;
            tried.l2 = penalties[p].l2;
            tried.score_l2 = penalties[p].score_l2;
            tried.l1 = penalties[p].l1;
            if (oc_check_gradient(oc_set_rows(set), oc_set_labels(set), oc_set_classes(set), &tried, &error, &err)) {
                return report_failure(&err);
            }
            snprintf(cells[p], CELL, "%.1e", error);
            texts[p + 1] = cells[p];
            wrong += !(error <= TOLERANCE);
        }
        if (l == 0) {
            puts("relative error of the gradient, by loss and penalty\n");
            table_heading(stdout, columns, PENALTIES + 1);
        }
        table_row(stdout, columns, PENALTIES + 1, texts);
    }
    if (wrong) {
        terminal_error("%zu of them are above %g", wrong, TOLERANCE);
    }
    return wrong ? EXIT_FAILED : EXIT_DONE;
}
