/* UTF-8 (RFC 3629) in strings that may hold any bytes: paths and labels. */
#ifndef OC_BASE_UTF8_H
#define OC_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* Length in bytes of the UTF-8 character at `at`, in a NUL-terminated string: 1 to 4; 0 when the bytes are not a
 * character (an overlong form, a surrogate, a cut-off sequence). */
size_t oc_utf8_character(const char *at);
bool oc_utf8_valid(const char *text);

/* Length of the byte order mark that some editors and spreadsheets put before a text: 3, or 0 when there is none. */
size_t oc_utf8_mark(const char *text);

#endif
