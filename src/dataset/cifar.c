/* CIFAR-10's binary files: records of a label (1 byte) and pixels (3,072 bytes: red, green and blue planes of 32 x 32).
 * They have no header: a file is recognised by its size and its labels. */
#include "src/dataset/dataset.h"

#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/memory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SIDE = 32, PLANE = SIDE * SIDE, IMAGE = 3 * PLANE, RECORD = 1 + IMAGE, CLASSES = 10, PROBES = 64 };

bool oc_cifar_recognize(const char *path, size_t file_size)
{
    if (file_size == 0 || file_size % RECORD != 0) {
        return false;
    }
    int file = open(path, O_RDONLY | O_CLOEXEC);
    bool like = file >= 0;
    for (size_t i = 0; like && i < PROBES && i < file_size / RECORD; i++) {
        uint8_t label;
        like = pread(file, &label, 1, (off_t)(i * RECORD)) == 1 && label < CLASSES;
    }
    if (file >= 0) {
        close(file);
    }
    return like;
}

/* planes (3,32,32) -> pixels (32,32,3) */
static void interleave(const uint8_t *planes, uint8_t *pixels)
{
    for (size_t i = 0; i < PLANE; i++) {
        pixels[3 * i] = planes[i];
        pixels[3 * i + 1] = planes[PLANE + i];
        pixels[3 * i + 2] = planes[2 * PLANE + i];
    }
}

/* Adds the records of one file. */
static oc_status add_file(oc_dataset *dataset, const char *path, oc_bytes *bytes, oc_error *err)
{
    oc_status status = oc_bytes_read(bytes, path, SIZE_MAX / 4, err);
    if (status != OC_OK) {
        return status;
    }
    size_t records = bytes->size / RECORD;
    if (records == 0 || bytes->size % RECORD != 0) {
        return oc_fail(err, OC_BAD_FILE, "%s: %zu bytes are not a whole number of CIFAR-10 records of %d bytes", path,
                       bytes->size, RECORD);
    }
    for (size_t i = 0; i < records; i++) {
        uint8_t label = bytes->data[i * RECORD];
        if (label >= CLASSES) {
            return oc_fail(err, OC_BAD_FILE, "%s: record %zu has label %u, CIFAR-10 has 0 to %d", path, i, label,
                           CLASSES - 1);
        }
    }
    size_t before = dataset->count, total;
    uint8_t *pixels = oc_add(before, records, &total) ? oc_realloc(dataset->pixels, total, IMAGE) : NULL;
    if (!pixels) {
        return oc_fail(err, OC_NO_MEMORY, "%s: out of memory for %zu images", path, records);
    }
    dataset->pixels = pixels;
    for (size_t i = 0; i < records; i++) {
        interleave(bytes->data + i * RECORD + 1, pixels + (before + i) * IMAGE);
    }
    return oc_dataset_add_numbered(dataset, oc_path_name(path), bytes->data, RECORD, records, err);
}

static oc_status start(oc_dataset *dataset, oc_error *err)
{
    dataset->width = dataset->height = SIDE;
    dataset->channels = 3;
    return oc_dataset_add_digits(dataset, CLASSES, err);
}

oc_status oc_read_cifar(oc_dataset *dataset, const char *path, oc_error *err)
{
    oc_bytes bytes = {0};
    oc_status status = start(dataset, err);
    if (status == OC_OK) {
        status = add_file(dataset, path, &bytes, err);
    }
    oc_bytes_free(&bytes);
    return status;
}

/* N of data_batch_N.bin; 0 for any other name. */
static size_t batch_number(const char *name)
{
    static const char head[] = "data_batch_", tail[] = ".bin";
    if (strncmp(name, head, sizeof head - 1) != 0) {
        return 0;
    }
    const char *digits = name + sizeof head - 1;
    size_t length = strspn(digits, "0123456789");
    bool canonical = length > 0 && length < 9 && digits[0] != '0' && strcmp(digits + length, tail) == 0;
    return canonical ? (size_t)strtoul(digits, NULL, 10) : 0;
}

oc_status oc_cifar_last_batch(const char *folder, size_t *last, size_t *files, oc_error *err)
{
    *last = *files = 0;
    DIR *listing = opendir(folder);
    if (!listing) {
        return oc_fail_io(err, folder, "folder cannot be read");
    }
    oc_status status = OC_OK;
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(listing);
        if (!entry) {
            status = errno ? oc_fail_io(err, folder, "folder cannot be read") : OC_OK;
            break;
        }
        size_t number = batch_number(entry->d_name);
        *last = number > *last ? number : *last;
        *files += number > 0;
    }
    closedir(listing);
    return status;
}

oc_status oc_read_cifar_batches(oc_dataset *dataset, const char *folder, size_t last, oc_error *err)
{
    oc_bytes bytes = {0};
    oc_status status = start(dataset, err);
    /* A missing batch in the middle is reported as a file that cannot be opened. */
    for (size_t batch = 1; batch <= last && status == OC_OK; batch++) {
        char name[40];
        snprintf(name, sizeof name, "data_batch_%zu.bin", batch);
        char *path = oc_path_join(folder, name);
        status = path ? add_file(dataset, path, &bytes, err) : oc_fail_memory(err, "a path");
        oc_free(path);
    }
    oc_bytes_free(&bytes);
    return status;
}
