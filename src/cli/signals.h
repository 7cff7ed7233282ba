/* Signals: a first SIGINT, SIGTERM or SIGHUP asks the running job to stop, a second one kills the process. */
#ifndef OC_CLI_SIGNALS_H
#define OC_CLI_SIGNALS_H

#include <ocellus/job.h>

#include <stdbool.h>

/* At the start of the process: errors of writing are reported by write instead of by SIGPIPE and SIGXFSZ, and a file
 * that becomes shorter while it is read ends the process with a message. */
void signals_start(void);
/* From here on a signal cancels the job; NULL when the job has ended. */
void signals_cancel(oc_job *job);
/* True when the user asked to stop (a signal came). */
bool got_signal(void);

#endif
