/* CSV as RFC 4180 describes it. */
#ifndef OC_BASE_CSV_H
#define OC_BASE_CSV_H

#include "src/base/string.h"

#include <ocellus/error.h>

/* Adds a field. It is quoted when it holds a comma, a quote or a line break, or begins with a byte order mark. */
void oc_csv_add(oc_string *string, const char *field);

/* Reads the records of a NUL-terminated buffer one after the other, and changes the buffer. Accepts LF, CRLF and line
 * breaks in quotes. */
typedef struct oc_csv {
    char *next;
    size_t line, next_line; /* of the last record read, from 1; of the next record */
} oc_csv;

oc_csv oc_csv_start(char *buffer);
/* Reads one record: stores at most `capacity` fields and sets *count to the number of fields in the record, which may
 * be larger. *count is 0 at the end of the buffer. Empty lines are skipped. OC_BAD_FILE when a quote is not closed, or
 * is followed by anything but a comma or a line break. */
oc_status oc_csv_record(oc_csv *csv, char **fields, size_t capacity, size_t *count, oc_error *err);

#endif
