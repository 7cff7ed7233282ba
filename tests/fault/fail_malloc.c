/* To be preloaded (LD_PRELOAD): with FAIL_MALLOC=n in the environment, the n-th allocation of the whole process fails,
 * those of the libraries it uses too. The count begins when libraries are loaded. FAIL_MALLOC_LOG names a file that is
 * made when it happened. With JUMP_CLOCK, every look at the clock jumps by a day, forwards or back. glibc's own names for the functions behind need no search, which would allocate. */
#define _GNU_SOURCE /* syscall */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static atomic_size_t left; /* 0: off; 1: the next one fails */
static const char *record;

static void __attribute__((constructor)) start(void)
{
    const char *n = getenv("FAIL_MALLOC");
    record = getenv("FAIL_MALLOC_LOG");
    atomic_store(&left, n ? strtoul(n, NULL, 10) : 0);
}

static int must_fail(void)
{
    size_t now = atomic_load(&left);
    while (now && !atomic_compare_exchange_weak(&left, &now, now - 1)) {
    }
    if (now != 1) {
        return 0;
    }
    int file = record ? open(record, O_WRONLY | O_CREAT | O_CLOEXEC, 0600) : -1;
    if (file >= 0) {
        close(file);
    }
    errno = ENOMEM;
    return 1;
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
    enum { DAY = 86400 };
    static atomic_uint looks;
    int result = (int)syscall(SYS_clock_gettime, clock, now);
    if (result == 0 && clock != CLOCK_PROCESS_CPUTIME_ID && getenv("JUMP_CLOCK")) {
        unsigned look = atomic_fetch_add(&looks, 1);
        now->tv_sec += (time_t)(look * look % 7) * DAY;
    }
    return result;
}

void *malloc(size_t size)
{
    return must_fail() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return must_fail() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
    return must_fail() ? NULL : __libc_realloc(memory, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
    return must_fail() ? NULL : __libc_memalign(alignment, size);
}

int posix_memalign(void **out, size_t alignment, size_t size)
{
    *out = must_fail() ? NULL : __libc_memalign(alignment, size);
    return *out ? 0 : ENOMEM;
}
