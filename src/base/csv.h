/* CSV as RFC 4180 describes it. */
#ifndef OC_BASE_CSV_H
#define OC_BASE_CSV_H

#include "src/base/string.h"

#include <ocellus/error.h>

/* A CSV field, quoted when it holds a comma, a quote or a line break, or begins with a byte order mark. */
void oc_csv_add(oc_string *string, const char *field);

/* Reading CSV: fields of one record after the other, out of a NUL-terminated buffer, which is changed in
 * place. LF, CRLF and quoted line breaks are understood. */
typedef struct oc_csv {
    char *next;
    size_t line, next_line; /* of the record that was read last, from 1; of the next one */
} oc_csv;

oc_csv oc_csv_start(char *buffer);
/* Reads one record into at most `room` fields and sets *count to the number it has (which may be larger than
 * room). *count is 0 at the end; empty lines are passed over. OC_BAD_FILE for a quote that is not closed or that
 * is followed by anything but a comma or a line break. */
oc_status oc_csv_record(oc_csv *csv, char **fields, size_t room, size_t *count, oc_error *err);

#endif
