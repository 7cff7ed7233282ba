/* Checks of outputs before work begins. */
#define _GNU_SOURCE /* O_TMPFILE, statx */
#include "src/cli/outputs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MAX_PATH = 4096 };

static oc_status fail(oc_error *err, oc_status status, const char *path, const char *reason)
{
    size_t length = strlen(path); /* of a very long path only the end is printed */
    snprintf(err->message, sizeof err->message, "%s%.700s: %.200s", length > 700 ? "... " : "",
             path + (length > 700 ? length - 700 : 0), reason);
    return err->status = status;
}

/* Creates a file in the folder and removes it: only an attempt finds a full disk or a quota. Returns 0 or errno. The
 * file has no name if the system supports that, so that a killed run leaves nothing. */
static int try_to_write(const char *folder)
{
    char name[4200] = "";
    int file = open(folder, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600), failure = errno;
    if (file < 0 && (failure == EOPNOTSUPP || failure == EISDIR || failure == EINVAL)) {
        snprintf(name, sizeof name, "%s/.ocellus-XXXXXX", folder);
        file = mkstemp(name);
        failure = errno;
    }
    if (file < 0) {
        return failure;
    }
    close(file);
    if (*name) {
        unlink(name);
    }
    return 0;
}

/* True for the root of a mounted file system or of a bind mount. */
static bool is_mount_point(const char *path)
{
    struct statx about;
    return statx(AT_FDCWD, path, 0, STATX_MODE, &about) == 0 &&
           (about.stx_attributes & about.stx_attributes_mask & STATX_ATTR_MOUNT_ROOT);
}

/* Checks that an existing file or folder can be replaced, so that this does not fail after the work. */
static oc_status check_replaceable(const char *path, const char *parent, oc_error *err)
{
    struct stat about, folder;
    if (stat(path, &about) != 0) {
        return OC_OK; /* the output does not exist, which is the usual case */
    }
    if (is_mount_point(path)) {
        return fail(err, OC_USAGE, path, "is a mount point, which cannot be replaced; choose a name below it");
    }
    uid_t user = geteuid();
    bool kept = stat(parent, &folder) == 0 && (folder.st_mode & S_ISVTX) && user != 0 && user != about.st_uid &&
                user != folder.st_uid;
    return kept ? fail(err, OC_IO, path, "cannot be replaced: it belongs to another user") : OC_OK;
}

/* Copies the folder of `path` to parent, cut to MAX_PATH; returns the length of the name in the folder. */
static size_t split(const char *path, char parent[MAX_PATH])
{
    size_t end = strlen(path);
    while (end > 1 && path[end - 1] == '/') {
        end--;
    }
    size_t start = end;
    while (start && path[start - 1] != '/') {
        start--;
    }
    size_t length = start < MAX_PATH ? start : MAX_PATH - 1;
    snprintf(parent, MAX_PATH, "%.*s", length ? (int)length : 1, length ? path : ".");
    return end - start;
}

/* Checks that the folder of `path` exists and is writable, that the names of unfinished outputs are not too long, and
 * that an existing output can be replaced. */
static oc_status check_place(const char *path, oc_error *err)
{
    char parent[MAX_PATH], reason[300];
    size_t name = split(path, parent), name_room, path_room = oc_output_room(&name_room);
    if (strlen(path) + path_room >= MAX_PATH || name + name_room > NAME_MAX) {
        return fail(err, OC_USAGE, path,
                    "the name is too long: the name of the unfinished output has some more letters");
    }
    struct stat info;
    int failure = stat(parent, &info) ? errno : !S_ISDIR(info.st_mode) ? ENOTDIR : try_to_write(parent);
    if (!failure) {
        return check_replaceable(path, parent, err);
    }
    snprintf(reason, sizeof reason, "cannot be written: folder %.150s: %.100s", parent, strerror(failure));
    return fail(err, OC_IO, path, reason);
}

/* True for an image file, which a mistyped -o must not replace. */
static bool is_image_file(const char *path)
{
    unsigned char head[512];
    FILE *file = fopen(path, "rb");
    size_t got = file ? fread(head, 1, sizeof head, file) : 0;
    if (file) {
        fclose(file);
    }
    return oc_image_signature(head, got) || oc_image_foreign(head, got);
}

bool same_file(const char *a, const char *b)
{
    struct stat left, right;
    return stat(a, &left) == 0 && stat(b, &right) == 0 && left.st_dev == right.st_dev && left.st_ino == right.st_ino;
}

/* OC_USAGE when the output would replace an input or a file of an input set. */
static oc_status check_inputs(const char *path, const char *const *inputs, size_t count, oc_error *err)
{
    static const char *const parts[] = {
        "", "/features.npy", "/index.csv", "/stages.safetensors", "/skipped.csv", "/hashes.npy"};
    for (size_t i = 0; i < count; i++) {
        for (size_t p = 0; inputs[i] && p < sizeof parts / sizeof *parts; p++) {
            char part[4096];
            int length = snprintf(part, sizeof part, "%s%s", inputs[i], parts[p]);
            if (length > 0 && (size_t)length < sizeof part && same_file(part, path)) {
                return fail(err, OC_USAGE, path,
                            "is an input of this command, and is not replaced; choose another name");
            }
        }
    }
    return OC_OK;
}

