/* Texts for the user of a program: messages of errors, notes, warnings. A text names an option by its field, in
 * backquotes and in the format itself, as in "give `size`"; oc_texts_edit may put another name there before the data
 * go in. Thread-safe. */
#ifndef OC_BASE_TEXT_H
#define OC_BASE_TEXT_H

#include <stdarg.h>
#include <stddef.h>

/* Like snprintf and vsnprintf, with a decimal point in any locale. */
int oc_text_write(char *text, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));
int oc_text_vwrite(char *text, size_t size, const char *format, va_list arguments)
    __attribute__((format(printf, 3, 0)));

/* Writes the name of an option of a parameter table ("max-norm") as texts have it: `max_norm`. */
void oc_text_option(const char *option, char *text, size_t size);

#endif
