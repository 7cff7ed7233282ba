/* Predictions as CSV: one file for an evaluation, one a row for a comparison; and the links of a report to them. */
#include "src/evaluate/predictions.h"

#include "src/base/csv.h"
#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/memory.h"
#include "src/base/output.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LONGEST_NAME = 120 }; /* of a file that is named by a spec */

/* Who names the images and the classes of an evaluation. */
typedef struct naming {
    const char *(*path)(const void *source, size_t row);
    const void *paths;
    const char *(*class_name)(const void *source, size_t label);
    const void *classes;
} naming;

static oc_status write_predictions(const oc_evaluation *e, const naming *names, const char *path, oc_error *err)
{
    oc_string text = {0};
    oc_string_add(&text, "path,label,predicted,probability\n");
    for (size_t i = 0; i < e->images; i++) {
        oc_csv_add(&text, names->path(names->paths, e->row[i]));
        oc_string_add(&text, ",");
        oc_csv_add(&text, names->class_name(names->classes, (size_t)e->expected[i]));
        oc_string_add(&text, ",");
        oc_csv_add(&text, names->class_name(names->classes, (size_t)e->predicted[i]));
        oc_string_add(&text, ",");
        if (e->probable) {
            oc_string_format(&text, "%.6g", (double)e->likely[i]);
        }
        oc_string_add(&text, "\n");
    }
    oc_status status = text.failed ? oc_fail_memory(err, "the predictions")
                                   : oc_file_write(path, text.data, text.length, err);
    oc_string_free(&text);
    return status;
}

static const char *path_of_set(const void *set, size_t row)
{
    return oc_set_path(set, row);
}

static const char *class_of_model(const void *model, size_t label)
{
    return oc_model_class(model, label);
}

oc_status oc_predictions_evaluation(const oc_model *model, const oc_evaluation *evaluation, const oc_set *set,
                                    const char *path, oc_error *err)
{
    naming names = {path_of_set, set, class_of_model, model};
    return write_predictions(evaluation, &names, path, err);
}

/* The test images of a comparison. */
typedef struct tested {
    const oc_comparison *comparison;
    const oc_dataset *images;
} tested;

static const char *path_of_tested(const void *source, size_t row)
{
    const tested *t = source;
    return oc_dataset_path(t->images, t->comparison->items[row]);
}

static const char *class_of_comparison(const void *comparison, size_t label)
{
    return ((const oc_comparison *)comparison)->class_names[label];
}

/* Letters that every file system takes, and that mean nothing to a shell. */
static char safe_letter(char c)
{
    return c == ':' ? '-' : isalnum((unsigned char)c) || strchr("=,.+-", c) ? c : '_';
}

char *oc_predictions_name(const oc_comparison *comparison, size_t row)
{
    oc_string name = {0};
    const char *spec = comparison->rows[row].features;
    oc_string_format(&name, "%02zu-", row + 1);
    for (; *spec && name.length < LONGEST_NAME; spec++) {
        char letter = safe_letter(*spec);
        oc_string_add_bytes(&name, &letter, 1);
    }
    oc_string_add(&name, ".csv");
    if (name.failed) {
        oc_string_free(&name);
    }
    return name.data;
}

static oc_status write_row(const tested *t, size_t row, const char *folder, oc_error *err)
{
    naming names = {path_of_tested, t, class_of_comparison, t->comparison};
    char *name = oc_predictions_name(t->comparison, row), *path = name ? oc_path_join(folder, name) : NULL;
    oc_status status = path ? write_predictions(&t->comparison->rows[row].evaluation, &names, path, err)
                            : oc_fail_memory(err, "a path");
    oc_free(name);
    oc_free(path);
    return status;
}

oc_status oc_predictions_comparison(const oc_comparison *comparison, const oc_dataset *test, const char *folder,
                                    oc_error *err)
{
    tested t = {comparison, test};
    oc_output output = {0};
    oc_status status = oc_output_begin(&output, folder, true, err);
    for (size_t row = 0; status == OC_OK && row < comparison->count; row++) {
        status = write_row(&t, row, output.temporary, err);
    }
    if (status == OC_OK) {
        status = oc_output_commit(&output, err);
    }
    oc_output_abandon(&output);
    return status;
}

/* The absolute name of the folder that holds `path`, and a slash; to be freed with free. NULL when there is none. */
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

/* A path as a part of an address (RFC 3986). */
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
