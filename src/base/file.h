/* Reading files whole, and paths. */
#ifndef OC_BASE_FILE_H
#define OC_BASE_FILE_H

#include <ocellus/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A buffer that is reused from file to file; zero-initialise, free with oc_bytes_free. */
typedef struct oc_bytes {
    uint8_t *data;
    size_t size, capacity;
} oc_bytes;

/* Reads the whole file ("-" is standard input) and puts a NUL behind it that `size` does not count. A pipe that nobody
 * writes to is empty. OC_TOO_LARGE past `limit` bytes, OC_NOT_FOUND, OC_IO (a folder or a device too). Messages name
 * the path. */
oc_status oc_bytes_read(oc_bytes *bytes, const char *path, size_t limit, oc_error *err);
void oc_bytes_free(oc_bytes *bytes);
/* False for nothing, and when the last line has no line feed: a file of our own was cut off then. */
bool oc_ends_line(const oc_bytes *bytes);

/* The first bytes of a regular file, at most `size`; returns how many. 0 for what cannot be read and for anything else:
 * to look into a pipe is to take from it. */
size_t oc_file_head(const char *path, void *head, size_t size);

/* "folder/name", to be freed with oc_free; NULL when memory is short. */
char *oc_path_join(const char *folder, const char *name);

#endif
