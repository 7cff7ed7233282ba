/* The thread pool, cancelling, progress, and the list of statuses. */
#define _GNU_SOURCE /* sched_setaffinity */
#include "src/base/threads.h"

#include "src/base/fail.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>

enum { MAX_TASKS = 1000 };

typedef struct tally {
    oc_job *job;
    size_t threads, cancel_at;
    atomic_int times[MAX_TASKS];
    atomic_int in_use[8];              /* by worker: a worker runs one task at a time */
    atomic_size_t strangers, overlaps; /* tasks of a worker beyond `threads`, and of one that was at work already */
    atomic_size_t done, inner;
} tally;

/* Criterion leaves a failed test by a jump in the thread of the test, so tasks only count; the test asserts afterwards. */

static void count_index(void *context, size_t index, size_t worker)
{
    tally *t = context;
    atomic_fetch_add(&t->times[index], 1);
    if (worker >= t->threads) {
        atomic_fetch_add(&t->strangers, 1);
        return;
    }
    atomic_fetch_add(&t->overlaps, atomic_fetch_add(&t->in_use[worker], 1) != 0);
    atomic_fetch_sub(&t->in_use[worker], 1);
}

static void assert_order(tally *t)
{
    cr_assert(atomic_load(&t->strangers) == 0, "a worker's number is not below %zu", t->threads);
    cr_assert(atomic_load(&t->overlaps) == 0, "a worker ran two tasks at once");
}

static oc_job *make_job(size_t threads)
{
    oc_job *job = NULL;
    oc_error err = {0};
    cr_assert(oc_job_create(threads, NULL, &job, &err) == OC_OK, "%s", err.message);
    cr_assert(oc_job_threads(job) == threads);
    return job;
}

Test(threads, every_index_exactly_once)
{
    static const size_t threads[] = {1, 2, 5}, counts[] = {0, 1, 2, 3, 17, MAX_TASKS};
    for (size_t t = 0; t < 3; t++) {
        oc_job *job = make_job(threads[t]);
        for (size_t round = 0; round < 50; round++) {
            size_t count = counts[round % 6];
            tally all = {.threads = threads[t]};
            oc_parallel(job, count, count_index, &all);
            assert_order(&all);
            for (size_t i = 0; i < MAX_TASKS; i++) {
                int times = atomic_load(&all.times[i]);
                cr_assert(times == (i < count), "%zu threads, index %zu of %zu: %d times", threads[t], i, count, times);
            }
        }
        oc_job_free(job);
    }
}

Test(threads, without_a_job_it_is_a_loop)
{
    tally all = {.threads = 1};
    oc_parallel(NULL, 20, count_index, &all);
    assert_order(&all);
    for (size_t i = 0; i < 20; i++) {
        cr_assert(atomic_load(&all.times[i]) == 1);
    }
    cr_assert(oc_job_threads(NULL) == 1);
    cr_assert(!oc_job_cancelled(NULL));
    oc_job_progress(NULL, "nothing", 1, 1);
    oc_job_note(NULL, "nothing");
    oc_job_cancel(NULL);
    oc_job_free(NULL);
}

#ifdef __linux__
Test(threads, no_more_than_the_processors_that_the_process_may_use)
{
    cpu_set_t all, one;
    cr_assert(sched_getaffinity(0, sizeof all, &all) == 0);
    CPU_ZERO(&one);
    for (size_t i = 0; CPU_COUNT(&one) == 0; i++) {
        if (CPU_ISSET(i, &all)) {
            CPU_SET(i, &one);
        }
    }
    for (int round = 0; round < 2; round++) {
        oc_job *job = NULL;
        cr_assert(oc_job_create(0, NULL, &job, NULL) == OC_OK);
        cr_assert(oc_job_threads(job) == (round ? 1 : (size_t)CPU_COUNT(&all)), "%zu", oc_job_threads(job));
        oc_job_free(job);
        cr_assert(sched_setaffinity(0, sizeof one, &one) == 0);
    }
}
#endif

