/* Messages on standard error. A process has one terminal, so the state is a static variable. */
#ifndef OC_CLI_TERMINAL_H
#define OC_CLI_TERMINAL_H

#include <ocellus/job.h>

#include <stdbool.h>
#include <stdio.h>

void terminal_start(bool quiet, bool verbose);

/* The listener that draws the progress line (only on a terminal and unless quiet), prints notes and warnings, and
 * prints the training loss when verbose. */
oc_listener terminal_listener(void);

/* Print "ocellus: message" on standard error: notes unless quiet, details only when verbose. A progress line is cleared
 * before, and drawn again by the next progress. */
void terminal_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void terminal_note(const char *format, ...) __attribute__((format(printf, 1, 2)));
void terminal_detail(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Reports a decoder's warning about an image. The first few are printed (all when verbose); terminal_warnings_end
 * prints the number of all. */
void terminal_warning(const char *path, const char *message);
void terminal_warnings_end(void);
/* The escape codes for bold and for plain text on a terminal that supports them; "" otherwise, and with NO_COLOR. */
const char *terminal_bold(FILE *stream);
const char *terminal_plain(FILE *stream);

/* True when the reader of standard output has closed the pipe, as head does: then no message is printed. */
bool terminal_unread(void);

#endif
