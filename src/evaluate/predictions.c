/* Writes predictions as CSV, one file for an evaluation or for each row of a comparison, and makes the links of a
 * report to these files. */
#include "src/evaluate/predictions.h"

#include "src/base/csv.h"
#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/memory.h"
#include "src/base/output.h"
#include "src/dataset/dataset.h"
#include "src/evaluate/evaluate.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_NAME = 120 }; /* bytes of a file name that is made from a spec */

/* The images and classes of an evaluation. */
typedef struct tested {
    const oc_dataset *images; /* NULL: the paths are those of the set */
    const size_t *items;      /* (rows): the item of `images` of each row */
    const oc_set *set;
    oc_class_list classes;
} tested;

/* Adds the line path,label,predicted,probability of image i of the evaluation. OC_NO_MEMORY. */
static oc_status add_prediction(const tested *t, const oc_evaluation *e, size_t i, oc_string *text, oc_error *err)
{
    char *path = t->images ? oc_dataset_file(t->images, t->items[e->row[i]])
                           : oc_strdup(oc_set_path(t->set, e->row[i]));
    if (!path) {
        return oc_fail_memory(err, "a path");
    }
    const char *const fields[] = {path, t->classes.names[e->expected[i]], t->classes.names[e->predicted[i]]};
    for (size_t f = 0; f < sizeof fields / sizeof *fields; f++) {
        oc_csv_add(text, fields[f]);
        oc_string_add(text, ",");
    }
    if (e->has_probabilities) {
        oc_string_format(text, "%.6g", (double)e->predicted_score[i]);
    }
    oc_string_add(text, "\n");
    oc_free(path);
    return OC_OK;
}

static oc_status write_predictions(const tested *t, const oc_evaluation *e, const char *path, oc_error *err)
{
    oc_string text = {0};
    oc_status status = OC_OK;
    oc_string_add(&text, "path,label,predicted,probability\n");
    for (size_t i = 0; i < e->images && status == OC_OK; i++) {
        status = add_prediction(t, e, i, &text, err);
    }
    if (status == OC_OK) {
        status = text.failed ? oc_fail_memory(err, "the predictions")
                             : oc_file_write(path, text.data, text.length, err);
    }
    oc_string_free(&text);
    return status;
}

oc_status oc_predictions_evaluation(const oc_model *model, const oc_evaluation *evaluation, const oc_set *set,
                                    const oc_dataset *images, const char *path, oc_error *err)
{
    size_t *items = NULL;
    oc_status status = images ? oc_match_items(set, images, &items, err) : OC_OK;
    if (status == OC_OK) {
        const tested t = {images, items, set, oc_model_class_list(model)};
        status = write_predictions(&t, evaluation, path, err);
    }
    oc_free(items);
    return status;
}

/* Replaces letters that have a meaning for file systems or shells. */
static char safe_letter(char c)
{
    return c == ':' ? '-' : isalnum((unsigned char)c) || strchr("=,.+-", c) ? c : '_';
}

char *oc_predictions_name(const oc_comparison *comparison, size_t row)
{
    oc_string name = {0};
    const char *spec = comparison->rows[row].features;
    oc_string_format(&name, "%02zu-", row + 1);
    for (; *spec && name.length < MAX_NAME; spec++) {
        char letter = safe_letter(*spec);
        oc_string_add_bytes(&name, &letter, 1);
    }
    oc_string_add(&name, ".csv");
    if (name.failed) {
        oc_string_free(&name);
    }
    return name.data;
}

static oc_status write_row(const oc_comparison *comparison, size_t row, const oc_dataset *images, const char *folder,
                           oc_error *err)
{
    const tested t = {images, comparison->items, NULL, comparison->classes};
    char *name = oc_predictions_name(comparison, row), *path = name ? oc_path_join(folder, name) : NULL;
    oc_status status = path ? write_predictions(&t, &comparison->rows[row].evaluation, path, err)
                            : oc_fail_memory(err, "a path");
    oc_free(name);
    oc_free(path);
    return status;
}

oc_status oc_predictions_comparison(const oc_comparison *comparison, const oc_dataset *test, const char *folder,
                                    oc_error *err)
{
    oc_output output = {0};
    oc_status status = oc_output_begin(&output, folder, true, err);
    for (size_t row = 0; status == OC_OK && row < comparison->count; row++) {
        status = write_row(comparison, row, test, output.temporary, err);
    }
    if (status == OC_OK) {
        status = oc_output_commit(&output, err);
    }
    oc_output_abandon(&output);
    return status;
}

/* The absolute path of the folder that holds `path`, with a slash; to be freed with free. NULL when it does not
 * exist. */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *parent = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
    char *real = parent ? realpath(parent, NULL) : NULL;
    char *folder = real ? malloc(strlen(real) + 2) : NULL;
    if (folder) {
        sprintf(folder, strcmp(real, "/") == 0 ? "%s" : "%s/", real);
    }
    free(parent);
    free(real);
    return folder;
}

/* Adds a path, escaped as a part of a URL (RFC 3986). */
static void add_address(oc_string *link, const char *path)
{
    for (; *path; path++) {
        unsigned char c = (unsigned char)*path;
        if (isalnum(c) || strchr("-._~/=,+", c)) {
            oc_string_add_bytes(link, path, 1);
        } else {
            oc_string_format(link, "%%%02X", c);
        }
    }
}

oc_status oc_link_between(const char *page, const char *file, oc_string *link, oc_error *err)
{
    char *from = folder_of(page), *to = folder_of(file);
    if (from && to) {
        size_t common = 0;
        for (size_t i = 0; from[i] && from[i] == to[i]; i++) {
            common = from[i] == '/' ? i + 1 : common;
        }
        for (const char *at = from + common; (at = strchr(at, '/')) != NULL; at++) {
            oc_string_add(link, "../");
        }
        add_address(link, to + common);
        add_address(link, strrchr(file, '/') ? strrchr(file, '/') + 1 : file);
    }
    oc_status status = from && to && !link->failed ? OC_OK : oc_fail_memory(err, "the link to the predictions");
    free(from);
    free(to);
    return status;
}
