/* As much of Criterion's interface as the unit tests use, for machines where Criterion is not: a program that runs in an
 * emulator, another C library. runner.c runs the tests one after the other, each in a process of its own. */
#ifndef OC_TESTS_MACHINES_CRITERION_H
#define OC_TESTS_MACHINES_CRITERION_H

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct runner_test {
    const char *suite, *name;
    void (*run)(void);
    void (*init)(void);
    void (*fini)(void);
    int line;
    double timeout; /* taken, and left out: an emulator is slow */
    struct runner_test *next;
} runner_test;

void runner_add_suite(runner_test *suite);
void runner_add_test(runner_test *test);
/* Prints the place, the condition and the message; ends the test, or only marks it as failed. */
void runner_fail(const char *file, int line, bool fatal, const char *condition, const char *format, ...);
_Noreturn void runner_skip(const char *format, ...);

#define TestSuite(suite_name, ...)                                                                                     \
    static runner_test suite_name##_suite = {.suite = #suite_name, .line = __LINE__, __VA_ARGS__};                     \
    static void __attribute__((constructor)) suite_name##_add(void)                                                    \
    {                                                                                                                  \
        runner_add_suite(&suite_name##_suite);                                                                         \
    }                                                                                                                  \
    typedef int suite_name##_is_a_suite

#define Test(suite_name, test_name, ...)                                                                               \
    static void suite_name##_##test_name##_run(void);                                                                  \
    static runner_test suite_name##_##test_name##_test = {.suite = #suite_name,                                        \
                                                          .name = #test_name,                                          \
                                                          .run = suite_name##_##test_name##_run,                       \
                                                          .line = __LINE__,                                            \
                                                          __VA_ARGS__};                                                \
    static void __attribute__((constructor)) suite_name##_##test_name##_add(void)                                      \
    {                                                                                                                  \
        runner_add_test(&suite_name##_##test_name##_test);                                                             \
    }                                                                                                                  \
    static void suite_name##_##test_name##_run(void)

/* The last argument, "", is the message where a test gives none. */
#define RUNNER_CHECK(fatal, condition, text, ...)                                                                      \
    ((condition) ? (void)0 : runner_fail(__FILE__, __LINE__, fatal, text, __VA_ARGS__))
#define RUNNER_ONE(fatal, condition, ...) RUNNER_CHECK(fatal, condition, #condition, __VA_ARGS__)
#define RUNNER_TWO(a, compared, b, ...) RUNNER_CHECK(true, (a)compared(b), #a " " #compared " " #b, __VA_ARGS__)
#define RUNNER_TEXT(fatal, a, compared, b, ...)                                                                        \
    RUNNER_CHECK(fatal, strcmp(a, b) compared 0, #a " " #compared " " #b, __VA_ARGS__)
#define RUNNER_FLOAT(a, b, epsilon, ...)                                                                               \
    RUNNER_CHECK(true, fabs((double)((a) - (b))) <= (double)(epsilon), #a " == " #b, __VA_ARGS__)
#define RUNNER_ARRAY(a, b, size, ...) RUNNER_CHECK(true, memcmp(a, b, size) == 0, #a " == " #b, __VA_ARGS__)
#define RUNNER_NOT(a, ...) RUNNER_CHECK(true, !(a), "!" #a, __VA_ARGS__)
#define RUNNER_NULL(a, ...) RUNNER_CHECK(true, (a) == NULL, #a " == NULL", __VA_ARGS__)
#define RUNNER_NOT_NULL(a, ...) RUNNER_CHECK(true, (a) != NULL, #a " != NULL", __VA_ARGS__)

#define cr_assert(...) RUNNER_ONE(true, __VA_ARGS__, "")
#define cr_expect(...) RUNNER_ONE(false, __VA_ARGS__, "")
#define cr_assert_not(...) RUNNER_NOT(__VA_ARGS__, "")
#define cr_assert_null(...) RUNNER_NULL(__VA_ARGS__, "")
#define cr_assert_not_null(...) RUNNER_NOT_NULL(__VA_ARGS__, "")
#define cr_assert_eq(a, ...) RUNNER_TWO(a, ==, __VA_ARGS__, "")
#define cr_assert_neq(a, ...) RUNNER_TWO(a, !=, __VA_ARGS__, "")
#define cr_assert_gt(a, ...) RUNNER_TWO(a, >, __VA_ARGS__, "")
#define cr_assert_geq(a, ...) RUNNER_TWO(a, >=, __VA_ARGS__, "")
#define cr_assert_lt(a, ...) RUNNER_TWO(a, <, __VA_ARGS__, "")
#define cr_assert_leq(a, ...) RUNNER_TWO(a, <=, __VA_ARGS__, "")
#define cr_assert_str_eq(a, ...) RUNNER_TEXT(true, a, ==, __VA_ARGS__, "")
#define cr_assert_str_neq(a, ...) RUNNER_TEXT(true, a, !=, __VA_ARGS__, "")
#define cr_expect_str_eq(a, ...) RUNNER_TEXT(false, a, ==, __VA_ARGS__, "")
#define cr_assert_float_eq(a, b, ...) RUNNER_FLOAT(a, b, __VA_ARGS__, "")
#define cr_assert_arr_eq(a, b, ...) RUNNER_ARRAY(a, b, __VA_ARGS__, "")
#define cr_assert_fail(...) runner_fail(__FILE__, __LINE__, true, "reached", __VA_ARGS__)
#define cr_skip_test(...) runner_skip(__VA_ARGS__)

#endif
