/* Status texts and error messages; the only place that formats into an oc_error. */
#include "src/base/fail.h"

#include "src/base/locale.h"

#include <errno.h>
#include <stdarg.h>
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

oc_status oc_fail(oc_error *err, oc_status status, const char *format, ...)
{
    if (err) {
        va_list arguments;
        va_start(arguments, format);
        oc_vsnprintf(err->message, sizeof err->message, format, arguments);
        va_end(arguments);
        err->status = status;
    }
    return status;
}

oc_status oc_fail_at(oc_error *err, oc_status status, const char *where)
{
    if (!err) {
        return status;
    }
    char message[sizeof err->message];
    memcpy(message, err->message, sizeof message);
    /* A very long place would push the message itself out: keep room for it. */
    int room = (int)(sizeof message / 2);
    snprintf(err->message, sizeof err->message, "%.*s: %.*s", room - 3, where, room, message);
    err->status = status;
    return status;
}

oc_status oc_fail_memory(oc_error *err, const char *what)
{
    return oc_fail(err, OC_NO_MEMORY, "out of memory for %s", what);
}

oc_status oc_fail_io(oc_error *err, const char *path, const char *doing)
{
    int reason = errno;
    oc_status status = reason == ENOENT ? OC_NOT_FOUND : reason == ENOMEM ? OC_NO_MEMORY : OC_IO;
    return oc_fail(err, status, "%s: %s: %s", path, doing, strerror(reason));
}
