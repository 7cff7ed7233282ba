/* Reads folders of images. Each folder is listed and closed before the folders in it are opened, so only one file
 * descriptor is open at any depth. The length of a path limits the depth. */
#define _DEFAULT_SOURCE /* d_type */
#include "src/dataset/dataset.h"

#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/memory.h"
#include "src/base/string.h"
#include "src/image/kinds.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The folders from the top folder to the current one: a link to one of them is a loop. */
typedef struct place {
    const struct place *above;
    dev_t device;
    ino_t inode;
} place;

typedef struct walk {
    oc_dataset *dataset;
    oc_string path; /* of the current folder, with a slash at its end */
    size_t prefix;  /* length of the part that is not in the paths of the items */
    int32_t label;
    size_t unread; /* files that are candidates only because they cannot be read */
    oc_error *err;
} walk;

/* Names, each ended by a NUL. */
typedef struct names {
    oc_string text;
    size_t count;
} names;

typedef enum entry_kind { ENTRY_FOLDER, ENTRY_FILE, ENTRY_OTHER } entry_kind;

static entry_kind kind_of(int folder, const struct dirent *entry)
{
    if (entry->d_type == DT_REG || entry->d_type == DT_DIR) {
        return entry->d_type == DT_REG ? ENTRY_FILE : ENTRY_FOLDER;
    }
    struct stat about;
    if (fstatat(folder, entry->d_name, &about, 0) != 0) {
        /* Such as a dangling link. Without an ending it was a folder: opening it reports the error. */
        return strchr(entry->d_name, '.') ? ENTRY_OTHER : ENTRY_FOLDER;
    }
    return S_ISREG(about.st_mode) ? ENTRY_FILE : S_ISDIR(about.st_mode) ? ENTRY_FOLDER : ENTRY_OTHER;
}

