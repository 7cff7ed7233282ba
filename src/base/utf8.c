/* The mark of a byte that is not UTF-8 is the control character 1 and two hexadecimal digits. A control character 1 of
 * the text itself is doubled. jansson writes that character as \u0001, so that marks cannot be taken for anything else
 * in the JSON. */
#include "src/base/utf8.h"

#include "src/base/memory.h"

#include <string.h>

enum { MARK = 1 };

size_t oc_utf8_character(const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    unsigned char lead = at[0];
    if (lead < 0x80) {
        return 1;
    }
    if (lead < 0xc2 || lead > 0xf4) {
        return 0;
    }
    size_t length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    unsigned char low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    unsigned char high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    for (size_t i = 1; i < length; i++) {
        if (at[i] < (i == 1 ? low : 0x80) || at[i] > (i == 1 ? high : 0xbf)) {
            return 0;
        }
    }
    return length;
}

bool oc_utf8_valid(const char *text)
{
    for (size_t step; *text; text += step) {
        step = oc_utf8_character(text);
        if (step == 0) {
            return false;
        }
    }
    return true;
}

char *oc_utf8_mark(const char *text)
{
    static const char digits[] = "0123456789abcdef";
    char *marked = oc_realloc(NULL, 3 * strlen(text) + 1, 1), *to = marked;
    if (!marked) {
        return NULL;
    }
    while (*text) {
        size_t length = oc_utf8_character(text);
        if (length == 0) {
            unsigned char byte = (unsigned char)*text++;
            *to++ = MARK;
            *to++ = digits[byte >> 4];
            *to++ = digits[byte & 15];
            continue;
        }
        if (*text == MARK) {
            *to++ = MARK;
        }
        memcpy(to, text, length);
        to += length;
        text += length;
    }
    *to = '\0';
    return marked;
}

void oc_utf8_put_surrogates(char *json)
{
    static const char mark[] = "\\u0001", surrogate[] = "\\udc";
    const size_t length = sizeof mark - 1;
    char *to = json;
    while (*json) {
        if (strncmp(json, mark, length) != 0) {
            size_t step = *json == '\\' ? 2 : 1; /* an escaped backslash begins no mark */
            memmove(to, json, step);
            to += step;
            json += step;
            continue;
        }
        bool doubled = strncmp(json + length, mark, length) == 0;
        const char *with = doubled ? mark : surrogate;
        memcpy(to, with, strlen(with));
        to += strlen(with);
        json += doubled ? 2 * length : length; /* the digits of a mark follow as they are */
    }
    *to = '\0';
}
