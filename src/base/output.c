/* Outputs: NAME.partial, its lock, and the swap. */
#define _GNU_SOURCE /* renameat2 */
#include "src/base/output.h"

#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/memory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static const char ASIDE_SUFFIX[] = ".old"; /* behind the temporary name, where names cannot be exchanged */
static bool without_exchange;

void oc_output_without_exchange(bool without)
{
    without_exchange = without;
}

static int remove_entry(const char *path, const struct stat *about, int type, struct FTW *at)
{
    (void)about, (void)type;
    bool last = at->level == 0 || (at->level == 1 && strcmp(path + at->base, OC_OUTPUT_MARK) == 0);
    return last ? 0 : remove(path);
}

/* All but the mark; false, with errno, when something stays. */
static bool empty_folder(const char *path)
{
    return nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS) == 0;
}

/* What cannot be emptied keeps its mark, so that the next run knows it as ours. */
void oc_remove_folder(const char *path)
{
    if (!empty_folder(path)) {
        return;
    }
    char *mark = oc_path_join(path, OC_OUTPUT_MARK);
    if (mark) {
        unlink(mark);
    }
    if (rmdir(path) != 0 && mark) { /* nftw passes over a folder that it cannot list */
        int file = open(mark, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666);
        if (file >= 0) {
            close(file);
        }
    }
    oc_free(mark);
}

/* A new string a + b, or NULL. */
static char *joined(const char *a, const char *b)
{
    size_t length = strlen(a), tail = strlen(b);
    char *text = oc_realloc(NULL, length + tail + 1, 1);
    if (text) {
        memcpy(text, a, length);
        memcpy(text + length, b, tail + 1);
    }
    return text;
}

/* The path without slashes at its end; OC_USAGE when its last part is no name that an output could have. */
static oc_status trim(const char *path, char **trimmed, oc_error *err)
{
    size_t length = strlen(path);
    if (length == 0) {
        return oc_fail(err, OC_USAGE, "the name of the output is empty");
    }
    while (length > 1 && path[length - 1] == '/') {
        length--;
    }
    *trimmed = oc_strdup(path);
    if (!*trimmed) {
        return oc_fail_memory(err, "the output's name");
    }
    (*trimmed)[length] = '\0';
    const char *slash = strrchr(*trimmed, '/'), *name = slash ? slash + 1 : *trimmed;
    if (!*name || strcmp(name, ".") == 0 || strcmp(name, "..") == 0) {
        return oc_fail(err, OC_USAGE, "%s: cannot be replaced; an output needs a name of its own", path);
    }
    return OC_OK;
}

/* What is at the output's name now: nothing, or a file or folder of the right kind. A link is followed (*path is
 * exchanged), so that it stays and what it leads to is replaced; a rename would replace the link, and fail for a folder.
 * Devices and pipes are refused: as root, the rename would take /dev/null away. */
static oc_status examine(char **path, bool folder, oc_error *err)
{
    struct stat link, about;
    if (lstat(*path, &link) != 0) {
        return OC_OK;
    }
    if (stat(*path, &about) != 0) {
        return oc_fail(err, OC_USAGE, "%s: is a link that leads nowhere", *path);
    }
    if (folder ? S_ISREG(about.st_mode) : S_ISDIR(about.st_mode)) {
        return oc_fail(err, OC_USAGE, "%s: exists and is a %s; the output is a %s", *path, folder ? "file" : "folder",
                       folder ? "folder" : "file");
    }
    if (!S_ISREG(about.st_mode) && !S_ISDIR(about.st_mode)) {
        return oc_fail(err, OC_USAGE, "%s: is a device or a pipe, which cannot be replaced", *path);
    }
    if (folder && access(*path, W_OK | X_OK) != 0) {
        return oc_fail_io(err, *path, "cannot be replaced");
    }
    if (S_ISLNK(link.st_mode)) {
        char *real = realpath(*path, NULL), *target = real ? oc_strdup(real) : NULL;
        oc_status status = real ? oc_fail_memory(err, "the output's name")
                                : oc_fail_io(err, *path, "cannot be followed");
        free(real);
        if (!target) {
            return status;
        }
        oc_free(*path);
        *path = target;
    }
    return OC_OK;
}

