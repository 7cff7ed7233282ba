/* Lists of files: CSV with a header, and plain lines. The order of the list is kept. */
#include "src/dataset/dataset.h"

#include "src/base/csv.h"
#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/memory.h"
#include "src/base/utf8.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

enum { MAX_COLUMNS = 1024 };
static const size_t MAX_LIST = (size_t)1 << 31; /* bytes, enough for more than ten million paths */
static const size_t NO_COLUMN = SIZE_MAX;

typedef struct columns {
    size_t count, path, label, row; /* label and row may be NO_COLUMN */
} columns;

/* The label column: for each item a string in the buffer of the file. */
typedef struct label_list {
    const char **text; /* empty: unknown */
    size_t count, capacity;
} label_list;

static oc_status find_column(char **fields, size_t count, const char *name, size_t *column, oc_error *err)
{
    *column = NO_COLUMN;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(fields[i], name) == 0) {
            if (*column != NO_COLUMN) {
                return oc_fail(err, OC_BAD_FILE, "line 1: two columns are named %s", name);
            }
            *column = i;
        }
    }
    return OC_OK;
}

/* No column is named exactly `name`: OC_BAD_FILE where one differs from it by blanks or capitals alone. */
static oc_status check_spelling(char **fields, size_t count, const char *name, oc_error *err)
{
    size_t length = strlen(name);
    for (size_t i = 0; i < count; i++) {
        const char *word = fields[i] + strspn(fields[i], " \t");
        if (strncasecmp(word, name, length) == 0 && word[length + strspn(word + length, " \t")] == '\0') {
            return oc_fail(err, OC_BAD_FILE,
                           "line 1: the column '%.40s' must be written %s, in small letters, no blanks", fields[i],
                           name);
        }
    }
    return OC_OK;
}

/* `labelled`: labels are wanted where the list has them. */
static oc_status read_header(oc_csv *csv, bool labelled, columns *found, oc_error *err)
{
    char *fields[MAX_COLUMNS];
    oc_status status = oc_csv_record(csv, fields, MAX_COLUMNS, &found->count, err);
    if (status != OC_OK) {
        return status;
    }
    if (found->count > MAX_COLUMNS) {
        return oc_fail(err, OC_BAD_FILE,
                       "line %zu: %zu columns; a list of images has at most %d, and only path and label are read "
                       "(features of another program are read from a .npy file or svmlight text)",
                       csv->line, found->count, MAX_COLUMNS);
    }
    status = find_column(fields, found->count, "path", &found->path, err);
    if (status == OC_OK) {
        status = find_column(fields, found->count, "label", &found->label, err);
    }
    if (status == OC_OK) {
        status = find_column(fields, found->count, "row", &found->row, err);
    }
    if (status == OC_OK && found->path == NO_COLUMN) {
        status = check_spelling(fields, found->count, "path", err);
    }
    if (status == OC_OK && found->label == NO_COLUMN && labelled) {
        status = check_spelling(fields, found->count, "label", err);
    }
    if (status == OC_OK && found->path == NO_COLUMN) {
        status = oc_fail(
            err, OC_BAD_FILE,
            "not a list of images: its first line begins with '%.40s', but must name the columns, path and "
            "optionally label, with a comma between them (a plain list of paths can be given on standard "
            "input)",
            found->count ? fields[0] : "");
    }
    return status;
}

static oc_status add_label(label_list *labels, const char *text, oc_error *err)
{
    const char **texts = oc_grow(labels->text, labels->count, &labels->capacity, sizeof *texts);
    if (!texts) {
        return oc_fail_memory(err, "the labels");
    }
    labels->text = texts;
    labels->text[labels->count++] = text;
    return OC_OK;
}

/* Checks the column `row` in the index of a set: another order would give rows the labels of other rows. */
static oc_status check_row(const char *text, size_t row, size_t line, oc_error *err)
{
    char number[24];
    snprintf(number, sizeof number, "%zu", row);
    return strcmp(text, number) == 0 ? OC_OK
                                     : oc_fail(err, OC_BAD_FILE,
                                               "line %zu: row '%s' instead of %zu; rows are "
                                               "numbered 0, 1, 2... in the order of features.npy",
                                               line, text, row);
}

static oc_status add_listed(oc_dataset *dataset, const char *path, size_t length, size_t line, oc_error *err)
{
    oc_status status = oc_dataset_add(dataset, path, length, -1, err);
    if (status == OC_OK) {
        dataset->items[dataset->count - 1].line = (uint32_t)line; /* MAX_LIST bytes hold fewer than 2^32 lines */
    }
    return status;
}

