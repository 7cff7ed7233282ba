/* Texts that should be UTF-8 and may hold any bytes: paths and labels. */
#ifndef OC_BASE_UTF8_H
#define OC_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes of the UTF-8 character at `at`, a text that ends with a NUL; 0 when there is none (RFC 3629: no overlong forms,
 * no surrogates). */
size_t oc_utf8_character(const char *at);
bool oc_utf8_valid(const char *text);

#endif
