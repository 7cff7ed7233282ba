/* Whole-file reading and atomic outputs. */
#define _GNU_SOURCE /* renameat2 */
#include "src/base/file.h"

#include "src/base/fail.h"
#include "src/base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool grow(oc_bytes *bytes, size_t capacity)
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

/* The size from fstat is a first guess only: a pipe has none, and a file may change while it is read. */
static oc_status read_all(oc_bytes *bytes, int file, const char *path, size_t limit, oc_error *err)
{
    struct stat about;
    if (fstat(file, &about) != 0) {
        return oc_fail_io(err, path, "cannot be examined");
    }
    if (S_ISDIR(about.st_mode)) {
        return oc_fail(err, OC_IO, "%s: is a folder, not a file", path);
    }
    size_t guess = S_ISREG(about.st_mode) && about.st_size > 0 ? (size_t)about.st_size : 0;
    bytes->size = 0;
    for (;;) {
        if (bytes->size > limit || guess > limit) {
            return oc_fail(err, OC_TOO_LARGE, "%s: larger than the limit of %zu bytes", path, limit);
        }
        size_t wanted = bytes->size < guess ? guess : bytes->size + bytes->size / 2 + 65536;
        if (!grow(bytes, wanted + 1)) {
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
            bytes->data[bytes->size] = 0; /* all that fstat promised: spare the read that returns 0 */
            return OC_OK;
        }
    }
}

