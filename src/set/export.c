/* Sets as one text file: svmlight or CSV. The rows of a block become text on all threads and are written in order. */
#include "src/set/set.h"

#include "src/base/csv.h"
#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/memory.h"
#include "src/base/output.h"
#include "src/base/threads.h"
#include "src/matrix/number.h"
#include "src/matrix/rows.h"
#include "src/matrix/svmlight.h"

#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

enum { CHUNK = 16, CHUNKS = 64, COLUMN_NAME = 200 }; /* rows per task, tasks per block, bytes of a column name */

typedef struct exporting {
    const oc_set *set;
    oc_format format;
    size_t first;           /* row of this block */
    oc_string text[CHUNKS]; /* kept from block to block */
    atomic_size_t invalid;  /* the first row that holds NaN or infinity; SIZE_MAX: none */
} exporting;

static bool is_csv(oc_format format)
{
    return format == OC_FORMAT_CSV || format == OC_FORMAT_CSV_NAMED;
}

static void add_csv_row(oc_string *text, const oc_set *set, size_t i, const float *row)
{
    char value[OC_NUMBER + 1];
    int label = oc_set_labels(set)[i];
    oc_csv_add(text, oc_set_path(set, i));
    oc_string_add(text, ",");
    oc_csv_add(text, label < 0 ? "" : oc_set_class(set, (size_t)label));
    value[0] = ',';
    for (size_t j = 0; j < oc_set_rows(set)->dimension; j++) {
        oc_string_add_bytes(text, value, 1 + oc_number_format(row[j], value + 1));
    }
    oc_string_add(text, "\n");
}

static void add_chunk(void *context, size_t index, size_t worker)
{
    (void)worker;
    exporting *e = context;
    const oc_rows *rows = oc_set_rows(e->set);
    oc_string *text = &e->text[index];
    text->length = 0;
    size_t from = e->first + index * CHUNK;
    for (size_t i = from; i < from + CHUNK && i < rows->count; i++) {
        const float *row = oc_block_row(&rows->block[0], i); /* sets have one block */
        bool finite = true;
        for (size_t j = 0; j < rows->dimension; j++) {
            finite &= isfinite(row[j]) != 0;
        }
        if (!finite) {
            size_t least = atomic_load(&e->invalid);
            while (i < least && !atomic_compare_exchange_weak(&e->invalid, &least, i)) {
            }
        } else if (is_csv(e->format)) {
            add_csv_row(text, e->set, i, row);
        } else {
            oc_svmlight_add(text, oc_set_labels(e->set)[i], row, rows->dimension);
        }
    }
}

static void write_heading(const oc_set *set, bool named, FILE *file)
{
    char name[COLUMN_NAME];
    fputs("path,label", file);
    for (size_t j = 0; j < oc_set_rows(set)->dimension; j++) {
        if (named) {
            oc_features_column_name(oc_set_features(set), j, name, sizeof name);
            fprintf(file, ",%s", name);
        } else {
            fprintf(file, ",f%zu", j);
        }
    }
    fputc('\n', file);
}

/* Write errors are reported when the file is closed. */
static oc_status write_rows(exporting *e, FILE *file, oc_job *job, oc_error *err)
{
    size_t count = oc_set_count(e->set), block = (size_t)CHUNK * CHUNKS;
    oc_status status = OC_OK;
    atomic_store(&e->invalid, SIZE_MAX);
    if (is_csv(e->format)) {
        write_heading(e->set, e->format == OC_FORMAT_CSV_NAMED, file);
    }
    for (e->first = 0; e->first < count && status == OC_OK && !ferror(file); e->first += block) {
        size_t rows = count - e->first < block ? count - e->first : block;
        size_t chunks = (rows + CHUNK - 1) / CHUNK, invalid;
        oc_parallel(job, chunks, add_chunk, e);
        for (size_t c = 0; c < chunks && status == OC_OK; c++) {
            status = e->text[c].failed ? oc_fail_memory(err, "the rows as text") : OC_OK;
            if (e->text[c].length) {
                fwrite(e->text[c].data, 1, e->text[c].length, file);
            }
        }
        if ((invalid = atomic_load(&e->invalid)) != SIZE_MAX && status == OC_OK) {
            status = oc_fail(err, OC_BAD_DATA, "row %zu holds NaN or infinity, which svmlight and CSV text cannot hold",
                             invalid);
        }
        if (oc_job_cancelled(job)) {
            status = oc_fail(err, OC_CANCELLED, "cancelled");
        }
        oc_job_progress(job, "writing", e->first + rows, count);
    }
    for (size_t c = 0; c < CHUNKS; c++) {
        oc_string_free(&e->text[c]);
    }
    return status;
}

/* Writes the names of the classes, one a line: svmlight labels are numbers of classes. */
static oc_status write_classes(const oc_set *set, const char *path, oc_error *err)
{
    oc_string text = {0}, name = {0};
    oc_string_format(&name, "%s%s", path, OC_CLASSES_SUFFIX);
    oc_string_add(&text, "");
    for (size_t c = 0; c < oc_set_classes(set); c++) {
        oc_csv_add(&text, oc_set_class(set, c));
        oc_string_add(&text, "\n");
    }
    oc_status status = name.failed || text.failed ? oc_fail_memory(err, "the class names")
                                                  : oc_file_write(name.data, text.data, text.length, err);
    oc_string_free(&name);
    oc_string_free(&text);
    return status;
}

oc_status oc_set_export(const oc_set *set, oc_format format, const char *path, oc_job *job, oc_error *err)
{
    exporting e = {.set = set, .format = format};
    if (format != OC_FORMAT_SVMLIGHT && !is_csv(format)) {
        return oc_fail(err, OC_USAGE,
                       "a set is exported as svmlight or CSV text; its features.npy is a .npy file already");
    }
    if (strcmp(path, "-") == 0) {
        oc_status status = write_rows(&e, stdout, job, err);
        bool written = fflush(stdout) == 0 && !ferror(stdout);
        return status != OC_OK || written ? status : oc_fail_io(err, "standard output", "cannot be written");
    }
    oc_output output = {0};
    oc_status status = oc_output_begin(&output, path, false, err);
    FILE *file = status == OC_OK ? fopen(output.temporary, "wb") : NULL;
    if (status == OC_OK && !file) {
        status = oc_fail_io(err, path, "cannot be written");
    } else if (file) {
        status = write_rows(&e, file, job, err);
        oc_status closed = oc_file_close(file, path, status == OC_OK ? err : NULL);
        status = status == OC_OK ? closed : status;
    }
    if (status == OC_OK && format == OC_FORMAT_SVMLIGHT) {
        status = write_classes(set, path, err);
    }
    if (status == OC_OK) {
        status = oc_output_commit(&output, err);
    }
    oc_output_abandon(&output);
    return status;
}