/* What is written by the tasks is seen by the caller, and by the tasks of the next call. */
static void add_one(void *context, size_t index, size_t worker)
{
    (void)worker;
    ((size_t *)context)[index]++;
}

Test(threads, calls_follow_each_other)
{
    oc_job *job = make_job(5);
    size_t value[7] = {0};
    for (size_t round = 1; round <= 2000; round++) {
        oc_parallel(job, 7, add_one, value);
        for (size_t i = 0; i < 7; i++) {
            cr_assert(value[i] == round);
        }
    }
    oc_job_free(job);
}

static void run_inner(void *context, size_t index, size_t worker)
{
    (void)worker, (void)index;
    tally *t = context;
    tally inner = {.threads = 2};
    oc_job *job = NULL;
    if (oc_job_create(2, NULL, &job, NULL) != OC_OK) {
        return;
    }
    oc_parallel(job, 30, count_index, &inner);
    oc_job_free(job);
    for (size_t i = 0; i < 30; i++) {
        atomic_fetch_add(&t->inner, atomic_load(&inner.times[i]) == 1);
    }
    atomic_fetch_add(&t->strangers, atomic_load(&inner.strangers));
    atomic_fetch_add(&t->overlaps, atomic_load(&inner.overlaps));
}

Test(threads, a_task_may_use_a_job_of_its_own)
{
    oc_job *job = make_job(3);
    tally all = {.threads = 3};
    oc_parallel(job, 10, run_inner, &all);
    assert_order(&all);
    cr_assert(atomic_load(&all.inner) == 300);
    oc_job_free(job);
}

static void cancel_on_the_way(void *context, size_t index, size_t worker)
{
    (void)worker;
    tally *t = context;
    if (oc_job_cancelled(t->job)) {
        return;
    }
    atomic_fetch_add(&t->done, 1);
    if (index == t->cancel_at) {
        oc_job_cancel(t->job);
    }
}

Test(threads, cancelling_is_seen_by_later_tasks)
{
    for (size_t threads = 1; threads <= 5; threads += 2) {
        tally all = {.job = make_job(threads), .cancel_at = 10};
        oc_parallel(all.job, MAX_TASKS, cancel_on_the_way, &all);
        cr_assert(oc_job_cancelled(all.job));
        cr_assert(atomic_load(&all.done) < MAX_TASKS && atomic_load(&all.done) > 10 / threads);
        oc_job_free(all.job);
    }
}

Test(threads, past_its_limit_of_time_work_counts_as_cancelled)
{
    oc_job *job = NULL;
    cr_assert_eq(oc_job_create(1, NULL, &job, NULL), OC_OK);
    double start = oc_processor_seconds();
    oc_job_limit(job, 0.02);
    cr_assert_not(oc_job_cancelled(job));
    while (oc_processor_seconds() < start + 0.03) {
    }
    cr_assert(oc_job_cancelled(job));
    oc_job_limit(job, 0);
    cr_assert_not(oc_job_cancelled(job), "the limit leaves no trace");
    oc_job_cancel(job);
    oc_job_limit(job, 100);
    cr_assert(oc_job_cancelled(job));
    oc_job_free(job);
}

Test(threads, how_many)
{
    oc_job *job = NULL;
    oc_error err = {0};
    cr_assert(oc_job_create(257, NULL, &job, &err) == OC_USAGE && job == NULL);
    cr_assert(strstr(err.message, "257") && strstr(err.message, "256"), "%s", err.message);
    cr_assert(oc_job_create(0, NULL, &job, &err) == OC_OK);
    cr_assert(oc_job_threads(job) >= 1);
    oc_job_free(job);
}

typedef struct heard {
    size_t calls, last, total;
    char note[2000];
} heard;

static void hear_progress(void *context, const char *what, size_t done, size_t total)
{
    heard *h = context;
    cr_assert(strcmp(what, "counting") == 0);
    h->calls++;
    h->last = done;
    h->total = total;
}

