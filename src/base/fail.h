/* Filling an oc_error. */
#ifndef OC_BASE_FAIL_H
#define OC_BASE_FAIL_H

#include <ocellus/error.h>

/* Writes the message (printf style) when err is not NULL, and returns status, so that a failing function can end with
 * `return oc_fail(err, OC_IO, "%s: %s", path, strerror(errno));`. An argument may be err->message itself. */
oc_status oc_fail(oc_error *err, oc_status status, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Puts "text: " in front of a message already written, makes `status` the error's, and returns it. */
oc_status oc_fail_at(oc_error *err, oc_status status, const char *where);

/* The message for an allocation that failed. */
oc_status oc_fail_memory(oc_error *err, const char *what);

/* "path: doing: reason" from errno, and its status: OC_NOT_FOUND, OC_NO_MEMORY (for open files too: what the system is
 * short of, and no fault of the file), or else OC_IO. */
oc_status oc_fail_io(oc_error *err, const char *path, const char *doing);

#endif
