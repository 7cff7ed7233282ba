/* The progress line on standard error. There is one terminal a process, so its state is kept inside. */
#ifndef OC_CLI_PROGRESS_H
#define OC_CLI_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

/* Without `draws`, nothing is ever drawn. */
void progress_start(bool draws);
/* Draws what is done, how many of how many (total 0: unknown), the rate, and the time left; an oc_listener's progress. */
void progress_show(void *context, const char *what, size_t done, size_t total);
/* Draws a line without figures, for work whose progress is not known. */
void progress_busy(const char *what);
/* Takes the line away; to be called before anything else is written to a terminal. */
void progress_clear(void);

#endif
