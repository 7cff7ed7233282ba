/* Sets of external rows, made by another program: in memory, in a .npy file, or as svmlight text. Their features have a
 * dimension and no stages. */
#include "src/set/set.h"

#include "src/base/csv.h"
#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/utf8.h"
#include "src/dataset/dataset.h"
#include "src/matrix/npy.h"
#include "src/matrix/svmlight.h"
#include "src/pipeline/pipeline.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { HEAD = 4096, MAX_COLUMNS = 1024, LABEL = 24 };

/* Labels as texts (count), one for each row; NULL or empty: unknown. */
typedef struct label_texts {
    const char **items;
    size_t count, capacity;
    oc_bytes bytes; /* the memory of the texts */
    char *numbers;  /* (count, LABEL): texts of numbers */
} label_texts;

static void free_labels(label_texts *labels)
{
    oc_free(labels->items);
    oc_free(labels->numbers);
    oc_bytes_free(&labels->bytes);
}

static oc_status add_label(label_texts *labels, const char *text, oc_error *err)
{
    const char **items = oc_grow(labels->items, labels->count, &labels->capacity, sizeof *items);
    if (!items) {
        return oc_fail_memory(err, "the labels");
    }
    labels->items = items;
    labels->items[labels->count++] = text;
    return OC_OK;
}

static oc_status add_numbers(label_texts *labels, const int64_t *values, size_t count, oc_error *err)
{
    labels->numbers = oc_alloc(count, LABEL);
    oc_status status = labels->numbers ? OC_OK : oc_fail_memory(err, "the labels");
    for (size_t i = 0; i < count && status == OC_OK; i++) {
        snprintf(labels->numbers + i * LABEL, LABEL, "%" PRId64, values[i]);
        status = add_label(labels, labels->numbers + i * LABEL, err);
    }
    return status;
}

/* Reads one label from each line; an empty line is an unknown label. */
static oc_status read_lines(label_texts *labels, oc_error *err)
{
    char *at = (char *)labels->bytes.data, *end = at + labels->bytes.size;
    at += oc_utf8_mark(at);
    oc_status status = OC_OK;
    while (at < end && status == OC_OK) {
        size_t length = strcspn(at, "\n");
        char *next = at + length + 1;
        at[length] = '\0';
        if (length && at[length - 1] == '\r') {
            at[length - 1] = '\0';
        }
        status = add_label(labels, at, err);
        at = next;
    }
    return status;
}

/* Reads the column `label` of a CSV file; *found is false when its header has no such column. */
static oc_status read_column(label_texts *labels, char *text, bool *found, oc_error *err)
{
    char *fields[MAX_COLUMNS];
    size_t columns, count, column = 0;
    oc_csv csv = oc_csv_start(text);
    *found = false;
    oc_status status = oc_csv_record(&csv, fields, MAX_COLUMNS, &columns, err);
    while (status == OC_OK && column < columns && column < MAX_COLUMNS && !*found) {
        *found = strcmp(fields[column], "label") == 0;
        column += !*found;
    }
    while (status == OC_OK && *found) {
        status = oc_csv_record(&csv, fields, MAX_COLUMNS, &count, err);
        if (status != OC_OK || count == 0) {
            break;
        }
        if (count != columns) {
            return oc_fail(err, OC_BAD_FILE, "line %zu: the number of fields is %zu, in the header it is %zu", csv.line,
                           count, columns);
        }
        status = add_label(labels, fields[column], err);
    }
    return status;
}

/* True when the first line has a field "label". */
static bool names_label(const char *text)
{
    size_t line = strcspn(text, "\r\n");
    for (const char *at = text; (at = strstr(at, "label")) != NULL && (size_t)(at - text) < line; at += 5) {
        bool starts = at == text || strchr(",\"\xbf", at[-1]);
        bool ends = at[5] == '\0' || strchr(",\"\r\n", at[5]);
        if (starts && ends) {
            return true;
        }
    }
    return false;
}