/* True when a file begins like an image. True also when it cannot be read: reading the candidate reports the error. */
static bool may_be_image(walk *w, int folder, const char *name)
{
    uint8_t head[OC_KIND_HEAD];
    int file = openat(folder, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    ssize_t got = file < 0 ? -1 : oc_file_begin(file, head, sizeof head);
    if (file >= 0) {
        close(file);
    }
    w->unread += got < 0;
    return got < 0 || (got > 0 && (oc_image_signature(head, (size_t)got) || oc_image_foreign(head, (size_t)got)));
}

static oc_status take_entry(walk *w, int folder, const struct dirent *entry, names *folders)
{
    const char *name = entry->d_name;
    entry_kind kind = kind_of(folder, entry);
    if (kind == ENTRY_FOLDER) {
        oc_string_add_bytes(&folders->text, name, strlen(name) + 1);
        folders->count++;
        return folders->text.failed ? oc_fail_memory(w->err, "the names of folders") : OC_OK;
    }
    /* Files with the name of an image are not opened here. A dangling link, a pipe or a device with such a name stays
     * in the list, so that reading it reports an error. */
    bool candidate = oc_image_named(name) || oc_foreign_named(name);
    if (!candidate && !(kind == ENTRY_FILE && may_be_image(w, folder, name))) {
        w->dataset->ignored++;
        return OC_OK;
    }
    size_t length = w->path.length;
    oc_string_add(&w->path, name);
    oc_status status = w->path.failed ? oc_fail_memory(w->err, "a path")
                                      : oc_dataset_add(w->dataset, w->path.data + w->prefix, w->path.length - w->prefix,
                                                       w->label, w->err);
    w->path.length = length;
    w->path.data[length] = '\0';
    return status;
}

static bool leads_back(const place *here)
{
    for (const place *above = here->above; above; above = above->above) {
        if (above->device == here->device && above->inode == here->inode) {
            return true;
        }
    }
    return false;
}

/* Adds the images of the current folder and lists the folders in it. The caller sets only here->above. */
static oc_status list_folder(walk *w, place *here, names *folders)
{
    DIR *folder = opendir(w->path.data);
    struct stat about;
    if (!folder || fstat(dirfd(folder), &about) != 0) {
        oc_status status = oc_fail_io(w->err, w->path.data, "folder cannot be read");
        if (folder) {
            closedir(folder);
        }
        return status;
    }
    here->device = about.st_dev;
    here->inode = about.st_ino;
    bool loop = leads_back(here);
    oc_status status = OC_OK;
    while (status == OC_OK && !loop) {
        errno = 0;
        const struct dirent *entry = readdir(folder);
        if (!entry) {
            status = errno ? oc_fail_io(w->err, w->path.data, "folder cannot be read") : OC_OK;
            break;
        }
        const char *name = entry->d_name;
        if (name[0] != '.') {
            status = take_entry(w, dirfd(folder), entry, folders);
        } else if (strcmp(name, ".") != 0 && strcmp(name, "..") != 0) {
            w->dataset->ignored++;
        }
    }
    closedir(folder);
    return status;
}

static oc_status walk_folder(walk *w, const place *above, const char *name)
{
    size_t length = w->path.length;
    oc_string_add(&w->path, name);
    oc_string_add(&w->path, "/");
    if (w->path.failed) {
        return oc_fail_memory(w->err, "a path");
    }
    place here = {.above = above};
    names folders = {0};
    oc_status status = list_folder(w, &here, &folders);
    const char *next = folders.text.data;
    for (size_t i = 0; i < folders.count && status == OC_OK; i++, next += strlen(next) + 1) {
        status = walk_folder(w, &here, next);
    }
    oc_string_free(&folders.text);
    w->path.length = length;
    w->path.data[length] = '\0';
    return status;
}

/* Makes a class of every folder in the top folder that has images in it. */
static oc_status walk_classes(walk *w, const place *top, const names *folders)
{
    const char **sorted = oc_alloc(folders->count, sizeof *sorted);
    if (!sorted) {
        return oc_fail_memory(w->err, "the names of folders");
    }
    const char *next = folders->text.data;
    for (size_t i = 0; i < folders->count; i++, next += strlen(next) + 1) {
        sorted[i] = next;
    }
    if (folders->count) {
        qsort(sorted, folders->count, sizeof *sorted, oc_compare_strings);
    }
    oc_dataset *dataset = w->dataset;
    oc_status status = OC_OK;
    for (size_t i = 0; i < folders->count && status == OC_OK; i++) {
        size_t before = dataset->count;
        w->label = (int32_t)dataset->class_count;
        status = walk_folder(w, top, sorted[i]);
        if (status != OC_OK) {
            break;
        }
        if (dataset->count == before) {
            status = oc_dataset_add_empty_folder(dataset, sorted[i], w->err);
        } else {
            oc_dataset_sort(dataset, before);
            status = oc_dataset_add_class(dataset, sorted[i], w->err);
            status = status == OC_OK ? OC_OK : oc_fail_at(w->err, status, dataset->prefix);
        }
    }
    dataset->class_folders = dataset->class_count > 0;
    oc_free(sorted);
    return status;
}

static void ignore_first(oc_dataset *dataset, size_t items)
{
    dataset->count -= items;
    dataset->ignored += items;
    memmove(dataset->items, dataset->items + items, dataset->count * sizeof *dataset->items);
}

/* Adds the images, with or without class folders. Files beside class folders that cannot be read and are not named like
 * images are ignored: images would not belong there. */
static oc_status read_images(oc_dataset *dataset, oc_error *err)
{
    walk w = {.dataset = dataset, .prefix = strlen(dataset->prefix), .label = -1, .err = err};
    oc_string_add(&w.path, dataset->prefix);
    if (w.path.failed) {
        return oc_fail_memory(err, "a path");
    }
    place top = {0};
    names folders = {0};
    oc_status status = list_folder(&w, &top, &folders);
    size_t images = dataset->count, unread = w.unread;
    if (status == OC_OK) {
        oc_dataset_sort(dataset, 0);
        status = walk_classes(&w, &top, &folders);
    }
    bool beside = status == OC_OK && images > 0 && dataset->class_count > 0 && !dataset->unlabelled;
    if (beside && images == unread) {
        ignore_first(dataset, unread);
    } else if (beside) {
        status = oc_fail(
            err, OC_BAD_DATA,
            "%s: images (such as %s) are in the same folder as class folders (such as %s): move them into a "
            "class folder or elsewhere",
            dataset->prefix, dataset->items[0].path, dataset->classes[0]);
    }
    oc_string_free(&folders.text);
    oc_string_free(&w.path);
    return status;
}

oc_status oc_read_folder(oc_dataset *dataset, const char *path, oc_error *err)
{
    dataset->prefix = oc_path_join(path, "");
    if (!dataset->prefix) {
        return oc_fail_memory(err, "a path");
    }
    oc_status status = read_images(dataset, err);
    if (status != OC_OK || dataset->count > 0) {
        return status;
    }
    size_t last, batches;
    status = oc_cifar_last_batch(path, &last, &batches, err);
    if (status == OC_OK && last > 0) {
        dataset->ignored -= batches;
        status = oc_read_cifar_batches(dataset, path, last, err);
    }
    return status;
}
