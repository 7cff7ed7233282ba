/* During a call the calling thread has the C locale. Other threads are not affected. */
#include "src/base/locale.h"

#include <locale.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static locale_t with_point;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void make_locale(void)
{
    with_point = newlocale(LC_ALL_MASK, "C", (locale_t)0);
}

/* Returns the locale that the thread had before. */
static locale_t enter(void)
{
    pthread_once(&once, make_locale);
    return uselocale(with_point);
}

double oc_strtod(const char *text, char **end)
{
    locale_t before = enter();
    double value = strtod(text, end);
    uselocale(before);
    return value;
}

int oc_sscanf(const char *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    locale_t before = enter();
    int count = vsscanf(text, format, arguments);
    uselocale(before);
    va_end(arguments);
    return count;
}

int oc_vsnprintf(char *text, size_t size, const char *format, va_list arguments)
{
    locale_t before = enter();
    int length = vsnprintf(text, size, format, arguments);
    uselocale(before);
    return length;
}

int oc_snprintf(char *text, size_t size, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = oc_vsnprintf(text, size, format, arguments);
    va_end(arguments);
    return length;
}