static oc_status read_labels(const char *path, label_texts *labels, oc_error *err)
{
    oc_status status = oc_bytes_read(&labels->bytes, path, SIZE_MAX / 4, err);
    if (status != OC_OK) {
        return status;
    }
    if (oc_npy_signature(labels->bytes.data, labels->bytes.size)) {
        int64_t *values = NULL;
        size_t count = 0;
        status = oc_npy_integers(path, &values, &count, err);
        status = status == OC_OK ? add_numbers(labels, values, count, err) : status;
        oc_free(values);
        return status;
    }
    char *text = (char *)labels->bytes.data;
    bool column = names_label(text);
    if (memchr(text, '\0', labels->bytes.size)) {
        status = oc_fail(err, OC_BAD_FILE, "neither text nor a .npy file of integers");
    } else if (column) {
        status = read_column(labels, text, &column, err);
    } else {
        status = read_lines(labels, err);
    }
    return status == OC_OK ? OC_OK : oc_fail_at(err, status, path);
}

/* Makes the index: paths "name#0", "name#1", ..., the labels, and the sorted classes. */
static oc_status make_index(oc_set *set, const char *name, const char *const *labels, oc_error *err)
{
    set->index = oc_alloc(1, sizeof *set->index);
    oc_status status = set->index ? oc_dataset_add_numbered(set->index, name, NULL, 0, set->rows.count, err)
                                  : oc_fail_memory(err, "the index");
    if (status == OC_OK && labels) {
        status = oc_dataset_name_labels(set->index, labels, set->rows.count, err);
    }
    return status == OC_OK ? oc_set_gather_labels(set, err) : status;
}

/* Completes a set that has its rows: adds labels and features. */
static oc_status finish(oc_set *set, const char *name, const char *const *labels, oc_error *err)
{
    if (set->rows.count == 0 || set->rows.dimension == 0) {
        return oc_fail(err, OC_BAD_DATA, "%s: no rows: %zu x %zu values", name, set->rows.count, set->rows.dimension);
    }
    oc_status status = make_index(set, oc_path_name(name), labels, err);
    return status == OC_OK ? oc_features_given(set->rows.dimension, &set->features, err) : status;
}

oc_status oc_set_of_rows(const oc_rows *rows, const char *const *labels, oc_set **out, oc_error *err)
{
    oc_set *set = oc_alloc(1, sizeof *set);
    if (!set) {
        return oc_fail_memory(err, "the set");
    }
    set->rows = *rows;
    oc_status status = finish(set, "row", labels, err);
    if (status != OC_OK) {
        oc_set_free(set);
        return status;
    }
    *out = set;
    return OC_OK;
}

typedef enum rows_kind { NO_ROWS, NPY_ROWS, SVMLIGHT_ROWS } rows_kind;

static rows_kind kind_of(const char *path)
{
    char head[HEAD + 1];
    size_t got = oc_file_head(path, head, HEAD);
    head[got] = '\0';
    const char *ending = strrchr(path, '.');
    bool archive = strncmp(head, "PK", 2) == 0 && ending && strcmp(ending, ".npz") == 0; /* opening it says so */
    return oc_npy_signature(head, got) || archive                           ? NPY_ROWS
           : !memchr(head, '\0', got) && got && oc_svmlight_signature(head) ? SVMLIGHT_ROWS
                                                                            : NO_ROWS;
}

bool oc_rows_recognise(const char *path)
{
    return kind_of(path) != NO_ROWS;
}

static oc_status open_npy(oc_set *set, const char *path, size_t dimension, oc_error *err)
{
    oc_status status = oc_npy_open(path, &set->npy, err);
    if (status != OC_OK) {
        return status;
    }
    set->rows = oc_npy_rows(set->npy);
    return !dimension || dimension == set->rows.dimension
               ? OC_OK
               : oc_fail(err, OC_USAGE, "%s: rows of %zu values; %zu are needed", path, set->rows.dimension, dimension);
}

