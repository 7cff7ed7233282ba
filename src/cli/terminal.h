/* Messages on standard error. There is one terminal a process, so its state is kept inside. */
#ifndef OC_CLI_TERMINAL_H
#define OC_CLI_TERMINAL_H

#include <ocellus/job.h>

#include <stdbool.h>
#include <stdio.h>

void terminal_start(bool quiet, bool verbose);

/* The listener that draws the progress line (on a terminal only, and not when quiet), prints notes and warnings, and when
 * verbose prints the training loss. */
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
/* Bold for what stands out: escape codes on a terminal that has them and without NO_COLOR, else nothing. */
const char *terminal_bold(FILE *stream);
const char *terminal_plain(FILE *stream);

/* True when the reader of standard output has closed the pipe: it has seen enough, as head has, and no message is printed. */
bool terminal_unread(void);

#endif
