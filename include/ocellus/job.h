/* How long work runs: on how many threads, and who is notified of its progress.
 *
 * A job is created once and passed to everything that reads, extracts or trains. Results never depend on the number of
 * threads. One thread at a time may use a job. While a function calls OpenBLAS, OpenBLAS has one thread, in the whole
 * process; afterwards it has as many as before. */
#ifndef OCELLUS_JOB_H
#define OCELLUS_JOB_H

#include <ocellus/error.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct oc_job oc_job;

typedef struct oc_listener {
    /* Each function may be NULL. They are called from one thread at a time. `done` of `total` units of `what` are
     * finished; called at most about 20 times a second, and once at the end. `total` is 0 when it is not known. */
    void (*progress)(void *context, const char *what, size_t done, size_t total);
    /* A line that the user should know, without a newline. */
    void (*note)(void *context, const char *message);
    /* The decoder warned of an image that was used nevertheless; once for each image, in the order of the images. */
    void (*warning)(void *context, const char *path, const char *message);
    /* Loss against work while a classifier is trained: the mean loss of the training rows after `passes` of `total`
     * passes over them, with `steps` changes of the weights. A pass is an epoch, a step of full-batch descent, or a
     * try of a random search (then the loss is the least so far, penalties included). */
    void (*loss)(void *context, size_t passes, size_t total, size_t steps, double loss);
    void *context;
} oc_listener;

/* `threads` is at most 256; 0: one for each processor that the process may use. `listener` may be NULL; it is copied.
 * Wherever a job is an argument, NULL means one thread without a listener. OC_USAGE, OC_NO_MEMORY. */
OC_API oc_status oc_job_create(size_t threads, const oc_listener *listener, oc_job **job, oc_error *err);
OC_API void oc_job_free(oc_job *job);
OC_API size_t oc_job_threads(const oc_job *job);

/* Asks the work to stop soon, with OC_CANCELLED. Safe in a signal handler and from another thread. */
OC_API void oc_job_cancel(oc_job *job);

/* Sets OpenBLAS to one thread permanently and ends its idle threads, which otherwise use a processor for some
 * hundredths of a second after the start. For a program that leaves all parallel work to Ocellus; to be called
 * first. */
OC_API void oc_blas_end_threads(void);

#ifdef __cplusplus
}
#endif
#endif
