/* Starts a command again and again and prints the median of the seconds that it took from fork to wait, the median of
 * its processor time, and the most memory that it had.
 *
 *     bench-spawn TIMES COMMAND ARGUMENT... */
#define _DEFAULT_SOURCE /* wait4 */
#include "bench.h"

#include "src/base/threads.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double seconds_of(struct timeval t)
{
    return (double)t.tv_sec + 1e-6 * (double)t.tv_usec;
}

int main(int argc, char **argv)
{
    size_t times = argc > 2 ? bench_number(argv[1]) : 0;
    double *wall = oc_alloc(times, sizeof *wall), *used = oc_alloc(times, sizeof *used);
    if (times == 0 || !wall || !used) {
        fprintf(stderr, "usage: bench-spawn TIMES COMMAND ARGUMENT...\n");
        return 2;
    }
    long peak = 0; /* KB */
    for (size_t i = 0; i < times; i++) {
        double start = oc_seconds();
        pid_t child = fork();
        if (child == 0) {
            dup2(open("/dev/null", O_WRONLY), STDOUT_FILENO);
            execv(argv[2], argv + 2);
            _exit(127);
        }
        struct rusage usage;
        int status;
        if (child < 0 || wait4(child, &status, 0, &usage) != child || status != 0) {
            fprintf(stderr, "bench-spawn: %s failed\n", argv[2]);
            return 1;
        }
        wall[i] = oc_seconds() - start;
        used[i] = seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
        peak = usage.ru_maxrss > peak ? usage.ru_maxrss : peak;
    }
    qsort(wall, times, sizeof *wall, ascending);
    qsort(used, times, sizeof *used, ascending);
    printf("%.6f quickest %.2f ms, processor time %.2f ms, peak %.1f MB\n", wall[times / 2], wall[0] * 1e3,
           used[times / 2] * 1e3, (double)peak / 1024);
    oc_free(wall);
    oc_free(used);
    return 0;
}
