/* Writing JSON, without blanks. */
#include "src/base/json.h"

#include "src/base/locale.h"
#include "src/base/utf8.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

void oc_json_quote(oc_string *json, const char *value)
{
    static const char escaped[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
    oc_string_add(json, "\"");
    for (size_t length; *value; value += length) {
        const char *special = strchr(escaped, *value);
        length = oc_utf8_character(value);
        if (special) {
            oc_string_format(json, "\\%c", letters[special - escaped]);
        } else if (length == 0) {
            oc_string_format(json, "\\udc%02x", (unsigned)(unsigned char)*value);
            length = 1;
        } else if ((unsigned char)*value < 0x20) {
            oc_string_format(json, "\\u%04X", (unsigned)*value);
        } else {
            oc_string_add_bytes(json, value, length);
        }
    }
    oc_string_add(json, "\"");
}

/* The comma and the key before a value. A value ends with neither a bracket that opens, nor a comma, nor a colon. */
static void begin(oc_string *json, const char *key)
{
    if (json->length && !strchr("{[,:", json->data[json->length - 1])) {
        oc_string_add(json, ",");
    }
    if (key) {
        oc_json_quote(json, key);
        oc_string_add(json, ":");
    }
}

void oc_json_open(oc_string *json, const char *key, char bracket)
{
    begin(json, key);
    oc_string_add_bytes(json, &bracket, 1);
}

void oc_json_close(oc_string *json, char bracket)
{
    oc_string_add_bytes(json, &bracket, 1);
}

void oc_json_string(oc_string *json, const char *key, const char *value)
{
    begin(json, key);
    oc_json_quote(json, value);
}

void oc_json_number(oc_string *json, const char *key, double value)
{
    char digits[40];
    begin(json, key);
    if (isfinite(value)) {
        oc_snprintf(digits, sizeof digits, "%.9g", value);
        oc_string_add(json, digits);
        oc_string_add(json, strpbrk(digits, ".e") ? "" : ".0");
    } else {
        oc_string_add(json, "null");
    }
}

void oc_json_integer(oc_string *json, const char *key, int64_t value)
{
    begin(json, key);
    oc_string_format(json, "%" PRId64, value);
}

void oc_json_count(oc_string *json, const char *key, size_t value)
{
    begin(json, key);
    oc_string_format(json, "%zu", value);
}

void oc_json_bool(oc_string *json, const char *key, bool value)
{
    begin(json, key);
    oc_string_add(json, value ? "true" : "false");
}

void oc_json_raw(oc_string *json, const char *key, const char *text)
{
    begin(json, key);
    oc_string_add(json, text);
}

void oc_json_null(oc_string *json, const char *key)
{
    oc_json_raw(json, key, "null");
}