/* Replaces labels that are numbers by class names, if the file PATH.classes exists. */
static oc_status name_numbers(label_texts *labels, const char *path, const oc_svmlight *rows, oc_error *err)
{
    char *beside = oc_realloc(NULL, strlen(path) + sizeof OC_CLASSES_SUFFIX, 1);
    if (!beside) {
        return oc_fail_memory(err, "a path");
    }
    sprintf(beside, "%s%s", path, OC_CLASSES_SUFFIX);
    label_texts names = {0};
    oc_status status = oc_bytes_read(&names.bytes, beside, SIZE_MAX / 4, err);
    if (status == OC_NOT_FOUND) {
        status = add_numbers(labels, rows->labels, rows->count, err);
    } else if (status == OC_OK) {
        oc_csv csv = oc_csv_start((char *)names.bytes.data);
        char *field;
        size_t count;
        while ((status = oc_csv_record(&csv, &field, 1, &count, err)) == OC_OK && count > 0) {
            if ((status = add_label(&names, field, err)) != OC_OK) {
                break;
            }
        }
        for (size_t i = 0; i < rows->count && status == OC_OK; i++) {
            int64_t label = rows->labels[i];
            status = label < (int64_t)names.count
                         ? add_label(labels, label < 0 ? "" : names.items[label], err)
                         : oc_fail(err, OC_BAD_FILE, "%s: names %zu classes, a label in %s is %" PRId64, beside,
                                   names.count, path, label);
        }
        labels->bytes = names.bytes; /* the labels point into it */
        names.bytes = (oc_bytes){0};
    }
    free_labels(&names);
    oc_free(beside);
    return status;
}

static oc_status open_svmlight(oc_set *set, const char *path, size_t dimension, label_texts *labels, oc_job *job,
                               oc_error *err)
{
    oc_svmlight rows = {0};
    oc_status status = oc_svmlight_read(path, dimension, job, &rows, err);
    if (status == OC_OK) {
        status = name_numbers(labels, path, &rows, err);
    }
    set->rows = oc_rows_of(rows.values, rows.count, rows.dimension);
    set->external = rows.values;
    rows.values = NULL;
    oc_svmlight_free(&rows);
    return status;
}

oc_status oc_set_open_rows(const char *path, const char *labels_path, size_t dimension, oc_job *job, oc_set **out,
                           oc_error *err)
{
    label_texts labels = {0};
    rows_kind kind = kind_of(path);
    oc_set *set = oc_alloc(1, sizeof *set);
    oc_status status = set ? OC_OK : oc_fail_memory(err, "the set");
    if (status == OC_OK && kind == SVMLIGHT_ROWS && labels_path) {
        status = oc_fail(err, OC_USAGE, "%s: svmlight text has its labels in it; `labels` has no effect", path);
    } else if (status == OC_OK && kind == NO_ROWS) {
        status = oc_fail(err, OC_BAD_FILE, "%s: neither a .npy file nor svmlight text", path);
    }
    if (status == OC_OK) {
        status = kind == NPY_ROWS ? open_npy(set, path, dimension, err)
                                  : open_svmlight(set, path, dimension, &labels, job, err);
    }
    if (status == OC_OK && labels_path) {
        status = read_labels(labels_path, &labels, err);
        if (status == OC_OK && labels.count != set->rows.count) {
            status = oc_fail(err, OC_BAD_DATA, "%s: %zu labels for the %zu rows of %s", labels_path, labels.count,
                             set->rows.count, path);
        }
    }
    if (status == OC_OK) {
        status = finish(set, path, labels.items, err);
    }
    free_labels(&labels);
    if (status != OC_OK) {
        oc_set_free(set);
        return status;
    }
    *out = set;
    return OC_OK;
}
