/* Formats are edited, never the text made of them: it holds names of files, which may look like anything. */
#include "src/base/text.h"

#include "src/base/locale.h"

#include <ocellus/error.h>

#include <stdio.h>
#include <string.h>

static oc_text_editor *editor;

void oc_texts_edit(oc_text_editor *edit)
{
    editor = edit;
}

int oc_text_vwrite(char *text, size_t size, const char *format, va_list arguments)
{
    char edited[1000];
    if (editor && strchr(format, '`') && strlen(format) < sizeof edited) {
        snprintf(edited, sizeof edited, "%s", format);
        editor(edited);
        format = edited;
    }
    return oc_vsnprintf(text, size, format, arguments);
}

int oc_text_write(char *text, size_t size, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = oc_text_vwrite(text, size, format, arguments);
    va_end(arguments);
    return length;
}

void oc_text_option(const char *option, char *text, size_t size)
{
    snprintf(text, size, "`%s`", option);
    for (char *dash = strchr(text, '-'); dash; dash = strchr(dash, '-')) {
        *dash = '_';
    }
    if (editor) {
        editor(text);
    }
}
