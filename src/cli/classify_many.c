/* Opens each operand, classifies its images or rows in batches, and writes the answers to standard output or to the
 * file of -o. */
#include "src/cli/classify_many.h"

#include "src/cli/classify_print.h"
#include "src/cli/escape.h"
#include "src/cli/inputs.h"
#include "src/cli/progress.h"
#include "src/cli/terminal.h"
#include "src/cli/test_rows.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

enum { NAMED_SKIPS = 5 };

typedef struct work {
    const cli_settings *settings;
    const oc_model *model;
    oc_job *job;
    oc_batch *batch;
    oc_answer_file *file; /* of -o, or NULL */
    bool lone;            /* the only operand is one image */
    size_t total;         /* items so far; an operand that is not opened yet counts as one */
    size_t classified, skipped;
    size_t missing; /* images that could not be read when the sets were extracted */
} work;

static bool is_file_or_folder(const char *path, bool *folder)
{
    struct stat about;
    bool there = stat(path, &about) == 0;
    *folder = there && S_ISDIR(about.st_mode);
    return there && (S_ISDIR(about.st_mode) || S_ISREG(about.st_mode));
}

/* True for a set, and if the model is of rows made by another program, for a file of such rows. */
static bool holds_rows(const work *w, const cli_input *in)
{
    return in->kind == INPUT_SET || (in->kind == INPUT_ROWS && oc_features_count(oc_model_features(w->model)) == 0);
}

static oc_status open_set(const work *w, const cli_input *in, oc_set **set, oc_error *err)
{
    const named_model model = {w->settings->operands.items[0], w->model};
    return open_fitting_rows(w->settings, &model, in, w->job, set, err);
}

/* Prints an answer, or the error of its item. Returns the exit status. */
static int print_answer(const work *w, const oc_answer *answer)
{
    int status = EXIT_DONE;
    if (answer->status) {
        status = w->file ? EXIT_DONE : print_unread(w->settings, answer->path, answer->message);
        terminal_error("%s%s", w->lone ? "" : "skipped ", answer->message);
    } else if (!w->file) {
        status = print_prediction(w->settings, w->model, answer->path, &answer->prediction);
    } else if (answer->prediction.warning) {
        terminal_warning(answer->path, answer->prediction.warning);
    }
    return status;
}

static oc_status take_answer(void *context, const oc_answer *answer, oc_error *err)
{
    work *w = context;
    oc_status status = w->file ? oc_answer_file_add(w->file, answer, err) : OC_OK;
    bool passed_over = answer->status == OC_OK && !answer->prediction.scores;
    if (status || passed_over) {
        return status;
    }
    *(answer->status ? &w->skipped : &w->classified) += 1;
    if (print_answer(w, answer) || ferror(stdout)) {
        wrong_usage(err, "the results cannot be printed");
        status = err->status = OC_IO;
    }
    return status;
}

static oc_status add_rows(work *w, const cli_input *in, oc_error *err)
{
    oc_set *set = NULL;
    oc_status status = open_set(w, in, &set, err);
    if (!status) {
        w->total += oc_set_count(set) - 1;
        oc_batch_expect(w->batch, w->settings->files_from ? 0 : w->total);
        status = oc_batch_add_set(w->batch, set, err);
    }
    if (!status) {
        report_skipped(set, "image");
        w->missing += oc_set_skipped(set);
    }
    oc_set_free(set);
    return status;
}

/* Adds the images of a file, folder or list. If it cannot be opened, it is skipped like an unreadable image. */
static oc_status add_images(work *w, const char *path, bool folder, oc_error *err)
{
    oc_dataset *dataset = NULL;
    oc_error why;
    oc_status status = oc_dataset_open_unlabelled(path, &dataset, &why);
    if (status) {
        return oc_batch_add_failure(w->batch, path, &why, err);
    }
    size_t count = oc_dataset_count(dataset);
    w->lone = w->lone && !folder && count == 1;
    w->total += count - 1;
    oc_batch_expect(w->batch, w->settings->files_from ? 0 : w->total);
    status = oc_batch_add_dataset(w->batch, dataset, err);
    oc_dataset_free(dataset);
    return status;
}

