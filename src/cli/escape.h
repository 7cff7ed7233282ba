/* Escapes names and messages, so that no byte of them can confuse a terminal or a program that reads the text. */
#ifndef OC_CLI_ESCAPE_H
#define OC_CLI_ESCAPE_H

#include <stddef.h>
#include <stdio.h>

/* Writes text; control characters, line breaks and broken UTF-8 become \n, \t, \r or \xNN. */
void escape_put(FILE *stream, const char *text);
/* The same for output that programs read: a name is one field of one line, and can be decoded, because a backslash is
 * written twice. Broken UTF-8 is escaped on a terminal only. */
void escape_put_name(FILE *stream, const char *text);
/* As escape_put, with a backslash before each of `marks`. */
void escape_put_marked(FILE *stream, const char *text, const char *marks);
/* As escape_put, cut to at most `columns` characters; returns the number of written characters. */
size_t escape_put_cut(FILE *stream, const char *text, size_t columns);
/* The number of columns that escape_put writes. */
size_t escape_width(const char *text);

#endif
