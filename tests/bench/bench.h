/* What the benchmark programs share. */
#ifndef OC_TESTS_BENCH_H
#define OC_TESTS_BENCH_H

#include <ocellus/error.h>

#include "src/base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static inline void bench_check(oc_status status, const oc_error *err)
{
    if (status != OC_OK) {
        fprintf(stderr, "bench: %s\n", err->message);
        exit(1);
    }
}

static inline size_t bench_number(const char *text)
{
    return strtoull(text, NULL, 10);
}

static inline void *bench_read(const char *path, size_t bytes)
{
    void *data = oc_alloc(bytes, 1);
    FILE *file = fopen(path, "rb");
    if (!data || !file || fread(data, 1, bytes, file) != bytes) {
        fprintf(stderr, "bench: %s: cannot read %zu bytes\n", path, bytes);
        exit(1);
    }
    fclose(file);
    return data;
}

/* Processor time of this thread: other programs disturb it less than the clock on the wall. */
static inline double bench_seconds_used(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

#endif
