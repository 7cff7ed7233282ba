/* Reading files whole, and outputs that appear under their name whole or not at all. */
#ifndef OC_BASE_FILE_H
#define OC_BASE_FILE_H

#include <ocellus/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* A buffer that is reused from file to file; zero-initialise, free with oc_bytes_free. */
typedef struct oc_bytes {
    uint8_t *data;
    size_t size, capacity;
} oc_bytes;

/* Reads the whole file ("-" is standard input) and puts a NUL behind it that `size` does not count. OC_TOO_LARGE
 * past `limit` bytes, OC_NOT_FOUND, OC_IO (a folder too). Messages name the path. */
oc_status oc_bytes_read(oc_bytes *bytes, const char *path, size_t limit, oc_error *err);
void oc_bytes_free(oc_bytes *bytes);

/* Output: a file or a folder built beside its final name under a temporary one, then swapped in. */
typedef struct oc_output {
    char *path;      /* final name */
    char *temporary; /* what is being built */
    bool folder;
} oc_output;

/* Makes the temporary file or folder, beside what a link at `path` leads to. OC_USAGE when `path` exists and
 * is of the other kind, a device or a pipe, or a link to nowhere. */
oc_status oc_output_begin(oc_output *output, const char *path, bool folder, oc_error *err);
/* Puts it in place of the final name, atomically where the system can; an older one is removed. */
oc_status oc_output_commit(oc_output *output, oc_error *err);
/* Removes what was built, if it was not committed. Safe on a zeroed or committed output. */
void oc_output_abandon(oc_output *output);

/* Flushes to the disk and closes; the error of any earlier write shows here too. The stream is closed in any case. */
oc_status oc_file_close(FILE *file, const char *path, oc_error *err);

/* Writes a whole file at once through an oc_output. */
oc_status oc_file_write(const char *path, const void *data, size_t size, oc_error *err);

/* "folder/name", to be freed with oc_free; NULL when memory is short. */
char *oc_path_join(const char *folder, const char *name);

/* Removes a folder with all that is in it, without following links. */
void oc_remove_folder(const char *path);

#endif