oc_status oc_bytes_read(oc_bytes *bytes, const char *path, size_t limit, oc_error *err)
{
    if (strcmp(path, "-") == 0) {
        return read_all(bytes, STDIN_FILENO, "standard input", limit, err);
    }
    int file = open(path, O_RDONLY | O_CLOEXEC);
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

static int remove_entry(const char *path, const struct stat *about, int type, struct FTW *at)
{
    (void)about, (void)type, (void)at;
    return remove(path);
}

void oc_remove_folder(const char *path)
{
    nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static void remove_output(const char *path, bool folder)
{
    if (folder) {
        oc_remove_folder(path);
    } else {
        unlink(path);
    }
}

/* mkstemp and mkdtemp make things private; outputs get the permissions that open and mkdir would have given. */
static bool make_temporary(oc_output *output)
{
    mode_t mask = umask(0);
    umask(mask);
    if (output->folder) {
        return mkdtemp(output->temporary) && chmod(output->temporary, 0777 & ~mask) == 0;
    }
    int file = mkstemp(output->temporary);
    bool made = file >= 0 && fchmod(file, 0666 & ~mask) == 0;
    return file >= 0 && close(file) == 0 && made;
}

/* What is at the output's name now: nothing, or a file or folder of the right kind. A link is followed (*target, to be
 * freed with free, else NULL), so that it stays and what it leads to is replaced; a rename would replace the link, and
 * fail for a folder. Devices and pipes are refused: as root, the rename would take /dev/null away. */
static oc_status examine(const char *path, bool folder, char **target, oc_error *err)
{
    struct stat link, about;
    *target = NULL;
    if (lstat(path, &link) != 0) {
        return OC_OK;
    }
    if (stat(path, &about) != 0) {
        return oc_fail(err, OC_USAGE, "%s: is a link that leads nowhere", path);
    }
    if (folder ? S_ISREG(about.st_mode) : S_ISDIR(about.st_mode)) {
        return oc_fail(err, OC_USAGE, "%s: exists and is a %s; the output is a %s", path, folder ? "file" : "folder",
                       folder ? "folder" : "file");
    }
    if (!S_ISREG(about.st_mode) && !S_ISDIR(about.st_mode)) {
        return oc_fail(err, OC_USAGE, "%s: is a device or a pipe, which cannot be replaced", path);
    }
    if (S_ISLNK(link.st_mode)) {
        *target = realpath(path, NULL);
        return *target ? OC_OK : oc_fail_io(err, path, "cannot be followed");
    }
    return OC_OK;
}

/* Both names of an output at `path`, of which `length` bytes count. */
static bool name_output(oc_output *output, const char *path, size_t length)
{
    static const char suffix[] = ".partial-XXXXXX";
    output->path = oc_realloc(NULL, length + 1, 1);
    output->temporary = oc_realloc(NULL, length + sizeof suffix, 1);
    if (!output->path || !output->temporary) {
        return false;
    }
    memcpy(output->path, path, length);
    output->path[length] = '\0';
    memcpy(output->temporary, path, length);
    memcpy(output->temporary + length, suffix, sizeof suffix);
    return true;
}

static size_t length_without_slashes(const char *path)
{
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/') {
        length--;
    }
    return length;
}

oc_status oc_output_begin(oc_output *output, const char *path, bool folder, oc_error *err)
{
    oc_output new = {.folder = folder};
    char *target = NULL;
    if (*path == '\0') {
        return oc_fail(err, OC_USAGE, "the name of the output is empty");
    }
    bool named = name_output(&new, path, length_without_slashes(path));
    oc_status status = named ? examine(new.path, folder, &target, err) : oc_fail_memory(err, "the output's name");
    if (target) {
        oc_free(new.path);
        oc_free(new.temporary);
        status = name_output(&new, target, strlen(target)) ? OC_OK : oc_fail_memory(err, "the output's name");
        free(target);
    }
    if (status == OC_OK && !make_temporary(&new)) {
        status = oc_fail_io(err, new.path, "cannot be created");
        status = status == OC_NOT_FOUND ? OC_IO : status;
    }
    if (status != OC_OK) {
        oc_free(new.path);
        oc_free(new.temporary);
        return status;
    }
    *output = new;
    return OC_OK;
}

/* A folder that is not empty cannot be renamed onto: exchange the two names in one step where the file system
 * can, else move the old one aside first. */
static bool swap_folder(const oc_output *output)
{
    if (rename(output->temporary, output->path) == 0) {
        return true;
    }
    if (errno != ENOTEMPTY && errno != EEXIST) {
        return false;
    }
    if (renameat2(AT_FDCWD, output->temporary, AT_FDCWD, output->path, RENAME_EXCHANGE) == 0) {
        oc_remove_folder(output->temporary);
        return true;
    }
    char *aside = oc_realloc(NULL, strlen(output->temporary) + 5, 1);
    if (!aside) {
        errno = ENOMEM;
        return false;
    }
    sprintf(aside, "%s.old", output->temporary);
    bool swapped = rename(output->path, aside) == 0;
    if (swapped && rename(output->temporary, output->path) != 0) {
        int reason = errno;
        rename(aside, output->path);
        errno = reason;
        swapped = false;
    }
    if (swapped) {
        oc_remove_folder(aside);
    }
    oc_free(aside);
    return swapped;
}

oc_status oc_output_commit(oc_output *output, oc_error *err)
{
    bool swapped = output->folder ? swap_folder(output) : rename(output->temporary, output->path) == 0;
    oc_status status = swapped ? OC_OK : oc_fail_io(err, output->path, "cannot be put in place");
    if (!swapped) {
        remove_output(output->temporary, output->folder);
    }
    oc_free(output->path);
    oc_free(output->temporary);
    *output = (oc_output){0};
    return status;
}

void oc_output_abandon(oc_output *output)
{
    if (output->temporary) {
        remove_output(output->temporary, output->folder);
    }
    oc_free(output->path);
    oc_free(output->temporary);
    *output = (oc_output){0};
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

oc_status oc_file_write(const char *path, const void *data, size_t size, oc_error *err)
{
    oc_output output = {0};
    oc_status status = oc_output_begin(&output, path, false, err);
    if (status != OC_OK) {
        return status;
    }
    FILE *file = fopen(output.temporary, "wb");
    if (!file) {
        status = oc_fail_io(err, path, "cannot be written");
    } else {
        fwrite(data, 1, size, file);
        status = oc_file_close(file, path, err);
    }
    if (status == OC_OK) {
        return oc_output_commit(&output, err);
    }
    oc_output_abandon(&output);
    return status;
}
