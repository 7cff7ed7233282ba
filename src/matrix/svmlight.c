/* Reading and writing svmlight text. A file is read whole and parsed twice: once for its shape, once for its values. */
#include "src/matrix/svmlight.h"

#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/locale.h"
#include "src/base/memory.h"
#include "src/base/threads.h"
#include "src/base/utf8.h"
#include "src/matrix/number.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PROGRESS_ROWS = 256 };

static const double MAX_LABEL = 9007199254740992.0; /* whole numbers up to 2^53 are exact in double */

/* A position in the text, and the number of its line. */
typedef struct line {
    const char *at;
    size_t number;
} line;

static const char *skip_blanks(const char *at)
{
    return at + strspn(at, " \t\r");
}

static bool ends(const char *at)
{
    return *at == '\0' || *at == '\n' || *at == '#';
}

static bool blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* Moves to the first row at or after `at`; to the NUL when no row follows. */
static void find_row(line *l)
{
    for (;;) {
        l->at = skip_blanks(l->at);
        if (!ends(l->at)) {
            return;
        }
        l->at += strcspn(l->at, "\n");
        if (*l->at == '\0') {
            return;
        }
        l->at++;
        l->number++;
    }
}

static oc_status read_label(line *l, int64_t *label, oc_error *err)
{
    char *end;
    double value = oc_strtod(l->at, &end);
    size_t length = strcspn(l->at, " \t\r\n#");
    if (end == l->at || (!blank(*end) && !ends(end))) {
        return oc_fail(err, OC_BAD_FILE, "line %zu: '%.*s' is not a label; labels are whole numbers", l->number,
                       (int)(length < 40 ? length : 40), l->at);
    }
    if (!(fabs(value) <= MAX_LABEL) || floor(value) < value) {
        return oc_fail(err, OC_BAD_FILE, "line %zu: the label %g is not a whole number; labels are classes", l->number,
                       value);
    }
    *label = (int64_t)value;
    l->at = end;
    return OC_OK;
}

/* Reads "index:value"; *index is 0 at the end of the line. */
static oc_status read_entry(line *l, size_t *index, double *value, oc_error *err)
{
    const char *at = skip_blanks(l->at);
    *index = 0;
    if (ends(at)) {
        l->at = at + strcspn(at, "\n");
        return OC_OK;
    }
    size_t length = strcspn(at, " \t\r\n#");
    int shown = (int)(length < 40 ? length : 40);
    size_t digits = strspn(at, "0123456789");
    char *end = NULL;
    if (digits && digits < 18 && at[digits] == ':' && !blank(at[digits + 1]) && at[digits + 1] != '\n') {
        *value = oc_strtod(at + digits + 1, &end);
    }
    if (!end || end == at + digits + 1 || (!blank(*end) && !ends(end))) {
        return oc_fail(err, OC_BAD_FILE, "line %zu: '%.*s' is not of the form index:value", l->number, shown, at);
    }
    *index = (size_t)strtoull(at, NULL, 10);
    if (*index == 0) {
        return oc_fail(err, OC_BAD_FILE,
                       "line %zu: index 0; indices count from 1 here, as for liblinear (in scikit-learn: "
                       "dump_svmlight_file(..., zero_based=False))",
                       l->number);
    }
    if (!(fabs(*value) <= (double)FLT_MAX)) {
        return oc_fail(err, OC_BAD_FILE, "line %zu: '%.*s' cannot be a float32 feature, a finite number up to 3.4e38",
                       l->number, shown, at);
    }
    l->at = end;
    return OC_OK;
}

/* Reads one line: its label, and its values into row (dimension) unless row is NULL. Raises *largest to the largest
 * index of the line. */
static oc_status read_row(line *l, int64_t *label, float *row, size_t *largest, oc_error *err)
{
    size_t before = 0, index = 0;
    double value;
    oc_status status = read_label(l, label, err);
    l->at = skip_blanks(l->at);
    if (strncmp(l->at, "qid:", 4) == 0) {
        l->at += strcspn(l->at, " \t\r\n#");
    }
    while (status == OC_OK) {
        status = read_entry(l, &index, &value, err);
        if (status != OC_OK || index == 0) {
            break;
        }
        if (index <= before) {
            return oc_fail(err, OC_BAD_FILE, "line %zu: index %zu after %zu; indices must ascend", l->number, index,
                           before);
        }
        before = index;
        if (row) {
            row[index - 1] = (float)value;
        }
    }
    *largest = before > *largest ? before : *largest;
    return status;
}

/* Reports progress in kilobytes. The text is read twice, first for its shape, then for its values: `read` is in
 * 0..2. */
static oc_status note_progress(const oc_bytes *bytes, double read, oc_job *job, oc_error *err)
{
    double kilobytes = (double)bytes->size / 1000;
    oc_job_progress(job, "reading kB", (size_t)(read * kilobytes), (size_t)(2 * kilobytes));
    return oc_job_cancelled(job) ? oc_fail(err, OC_CANCELLED, "cancelled") : OC_OK;
}

