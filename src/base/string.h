/* Strings that grow. */
#ifndef OC_BASE_STRING_H
#define OC_BASE_STRING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Zero-initialise; free with oc_string_free. `failed` is set, and stays set, when memory is short: one check at the end
 * is enough. `data` is NULL until something is added, and ends with a NUL afterwards. */
typedef struct oc_string {
    char *data;
    size_t length, capacity;
    bool failed;
} oc_string;

void oc_string_add(oc_string *string, const char *text);
void oc_string_add_bytes(oc_string *string, const void *bytes, size_t length);
/* Adds decimal digits, like oc_string_format with "%zu" but 20 times as fast. */
void oc_string_add_size(oc_string *string, size_t number);
void oc_string_format(oc_string *string, const char *format, ...) __attribute__((format(printf, 2, 3)));
void oc_string_free(oc_string *string);

/* Compares two strings of an array by their bytes, for qsort and bsearch. */
int oc_compare_strings(const void *a, const void *b);

#endif
