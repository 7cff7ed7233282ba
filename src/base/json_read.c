/* Reading JSON by recursive descent. */
#include "src/base/json.h"

#include "src/base/utf8.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_DEPTH = 100 };

static bool fail(oc_json_reader *r, const char *reason)
{
    r->error = r->error ? r->error : reason;
    return false;
}

char oc_json_peek(oc_json_reader *r)
{
    while (r->at < r->end && strchr(" \t\r\n", *r->at) && *r->at) {
        r->at++;
    }
    return r->at < r->end ? *r->at : '\0';
}

/* Passes over this character, after blanks. */
static bool take(oc_json_reader *r, char character)
{
    if (r->error || oc_json_peek(r) != character || r->at == r->end) {
        return false;
    }
    r->at++;
    return true;
}

bool oc_json_enter(oc_json_reader *r, char bracket)
{
    return take(r, bracket) || fail(r, bracket == '{' ? "an object is missing" : "an array is missing");
}

bool oc_json_next(oc_json_reader *r, char bracket, bool *first)
{
    if (take(r, bracket)) {
        return false;
    }
    bool more = *first || take(r, ',');
    *first = false;
    return more ? !r->error : fail(r, "a comma or a closing bracket is missing");
}

/* Four hexadecimal digits; -1 for anything else. */
static long read_hex(oc_json_reader *r)
{
    char digits[5] = "";
    if (r->end - r->at < 4) {
        return -1;
    }
    memcpy(digits, r->at, 4);
    if (strspn(digits, "0123456789abcdefABCDEF") != 4) {
        return -1;
    }
    r->at += 4;
    return strtol(digits, NULL, 16);
}

/* Writes a character as UTF-8 of 1 to 4 bytes; returns the end. */
static char *encode(char *to, long c)
{
    static const unsigned char lead[] = {0, 0, 0xc0, 0xe0, 0xf0};
    size_t length = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = length; i-- > 1; c >>= 6) {
        to[i] = (char)(0x80 | (c & 0x3f));
    }
    to[0] = (char)(lead[length] | c);
    return to + length;
}

/* The character after "\u": one unit of UTF-16, or two that are surrogates. -1 for anything else, and for NUL. */
static long read_unicode(oc_json_reader *r)
{
    long c = read_hex(r);
    if (c >= 0xd800 && c < 0xdc00 && r->end - r->at >= 6 && r->at[0] == '\\' && r->at[1] == 'u') {
        r->at += 2;
        long low = read_hex(r);
        return low >= 0xdc00 && low < 0xe000 ? 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00) : -1;
    }
    return c == 0 || (c >= 0xd800 && c < 0xe000) ? -1 : c;
}

/* Decodes what follows a backslash; returns the end, or NULL. */
static char *read_escape(oc_json_reader *r, char *to)
{
    static const char letters[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    char letter = r->at < r->end ? *r->at++ : '\0';
    const char *known = letter ? strchr(letters, letter) : NULL;
    if (known) {
        *to = meant[known - letters];
        return to + 1;
    }
    long c = letter == 'u' ? read_unicode(r) : -1;
    return c < 0 ? NULL : encode(to, c);
}

const char *oc_json_read_string(oc_json_reader *r)
{
    if (!take(r, '"')) {
        fail(r, "a string is missing");
        return NULL;
    }
    char *start = r->at, *to = start;
    while (r->at < r->end && *r->at != '"') {
        unsigned char c = (unsigned char)*r->at++;
        if (c == '\\') {
            to = read_escape(r, to);
        } else {
            *to++ = (char)c;
        }
        if (!to || c < 0x20) {
            fail(r, to ? "a string holds a control character" : "an unknown character after a backslash");
            return NULL;
        }
    }
    if (r->at == r->end) {
        fail(r, "a string has no end");
        return NULL;
    }
    r->at++;
    *to = '\0';
    if (!oc_utf8_valid(start)) {
        fail(r, "a string is not UTF-8");
        return NULL;
    }
    return start;
}

const char *oc_json_read_key(oc_json_reader *r)
{
    const char *key = oc_json_read_string(r);
    if (key && !take(r, ':')) {
        fail(r, "a colon is missing");
        return NULL;
    }
    return key;
}

/* Passes over digits, at least one. */
static bool take_digits(oc_json_reader *r)
{
    char *start = r->at;
    while (r->at < r->end && *r->at >= '0' && *r->at <= '9') {
        r->at++;
    }
    return r->at > start;
}

static bool take_exponent(oc_json_reader *r)
{
    r->at++;
    r->at += r->at < r->end && (*r->at == '+' || *r->at == '-');
    return take_digits(r);
}

bool oc_json_read_integer(oc_json_reader *r, int64_t *value)
{
    oc_json_peek(r);
    char digits[24] = "", *start = r->at;
    r->at += r->at < r->end && *r->at == '-';
    bool zero = r->at < r->end && *r->at == '0';
    char *first = r->at;
    if (r->error || !take_digits(r) || (zero && r->at > first + 1)) {
        return fail(r, "a value is missing");
    }
    char *whole = r->at;
    bool fraction = r->at < r->end && *r->at == '.';
    r->at += fraction;
    bool right = !fraction || take_digits(r);
    right = right && !(r->at < r->end && (*r->at == 'e' || *r->at == 'E') && !take_exponent(r));
    if (!right) {
        return fail(r, "a number is not complete");
    }
    if (r->at > whole) {
        return false;
    }
    errno = 0;
    if ((size_t)(whole - start) < sizeof digits) {
        memcpy(digits, start, (size_t)(whole - start));
        *value = strtoll(digits, NULL, 10);
    }
    return (*digits && !errno) || fail(r, "a number is too large");
}

static bool take_word(oc_json_reader *r, const char *word)
{
    size_t length = strlen(word);
    bool there = (size_t)(r->end - r->at) >= length && memcmp(r->at, word, length) == 0;
    r->at += there ? length : 0;
    return there;
}

static bool skip(oc_json_reader *r, size_t depth) /* NOLINT(misc-no-recursion): at most MAX_DEPTH deep */
{
    char start = oc_json_peek(r);
    if (start == '"') {
        return oc_json_read_string(r) != NULL;
    }
    if (start != '{' && start != '[') {
        int64_t value;
        (void)(take_word(r, "true") || take_word(r, "false") || take_word(r, "null") ||
               oc_json_read_integer(r, &value));
        return !r->error;
    }
    if (depth == MAX_DEPTH) {
        return fail(r, "values are nested too deep");
    }
    oc_json_enter(r, start);
    for (bool first = true; oc_json_next(r, start == '{' ? '}' : ']', &first);) {
        if ((start == '{' && !oc_json_read_key(r)) || !skip(r, depth + 1)) {
            return false;
        }
    }
    return !r->error;
}

bool oc_json_skip(oc_json_reader *r)
{
    return !r->error && skip(r, 0);
}
