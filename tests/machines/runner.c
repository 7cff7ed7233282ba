/* Runs the unit tests without Criterion: runner [--filter SUITE/TEST]... [--without SUITE/TEST]...
 *
 * Patterns are those of the shell. Prints the names of the tests that fail or are left out, and a line of sums; exit 1 for a
 * failure. Each test is a child process, with SECONDS to live. */
#include <criterion/criterion.h>
#include <fnmatch.h>
#include <stdarg.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SECONDS = 3600, SKIPPED = 77, MAX_LENGTH = 300, MAX_PATTERNS = 100 };

static runner_test *suites, *tests;
static bool failed;

void runner_add_suite(runner_test *suite)
{
    suite->next = suites;
    suites = suite;
}

/* The tests stay in the order of their names. */
void runner_add_test(runner_test *test)
{
    runner_test **at = &tests;
    while (*at && (strcmp((*at)->suite, test->suite) < 0 ||
                   (strcmp((*at)->suite, test->suite) == 0 && strcmp((*at)->name, test->name) < 0))) {
        at = &(*at)->next;
    }
    test->next = *at;
    *at = test;
}

void runner_fail(const char *file, int line, bool fatal, const char *condition, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "%s:%d: %s: ", file, line, condition);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    failed = true;
    if (fatal) {
        _exit(1);
    }
}

_Noreturn void runner_skip(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vprintf(format, arguments);
    putchar('\n');
    va_end(arguments);
    fflush(stdout);
    _exit(SKIPPED);
}

static const runner_test *suite_of(const runner_test *test)
{
    const runner_test *suite = suites;
    while (suite && strcmp(suite->suite, test->suite) != 0) {
        suite = suite->next;
    }
    return suite;
}

static void run_here(const runner_test *test)
{
    const runner_test *suite = suite_of(test);
    const runner_test *parts[] = {suite, test};
    for (size_t i = 0; i < 2; i++) {
        if (parts[i] && parts[i]->init) {
            parts[i]->init();
        }
    }
    test->run();
    for (size_t i = 2; i-- > 0;) {
        if (parts[i] && parts[i]->fini) {
            parts[i]->fini();
        }
    }
    fflush(NULL);
    _exit(failed);
}

/* The status of wait(). */
static int run(const runner_test *test)
{
    int status = -1;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        alarm(SECONDS);
        run_here(test);
    }
    return child > 0 && waitpid(child, &status, 0) == child ? status : -1;
}

static bool matches(char *const *patterns, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (fnmatch(patterns[i], name, 0) == 0) {
            return true;
        }
    }
    return false;
}

int main(int argc, char **argv)
{
    char *wanted[MAX_PATTERNS], *left[MAX_PATTERNS], name[MAX_LENGTH];
    size_t wanted_count = 0, left_count = 0, tried = 0, wrong = 0, skipped = 0, without = 0;
    for (int i = 1; i + 1 < argc && i < MAX_PATTERNS; i += 2) {
        if (strcmp(argv[i], "--filter") == 0) {
            wanted[wanted_count++] = argv[i + 1];
        } else {
            left[left_count++] = argv[i + 1];
        }
    }
    for (const runner_test *test = tests; test; test = test->next) {
        snprintf(name, sizeof name, "%s/%s", test->suite, test->name);
        if (wanted_count && !matches(wanted, wanted_count, name)) {
            continue;
        }
        if (matches(left, left_count, name)) {
            printf("%s: left out\n", name);
            without++;
            continue;
        }
        int status = run(test);
        bool skips = WIFEXITED(status) && WEXITSTATUS(status) == SKIPPED;
        tried++;
        skipped += skips;
        if (status != 0 && !skips) {
            wrong++;
            printf("%s: FAILED, %s %d\n", name, WIFSIGNALED(status) ? "signal" : "status",
                   WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
        }
    }
    printf("%zu tests, %zu failed, %zu skipped, %zu left out\n", tried, wrong, skipped, without);
    return wrong || !tried;
}
