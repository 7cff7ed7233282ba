/* Outputs: NAME.partial, its lock, and the swap. The folder NAME.partial holds the mark; `new`, the unfinished output
 * (and the older output after the two names were exchanged); `old`, the older output on a file system that cannot
 * exchange names; and `swapping`, an empty file that exists from the start of the swap on. So an output itself never
 * holds a file of ours. */
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

static const char NEW[] = "new", OLD[] = "old", SWAPPING[] = "swapping";
static bool without_exchange;

void oc_output_without_exchange(bool without)
{
    without_exchange = without;
}

size_t oc_output_growth(bool folder)
{
    return strlen(OC_OUTPUT_SUFFIX) + (folder ? strlen("/") + strlen(NEW) : 0);
}

static int remove_entry(const char *path, const struct stat *about, int type, struct FTW *at)
{
    (void)about, (void)type;
    bool last = at->level == 0 || (at->level == 1 && strcmp(path + at->base, OC_OUTPUT_MARK) == 0);
    return last ? 0 : remove(path);
}

/* Removes everything but the mark; false, with errno, when something cannot be removed. */
static bool empty_folder(const char *path)
{
    return nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS) == 0;
}

/* A folder that cannot be emptied keeps its mark, so that the next run recognises it as ours. */
void oc_remove_folder(const char *path)
{
    if (!empty_folder(path)) {
        return;
    }
    char *mark = oc_path_join(path, OC_OUTPUT_MARK);
    if (mark) {
        unlink(mark);
    }
    if (rmdir(path) != 0 && mark) { /* nftw skips a folder that it cannot list */
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

/* The path without slashes at its end. OC_USAGE when its last part is no possible name of an output. */
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

/* Checks the present entry at the output's name: none, or a file or folder of the right kind. A link is followed (*path
 * is replaced), so that the link stays and its target is replaced: a rename would replace the link, and fails for a
 * folder. Devices and pipes are an error: for root, the rename would remove /dev/null. */
static oc_status examine(char **path, bool folder, oc_error *err)
{
    struct stat link, about;
    if (lstat(*path, &link) != 0) {
        return errno == ENOENT ? OC_OK : oc_fail_io(err, *path, "cannot be examined");
    }
    if (stat(*path, &about) != 0) {
        if (errno == ENOENT && !S_ISLNK(link.st_mode)) {
            return OC_OK; /* removed since */
        }
        return errno == ENOENT || errno == ELOOP ? oc_fail(err, OC_USAGE, "%s: is a link that leads nowhere", *path)
                                                 : oc_fail_io(err, *path, "cannot be examined");
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

/* Opens or creates the lock file, without following a link. A file that exists already must be our own. */
static oc_status take_lock(oc_output *output, const char *path, oc_error *err)
{
    struct stat about, named;
    int file = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    bool made = file >= 0;
    if (!made && errno == EEXIST) {
        file = open(path, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    }
    if (file < 0 && errno == ENOENT && output->around) { /* another program has just removed the folder */
        return oc_fail(err, OC_IO, "%s: another program is writing it", output->path);
    }
    if (file < 0) {
        return errno != EISDIR
                   ? oc_fail_io(err, path, "cannot be created")
                   : oc_fail(err, OC_USAGE, "%s: is in the way: resume the run that left it, or remove it", path);
    }
    oc_status status = OC_OK;
    if (fstat(file, &about) != 0) {
        status = oc_fail_io(err, path, "cannot be examined");
        if (made) {
            unlink(path);
        }
    } else if (!made && (!S_ISREG(about.st_mode) || about.st_uid != geteuid())) {
        status = oc_fail(err, OC_USAGE, "%s: is in the way: it belongs to another user or is not a file", path);
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

/* One listing answers both questions, because another program may be creating the mark at this moment. */
static bool is_marked_or_empty(DIR *directory)
{
    bool empty = true;
    for (struct dirent *entry; (entry = readdir(directory));) {
        if (strcmp(entry->d_name, OC_OUTPUT_MARK) == 0) {
            return true;
        }
        empty = empty && (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0);
    }
    return empty;
}

/* Checks that NAME.partial, which exists already, is ours. If another program has just removed it, taking the lock
 * fails. */
static oc_status check_ours(const char *folder, oc_error *err)
{
    struct stat about;
    bool there = lstat(folder, &about) == 0, ours = there && S_ISDIR(about.st_mode) && about.st_uid == geteuid();
    DIR *directory = ours ? opendir(folder) : NULL;
    if (!there || (ours && !directory)) {
        return errno == ENOENT ? OC_OK : oc_fail_io(err, folder, "cannot be examined");
    }
    if (directory) {
        ours = is_marked_or_empty(directory);
        closedir(directory);
    }
    return ours ? OC_OK
                : oc_fail(err, OC_USAGE, "%s: is in the way, and was not left by this program; move it elsewhere",
                          folder);
}

/* Handles the older output that a program left when it was killed in swap_aside: moves it back to its name when the new
 * output did not get there, else removes it. */
static oc_status recover_old(const oc_output *output, oc_error *err)
{
    struct stat about;
    char *old = oc_path_join(output->around, OLD);
    if (!old) {
        return oc_fail_memory(err, "the output's name");
    }
    oc_status status = OC_OK;
    if (lstat(old, &about) == 0) {
        if (lstat(output->path, &about) == 0) {
            oc_remove_folder(old);
        } else if (rename(old, output->path) != 0) {
            status = oc_fail_io(err, old, "cannot be moved back");
        }
    }
    oc_free(old);
    return status;
}

/* Prepares NAME.partial, which is ours and locked. After a kill during a swap, `new` may be the older output: it is not
 * continued. */
static oc_status prepare_folder(oc_output *output, bool keep, oc_error *err)
{
    struct stat about;
    char *swapping = oc_path_join(output->around, SWAPPING);
    oc_status status = swapping ? recover_old(output, err) : oc_fail_memory(err, "the output's name");
    keep = keep && swapping && lstat(swapping, &about) != 0;
    keep = keep &&
           (output->folder || lstat(output->temporary, &about) == 0); /* else the program was killed after the swap */
    oc_free(swapping);
    if (status != OC_OK) {
        return status;
    }
    if (!keep && (ftruncate(output->lock, 0) != 0 || !empty_folder(output->around))) {
        return oc_fail_io(err, output->around, "cannot be emptied");
    }
    bool made = !output->folder || mkdir(output->temporary, 0777) == 0 || (keep && errno == EEXIST);
    return made ? OC_OK : oc_fail_io(err, output->temporary, "cannot be created");
}

static oc_status begin_folder(oc_output *output, bool keep, oc_error *err)
{
    bool made = mkdir(output->around, 0777) == 0;
    if (!made && errno != EEXIST) {
        return oc_fail_io(err, output->around, "cannot be created");
    }
    char *mark = oc_path_join(output->around, OC_OUTPUT_MARK);
    if (!mark) {
        return oc_fail_memory(err, "the output's name");
    }
    oc_status status = made ? OC_OK : check_ours(output->around, err);
    if (status == OC_OK) {
        status = take_lock(output, mark, err);
    }
    if (status != OC_OK && made) {
        rmdir(output->around); /* fails if another program builds in it by now */
    } else if (status == OC_OK) {
        status = prepare_folder(output, keep, err);
        if (status != OC_OK && made) {
            oc_remove_folder(output->around);
        }
        if (status != OC_OK) {
            close(output->lock);
        }
    }
    oc_free(mark);
    return status;
}

/* Deletes NAME.partial. Its lock file is truncated first, so that after a kill no notes describe files that no longer
 * exist. An older output that cannot be moved back is kept. */
static void remove_around(const oc_output *output)
{
    if (recover_old(output, NULL) == OC_OK && ftruncate(output->lock, 0) == 0) {
        oc_remove_folder(output->around);
    }
}

static void free_names(oc_output *output)
{
    oc_free(output->path);
    oc_free(output->around);
    oc_free(output->temporary);
}

/* With `around`, a file too is built in a folder NAME.partial. */
static oc_status begin(oc_output *output, const char *path, bool folder, bool around, bool keep, oc_error *err)
{
    oc_output new = {.folder = folder};
    oc_status status = trim(path, &new.path, err);
    if (status == OC_OK) {
        status = examine(&new.path, folder, err);
    }
    if (status == OC_OK) {
        new.temporary = joined(new.path, OC_OUTPUT_SUFFIX);
        if (around) {
            new.around = new.temporary;
            new.temporary = new.around ? oc_path_join(new.around, NEW) : NULL;
        }
        status = new.temporary ? OC_OK : oc_fail_memory(err, "the output's name");
    }
    if (status == OC_OK) {
        status = around ? begin_folder(&new, keep, err) : begin_file(&new, err);
    }
    if (status != OC_OK) {
        free_names(&new);
        return status == OC_NOT_FOUND ? OC_IO : status; /* the parent folder does not exist */
    }
    *output = new;
    return OC_OK;
}

oc_status oc_output_begin(oc_output *output, const char *path, bool folder, oc_error *err)
{
    return begin(output, path, folder, folder, false, err);
}

oc_status oc_output_resume(oc_output *output, const char *path, oc_error *err)
{
    return begin(output, path, true, true, true, err);
}

oc_status oc_output_begin_noted(oc_output *output, const char *path, bool resume, oc_error *err)
{
    return begin(output, path, false, true, resume, err);
}

static int open_folder(const char *path)
{
    return open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* Opens the parent folder of the path, which is changed and restored; -1 with errno on failure. */
static int open_parent(char *path)
{
    char *slash = strrchr(path, '/');
    if (!slash || slash == path) {
        return open_folder(slash ? "/" : ".");
    }
    *slash = '\0';
    int file = open_folder(path);
    *slash = '/';
    return file;
}

/* Flushes the entries of a folder to the disk, where the file system supports that, and closes it. */
static bool synchronise(int folder)
{
    bool done = fsync(folder) == 0 || errno == EINVAL || errno == EROFS;
    int reason = errno;
    close(folder);
    errno = reason;
    return done;
}

static bool swap_aside(const oc_output *output)
{
    char *old = oc_path_join(output->around, OLD);
    if (!old) {
        errno = ENOMEM;
        return false;
    }
    bool swapped = rename(output->path, old) == 0;
    if (swapped && rename(output->temporary, output->path) != 0) {
        int reason = errno;
        rename(old, output->path);
        errno = reason;
        swapped = false;
    }
    oc_free(old);
    return swapped;
}

/* A rename cannot replace a folder that is not empty: exchange the two names in one step where the file system can,
 * else move the old folder aside first. */
static bool swap_names(const oc_output *output)
{
    if (rename(output->temporary, output->path) == 0) {
        return true;
    }
    if (errno != ENOTEMPTY && errno != EEXIST) {
        return false;
    }
    return (!without_exchange &&
            renameat2(AT_FDCWD, output->temporary, AT_FDCWD, output->path, RENAME_EXCHANGE) == 0) ||
           swap_aside(output);
}

static bool swap_folder(const oc_output *output)
{
    int built = open_folder(output->temporary);
    if (built < 0 || !synchronise(built)) {
        return false;
    }
    char *swapping = oc_path_join(output->around, SWAPPING);
    errno = ENOMEM;
    int file = swapping ? open(swapping, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666) : -1;
    bool swapped = file >= 0;
    if (swapped) {
        close(file);
        swapped = swap_names(output);
    }
    if (!swapped && swapping) {
        int reason = errno;
        unlink(swapping);
        errno = reason;
    }
    oc_free(swapping);
    return swapped;
}

static void release(oc_output *output)
{
    if (output->temporary) {
        close(output->lock);
    }
    free_names(output);
    *output = (oc_output){0};
}

oc_status oc_output_commit(oc_output *output, oc_error *err)
{
    /* Open the parent before the swap: after it, only the flush may fail. A folder may be writable but not readable. */
    int parent = open_parent(output->path);
    bool swapped = (parent >= 0 || errno == EACCES) &&
                   (output->folder ? swap_folder(output) : rename(output->temporary, output->path) == 0);
    if (!swapped) {
        oc_status status = oc_fail_io(err, output->path, "cannot be put in place");
        if (parent >= 0) {
            close(parent);
        }
        return status;
    }
    oc_status status = parent < 0 || synchronise(parent)
                           ? OC_OK
                           : oc_fail_io(err, output->path, "is in place, but cannot be flushed to the disk");
    if (output->around) { /* with the older output, if there was one */
        remove_around(output);
    }
    release(output);
    return status;
}

void oc_output_abandon(oc_output *output)
{
    if (output->around) {
        remove_around(output);
    } else if (output->temporary) {
        unlink(output->temporary);
    }
    release(output);
}

void oc_output_keep(oc_output *output)
{
    release(output);
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
