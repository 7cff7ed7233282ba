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
    /* Each of them may be NULL; they are called from one thread at a time. `done` of `total` units of `what` are
     * finished: told at most about twenty times a second and once at the end. The total is 0 where it is not known. */
    void (*progress)(void *context, const char *what, size_t done, size_t total);
    /* Something the user should know, one line without newline. */
    void (*note)(void *context, const char *message);
    /* A decoder warned of an image that was taken all the same; told once for each image, in the order of the
     * images. */
    void (*warning)(void *context, const char *path, const char *message);
    /* Loss against work while a classifier is trained: the mean loss of the training rows after `passes` of `total`
     * passes over them, with `steps` changes of the weights. A pass is an epoch, a step of full-batch descent, or a
     * try of a random search (then the loss is the least so far, penalties included). */
    void (*loss)(void *context, size_t passes, size_t total, size_t steps, double loss);
    void *context;
} oc_listener;

/* threads: at most 256; 0 takes one for each processor that the process may use. listener may be NULL; it is copied. A
 * NULL job is one thread without a listener, wherever a job is taken. */
OC_API oc_status oc_job_create(size_t threads, const oc_listener *listener, oc_job **job, oc_error *err);
OC_API void oc_job_free(oc_job *job);
OC_API size_t oc_job_threads(const oc_job *job);

/* Ask the work to stop soon with OC_CANCELLED. Safe to call from a signal handler or another thread. */
OC_API void oc_job_cancel(oc_job *job);

/* For a program that leaves all parallel work to Ocellus, as its command does; call it first. Sets OpenBLAS to one thread
 * for good and ends its idle threads, which otherwise use a processor for some hundredths of a second after the start. */
OC_API void oc_blas_end_threads(void);

#ifdef __cplusplus
}
#endif
#endif
