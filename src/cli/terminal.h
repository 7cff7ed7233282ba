/* What a person reads: messages and the progress line on standard error, names that cannot upset a terminal. There is
 * one terminal a process, so its state is kept inside. */
#ifndef OC_CLI_TERMINAL_H
#define OC_CLI_TERMINAL_H

#include <ocellus/job.h>

#include <stdbool.h>
#include <stdio.h>

void terminal_start(bool quiet, bool verbose);

/* The listener that draws the progress line (only on a terminal, and not when quiet), prints notes and, when
 * verbose, loss against work. */
oc_listener terminal_listener(void);

/* "ocellus: message" on standard error. Notes are silent when quiet, details unless verbose. A progress line is taken
 * away before and drawn again by the next progress. */
void terminal_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void terminal_note(const char *format, ...) __attribute__((format(printf, 1, 2)));
void terminal_detail(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* A decoder's warning of an image: the first few are printed (all when verbose), the rest is counted for
 * terminal_warnings_end, which prints their number. */
void terminal_warning(const char *path, const char *message);
void terminal_warnings_end(void);
/* Draws a progress line without figures, for work whose progress is not known. */
void terminal_busy(const char *what);
/* To be called before results are written while work goes on. */
void terminal_clear(void);

/* Bold for what stands out: escape codes on a terminal that has them and without NO_COLOR, else nothing. */
const char *terminal_bold(FILE *stream);
const char *terminal_plain(FILE *stream);

/* Writes text with control characters, line breaks and broken UTF-8 as \n, \t, \r or \xNN. */
void terminal_put(FILE *stream, const char *text);
/* The same for output that programs read, so that a name is one field of one line and can be read back: a backslash is
 * written twice, and broken UTF-8 is escaped on a terminal only. */
void terminal_put_name(FILE *stream, const char *text);
/* terminal_put with a backslash before each of `marks`. */
void terminal_put_marked(FILE *stream, const char *text, const char *marks);
/* The same, cut to at most `columns` characters; returns how many were written. */
size_t terminal_put_cut(FILE *stream, const char *text, size_t columns);
/* True when the reader of standard output has closed the pipe: it has seen enough, as head has, and no message is printed. */
bool terminal_unread(void);
/* Columns that terminal_put takes. */
size_t terminal_width(const char *text);

#endif
