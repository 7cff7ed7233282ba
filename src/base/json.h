/* JSON (RFC 8259): written into a string that grows, and read one value after the other.
 *
 * JSON strings are UTF-8, but paths and labels may be any bytes. A byte that is not UTF-8 is written as a lone low
 * surrogate, "\udcff" for FF, which Python's surrogateescape writes and reads too. */
#ifndef OC_BASE_JSON_H
#define OC_BASE_JSON_H

#include "src/base/string.h"

/* Writing: each function adds one value, after a comma where one is needed. `key` names the value in an object; it is
 * NULL in an array and for the outermost value. An object or array is open from oc_json_open ('{' or '[') to
 * oc_json_close ('}' or ']'). Memory that is short shows in json->failed. */
void oc_json_open(oc_string *json, const char *key, char bracket);
void oc_json_close(oc_string *json, char bracket);
void oc_json_string(oc_string *json, const char *key, const char *value);
/* With 9 significant digits; null for NaN and infinities. */
void oc_json_number(oc_string *json, const char *key, double value);
void oc_json_integer(oc_string *json, const char *key, int64_t value);
void oc_json_count(oc_string *json, const char *key, size_t value);
void oc_json_bool(oc_string *json, const char *key, bool value);
void oc_json_null(oc_string *json, const char *key);
/* A value that is JSON text already. */
void oc_json_raw(oc_string *json, const char *key, const char *text);
/* The string in quotes alone, without a comma. */
void oc_json_quote(oc_string *json, const char *value);

/* Reading: `at` moves over the text up to `end`. Strings are decoded in place, nothing is allocated. After the first
 * error every function fails; `error` then is the reason and `at` the place. */
typedef struct oc_json_reader {
    char *at, *end;
    const char *error;
} oc_json_reader;

/* The first character of the next value, or '\0' at the end of the text. */
char oc_json_peek(oc_json_reader *reader);
/* Enters an object ('{') or array ('['). */
bool oc_json_enter(oc_json_reader *reader, char bracket);
/* True when another member or element follows; else the closing bracket ('}' or ']') has been read, or there is an
 * error. *first is true before the first call. */
bool oc_json_next(oc_json_reader *reader, char bracket, bool *first);
/* A string, as valid UTF-8 without NUL; NULL on an error. It lies in the text. */
const char *oc_json_read_string(oc_json_reader *reader);
/* The name of a member and the colon after it; NULL on an error. */
const char *oc_json_read_key(oc_json_reader *reader);
/* Any number: true, and its value, for a whole number of 64 bits; false for one with a fraction or an exponent, and on
 * an error. */
bool oc_json_read_integer(oc_json_reader *reader, int64_t *value);
/* Passes over one value of any kind. Values that are nested more than 100 deep are an error. */
bool oc_json_skip(oc_json_reader *reader);

#endif
