/* Text that grows, and CSV as RFC 4180 has it. */
#ifndef OC_BASE_TEXT_H
#define OC_BASE_TEXT_H

#include <ocellus/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zero-initialise; free with oc_text_free. `failed` is set, and stays set, when memory was short: one check
 * at the end is enough. data is NULL until something was added; then it ends with a NUL. */
typedef struct oc_text {
    char *data;
    size_t length, capacity;
    bool failed;
} oc_text;

void oc_text_add(oc_text *text, const char *string);
void oc_text_add_bytes(oc_text *text, const void *bytes, size_t length);
void oc_text_format(oc_text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* A CSV field, quoted when it holds a comma, a quote or a line break, or begins with a byte order mark. */
void oc_text_add_csv(oc_text *text, const char *field);
void oc_text_free(oc_text *text);

/* Compares two strings of an array by their bytes, for qsort and bsearch. */
int oc_by_bytes(const void *a, const void *b);

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