static oc_status add_operand(work *w, const char *path, oc_error *err)
{
    const cli_input in = recognise(path);
    bool folder;
    if (holds_rows(w, &in)) {
        w->lone = false;
        return add_rows(w, &in, err);
    }
    if (oc_features_count(oc_model_features(w->model)) == 0) {
        oc_error why;
        wrong_usage(
            &why,
            "%.500s: neither a .npy file nor svmlight text: this model was trained on rows of %zu values made by "
            "another program, and classifies such rows, not images",
            path, oc_model_classifier(w->model)->dimension);
        return oc_batch_add_failure(w->batch, path, &why, err);
    }
    if (strcmp(path, "-") != 0 && is_file_or_folder(path, &folder)) {
        return add_images(w, path, folder, err);
    }
    return oc_batch_add_file(w->batch, path, err); /* standard input, a pipe, or a path that does not exist */
}

/* Checks all sets before the work, so that a wrong one is not found after hours. */
static oc_status check_sets(const work *w, oc_error *err)
{
    const cli_strings *operands = &w->settings->operands;
    oc_status status = OC_OK;
    for (size_t i = 1; !status && i < operands->count; i++) {
        oc_set *set = NULL;
        const cli_input in = recognise(operands->items[i]);
        if (in.kind == INPUT_SET) {
            status = open_set(w, &in, &set, err);
        }
        oc_set_free(set);
    }
    return status;
}

static oc_status classify_all(work *w, oc_error *err)
{
    const cli_strings *operands = &w->settings->operands;
    oc_status status = check_sets(w, err);
    for (size_t i = 1; !status && i < operands->count; i++) {
        status = add_operand(w, operands->items[i], err);
    }
    if (!status && w->settings->files_from) {
        status = oc_batch_add_list(w->batch, w->settings->files_from, err);
    }
    status = status ? status : oc_batch_flush(w->batch, err);
    if (!status && w->file) {
        w->skipped = oc_answer_file_skipped(w->file);
        w->classified = oc_answer_file_count(w->file) - w->skipped;
    }
    if (!status && w->classified == 0) {
        wrong_usage(err, "none of the %zu images can be read", w->skipped);
        status = err->status = OC_BAD_DATA;
    }
    return status;
}

static oc_status open_work(work *w, oc_job *job, oc_error *err)
{
    const cli_settings *settings = w->settings;
    size_t done = 0;
    if (settings->output) {
        oc_answer_file_options options = {.top = option_given(settings, "top") ? (size_t)settings->top : 0,
                                          .resume = settings->resume,
                                          .image = settings->image};
        oc_status status = oc_answer_file_create(w->model, settings->output, &options, &w->file, err);
        if (status) {
            return status;
        }
        done = oc_answer_file_done(w->file);
    }
    if (done) {
        terminal_note("continuing after the first %zu images", done);
    }
    oc_batch_options options = {.image = settings->image, .done = done, .answer = take_answer, .context = w};
    return oc_batch_create(w->model, &options, job, &w->batch, err);
}

static int report_done(const work *w, double seconds)
{
    const cli_settings *settings = w->settings;
    size_t skipped = w->skipped + w->missing;
    int status = EXIT_DONE;
    if (!w->lone && w->skipped > NAMED_SKIPS) {
        terminal_error("skipped %zu images in total", w->skipped);
    }
    if (settings->output && settings->json) {
        status = print_json(oc_json_classification(w->classified, skipped, seconds));
    } else if (settings->output) {
        printf("%zu %s in ", w->classified, plural(w->classified, "image", "images"));
        escape_put_name(stdout, settings->output);
        printf(", %.1f s\n", seconds);
    }
    return status ? status : skipped ? EXIT_SKIPPED : EXIT_DONE;
}

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

int classify_many(const cli_settings *settings, const oc_model *model, oc_job *job)
{
    work w = {.settings = settings,
              .model = model,
              .job = job,
              .lone = settings->operands.count == 2 && !settings->files_from,
              .total = settings->operands.count - 1};
    double started = now();
    oc_error err;
    oc_status status = open_work(&w, job, &err);
    if (!status) {
        oc_batch_expect(w.batch, settings->files_from ? 0 : w.total);
        status = classify_all(&w, &err);
    }
    oc_batch_free(w.batch);
    progress_clear();
    if (w.file) {
        status = oc_answer_file_close(w.file, status, &err);
    }
    if (!status) {
        return report_done(&w, now() - started);
    }
    bool named = w.lone && err.status == OC_BAD_DATA && w.skipped; /* the error is printed already */
    return named || (!w.file && ferror(stdout)) ? EXIT_FAILED : report_failure(&err);
}
