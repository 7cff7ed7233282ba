/* Writing an oc_error. */
#ifndef OC_BASE_FAIL_H
#define OC_BASE_FAIL_H

#include <ocellus/error.h>

/* Writes the message (printf style) when err is not NULL, and returns status, so that a failing function can end with
 * `return oc_fail(err, OC_IO, "%s: %s", path, strerror(errno));`. err->message itself may be an argument. */
oc_status oc_fail(oc_error *err, oc_status status, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Puts "where: " in front of the message in err, sets its status, and returns the status. */
oc_status oc_fail_at(oc_error *err, oc_status status, const char *where);

/* OC_NO_MEMORY, with the message "out of memory for WHAT". */
oc_status oc_fail_memory(oc_error *err, const char *what);

/* Writes "path: doing: reason" from errno. Returns OC_NOT_FOUND when there is no such file, OC_NO_MEMORY when the
 * system is short of memory or of open files, else OC_IO. */
oc_status oc_fail_io(oc_error *err, const char *path, const char *doing);

#endif
