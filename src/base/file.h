/* Reading files whole, closing written ones, and paths. */
#ifndef OC_BASE_FILE_H
#define OC_BASE_FILE_H

#include <ocellus/error.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/stat.h>

/* A buffer that is used for one file after another. Zero-initialise; free with oc_bytes_free. */
typedef struct oc_bytes {
    uint8_t *data;
    size_t size, capacity;
} oc_bytes;

/* Reads the whole file ("-" is standard input) and adds a NUL, which `size` does not count. A pipe without a writer is
 * empty. OC_TOO_LARGE when the file has more than `limit` bytes; OC_NOT_FOUND; OC_IO, also for a folder or a device;
 * OC_NO_MEMORY. Messages name the path. */
oc_status oc_bytes_read(oc_bytes *bytes, const char *path, size_t limit, oc_error *err);
void oc_bytes_free(oc_bytes *bytes);
/* True when the last line ends with a line feed. A file that this library wrote and that has no such end was cut off.
 * False for an empty file. */
bool oc_ends_line(const oc_bytes *bytes);

/* The size of a file in memory: 0 for none, SIZE_MAX for one that a 32-bit address space cannot hold. */
size_t oc_file_size(const struct stat *about);

/* Reads the next `size` bytes; calls read again when it returns fewer. Returns the number of bytes, which is less than
 * `size` only at the end of the file; -1 with errno on failure. */
ssize_t oc_file_begin(int file, void *head, size_t size);

/* Reads the first bytes of a regular file, at most `size`, and returns their number. Returns 0 for a file that cannot
 * be read and for anything but a regular file: reading from a pipe would remove the bytes. */
size_t oc_file_head(const char *path, void *head, size_t size);

/* "folder/name", to be freed with oc_free; NULL when memory is short. */
char *oc_path_join(const char *folder, const char *name);

/* Flushes to the disk and closes. An error of any earlier write is reported here too. The stream is closed in any case.
 */
oc_status oc_file_close(FILE *file, const char *path, oc_error *err);

#endif