bool same_output(const char *a, const char *b)
{
    char left[MAX_PATH], right[MAX_PATH];
    size_t length = split(a, left);
    bool names = split(b, right) == length && strcmp(a + strlen(a) - length, b + strlen(b) - length) == 0;
    return same_file(a, b) || (names && same_file(left, right));
}

oc_status check_output_picture(const char *path, const char *const *inputs, size_t count, oc_error *err)
{
    struct stat info;
    if (strcmp(path, "-") == 0) {
        return OC_OK;
    }
    size_t length = strlen(path);
    if ((stat(path, &info) == 0 && S_ISDIR(info.st_mode)) || (length && path[length - 1] == '/')) {
        return fail(err, OC_USAGE, path, "is a folder, but the output is a file; choose another name");
    }
    oc_status status = check_inputs(path, inputs, count, err);
    return status ? status : check_place(path, err);
}

oc_status check_output_file(const char *path, const char *const *inputs, size_t count, oc_error *err)
{
    struct stat info;
    if (strcmp(path, "-") == 0) {
        return fail(err, OC_USAGE, path, "the output is a file, not standard output (./- names a file like that)");
    }
    oc_status status = check_output_picture(path, inputs, count, err);
    if (status == OC_OK && stat(path, &info) == 0 && S_ISREG(info.st_mode) && is_image_file(path)) {
        return fail(err, OC_USAGE, path, "is an image and is not replaced; choose another name");
    }
    return status;
}

static bool is_dots(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0;
}

/* "00017.png" */
static bool is_numbered_png(const char *name)
{
    size_t digits = strspn(name, "0123456789");
    return digits >= 5 && strcmp(name + digits, ".png") == 0;
}

/* OC_USAGE when a folder holds anything but numbered PNG files and, down to `depth`, folders of such files; OC_IO when
 * a folder cannot be read. */
static oc_status check_unpacked(const char *folder, int depth, oc_error *err)
{
    static const char other[] =
        "is not part of an unpacked data set, and -o replaces nothing else; choose another name";
    DIR *directory = opendir(folder);
    if (!directory) {
        return errno == ENOTDIR ? fail(err, OC_USAGE, folder, other) : fail(err, OC_IO, folder, strerror(errno));
    }
    oc_status status = OC_OK;
    for (struct dirent *entry; !status && (entry = readdir(directory));) {
        char below[4096];
        if (is_dots(entry->d_name) || is_numbered_png(entry->d_name)) {
            continue;
        }
        int length = snprintf(below, sizeof below, "%s/%s", folder, entry->d_name);
        status = depth > 0 && length > 0 && (size_t)length < sizeof below ? check_unpacked(below, depth - 1, err)
                                                                          : fail(err, OC_USAGE, below, other);
    }
    closedir(directory);
    return status;
}

static oc_status check_output_folder(const char *path, oc_error *err)
{
    struct stat info;
    if (strcmp(path, "-") == 0) {
        return fail(err, OC_USAGE, path, "the output is a folder, not standard output (./- names a folder like that)");
    }
    if (stat(path, &info) == 0 && !S_ISDIR(info.st_mode)) {
        return fail(err, OC_USAGE, path, "is a file, but the output is a folder; choose another name");
    }
    return check_place(path, err);
}

oc_status check_output_set(const char *path, const char *const *inputs, size_t count, oc_error *err)
{
    oc_status status = check_output_folder(path, err);
    status = status ? status : check_inputs(path, inputs, count, err);
    return status ? status : oc_set_check_place(path, err);
}

oc_status check_output_unpacked(const char *path, const char *const *inputs, size_t count, oc_error *err)
{
    struct stat info;
    oc_status status = check_output_folder(path, err);
    status = status ? status : check_inputs(path, inputs, count, err);
    return !status && stat(path, &info) == 0 ? check_unpacked(path, 1, err) : status;
}

/* "02-hog.csv" */
static bool is_numbered_csv(const char *name)
{
    size_t digits = strspn(name, "0123456789"), length = strlen(name);
    return digits >= 2 && name[digits] == '-' && length > 4 && strcmp(name + length - 4, ".csv") == 0;
}

oc_status check_output_predictions(const char *path, const char *const *inputs, size_t count, oc_error *err)
{
    static const char other[] = "is not a file of predictions, and --predictions replaces nothing else; choose another "
                                "name";
    oc_status status = check_output_folder(path, err);
    status = status ? status : check_inputs(path, inputs, count, err);
    DIR *directory = status ? NULL : opendir(path);
    if (!directory) {
        return status || errno == ENOENT ? status : fail(err, OC_IO, path, strerror(errno));
    }
    for (struct dirent *entry; !status && (entry = readdir(directory));) {
        if (!is_dots(entry->d_name) && !is_numbered_csv(entry->d_name)) {
            char below[MAX_PATH];
            snprintf(below, sizeof below, "%s/%s", path, entry->d_name);
            status = fail(err, OC_USAGE, below, other);
        }
    }
    closedir(directory);
    return status;
}
