/* Signals: a first SIGINT, SIGTERM or SIGHUP asks the running job to stop, a second one kills the process. */
#ifndef OC_CLI_SIGNALS_H
#define OC_CLI_SIGNALS_H

#include <ocellus/job.h>

#include <stdbool.h>

/* Call it at the start of the process. Write errors are then reported by write instead of by SIGPIPE and SIGXFSZ, and a
 * file that becomes shorter while it is read ends the process with a message. */
void signals_start(void);
/* From now on a signal cancels this job; NULL: there is no job. */
void signals_cancel(oc_job *job);
/* True after a signal to stop. */
bool got_signal(void);

#endif
