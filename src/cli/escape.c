/* Escaping of control characters and of bytes that are not UTF-8. */
#include "src/cli/escape.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

/* The number of bytes of the UTF-8 character at text; 0 for broken UTF-8 or a control character. */
static size_t printable(const unsigned char *text)
{
    if (text[0] < 0x80) {
        return text[0] >= 0x20 && text[0] != 0x7f;
    }
    size_t length = text[0] >= 0xf0 && text[0] <= 0xf4 ? 4 : text[0] >= 0xe0 && text[0] < 0xf0 ? 3 : 2;
    if (text[0] < 0xc2 || text[0] > 0xf4) {
        return 0;
    }
    for (size_t i = 1; i < length; i++) {
        if ((text[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    bool control = text[0] == 0xc2 && text[1] < 0xa0;
    bool overlong = (text[0] == 0xe0 && text[1] < 0xa0) || (text[0] == 0xf0 && text[1] < 0x90);
    bool outside = (text[0] == 0xed && text[1] >= 0xa0) || (text[0] == 0xf4 && text[1] >= 0x90);
    return control || overlong || outside ? 0 : length;
}

/* Writes "\n", "\t", "\r" or "\xNN"; returns the length. */
static size_t escape_byte(char byte, char text[8])
{
    char letter = byte == '\n' ? 'n' : byte == '\t' ? 't' : byte == '\r' ? 'r' : 0;
    return (size_t)(letter ? snprintf(text, 8, "\\%c", letter) : snprintf(text, 8, "\\x%02x", (unsigned char)byte));
}

/* Writes text to stream, if that is not NULL, with a backslash before each of `marks`; returns the number of
 * columns. */
static size_t put(FILE *stream, const char *text, size_t columns, const char *marks)
{
    size_t used = 0;
    for (const unsigned char *c = (const unsigned char *)text; *c;) {
        char escaped[8];
        size_t length = printable(c), width = 1;
        if (stream && length && strchr(marks, *c)) {
            fputc('\\', stream);
        }
        if (length == 0) {
            width = escape_byte((char)*c, escaped);
        }
        if (used + width > columns) {
            break;
        }
        if (stream && length) {
            fwrite(c, 1, length, stream);
        } else if (stream) {
            fputs(escaped, stream);
        }
        used += width;
        c += length ? length : 1;
    }
    return used;
}

void escape_put(FILE *stream, const char *text)
{
    put(stream, text, SIZE_MAX, "");
}

void escape_put_marked(FILE *stream, const char *text, const char *marks)
{
    put(stream, text, SIZE_MAX, marks);
}

/* The number of bytes of the control character or the line separator at text; 0 when there is neither. */
static size_t control(const char *text)
{
    const unsigned char *c = (const unsigned char *)text;
    if (c[0] < 0x20 || c[0] == 0x7f) {
        return 1;
    }
    if (c[0] == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0) {
        return 2;
    }
    return c[0] == 0xe2 && c[1] == 0x80 && (c[2] == 0xa8 || c[2] == 0xa9) ? 3 : 0;
}

void escape_put_name(FILE *stream, const char *text)
{
    if (isatty(fileno(stream))) {
        escape_put_marked(stream, text, "\\");
        return;
    }
    while (*text) {
        char escaped[8];
        size_t length = control(text);
        if (length == 0) {
            fputs(*text == '\\' ? "\\" : "", stream);
            fputc(*text++, stream);
        }
        for (; length; length--) {
            escape_byte(*text++, escaped);
            fputs(escaped, stream);
        }
    }
}

size_t escape_put_cut(FILE *stream, const char *text, size_t columns)
{
    return put(stream, text, columns, "");
}

size_t escape_width(const char *text)
{
    return put(NULL, text, SIZE_MAX, "");
}
