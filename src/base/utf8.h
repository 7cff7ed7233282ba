/* Texts that should be UTF-8 and may hold any bytes: paths and labels. */
#ifndef OC_BASE_UTF8_H
#define OC_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* Bytes of the UTF-8 character at `at`, a text that ends with a NUL; 0 when there is none (RFC 3629: no overlong forms,
 * no surrogates). */
size_t oc_utf8_character(const char *at);
bool oc_utf8_valid(const char *text);

/* A JSON string may hold a lone low surrogate, "\udcff", for the byte FF that is not UTF-8: Python's surrogateescape
 * writes and reads it. jansson refuses such strings. So a text is given to jansson with marks, which are valid UTF-8,
 * and the JSON that jansson has written gets the surrogates in place of the marks. */

/* A copy of the text with marks, to be freed with oc_free; NULL when memory is short. */
char *oc_utf8_mark(const char *text);
/* Puts surrogates in place of the marks in a JSON text, which becomes no longer. */
void oc_utf8_put_surrogates(char *json);

#endif
