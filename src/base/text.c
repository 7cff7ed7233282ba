/* Growing text and CSV. */
#include "src/base/text.h"

#include "src/base/fail.h"
#include "src/base/locale.h"
#include "src/base/memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* What some spreadsheets write in front of a CSV file. */
static const char BYTE_ORDER_MARK[] = "\xef\xbb\xbf";

static bool reserve(oc_text *text, size_t more)
{
    size_t needed;
    if (text->failed || !oc_add(text->length, more, &needed) || !oc_add(needed, 1, &needed)) {
        text->failed = true;
        return false;
    }
    if (needed > text->capacity) {
        size_t capacity = text->capacity < 64 ? 64 : text->capacity;
        while (capacity < needed) {
            capacity += capacity / 2;
        }
        char *data = oc_realloc(text->data, capacity, 1);
        if (!data) {
            text->failed = true;
            return false;
        }
        text->data = data;
        text->capacity = capacity;
    }
    return true;
}

void oc_text_add_bytes(oc_text *text, const void *bytes, size_t length)
{
    if (reserve(text, length)) {
        memcpy(text->data + text->length, bytes, length);
        text->length += length;
        text->data[text->length] = '\0';
    }
}

void oc_text_add(oc_text *text, const char *string)
{
    oc_text_add_bytes(text, string, strlen(string));
}

void oc_text_format(oc_text *text, const char *format, ...)
{
    va_list arguments, again;
    va_start(arguments, format);
    va_copy(again, arguments);
    int length = oc_vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0) {
        text->failed = true;
    } else if (reserve(text, (size_t)length)) {
        oc_vsnprintf(text->data + text->length, (size_t)length + 1, format, again);
        text->length += (size_t)length;
    }
    va_end(again);
}

void oc_text_add_csv(oc_text *text, const char *field)
{
    /* A field's own byte order mark must not be taken for the file's. */
    if (!strpbrk(field, ",\"\r\n") && strncmp(field, BYTE_ORDER_MARK, 3) != 0) {
        oc_text_add(text, field);
        return;
    }
    oc_text_add(text, "\"");
    for (const char *quote; (quote = strchr(field, '"')) != NULL; field = quote + 1) {
        oc_text_add_bytes(text, field, (size_t)(quote - field));
        oc_text_add(text, "\"\"");
    }
    oc_text_add(text, field);
    oc_text_add(text, "\"");
}

int oc_by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void oc_text_free(oc_text *text)
{
    oc_free(text->data);
    *text = (oc_text){0};
}

oc_csv oc_csv_start(char *buffer)
{
    bool marked = strncmp(buffer, BYTE_ORDER_MARK, 3) == 0;
    return (oc_csv){.next = buffer + (marked ? 3 : 0), .next_line = 1};
}

/* Unquotes in place the field that starts behind its opening quote; the byte behind the closing quote, or
 * NULL when there is none. */
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

oc_status oc_csv_record(oc_csv *csv, char **fields, size_t room, size_t *count, oc_error *err)
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
                               at ? "text behind a closing quote" : "a quote is opened and never closed");
            }
        } else {
            while (*at && *at != ',' && !line_break(at)) {
                at++;
            }
        }
        if (*count < room) {
            fields[*count] = field;
        }
        more = *at == ',';
        size_t behind = more ? 1 : line_break(at);
        csv->next_line += !more && behind;
        if (!quoted) {
            *at = '\0';
        }
        at += behind;
    }
    csv->next = at;
    return OC_OK;
}
