/* Writing and reading CSV. */
#include "src/base/csv.h"

#include "src/base/fail.h"
#include "src/base/utf8.h"

#include <string.h>

void oc_csv_add(oc_string *string, const char *field)
{
    /* A byte order mark at the start of a field must not be read as the byte order mark of the file. */
    if (!strpbrk(field, ",\"\r\n") && !oc_utf8_mark(field)) {
        oc_string_add(string, field);
        return;
    }
    oc_string_add(string, "\"");
    for (const char *quote; (quote = strchr(field, '"')) != NULL; field = quote + 1) {
        oc_string_add_bytes(string, field, (size_t)(quote - field));
        oc_string_add(string, "\"\"");
    }
    oc_string_add(string, field);
    oc_string_add(string, "\"");
}

oc_csv oc_csv_start(char *buffer)
{
    return (oc_csv){.next = buffer + oc_utf8_mark(buffer), .next_line = 1};
}

/* Unquotes in place the field that starts after its opening quote. Returns the byte after the closing quote, or NULL
 * when there is none. */
static char *unquote(char *from, size_t *lines)
{
    for (char *to = from;; from++) {
        if (*from == '\0') {
            return NULL;
        }
        if (*from == '"' && *++from != '"') {
            *to = '\0';
            return from;
        }
        *lines += *from == '\n';
        *to++ = *from;
    }
}

/* Length of the line break at `at`; 0 when there is none. */
static size_t line_break(const char *at)
{
    return *at == '\n' ? 1 : *at == '\r' && at[1] == '\n' ? 2 : 0;
}

oc_status oc_csv_record(oc_csv *csv, char **fields, size_t capacity, size_t *count, oc_error *err)
{
    char *at = csv->next;
    for (size_t skip; (skip = line_break(at)) != 0; at += skip) {
        csv->next_line++;
    }
    csv->line = csv->next_line;
    *count = 0;
    for (bool more = *at != '\0'; more; (*count)++) {
        char *field = at;
        bool quoted = *at == '"';
        if (quoted) {
            at = unquote(++field, &csv->next_line);
            if (!at || !(*at == '\0' || *at == ',' || line_break(at))) {
                return oc_fail(err, OC_BAD_FILE, "line %zu: %s", csv->line,
                               at ? "text after a closing quote" : "a quote is opened and never closed");
            }
        } else {
            while (*at && *at != ',' && !line_break(at)) {
                at++;
            }
        }
        if (*count < capacity) {
            fields[*count] = field;
        }
        more = *at == ',';
        size_t skipped = more ? 1 : line_break(at);
        csv->next_line += !more && skipped;
        if (!quoted) {
            *at = '\0';
        }
        at += skipped;
    }
    csv->next = at;
    return OC_OK;
}
