/* The thread pool runs one generation of work at a time. Workers wait on a condition variable for the next generation,
 * then take indices from a shared counter until none are left. The calling thread works too. */
#define _GNU_SOURCE /* sched_getaffinity */
#include "src/base/threads.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/text.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { MAX_THREADS = 256 };
static const double PROGRESS_INTERVAL = 0.05; /* seconds */

struct oc_job {
    size_t threads;
    pthread_t workers[MAX_THREADS]; /* workers 1..threads-1; the caller is 0 */
    pthread_mutex_t mutex;
    pthread_cond_t wake, finished;
    size_t generation, busy;
    bool stop;

    oc_task task;
    void *context;
    size_t count;
    atomic_size_t next;

    oc_listener listener;
    pthread_mutex_t listening;
    double last_progress;
    void (*tap)(void *context, size_t passes, size_t total, size_t steps, double loss);
    void *tap_context;
    int hushed;            /* losses and notes are not passed on while it is not 0 */
    atomic_bool cancelled; /* set in signal handlers, hence without a lock */
    double deadline;       /* processor time of the process at which the work is cancelled; 0: none */
};

typedef struct worker_start {
    oc_job *job;
    size_t worker;
} worker_start;

double oc_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

double oc_processor_seconds(void)
{
    struct timespec used = {0};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return (double)used.tv_sec + 1e-9 * (double)used.tv_nsec;
}

static void take_indices(oc_job *job, size_t worker)
{
    for (;;) {
        size_t index = atomic_fetch_add_explicit(&job->next, 1, memory_order_relaxed);
        if (index >= job->count) {
            return;
        }
        job->task(job->context, index, worker);
    }
}

static void *work(void *argument)
{
    worker_start start = *(worker_start *)argument;
    oc_free(argument);
    oc_job *job = start.job;
    size_t seen = 0;
    pthread_mutex_lock(&job->mutex);
    for (;;) {
        while (job->generation == seen && !job->stop) {
            pthread_cond_wait(&job->wake, &job->mutex);
        }
        if (job->stop) {
            break;
        }
        seen = job->generation;
        pthread_mutex_unlock(&job->mutex);
        take_indices(job, start.worker);
        pthread_mutex_lock(&job->mutex);
        if (--job->busy == 0) {
            pthread_cond_signal(&job->finished);
        }
    }
    pthread_mutex_unlock(&job->mutex);
    return NULL;
}

/* Workers block all signals except those that a fault of the thread raises, so that the thread that created the job
 * handles signals. */
static int start_worker(oc_job *job, size_t worker)
{
    worker_start *start = oc_alloc(1, sizeof *start);
    if (!start) {
        return ENOMEM;
    }
    *start = (worker_start){job, worker};
    sigset_t all, before;
    sigfillset(&all);
    sigdelset(&all, SIGBUS);
    sigdelset(&all, SIGSEGV);
    sigdelset(&all, SIGFPE);
    sigdelset(&all, SIGILL);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int failed = pthread_create(&job->workers[worker], NULL, work, start);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (failed) {
        oc_free(start);
    }
    return failed;
}

/* The processors that this process may use: a scheduler or taskset may allow fewer than the machine has. */
static size_t processors(void)
{
    long count = sysconf(_SC_NPROCESSORS_ONLN);
#ifdef __linux__
    cpu_set_t allowed;
    if (sched_getaffinity(0, sizeof allowed, &allowed) == 0) {
        count = CPU_COUNT(&allowed);
    }
#endif
    return count < 1 ? 1 : count > MAX_THREADS ? MAX_THREADS : (size_t)count;
}

oc_status oc_job_create(size_t threads, const oc_listener *listener, oc_job **out, oc_error *err)
{
    if (threads > MAX_THREADS) {
        return oc_fail(err, OC_USAGE, "%zu threads: at most %d are possible", threads, MAX_THREADS);
    }
    threads = threads ? threads : processors();
    oc_job *job = oc_alloc(1, sizeof *job);
    if (!job) {
        return oc_fail_memory(err, "the threads");
    }
    pthread_mutex_init(&job->mutex, NULL);
    pthread_mutex_init(&job->listening, NULL);
    pthread_cond_init(&job->wake, NULL);
    pthread_cond_init(&job->finished, NULL);
    if (listener) {
        job->listener = *listener;
    }
    for (job->threads = 1; job->threads < threads; job->threads++) {
        int failed = start_worker(job, job->threads);
        if (failed) {
            oc_status status = oc_fail(err, OC_NO_MEMORY, "cannot start thread %zu of %zu: %s", job->threads + 1,
                                       threads, strerror(failed));
            oc_job_free(job);
            return status;
        }
    }
    *out = job;
    return OC_OK;
}

