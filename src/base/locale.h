/* Numbers as text with a decimal point, in whatever locale the host program runs: files, specs and options are the same
 * everywhere. Otherwise like the functions of the C library. Thread-safe. */
#ifndef OC_BASE_LOCALE_H
#define OC_BASE_LOCALE_H

#include <stdarg.h>
#include <stddef.h>

double oc_strtod(const char *text, char **end);
int oc_sscanf(const char *text, const char *format, ...) __attribute__((format(scanf, 2, 3)));
int oc_snprintf(char *text, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));
int oc_vsnprintf(char *text, size_t size, const char *format, va_list arguments) __attribute__((format(printf, 3, 0)));

#endif
