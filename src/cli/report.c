/* Prints the tables of an evaluation. */
#include "src/cli/report.h"

#include "src/cli/balance.h"
#include "src/cli/escape.h"
#include "src/cli/quote.h"
#include "src/cli/table.h"
#include "src/cli/terminal.h"

#include <math.h>
#include <stdint.h>

enum { CELL = 32, MATRIX_CLASSES = 20, MAX_NAME = 32, SCREEN = 80, MAX_CONFUSIONS = 15 };

static size_t widest_name(const oc_model *model, size_t limit)
{
    size_t widest = 0;
    for (size_t c = 0; c < oc_model_classes(model); c++) {
        size_t width = escape_width(oc_model_class(model, c));
        widest = width > widest ? width : widest;
    }
    return widest < limit ? widest : limit;
}

static const char *fraction(double value, char *cell)
{
    if (isnan(value)) {
        return "-";
    }
    snprintf(cell, CELL, "%.3f", value);
    return cell;
}

/* "images" or "rows". */
static const char *tested(const oc_model *model)
{
    return oc_features_count(oc_model_features(model)) ? "images" : "rows";
}

static void put_classes(FILE *stream, const oc_model *model, const oc_evaluation *evaluation)
{
    const table_column columns[] = {{"class", widest_name(model, MAX_NAME), true},
                                    {tested(model), 6, false},
                                    {"precision", 9, false},
                                    {"recall", 6, false},
                                    {"f1", 6, false}};
    const size_t count = sizeof columns / sizeof *columns;
    fputc('\n', stream);
    table_heading(stream, columns, count);
    for (size_t c = 0; c < evaluation->classes; c++) {
        const oc_class_metrics *metrics = &evaluation->metrics[c];
        char images[CELL], precision[CELL], recall[CELL], f1[CELL];
        snprintf(images, sizeof images, "%zu", metrics->count);
        const char *cells[] = {oc_model_class(model, c), images, fraction(metrics->precision, precision),
                               fraction(metrics->recall, recall), fraction(metrics->f1, f1)};
        table_row(stream, columns, count, cells);
    }
}

static void put_missing(FILE *stream, const oc_model *model, const oc_evaluation *evaluation)
{
    size_t missing = 0;
    for (size_t c = 0; c < evaluation->classes; c++) {
        if (evaluation->metrics[c].count == 0) {
            fputs(missing++ ? ", " : "no image of: ", stream);
            escape_put(stream, oc_model_class(model, c));
        }
    }
    if (missing) {
        fputs(" (left out of the mean over classes)\n", stream);
    }
}

/* The width of a column of the confusion matrix: that of the largest count and, if the line is wide enough, of the
 * longest name. */
static size_t matrix_width(const oc_model *model, const oc_evaluation *evaluation, size_t names)
{
    size_t classes = evaluation->classes, largest = 0;
    for (size_t i = 0; i < classes * classes; i++) {
        largest = evaluation->confusion[i] > largest ? evaluation->confusion[i] : largest;
    }
    size_t digits = (size_t)snprintf(NULL, 0, "%zu", largest), room = SCREEN - names;
    size_t width = room / classes > 2 ? room / classes - 2 : 1, longest = widest_name(model, MAX_NAME);
    width = width < longest ? width : longest;
    width = width > 3 ? width : 3;
    return width > digits ? width : digits;
}

/* Writes text cut to `width` columns, aligned to the right. */
static void put_right(FILE *stream, const char *text, size_t width)
{
    size_t used = escape_width(text);
    fprintf(stream, "%*s", used < width ? (int)(width - used) : 0, "");
    escape_put_cut(stream, text, width);
}

static void put_left(FILE *stream, const char *text, size_t width)
{
    size_t used = escape_put_cut(stream, text, width);
    fprintf(stream, "%*s", (int)(width - used), "");
}

static void put_matrix(FILE *stream, const oc_model *model, const oc_evaluation *evaluation)
{
    size_t names = widest_name(model, 16), width = matrix_width(model, evaluation, names);
    fputs("\nconfusion matrix: a line for each true class, a column for each predicted class\n", stream);
    fprintf(stream, "%s%*s", terminal_bold(stream), (int)names, "");
    for (size_t c = 0; c < evaluation->classes; c++) {
        fputs("  ", stream);
        put_right(stream, oc_model_class(model, c), width);
    }
    fprintf(stream, "%s\n", terminal_plain(stream));
    for (size_t t = 0; t < evaluation->classes; t++) {
        put_left(stream, oc_model_class(model, t), names);
        for (size_t p = 0; p < evaluation->classes; p++) {
            fprintf(stream, "  %*zu", (int)width, evaluation->confusion[t * evaluation->classes + p]);
        }
        fputc('\n', stream);
    }
}

/* Finds the most frequent confusions, largest first; equal ones in the order of the matrix. */
static size_t find_confusions(const oc_evaluation *evaluation, size_t *cells)
{
    size_t found = 0, classes = evaluation->classes;
    const size_t *confusion = evaluation->confusion;
    for (size_t i = 0; i < classes * classes; i++) {
        if (confusion[i] == 0 || i / classes == i % classes ||
            (found == MAX_CONFUSIONS && confusion[i] <= confusion[cells[found - 1]])) {
            continue;
        }
        size_t place = found < MAX_CONFUSIONS ? found++ : MAX_CONFUSIONS - 1;
        for (; place && confusion[cells[place - 1]] < confusion[i]; place--) {
            cells[place] = cells[place - 1];
        }
        cells[place] = i;
    }
    return found;
}

