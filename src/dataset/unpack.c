/* Unpacks IDX and CIFAR-10 files to class folders of PNG files. The folder is built under a temporary name and flushed
 * to the disk as a whole before it is swapped in: to flush each of 70,000 small files would take minutes. */
#define _GNU_SOURCE /* syncfs */
#include "src/dataset/dataset.h"

#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/memory.h"
#include "src/base/output.h"
#include "src/base/string.h"
#include "src/base/threads.h"
#include "src/image/png_encode.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The state of a thread; `status` and `error` are those of its first failure, at image `index`. */
typedef struct writer {
    oc_bytes png;
    oc_status status;
    size_t index;
    oc_error error;
} writer;

typedef struct unpacking {
    const oc_dataset *dataset;
    oc_job *job;
    const char *folder;
    char **class_folder; /* escaped names; NULL for a class without images */
    int digits;
    writer *writers;
    atomic_size_t done;
    atomic_bool failed;
} unpacking;

/* Makes of a class name the name of a folder that is not hidden. Different classes get different names. */
static char *escape(const char *name)
{
    oc_string text = {0};
    for (const char *at = name; *at; at++) {
        bool special = *at == '%' || *at == '/' || (*at == '.' && at == name);
        if (special) {
            oc_string_format(&text, "%%%02X", (unsigned)*at);
        } else {
            oc_string_add_bytes(&text, at, 1);
        }
    }
    if (text.failed) {
        oc_string_free(&text);
    }
    return text.data;
}

/* Makes a folder for every class that has images. */
static oc_status make_folders(unpacking *work, oc_error *err)
{
    const oc_dataset *dataset = work->dataset;
    for (size_t i = 0; i < dataset->count; i++) {
        int32_t label = dataset->items[i].label;
        if (label < 0 || work->class_folder[label]) {
            continue;
        }
        char *name = escape(dataset->classes[label]);
        work->class_folder[label] = name;
        char *path = name ? oc_path_join(work->folder, name) : NULL;
        if (!path) {
            return oc_fail_memory(err, "the names of folders");
        }
        oc_status status = mkdir(path, 0777) == 0 ? OC_OK : oc_fail_io(err, path, "folder cannot be created");
        oc_free(path);
        if (status != OC_OK) {
            return status;
        }
    }
    return OC_OK;
}

static oc_status write_plain(const char *path, const oc_bytes *bytes, oc_error *err)
{
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (file < 0) {
        return oc_fail_io(err, path, "cannot be created");
    }
    size_t written = 0;
    while (written < bytes->size) {
        ssize_t n = write(file, bytes->data + written, bytes->size - written);
        if (n < 0 && errno != EINTR) {
            break;
        }
        written += n > 0 ? (size_t)n : 0;
    }
    oc_status status = written == bytes->size ? OC_OK : oc_fail_io(err, path, "cannot be written");
    if (close(file) != 0 && status == OC_OK) {
        status = oc_fail_io(err, path, "cannot be written");
    }
    return status;
}

static oc_status write_image(const unpacking *work, size_t i, oc_bytes *png, oc_error *err)
{
    const oc_dataset *dataset = work->dataset;
    size_t size = dataset->width * dataset->height * dataset->channels, number = oc_dataset_origin(dataset, i);
    oc_pixels pixels = {dataset->pixels + number * size, dataset->width, dataset->height, dataset->channels, 0};
    oc_status status = oc_png_encode(png, &pixels, OC_PNG_FAST, err);
    if (status != OC_OK) {
        return oc_fail_at(err, status, dataset->items[i].path);
    }
    int32_t label = dataset->items[i].label;
    const char *class_folder = label < 0 ? "." : work->class_folder[label];
    char path[PATH_MAX];
    int length = snprintf(path, sizeof path, "%s/%s/%0*zu.png", work->folder, class_folder, work->digits, number);
    if (length < 0 || (size_t)length >= sizeof path) {
        errno = ENAMETOOLONG;
        return oc_fail_io(err, work->folder, "cannot be written");
    }
    return write_plain(path, png, err);
}

