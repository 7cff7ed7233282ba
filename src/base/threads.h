/* Parallel work. A job owns a pool of POSIX threads that sleep when idle. */
#ifndef OC_BASE_THREADS_H
#define OC_BASE_THREADS_H

#include <ocellus/job.h>
#include <stdbool.h>

/* Works on item `index`. `worker`, in 0..oc_job_threads-1, is the number of the thread: it selects scratch memory. */
typedef void (*oc_task)(void *context, size_t index, size_t worker);

/* Calls task for every index in 0..count-1 on all threads of the job, and returns when all calls have returned. The
 * order is not defined: a result must depend on the index alone. With a NULL job or one thread it is a plain loop. A
 * task must not call oc_parallel on the same job. */
void oc_parallel(oc_job *job, size_t count, oc_task task, void *context);

/* True after oc_job_cancel, and after the limit of oc_job_limit. */
bool oc_job_cancelled(const oc_job *job);

/* Cancels the work after the process has used `seconds` more seconds of processor time, summed over its threads; 0: no
 * limit. Must not be called while the job works. */
void oc_job_limit(oc_job *job, double seconds);
/* Seconds of processor time of the process, summed over its threads. */
double oc_processor_seconds(void);

/* These notify the listener; all accept a NULL job and may be called from any task. Progress is reported at most 20
 * times a second. */
void oc_job_progress(oc_job *job, const char *what, size_t done, size_t total);
void oc_job_loss(oc_job *job, size_t passes, size_t total, size_t steps, double loss);
void oc_job_warning(oc_job *job, const char *path, const char *message);
void oc_job_note(oc_job *job, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Calls `loss` too for each reported loss, until it is set to NULL. */
void oc_job_tap_loss(oc_job *job, void (*loss)(void *context, size_t passes, size_t total, size_t steps, double loss),
                     void *context);

/* While hushed, losses and notes are not reported: for trainings that only prepare or validate the main training. Each
 * true is ended by a false. */
void oc_job_hush(oc_job *job, bool hushed);

/* Seconds of a monotonic clock. */
double oc_seconds(void);

#endif