static bool is_empty(const char *folder)
{
    DIR *directory = opendir(folder);
    bool empty = directory != NULL;
    for (struct dirent *entry; empty && (entry = readdir(directory));) {
        empty = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
    }
    if (directory) {
        closedir(directory);
    }
    return empty;
}

/* Opens or creates the file that is locked, without following a link. One that is there already must be our own. */
static oc_status take_lock(oc_output *output, const char *path, oc_error *err)
{
    struct stat about, named;
    int file = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    bool made = file >= 0;
    if (!made && errno == EEXIST) {
        file = open(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    }
    if (file < 0) {
        return oc_fail_io(err, path, "cannot be created");
    }
    oc_status status = OC_OK;
    if (fstat(file, &about) != 0) {
        status = oc_fail_io(err, path, "cannot be examined");
    } else if (!made && (!S_ISREG(about.st_mode) || about.st_uid != geteuid())) {
        status = oc_fail(err, OC_USAGE, "%s: is in the way: it belongs to somebody else or is no file", path);
    } else if ((flock(file, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) || stat(path, &named) != 0 ||
               named.st_ino != about.st_ino || named.st_dev != about.st_dev) {
        status = oc_fail(err, OC_IO, "%s: another program is writing it", output->path);
    }
    if (status != OC_OK) {
        close(file);
        return status;
    }
    output->lock = file;
    return OC_OK;
}

static oc_status begin_file(oc_output *output, oc_error *err)
{
    oc_status status = take_lock(output, output->temporary, err);
    if (status == OC_OK && ftruncate(output->lock, 0) != 0) {
        status = oc_fail_io(err, output->temporary, "cannot be written");
        close(output->lock);
    }
    return status;
}

/* A folder that has the mark, or nothing yet. */
static bool is_ours(const char *folder, const char *mark)
{
    struct stat about;
    return lstat(folder, &about) == 0 && S_ISDIR(about.st_mode) && about.st_uid == geteuid() &&
           (lstat(mark, &about) == 0 || is_empty(folder));
}

static oc_status begin_folder(oc_output *output, bool keep, oc_error *err)
{
    bool made = mkdir(output->temporary, 0777) == 0;
    if (!made && errno != EEXIST) {
        return oc_fail_io(err, output->temporary, "cannot be created");
    }
    char *mark = oc_path_join(output->temporary, OC_OUTPUT_MARK);
    if (!mark) {
        return oc_fail_memory(err, "the output's name");
    }
    oc_status status = OC_OK;
    if (!made && !is_ours(output->temporary, mark)) {
        status = oc_fail(err, OC_USAGE,
                         "%s: is in the way, and nothing that this program left behind; move it elsewhere",
                         output->temporary);
    } else {
        status = take_lock(output, mark, err);
    }
    if (status == OC_OK && !keep) {
        if (!empty_folder(output->temporary)) {
            status = oc_fail_io(err, output->temporary, "cannot be emptied");
        } else if (ftruncate(output->lock, 0) != 0) {
            status = oc_fail_io(err, mark, "cannot be written");
        }
        if (status != OC_OK) {
            close(output->lock);
        }
    }
    if (status != OC_OK && made) {
        rmdir(output->temporary);
    }
    oc_free(mark);
    return status;
}

static void unmark(const char *folder)
{
    char *mark = oc_path_join(folder, OC_OUTPUT_MARK);
    if (mark) {
        unlink(mark);
    }
    oc_free(mark);
}

/* What a program left that was killed in swap_aside: the old output, which goes back to its name when the new one did
 * not get there, else away. */
static void recover_aside(const oc_output *output)
{
    struct stat about;
    char *aside = joined(output->temporary, ASIDE_SUFFIX), *mark = aside ? oc_path_join(aside, OC_OUTPUT_MARK) : NULL;
    if (mark && lstat(mark, &about) == 0) {
        if (lstat(output->path, &about) == 0) {
            oc_remove_folder(aside);
        } else if (rename(aside, output->path) == 0) {
            unmark(output->path);
        }
    }
    oc_free(mark);
    oc_free(aside);
}

static oc_status begin(oc_output *output, const char *path, bool folder, bool keep, oc_error *err)
{
    oc_output new = {.folder = folder};
    oc_status status = trim(path, &new.path, err);
    if (status == OC_OK) {
        status = examine(&new.path, folder, err);
    }
    if (status == OC_OK) {
        new.temporary = joined(new.path, OC_OUTPUT_SUFFIX);
        status = new.temporary ? OC_OK : oc_fail_memory(err, "the output's name");
    }
    if (status == OC_OK) {
        recover_aside(&new);
        status = folder ? begin_folder(&new, keep, err) : begin_file(&new, err);
    }
    if (status != OC_OK) {
        oc_free(new.path);
        oc_free(new.temporary);
        return status == OC_NOT_FOUND ? OC_IO : status; /* the folder that it should go to is not there */
    }
    *output = new;
    return OC_OK;
}

oc_status oc_output_begin(oc_output *output, const char *path, bool folder, oc_error *err)
{
    return begin(output, path, folder, false, err);
}

oc_status oc_output_resume(oc_output *output, const char *path, oc_error *err)
{
    return begin(output, path, true, true, err);
}

/* Brings the entries of a folder to the disk, where the file system has that. */
static bool synchronise(const char *folder)
{
    int file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool done = file >= 0 && (fsync(file) == 0 || errno == EINVAL || errno == EROFS);
    int reason = errno;
    if (file >= 0) {
        close(file);
    }
    errno = reason;
    return done || reason == EACCES; /* a folder that may be written but not read */
}

/* The path is changed and put back. */
static bool synchronise_parent(char *path)
{
    char *slash = strrchr(path, '/');
    if (!slash) {
        return synchronise(".");
    }
    if (slash == path) {
        return synchronise("/");
    }
    *slash = '\0';
    bool done = synchronise(path);
    *slash = '/';
    return done;
}

static bool swap_aside(const oc_output *output)
{
    char *aside = joined(output->temporary, ASIDE_SUFFIX);
    if (!aside) {
        errno = ENOMEM;
        return false;
    }
    bool swapped = rename(output->path, aside) == 0;
    if (swapped && rename(output->temporary, output->path) != 0) {
        int reason = errno;
        rename(aside, output->path);
        errno = reason;
        swapped = false;
    }
    if (swapped) {
        unmark(output->path);
        synchronise_parent(output->path);
        oc_remove_folder(aside);
    } else {
        int reason = errno;
        unmark(output->path);
        errno = reason;
    }
    oc_free(aside);
    return swapped;
}

/* A folder that is not empty cannot be renamed onto: exchange the two names in one step where the file system can, else
 * move the old one aside first. The old one gets the mark before it has to go, so that whatever a kill leaves of it is
 * known to be ours. */
static bool swap_folder(const oc_output *output)
{
    if (rename(output->temporary, output->path) == 0) {
        unmark(output->path);
        return true;
    }
    if (errno != ENOTEMPTY && errno != EEXIST) {
        return false;
    }
    char *mark = oc_path_join(output->path, OC_OUTPUT_MARK);
    errno = ENOMEM;
    int file = mark ? open(mark, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666) : -1;
    oc_free(mark);
    if (file < 0) {
        return false;
    }
    close(file);
    bool exchanged = !without_exchange &&
                     renameat2(AT_FDCWD, output->temporary, AT_FDCWD, output->path, RENAME_EXCHANGE) == 0;
    if (!exchanged) {
        return swap_aside(output);
    }
    unmark(output->path);
    synchronise_parent(output->path);
    oc_remove_folder(output->temporary);
    return true;
}

static void release(oc_output *output)
{
    if (output->temporary) {
        close(output->lock);
    }
    oc_free(output->path);
    oc_free(output->temporary);
    *output = (oc_output){0};
}

oc_status oc_output_commit(oc_output *output, oc_error *err)
{
    bool swapped = output->folder ? synchronise(output->temporary) && swap_folder(output)
                                  : rename(output->temporary, output->path) == 0;
    oc_status status = swapped ? OC_OK : oc_fail_io(err, output->path, "cannot be put in place");
    if (swapped) {
        status = synchronise_parent(output->path) ? OC_OK
                                                  : oc_fail_io(err, output->path, "cannot be brought to the disk");
        release(output);
    }
    return status;
}

void oc_output_abandon(oc_output *output)
{
    if (output->temporary && output->folder) {
        oc_remove_folder(output->temporary);
    } else if (output->temporary) {
        unlink(output->temporary);
    }
    release(output);
}

void oc_output_keep(oc_output *output)
{
    release(output);
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
        status = oc_output_commit(&output, err);
    }
    oc_output_abandon(&output);
    return status;
}
