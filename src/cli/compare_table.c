/* Prints the table of a comparison. */
#include "src/cli/compare_table.h"

#include "src/cli/balance.h"
#include "src/cli/choose.h"
#include "src/cli/escape.h"
#include "src/cli/progress.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

enum { CELL = 32, BALANCED_COLUMN = 6 };

static size_t widest_spec(const cli_strings *specs)
{
    size_t widest = 0;
    for (size_t i = 0; i < specs->count; i++) {
        size_t width = is_auto(specs->items[i]) ? MAX_CHOICE_WIDTH : escape_width(specs->items[i]);
        widest = width > widest ? width : widest;
    }
    return widest;
}

size_t test_folds(const cli_settings *settings)
{
    return !settings->test && settings->train.folds > 1 ? (size_t)settings->train.folds : 0;
}

compare_table compare_table_start(const cli_settings *settings)
{
    compare_table table = {.columns = {{"features", widest_spec(&settings->specs), true},
                                       {"values", 6, false},
                                       {"extract", 7, false},
                                       {"train", 7, false},
                                       {"train %", 6, false},
                                       {"test %", 6, false},
                                       {"balanced %", 6, false},
                                       {"95% interval", 12, false},
                                       {"p", 7, false},
                                       {"held out", 6, false}},
                           .json = settings->json,
                           .seed = settings->seed};
    bool folds_tested = test_folds(settings) > 1;
    bool validated = (settings->output || settings->train.folds != 0) && !folds_tested;
    table.count = validated ? COMPARE_COLUMNS : COMPARE_COLUMNS - 1;
    return table;
}

static void format_p(double p, char *cell)
{
    if (isnan(p)) {
        snprintf(cell, CELL, "-");
    } else if (p < 0.0001) {
        snprintf(cell, CELL, "<0.0001");
    } else {
        snprintf(cell, CELL, "%.4f", p);
    }
}

/* Prints a line of the table; NULL: the heading. */
static void put_columns(const compare_table *table, const char *const *texts)
{
    table_column columns[COMPARE_COLUMNS];
    const char *cells[COMPARE_COLUMNS];
    size_t count = 0;
    for (size_t i = 0; i < table->count; i++) {
        if (i != BALANCED_COLUMN || table->balanced) {
            columns[count] = table->columns[i];
            cells[count++] = texts ? texts[i] : NULL;
        }
    }
    if (texts) {
        table_row(stdout, columns, count, cells);
    } else {
        table_heading(stdout, columns, count);
    }
}

static void print_split(const oc_comparison *c, int64_t seed)
{
    if (c->split == OC_SPLIT_FOLDS) {
        printf("%zu images, each tested once in %zu folds that --seed %" PRId64 " draws, %zu classes\n\n", c->test,
               c->folds, seed, c->classes.count);
    } else {
        printf("%zu images to train on, %zu %sto test on, %zu classes\n\n", c->train, c->test,
               c->split == OC_SPLIT_FIFTH ? "put aside " : "", c->classes.count);
    }
}

void compare_table_row(void *context, const oc_comparison *comparison)
{
    compare_table *table = context;
    const oc_comparison_row *row = &comparison->rows[comparison->count - 1];
    char cells[COMPARE_COLUMNS][CELL];
    if (table->json) {
        return;
    }
    progress_clear();
    if (comparison->count == 1) {
        table->balanced = classes_differ(&row->evaluation);
        print_split(comparison, table->seed);
        put_columns(table, NULL);
    }
    snprintf(cells[1], CELL, "%zu", row->dimension);
    snprintf(cells[2], CELL, "%.1f s", row->extract_seconds);
    snprintf(cells[3], CELL, "%.1f s", row->train_seconds);
    snprintf(cells[4], CELL, isnan(row->train_accuracy) ? "-" : "%.2f", 100 * row->train_accuracy);
    snprintf(cells[5], CELL, "%.2f", 100 * row->test_accuracy);
    snprintf(cells[6], CELL, "%.2f", 100 * row->evaluation.balanced_accuracy);
    snprintf(cells[7], CELL, "%.2f..%.2f", 100 * row->ci_low, 100 * row->ci_high);
    format_p(row->p_value, cells[8]);
    if (row->validation.held) {
        snprintf(cells[9], CELL, "%.2f", 100 * oc_validation_accuracy(&row->validation));
    }
    const char *texts[COMPARE_COLUMNS] = {row->features};
    for (size_t i = 1; i < COMPARE_COLUMNS; i++) {
        texts[i] = cells[i];
    }
    put_columns(table, texts);
    fflush(stdout);
}

static void print_seeds(const oc_comparison *comparison, size_t widest)
{
    const table_column columns[] = {{"features", widest, true}, {"mean test %", 11, false}, {"deviation", 9, false}};
    printf("\nover %zu seeds\n", comparison->seeds);
    table_heading(stdout, columns, 3);
    for (size_t r = 0; r < comparison->count; r++) {
        char mean[CELL], deviation[CELL];
        snprintf(mean, CELL, "%.2f", 100 * comparison->rows[r].test_mean);
        snprintf(deviation, CELL, "%.2f", 100 * comparison->rows[r].test_std);
        table_row(stdout, columns, 3, (const char *const[]){comparison->rows[r].features, mean, deviation});
    }
}

/* "report for a browser: page.html" */
static void print_file(const char *what, const char *path)
{
    if (path) {
        fputs(what, stdout);
        escape_put_name(stdout, path);
        putchar('\n');
    }
}

void compare_table_end(const cli_settings *settings, const oc_comparison *comparison)
{
    if (comparison->seeds > 1) {
        print_seeds(comparison, widest_spec(&settings->specs));
    }
    putchar('\n');
    if (comparison->count > 1) {
        printf("best on the test images: %s\n", comparison->rows[oc_comparison_best(comparison)].features);
    }
    if (settings->output) {
        printf(comparison->split == OC_SPLIT_FOLDS ? "trained on all images: %s"
                                                   : "best on held-out training images: %s",
               comparison->rows[comparison->best].features);
        print_file(", saved as ", settings->output);
    }
    if (comparison->count > 1) {
        puts("p: the probability of such a difference from the first row between equally good features (McNemar)");
    }
    print_file("predictions of each row: ", settings->predictions);
    print_file("report for a browser: ", settings->report);
}
