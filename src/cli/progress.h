/* The progress line on standard error. A process has one terminal, so the state is a static variable. */
#ifndef OC_CLI_PROGRESS_H
#define OC_CLI_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

/* Without `draws`, no progress line is drawn. */
void progress_start(bool draws);
/* The `progress` function of an oc_listener: draws the phase, `done` of `total` (0: unknown), the rate and the time
 * left. */
void progress_show(void *context, const char *what, size_t done, size_t total);
/* Draws a line without figures, for work whose progress is not known. */
void progress_busy(const char *what);
/* Clears the line. Call it before other text is written to the terminal. */
void progress_clear(void);

#endif
