/* Status texts and error messages. Only this file formats into an oc_error. */
#include "src/base/fail.h"

#include "src/base/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

const char *oc_status_text(oc_status status)
{
#define STATUS_TEXT(name, text) [name] = text,
    static const char *const texts[] = {OC_STATUS_LIST(STATUS_TEXT)};
#undef STATUS_TEXT
    size_t index = (size_t)status;
    return index < sizeof texts / sizeof *texts ? texts[index] : "unknown status";
}

/* WHOLE: bytes for a message with two paths of PATH_MAX; HEAD: bytes kept of the beginning of a long message */
enum { WHOLE = 9000, HEAD = 300 };

/* Stores a message. The middle of a long one (a path may have 4,000 characters) is cut out: the reason is at its
 * end. */
static void set_message(oc_error *err, oc_status status, const char *whole)
{
    size_t length = strlen(whole), room = sizeof err->message - 1;
    if (length <= room) {
        memcpy(err->message, whole, length + 1);
    } else {
        static const char gap[] = " ... ";
        size_t tail = room - HEAD - strlen(gap);
        memcpy(err->message, whole, HEAD);
        memcpy(err->message + HEAD, gap, strlen(gap));
        memcpy(err->message + room - tail, whole + length - tail, tail + 1);
    }
    err->status = status;
}

oc_status oc_fail(oc_error *err, oc_status status, const char *format, ...)
{
    if (err) {
        char whole[WHOLE];
        va_list arguments;
        va_start(arguments, format);
        oc_text_vwrite(whole, sizeof whole, format, arguments);
        va_end(arguments);
        set_message(err, status, whole);
    }
    return status;
}

oc_status oc_fail_at(oc_error *err, oc_status status, const char *where)
{
    if (err) {
        char whole[WHOLE];
        snprintf(whole, sizeof whole, "%s: %s", where, err->message);
        set_message(err, status, whole);
    }
    return status;
}

oc_status oc_fail_memory(oc_error *err, const char *what)
{
    return oc_fail(err, OC_NO_MEMORY, "out of memory for %s", what);
}

oc_status oc_fail_io(oc_error *err, const char *path, const char *doing)
{
    int reason = errno;
    bool is_short = reason == ENOMEM || reason == EMFILE || reason == ENFILE; /* not the fault of this file */
    oc_status status = reason == ENOENT ? OC_NOT_FOUND : is_short ? OC_NO_MEMORY : OC_IO;
    return oc_fail(err, status, "%s: %s: %s", path, doing, strerror(reason));
}