static oc_status measure(const oc_bytes *bytes, size_t *count, size_t *largest, oc_job *job, oc_error *err)
{
    const char *text = (const char *)bytes->data;
    line l = {text + oc_utf8_mark(text), 1};
    int64_t label;
    oc_status status = OC_OK;
    *count = *largest = 0;
    for (find_row(&l); *l.at && status == OC_OK; find_row(&l)) {
        status = read_row(&l, &label, NULL, largest, err);
        if (status == OC_OK && ++*count % PROGRESS_ROWS == 0) {
            status = note_progress(bytes, (double)(l.at - text) / (double)bytes->size, job, err);
        }
    }
    return status;
}

static oc_status fill(const oc_bytes *bytes, oc_svmlight *rows, oc_job *job, oc_error *err)
{
    const char *text = (const char *)bytes->data;
    line l = {text + oc_utf8_mark(text), 1};
    size_t largest = 0;
    oc_status status = OC_OK;
    find_row(&l);
    for (size_t i = 0; i < rows->count && status == OC_OK; i++, find_row(&l)) {
        status = read_row(&l, &rows->labels[i], rows->values + i * rows->dimension, &largest, err);
        if (status == OC_OK && (i + 1) % PROGRESS_ROWS == 0) {
            status = note_progress(bytes, 1 + (double)(l.at - text) / (double)bytes->size, job, err);
        }
    }
    return status;
}

static oc_status parse(const oc_bytes *bytes, oc_svmlight *rows, size_t dimension, oc_job *job, oc_error *err)
{
    const char *text = (const char *)bytes->data;
    size_t largest, values;
    if (memchr(text, '\0', bytes->size)) {
        return oc_fail(err, OC_BAD_FILE, "not svmlight text: it holds NUL bytes");
    }
    oc_status status = measure(bytes, &rows->count, &largest, job, err);
    if (status != OC_OK) {
        return status;
    }
    if (dimension && largest > dimension) {
        return oc_fail(err, OC_BAD_FILE, "an index is %zu, but rows have %zu values", largest, dimension);
    }
    rows->dimension = dimension ? dimension : largest;
    if (rows->count == 0 || rows->dimension == 0) {
        return oc_fail(err, OC_BAD_FILE, "no row has a value");
    }
    bool fits = oc_multiply(rows->count, rows->dimension, &values);
    rows->values = fits ? oc_alloc(values, sizeof *rows->values) : NULL;
    rows->labels = oc_alloc(rows->count, sizeof *rows->labels);
    if (!rows->values || !rows->labels) {
        return oc_fail(err, OC_NO_MEMORY, "out of memory for %zu x %zu values (zeros are held as well)", rows->count,
                       rows->dimension);
    }
    return fill(bytes, rows, job, err);
}

oc_status oc_svmlight_read(const char *path, size_t dimension, oc_job *job, oc_svmlight *out, oc_error *err)
{
    oc_bytes bytes = {0};
    oc_svmlight rows = {0};
    oc_status status = oc_bytes_read(&bytes, path, SIZE_MAX / 4, err);
    if (status == OC_OK) {
        status = parse(&bytes, &rows, dimension, job, err);
        status = status == OC_OK ? status : oc_fail_at(err, status, path);
    }
    oc_bytes_free(&bytes);
    if (status != OC_OK) {
        oc_svmlight_free(&rows);
        return status;
    }
    *out = rows;
    return OC_OK;
}

void oc_svmlight_free(oc_svmlight *rows)
{
    oc_free(rows->values);
    oc_free(rows->labels);
    *rows = (oc_svmlight){0};
}

/* The numbers themselves are not checked here: reading the file reports the line of a wrong one. */
bool oc_svmlight_signature(const char *head)
{
    line l = {head + oc_utf8_mark(head), 1};
    for (find_row(&l); *l.at && strchr("+-.0123456789", *l.at); find_row(&l)) {
        l.at = skip_blanks(l.at + strcspn(l.at, " \t\r\n#"));
        if (!ends(l.at)) {
            size_t index = strspn(l.at, "0123456789");
            return strncmp(l.at, "qid:", 4) == 0 || (index && l.at[index] == ':');
        }
    }
    return false; /* labels of rows without values may be anything */
}

void oc_svmlight_add(oc_string *text, int label, const float *row, size_t dimension)
{
    char entry[OC_NUMBER + 32];
    int length = snprintf(entry, sizeof entry, "%d", label);
    oc_string_add_bytes(text, entry, (size_t)length);
    for (size_t j = 0; j < dimension; j++) {
        if (row[j] < 0 || row[j] > 0) {
            length = snprintf(entry, sizeof entry, " %zu:", j + 1);
            oc_string_add_bytes(text, entry, (size_t)length);
            oc_string_add_bytes(text, entry, oc_number_format(row[j], entry));
        }
    }
    oc_string_add(text, "\n");
}
