/* Reading files whole, and paths. */
#include "src/base/file.h"

#include "src/base/fail.h"
#include "src/base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

size_t oc_file_size(const struct stat *about)
{
    size_t size = (size_t)about->st_size;
    return about->st_size <= 0 ? 0 : (off_t)size == about->st_size ? size : SIZE_MAX;
}

static bool reserve(oc_bytes *bytes, size_t capacity)
{
    if (capacity <= bytes->capacity) {
        return true;
    }
    uint8_t *data = oc_realloc(bytes->data, capacity, 1);
    if (!data) {
        return false;
    }
    bytes->data = data;
    bytes->capacity = capacity;
    return true;
}

/* Rejects folders and, except for standard input, devices, which may have no end. *guess is only an estimate: a pipe
 * has no size, and a file may change while it is read. */
static oc_status examine(int file, const char *path, bool named, size_t *guess, oc_error *err)
{
    struct stat about;
    if (fstat(file, &about) != 0) {
        return oc_fail_io(err, path, "cannot be examined");
    }
    if (S_ISDIR(about.st_mode) || (named && (S_ISCHR(about.st_mode) || S_ISBLK(about.st_mode)))) {
        return oc_fail(err, OC_IO, "%s: is a %s, not a file", path, S_ISDIR(about.st_mode) ? "folder" : "device");
    }
    if (named && S_ISFIFO(about.st_mode) && fcntl(file, F_SETFL, 0) != 0) { /* wait for the writer */
        return oc_fail_io(err, path, "cannot be read");
    }
    *guess = S_ISREG(about.st_mode) ? oc_file_size(&about) : 0;
    return OC_OK;
}

static oc_status read_all(oc_bytes *bytes, int file, const char *path, size_t limit, oc_error *err)
{
    size_t guess = 0;
    oc_status status = examine(file, path, file != STDIN_FILENO, &guess, err);
    if (status != OC_OK) {
        return status;
    }
    bytes->size = 0;
    for (;;) {
        if (bytes->size > limit || guess > limit) {
            return oc_fail(err, OC_TOO_LARGE, "%s: larger than the limit of %zu bytes", path, limit);
        }
        size_t wanted = bytes->size < guess ? guess : bytes->size + bytes->size / 2 + 65536;
        if (!reserve(bytes, wanted + 1)) {
            return oc_fail(err, OC_NO_MEMORY, "%s: out of memory for %zu bytes", path, wanted);
        }
        ssize_t got = read(file, bytes->data + bytes->size, bytes->capacity - 1 - bytes->size);
        if (got < 0 && errno != EINTR) {
            return oc_fail_io(err, path, "cannot be read");
        }
        if (got == 0) {
            bytes->data[bytes->size] = 0;
            return OC_OK;
        }
        bytes->size += got > 0 ? (size_t)got : 0;
        if (got > 0 && bytes->size == guess && bytes->size <= limit) {
            bytes->data[bytes->size] = 0; /* the size that fstat gave: this saves the read that returns 0 */
            return OC_OK;
        }
    }
}

oc_status oc_bytes_read(oc_bytes *bytes, const char *path, size_t limit, oc_error *err)
{
    if (strcmp(path, "-") == 0) {
        return read_all(bytes, STDIN_FILENO, "standard input", limit, err);
    }
    /* Without O_NONBLOCK, a pipe without a writer would stop the run here. */
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0) {
        return oc_fail_io(err, path, "cannot be opened");
    }
    oc_status status = read_all(bytes, file, path, limit, err);
    close(file);
    return status;
}

void oc_bytes_free(oc_bytes *bytes)
{
    oc_free(bytes->data);
    *bytes = (oc_bytes){0};
}

bool oc_ends_line(const oc_bytes *bytes)
{
    return bytes->size && bytes->data[bytes->size - 1] == '\n';
}

ssize_t oc_file_begin(int file, void *head, size_t size)
{
    size_t got = 0;
    while (got < size) {
        ssize_t n = read(file, (char *)head + got, size - got);
        if (n == 0 || (n < 0 && errno != EINTR)) {
            return n < 0 ? -1 : (ssize_t)got;
        }
        got += n > 0 ? (size_t)n : 0;
    }
    return (ssize_t)got;
}

size_t oc_file_head(const char *path, void *head, size_t size)
{
    struct stat about;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    bool regular = file >= 0 && fstat(file, &about) == 0 && S_ISREG(about.st_mode);
    ssize_t got = regular ? oc_file_begin(file, head, size) : 0;
    if (file >= 0) {
        close(file);
    }
    return got > 0 ? (size_t)got : 0;
}

char *oc_path_join(const char *folder, const char *name)
{
    size_t length = strlen(folder), name_length = strlen(name);
    bool slash = length > 0 && folder[length - 1] != '/';
    char *path = oc_realloc(NULL, length + slash + name_length + 1, 1);
    if (path) {
        memcpy(path, folder, length);
        if (slash) {
            path[length] = '/';
        }
        memcpy(path + length + slash, name, name_length + 1);
    }
    return path;
}

oc_status oc_file_close(FILE *file, const char *path, oc_error *err)
{
    bool bad = ferror(file) != 0 || fflush(file) != 0;
    /* A pipe or a terminal cannot be synchronised, and need not be. */
    bad = bad || (fsync(fileno(file)) != 0 && errno != EINVAL && errno != EROFS);
    int reason = errno;
    bad = fclose(file) != 0 || bad;
    if (bad) {
        errno = reason;
        return oc_fail_io(err, path, "cannot be written");
    }
    return OC_OK;
}