void oc_job_free(oc_job *job)
{
    if (!job) {
        return;
    }
    pthread_mutex_lock(&job->mutex);
    job->stop = true;
    pthread_cond_broadcast(&job->wake);
    pthread_mutex_unlock(&job->mutex);
    for (size_t worker = 1; worker < job->threads; worker++) {
        pthread_join(job->workers[worker], NULL);
    }
    pthread_cond_destroy(&job->finished);
    pthread_cond_destroy(&job->wake);
    pthread_mutex_destroy(&job->listening);
    pthread_mutex_destroy(&job->mutex);
    oc_free(job);
}

size_t oc_job_threads(const oc_job *job)
{
    return job ? job->threads : 1;
}

void oc_job_cancel(oc_job *job)
{
    if (job) {
        atomic_store(&job->cancelled, true);
    }
}

bool oc_job_cancelled(const oc_job *job)
{
    return job && (atomic_load_explicit(&job->cancelled, memory_order_relaxed) ||
                   (job->deadline > 0 && oc_processor_seconds() > job->deadline));
}

void oc_job_limit(oc_job *job, double seconds)
{
    if (job) {
        job->deadline = seconds > 0 ? oc_processor_seconds() + seconds : 0;
    }
}

void oc_parallel(oc_job *job, size_t count, oc_task task, void *context)
{
    if (!job || job->threads == 1 || count < 2) {
        for (size_t index = 0; index < count; index++) {
            task(context, index, 0);
        }
        return;
    }
    pthread_mutex_lock(&job->mutex);
    job->task = task;
    job->context = context;
    job->count = count;
    atomic_store_explicit(&job->next, 0, memory_order_relaxed);
    job->busy = job->threads - 1;
    job->generation++;
    pthread_cond_broadcast(&job->wake);
    pthread_mutex_unlock(&job->mutex);

    take_indices(job, 0);

    pthread_mutex_lock(&job->mutex);
    while (job->busy) {
        pthread_cond_wait(&job->finished, &job->mutex);
    }
    pthread_mutex_unlock(&job->mutex);
}

void oc_job_progress(oc_job *job, const char *what, size_t done, size_t total)
{
    if (!job || !job->listener.progress) {
        return;
    }
    pthread_mutex_lock(&job->listening);
    double now = oc_seconds();
    if (done == total || now - job->last_progress >= PROGRESS_INTERVAL) {
        job->last_progress = now;
        job->listener.progress(job->listener.context, what, done, total);
    }
    pthread_mutex_unlock(&job->listening);
}

void oc_job_loss(oc_job *job, size_t passes, size_t total, size_t steps, double loss)
{
    if (job && !job->hushed && (job->listener.loss || job->tap)) {
        pthread_mutex_lock(&job->listening);
        if (job->listener.loss) {
            job->listener.loss(job->listener.context, passes, total, steps, loss);
        }
        if (job->tap) {
            job->tap(job->tap_context, passes, total, steps, loss);
        }
        pthread_mutex_unlock(&job->listening);
    }
}

void oc_job_tap_loss(oc_job *job, void (*loss)(void *context, size_t passes, size_t total, size_t steps, double loss),
                     void *context)
{
    if (job) {
        pthread_mutex_lock(&job->listening);
        job->tap = loss;
        job->tap_context = context;
        pthread_mutex_unlock(&job->listening);
    }
}

void oc_job_hush(oc_job *job, bool hushed)
{
    if (job) {
        job->hushed += hushed ? 1 : -1;
    }
}

void oc_job_warning(oc_job *job, const char *path, const char *message)
{
    if (job && job->listener.warning) {
        pthread_mutex_lock(&job->listening);
        job->listener.warning(job->listener.context, path, message);
        pthread_mutex_unlock(&job->listening);
    }
}

void oc_job_note(oc_job *job, const char *format, ...)
{
    if (!job || job->hushed || !job->listener.note) {
        return;
    }
    char message[1000];
    va_list arguments;
    va_start(arguments, format);
    oc_text_vwrite(message, sizeof message, format, arguments);
    va_end(arguments);
    pthread_mutex_lock(&job->listening);
    job->listener.note(job->listener.context, message);
    pthread_mutex_unlock(&job->listening);
}
