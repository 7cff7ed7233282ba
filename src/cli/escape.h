/* Names and messages on a terminal or in text that programs read: no byte of them can upset either. */
#ifndef OC_CLI_ESCAPE_H
#define OC_CLI_ESCAPE_H

#include <stddef.h>
#include <stdio.h>

/* Writes text with control characters, line breaks and broken UTF-8 as \n, \t, \r or \xNN. */
void escape_put(FILE *stream, const char *text);
/* The same for output that programs read, so that a name is one field of one line and can be read back: a backslash is
 * written twice, and broken UTF-8 is escaped on a terminal only. */
void escape_put_name(FILE *stream, const char *text);
/* escape_put with a backslash before each of `marks`. */
void escape_put_marked(FILE *stream, const char *text, const char *marks);
/* escape_put, cut to at most `columns` characters; returns how many were written. */
size_t escape_put_cut(FILE *stream, const char *text, size_t columns);
/* The number of columns that escape_put takes. */
size_t escape_width(const char *text);

#endif