static void put_confusions(FILE *stream, const oc_model *model, const oc_evaluation *evaluation)
{
    size_t cells[MAX_CONFUSIONS], names = widest_name(model, MAX_NAME);
    size_t count = find_confusions(evaluation, cells);
    const table_column columns[] = {
        {"class", names, true}, {"taken for", names, true}, {tested(model), 6, false}, {"of", 4, false}};
    if (count == 0) {
        return;
    }
    fputs("\nmost frequent confusions\n", stream);
    table_heading(stream, columns, 4);
    for (size_t i = 0; i < count; i++) {
        size_t true_class = cells[i] / evaluation->classes, predicted = cells[i] % evaluation->classes;
        char images[CELL], of[CELL];
        snprintf(images, sizeof images, "%zu", evaluation->confusion[cells[i]]);
        snprintf(of, sizeof of, "%zu", evaluation->metrics[true_class].count);
        table_row(
            stream, columns, 4,
            (const char *const[]){oc_model_class(model, true_class), oc_model_class(model, predicted), images, of});
    }
}

void report_evaluation(FILE *stream, const oc_model *model, const oc_evaluation *evaluation)
{
    fprintf(stream, "accuracy  %.2f %% (%zu of %zu %s), 95 %% interval %.2f to %.2f %%\n", 100 * evaluation->accuracy,
            evaluation->correct, evaluation->images, tested(model), 100 * evaluation->ci_low,
            100 * evaluation->ci_high);
    if (classes_differ(evaluation)) {
        fprintf(stream, "balanced  %.2f %% (the mean of the recalls of the classes, which differ in size)\n",
                100 * evaluation->balanced_accuracy);
    }
    fprintf(stream, "mean f1   %.3f\n", evaluation->macro_f1);
    put_missing(stream, model, evaluation);
    put_classes(stream, model, evaluation);
    if (evaluation->classes <= MATRIX_CLASSES) {
        put_matrix(stream, model, evaluation);
    } else {
        put_confusions(stream, model, evaluation);
    }
}

bool report_unequal(const oc_model *model)
{
    const size_t *counts = oc_model_class_counts(model);
    size_t least = SIZE_MAX, most = 0;
    for (size_t c = 0; counts && c < oc_model_classes(model); c++) {
        least = counts[c] < least ? counts[c] : least;
        most = counts[c] > most ? counts[c] : most;
    }
    return counts && most / 2 >= least && most > 2 * least;
}

void report_validation(FILE *stream, const oc_model *model, const oc_validation *v)
{
    double low, high, accuracy = oc_validation_accuracy(v);
    if (v->held == 0) {
        return;
    }
    oc_wilson((size_t)(accuracy * (double)v->held + 0.5), v->held, &low, &high);
    fprintf(stream, "accuracy    %.2f %% of %zu %s held out, 95 %% interval %.2f to %.2f %% ", 100 * accuracy, v->held,
            tested(model), 100 * low, 100 * high);
    fprintf(stream, v->folds > 1 ? "(%zu folds)\n" : "(one part)\n", v->folds);
    if (report_unequal(model) && isfinite(v->balanced_accuracy)) {
        fprintf(stream, "balanced    %.2f %%, the mean over the classes\n", 100 * v->balanced_accuracy);
    }
    if (isfinite(v->log_loss)) {
        fprintf(stream, "log loss    %.4f of calibrated probabilities%s\n", v->log_loss,
                oc_model_train_options(model).class_weight == OC_CLASS_WEIGHT_BALANCED
                    ? ", all classes weighing the same"
                    : "");
    }
}

void report_trials(FILE *stream, const oc_validation *v)
{
    const table_column columns[] = {
        {"", 10, true}, {"l2", 10, false}, {"score-l2", 10, false}, {"log loss", 8, false}, {"%", 6, false}};
    if (v->held == 0 || v->count < 2) {
        return;
    }
    table_heading(stream, columns, 5);
    for (size_t k = 0; k < v->count; k++) {
        const oc_trial *t = &v->trial[k];
        char l2[CELL], score_l2[CELL], loss[CELL], accuracy[CELL];
        snprintf(l2, CELL, "%.4g", t->l2);
        snprintf(score_l2, CELL, "%.4g", t->score_l2);
        snprintf(loss, CELL, isfinite(t->log_loss) ? "%.4f" : "-", t->log_loss);
        snprintf(accuracy, CELL, "%.2f", 100 * t->accuracy);
        table_row(stream, columns, 5,
                  (const char *const[]){k == v->best ? "chosen" : "", l2, score_l2, loss, accuracy});
    }
}

void note_without_picture(size_t images)
{
    if (images) {
        terminal_note("%zu %s of the report %s no picture: %s can no longer be read", images,
                      plural(images, "image", "images"), plural(images, "has", "have"), plural(images, "it", "they"));
    }
}
