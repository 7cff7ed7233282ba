/* Strings that grow. */
#include "src/base/string.h"

#include "src/base/locale.h"
#include "src/base/memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static bool reserve(oc_string *text, size_t more)
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

void oc_string_add_bytes(oc_string *text, const void *bytes, size_t length)
{
    if (reserve(text, length)) {
        memcpy(text->data + text->length, bytes, length);
        text->length += length;
        text->data[text->length] = '\0';
    }
}

void oc_string_add(oc_string *text, const char *string)
{
    oc_string_add_bytes(text, string, strlen(string));
}

void oc_string_add_size(oc_string *text, size_t number)
{
    char digits[3 * sizeof number]; /* a byte has fewer than three digits */
    size_t first = sizeof digits;
    do {
        digits[--first] = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    oc_string_add_bytes(text, digits + first, sizeof digits - first);
}

void oc_string_format(oc_string *text, const char *format, ...)
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

int oc_compare_strings(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void oc_string_free(oc_string *text)
{
    oc_free(text->data);
    *text = (oc_string){0};
}