static void unpack_image(void *context, size_t index, size_t worker)
{
    unpacking *work = context;
    writer *self = &work->writers[worker];
    if (atomic_load_explicit(&work->failed, memory_order_relaxed) || oc_job_cancelled(work->job)) {
        return;
    }
    oc_status status = write_image(work, index, &self->png, &self->error);
    if (status != OC_OK) {
        self->status = status;
        self->index = index;
        atomic_store(&work->failed, true);
        return;
    }
    size_t done = atomic_fetch_add_explicit(&work->done, 1, memory_order_relaxed) + 1;
    oc_job_progress(work->job, "images", done, work->dataset->count);
}

/* Returns the failure, of all threads, that has the smallest index of the image. */
static oc_status first_failure(const unpacking *work, oc_error *err)
{
    const writer *first = NULL;
    for (size_t i = 0; i < oc_job_threads(work->job); i++) {
        const writer *at = &work->writers[i];
        if (at->status != OC_OK && (!first || at->index < first->index)) {
            first = at;
        }
    }
    if (first) {
        return oc_fail(err, first->status, "%s", first->error.message);
    }
    return oc_job_cancelled(work->job) ? oc_fail(err, OC_CANCELLED, "unpacking was cancelled") : OC_OK;
}

static oc_status flush_folder(const char *folder, oc_error *err)
{
    int file = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (file < 0) {
        return oc_fail_io(err, folder, "cannot be opened");
    }
    oc_status status = syncfs(file) == 0 ? OC_OK : oc_fail_io(err, folder, "cannot be written");
    close(file);
    return status;
}

static oc_status fill_folder(unpacking *work, oc_error *err)
{
    oc_status status = make_folders(work, err);
    if (status != OC_OK) {
        return status;
    }
    oc_parallel(work->job, work->dataset->count, unpack_image, work);
    status = first_failure(work, err);
    return status == OC_OK ? flush_folder(work->folder, err) : status;
}

int oc_unpack_digits(size_t count)
{
    int digits = 0;
    for (size_t last = count ? count - 1 : 0; last > 0; last /= 10) {
        digits++;
    }
    return digits < 5 ? 5 : digits;
}

/* The largest number in a file name. An item of a part of a data set has its number in the whole data set. */
static size_t last_number(const oc_dataset *dataset)
{
    size_t last = 0;
    for (size_t i = 0; i < dataset->count; i++) {
        size_t number = oc_dataset_origin(dataset, i);
        last = number > last ? number : last;
    }
    return last;
}

oc_status oc_unpack(const oc_dataset *dataset, const char *folder, oc_job *job, size_t *written, oc_error *err)
{
    if (!dataset->pixels) {
        return oc_fail(err, OC_USAGE, "%s is an image already; only IDX and CIFAR-10 files can be unpacked",
                       dataset->count ? dataset->items[0].path : "nothing");
    }
    unpacking work = {.dataset = dataset, .job = job, .digits = oc_unpack_digits(last_number(dataset) + 1)};
    oc_output output = {0};
    work.writers = oc_alloc(oc_job_threads(job), sizeof *work.writers);
    work.class_folder = oc_alloc(dataset->class_count, sizeof *work.class_folder);
    oc_status status = work.writers && work.class_folder ? oc_output_begin(&output, folder, true, err)
                                                         : oc_fail_memory(err, "unpacking");
    if (status == OC_OK) {
        work.folder = output.temporary;
        status = fill_folder(&work, err);
    }
    if (status == OC_OK) {
        status = oc_output_commit(&output, err);
    }
    if (status == OC_OK && written) {
        *written = dataset->count;
    }
    oc_output_abandon(&output);
    for (size_t i = 0; work.writers && i < oc_job_threads(job); i++) {
        oc_bytes_free(&work.writers[i].png);
    }
    for (size_t i = 0; work.class_folder && i < dataset->class_count; i++) {
        oc_free(work.class_folder[i]);
    }
    oc_free(work.writers);
    oc_free(work.class_folder);
    return status;
}