/* With `numbered`, the column `row` is required and must be 0, 1, 2, ... */
static oc_status read_records(oc_dataset *dataset, char *buffer, bool numbered, label_list *labels, oc_error *err)
{
    oc_csv csv = oc_csv_start(buffer);
    columns column;
    oc_status status = read_header(&csv, !dataset->unlabelled, &column, err);
    if (status == OC_OK && numbered && column.row == NO_COLUMN) {
        status = oc_fail(err, OC_BAD_FILE, "line 1: there is no column row");
    }
    while (status == OC_OK) {
        char *fields[MAX_COLUMNS];
        size_t count;
        status = oc_csv_record(&csv, fields, MAX_COLUMNS, &count, err);
        if (status != OC_OK || count == 0) {
            break;
        }
        if (count != column.count) {
            return oc_fail(err, OC_BAD_FILE, "line %zu: the number of fields is %zu, in the header it is %zu", csv.line,
                           count, column.count);
        }
        const char *path = fields[column.path];
        if (!*path) {
            return oc_fail(err, OC_BAD_FILE, "line %zu: the path is empty", csv.line);
        }
        status = numbered ? check_row(fields[column.row], dataset->count, csv.line, err) : OC_OK;
        if (status == OC_OK) {
            status = add_listed(dataset, path, strlen(path), csv.line, err);
        }
        if (status == OC_OK && column.label != NO_COLUMN) {
            status = add_label(labels, fields[column.label], err);
        }
    }
    return status;
}

/* Sets the prefix to the folder of a regular file. Paths in a list from a pipe have no prefix. */
static oc_status set_prefix(oc_dataset *dataset, const char *path, oc_error *err)
{
    struct stat about;
    bool regular = stat(path, &about) == 0 && S_ISREG(about.st_mode);
    size_t length = regular ? (size_t)(oc_path_name(path) - path) : 0;
    dataset->prefix = oc_alloc(length + 1, 1);
    if (!dataset->prefix) {
        return oc_fail_memory(err, "a path");
    }
    memcpy(dataset->prefix, path, length);
    return OC_OK;
}

static oc_status read_table(oc_dataset *dataset, const char *path, bool numbered, oc_error *err)
{
    oc_bytes bytes = {0};
    label_list labels = {0};
    oc_status status = set_prefix(dataset, path, err);
    if (status == OC_OK) {
        status = oc_bytes_read(&bytes, path, MAX_LIST, err);
    }
    if (status != OC_OK) {
        goto cleanup;
    }
    if (memchr(bytes.data, '\0', bytes.size)) {
        status = oc_fail(err, OC_BAD_FILE, "not a list of images: it holds NUL bytes (a CSV list is UTF-8 text)");
    } else if (memchr(bytes.data, '\r', bytes.size) && !memchr(bytes.data, '\n', bytes.size)) {
        status = oc_fail(err, OC_BAD_FILE, "its lines end in carriage returns alone: save it with line feeds");
    } else if (numbered && !oc_ends_line(&bytes)) {
        status = oc_fail(err, OC_BAD_FILE, "its last line has no line feed: the file was cut off");
    } else {
        status = read_records(dataset, (char *)bytes.data, numbered, &labels, err);
    }
    if (status == OC_OK && labels.count > 0) {
        status = oc_dataset_name_labels(dataset, labels.text, labels.count, err);
    }
    if (status != OC_OK) {
        status = oc_fail_at(err, status, path);
    }
cleanup:
    oc_free(labels.text);
    oc_bytes_free(&bytes);
    return status;
}

oc_status oc_read_csv(oc_dataset *dataset, const char *path, oc_error *err)
{
    return read_table(dataset, path, false, err);
}

oc_status oc_read_index(oc_dataset *dataset, const char *path, oc_error *err)
{
    return read_table(dataset, path, true, err);
}

oc_status oc_read_lines(oc_dataset *dataset, const char *path, oc_error *err)
{
    dataset->prefix = oc_strdup("");
    if (!dataset->prefix) {
        return oc_fail_memory(err, "a path");
    }
    oc_bytes bytes = {0};
    oc_status status = oc_bytes_read(&bytes, path, MAX_LIST, err);
    if (status != OC_OK) {
        oc_bytes_free(&bytes);
        return status;
    }
    const char *at = (const char *)bytes.data, *end = at + bytes.size;
    bool nul = bytes.size > 0 && memchr(at, '\0', bytes.size);
    at += nul ? 0 : oc_utf8_mark(at);
    for (size_t line = 1; at < end && status == OC_OK; line++) {
        const char *stop = memchr(at, nul ? '\0' : '\n', (size_t)(end - at));
        stop = stop ? stop : end;
        size_t length = (size_t)(stop - at);
        /* Lists written on Windows end their lines with CR LF. */
        if (!nul && length > 0 && at[length - 1] == '\r') {
            length--;
        }
        if (length > 0) {
            status = add_listed(dataset, at, length, line, err);
        }
        at = stop + 1;
    }
    oc_bytes_free(&bytes);
    return status;
}