static void hear_note(void *context, const char *message)
{
    strcpy(((heard *)context)->note, message);
}

Test(threads, progress_is_limited_but_the_end_is_reported)
{
    heard h = {0};
    oc_listener listener = {.progress = hear_progress, .note = hear_note, .context = &h};
    oc_job *job = NULL;
    cr_assert(oc_job_create(1, &listener, &job, NULL) == OC_OK);
    for (size_t i = 1; i <= 100000; i++) {
        oc_job_progress(job, "counting", i, 100000);
    }
    cr_assert(h.last == 100000 && h.total == 100000);
    cr_assert(h.calls >= 1 && h.calls < 1000, "%zu calls", h.calls);
    oc_job_note(job, "%d images of %s", 3, "cats");
    cr_assert(strcmp(h.note, "3 images of cats") == 0, "%s", h.note);
    oc_job_free(job);
}

Test(threads, time_goes_on)
{
    double before = oc_seconds();
    cr_assert(before > 0 && oc_seconds() >= before);
}

Test(error, every_status_has_a_text_of_its_own)
{
    const char *texts[32];
    size_t count = 0;
#define COLLECT(name, text) texts[count++] = oc_status_text(name);
    OC_STATUS_LIST(COLLECT)
#undef COLLECT
    for (size_t i = 0; i < count; i++) {
        cr_assert(texts[i] && *texts[i]);
        for (size_t j = 0; j < i; j++) {
            cr_assert(strcmp(texts[i], texts[j]) != 0, "%s", texts[i]);
        }
    }
    cr_assert(strcmp(oc_status_text(OC_OK), "done") == 0);
    cr_assert(strcmp(oc_status_text((oc_status)999), "unknown status") == 0);
    cr_assert(strcmp(oc_status_text((oc_status)-1), "unknown status") == 0);
}

Test(error, messages_are_formatted_cut_and_placed)
{
    oc_error err = {0};
    cr_assert(oc_fail(&err, OC_IO, "%s: %d", "x", 7) == OC_IO);
    cr_assert(err.status == OC_IO && strcmp(err.message, "x: 7") == 0);
    cr_assert(oc_fail_at(&err, OC_IO, "here") == OC_IO);
    cr_assert(strcmp(err.message, "here: x: 7") == 0, "%s", err.message);
    cr_assert(oc_fail_at(&err, OC_BAD_FILE, "there") == OC_BAD_FILE && err.status == OC_BAD_FILE);
    cr_assert(oc_fail(NULL, OC_IO, "%s", "nobody listens") == OC_IO && oc_fail_at(NULL, OC_IO, "here") == OC_IO);

    char longest[3000];
    memset(longest, 'y', sizeof longest);
    longest[sizeof longest - 1] = '\0';
    oc_fail(&err, OC_BAD_FILE, "%s", longest);
    cr_assert(strlen(err.message) == sizeof err.message - 1);
    oc_fail(&err, OC_BAD_FILE, "what: %s: why", longest);
    cr_assert(strncmp(err.message, "what: yyy", 9) == 0 && strstr(err.message, "yyy: why"), "%s", err.message);
    oc_fail(&err, OC_BAD_FILE, "the reason");
    oc_fail_at(&err, OC_BAD_FILE, longest);
    cr_assert(strstr(err.message, "yyy: the reason"), "a long place pushed the reason out");
}

Test(error, the_system_s_reason)
{
    oc_error err = {0};
    errno = ENOENT;
    cr_assert(oc_fail_io(&err, "a/b", "cannot be opened") == OC_NOT_FOUND);
    cr_assert(strstr(err.message, "a/b: cannot be opened: ") == err.message, "%s", err.message);
    errno = ENOMEM;
    cr_assert(oc_fail_io(&err, "a", "x") == OC_NO_MEMORY);
    errno = EACCES;
    cr_assert(oc_fail_io(&err, "a", "x") == OC_IO);
    cr_assert(oc_fail_memory(&err, "the rows") == OC_NO_MEMORY && strstr(err.message, "the rows"));
}
