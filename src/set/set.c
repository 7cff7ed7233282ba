/* The set object, in memory and opened from its folder. */
#include "src/set/set.h"

#include "src/base/byte_order.h"
#include "src/base/csv.h"
#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/memory.h"
#include "src/base/output.h"
#include "src/dataset/dataset.h"
#include "src/matrix/npy.h"
#include "src/pipeline/store.h"
#include "src/set/shard.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

static const size_t MAX_SKIPS_BYTES = (size_t)1 << 31;

oc_status oc_set_add_skip(oc_set *set, const char *path, const char *reason, oc_error *err)
{
    oc_skip *skips = oc_grow(set->skips, set->skip_count, &set->skip_capacity, sizeof *skips);
    if (!skips) {
        return oc_fail_memory(err, "the list of skipped images");
    }
    set->skips = skips;
    oc_skip skip = {oc_strdup(path), oc_strdup(reason)};
    if (!skip.path || !skip.reason) {
        oc_free(skip.path);
        oc_free(skip.reason);
        return oc_fail_memory(err, "the list of skipped images");
    }
    set->skips[set->skip_count++] = skip;
    return OC_OK;
}

oc_status oc_set_gather_labels(oc_set *set, oc_error *err)
{
    oc_status status = oc_dataset_sort_classes(set->index, err);
    if (status != OC_OK) {
        return status;
    }
    set->labels = oc_alloc(set->rows.count, sizeof *set->labels);
    if (!set->labels) {
        return oc_fail_memory(err, "the labels");
    }
    for (size_t i = 0; i < set->rows.count; i++) {
        set->labels[i] = oc_dataset_label(set->index, i);
    }
    return OC_OK;
}

/* Allocates nothing: without memory a set would be taken for something else. */
bool oc_set_recognise(const char *path)
{
    char features[PATH_MAX]; /* the system takes no longer path */
    struct stat about;
    int length = snprintf(features, sizeof features, "%s/features.npy", path);
    return length > 0 && (size_t)length < sizeof features && stat(features, &about) == 0 && S_ISREG(about.st_mode);
}

static bool is_file_of_set(const char *name)
{
    static const char *const parts[] = {".",           "..",        "features.npy", "index.csv", "stages.safetensors",
                                        "skipped.csv", "hashes.npy"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (strcmp(name, parts[i]) == 0) {
            return true;
        }
    }
    return false;
}

oc_status oc_set_check_place(const char *folder, oc_error *err)
{
    DIR *directory = opendir(folder);
    if (!directory) {
        return errno == ENOENT || errno == ENOTDIR ? OC_OK : oc_fail_io(err, folder, "cannot be opened");
    }
    oc_status status = OC_OK;
    for (struct dirent *entry; status == OC_OK && (entry = readdir(directory)) != NULL;) {
        if (!is_file_of_set(entry->d_name)) {
            status = oc_fail(
                err, OC_USAGE,
                "%s: holds a file that is not part of a set, '%s', so it is not replaced; choose another name", folder,
                entry->d_name);
        }
    }
    closedir(directory);
    return status;
}

static oc_status open_rows(oc_set *set, const char *folder, oc_error *err)
{
    struct stat about;
    if (stat(folder, &about) == 0 && !S_ISDIR(about.st_mode)) {
        return oc_fail(err, OC_BAD_FILE, "%s: a file, but a set is a folder that extraction wrote", folder);
    }
    char *path = oc_path_join(folder, "features.npy");
    oc_status status = path ? oc_npy_open(path, &set->npy, err) : oc_fail_memory(err, "a path");
    if (status == OC_OK) {
        set->rows = oc_npy_rows(set->npy);
    }
    oc_free(path);
    return status;
}

static oc_status open_index(oc_set *set, const char *folder, oc_error *err)
{
    char *path = oc_path_join(folder, "index.csv");
    set->index = oc_alloc(1, sizeof *set->index);
    oc_status status = path && set->index ? oc_read_index(set->index, path, err) : oc_fail_memory(err, "the index");
    if (status == OC_OK && oc_dataset_count(set->index) != set->rows.count) {
        status = oc_fail(err, OC_BAD_FILE, "%s: lists %zu images, but features.npy has %zu rows", path,
                         oc_dataset_count(set->index), set->rows.count);
    }
    oc_free(path);
    return status == OC_OK ? oc_set_gather_labels(set, err) : status;
}

oc_status oc_set_read_stages(oc_set *set, const char *folder, oc_error *err)
{
    char *path = oc_path_join(folder, "stages.safetensors");
    oc_archive *archive = NULL;
    oc_status status = path ? oc_archive_read(path, &archive, err) : oc_fail_memory(err, "a path");
    if (status == OC_OK) {
        status = oc_check_format(archive, "ocellus-stages", "a set", err);
        status = status == OC_OK ? oc_load_features(archive, &set->features, &set->image, err) : status;
        status = status == OC_OK ? oc_shard_load(archive, &set->shard, err) : status;
        status = status == OC_OK ? status : oc_fail_at(err, status, path);
    }
    oc_archive_free(archive);
    oc_free(path);
    return status;
}

static oc_status open_stages(oc_set *set, const char *folder, oc_error *err)
{
    oc_status status = oc_set_read_stages(set, folder, err);
    if (status == OC_OK && oc_features_dimension(set->features) != set->rows.dimension) {
        status = oc_fail(err, OC_BAD_FILE,
                         "%s/stages.safetensors: its stages compute rows of %zu values, but features.npy has %zu",
                         folder, oc_features_dimension(set->features), set->rows.dimension);
    }
    return status;
}

/* Adds the records after the header of a skipped.csv; changes the text. */
static oc_status parse_skips(oc_set *set, char *text, oc_error *err)
{
    oc_csv csv = oc_csv_start(text);
    char *fields[2];
    size_t count;
    oc_status status = oc_csv_record(&csv, fields, 2, &count, err);
    if (status == OC_OK && (count != 2 || strcmp(fields[0], "path") != 0 || strcmp(fields[1], "reason") != 0)) {
        return oc_fail(err, OC_BAD_FILE, "its first line is not path,reason");
    }
    while (status == OC_OK) {
        status = oc_csv_record(&csv, fields, 2, &count, err);
        if (status != OC_OK || count == 0) {
            break;
        }
        status = count == 2 ? oc_set_add_skip(set, fields[0], fields[1], err)
                            : oc_fail(err, OC_BAD_FILE, "line %zu: %zu fields instead of two, path and reason",
                                      csv.line, count);
    }
    return status;
}

/* Reads skipped.csv, if it exists. */
static oc_status open_skips(oc_set *set, const char *folder, oc_error *err)
{
    char *path = oc_path_join(folder, "skipped.csv");
    if (!path) {
        return oc_fail_memory(err, "a path");
    }
    oc_bytes bytes = {0};
    oc_status status = oc_bytes_read(&bytes, path, MAX_SKIPS_BYTES, err);
    if (status == OC_OK) {
        status = oc_ends_line(&bytes)
                     ? parse_skips(set, (char *)bytes.data, err)
                     : oc_fail(err, OC_BAD_FILE, "its last line has no line feed: the file was cut off");
        status = status == OC_OK ? OC_OK : oc_fail_at(err, status, path);
    }
    status = status == OC_NOT_FOUND ? OC_OK : status;
    oc_bytes_free(&bytes);
    oc_free(path);
    return status;
}

/* Reads hashes.npy, if it exists. */
static oc_status open_hashes(oc_set *set, const char *folder, oc_error *err)
{
    char *path = oc_path_join(folder, "hashes.npy"), header[OC_NPY_HEADER];
    size_t count = set->rows.count, size = count * sizeof *set->hashes;
    oc_bytes bytes = {0};
    oc_status status = path ? oc_bytes_read(&bytes, path, OC_NPY_HEADER + size, err) : oc_fail_memory(err, "a path");
    oc_npy_header_of("<u8", count, 2, header);
    if (status == OC_OK && (bytes.size != sizeof header + size || memcmp(bytes.data, header, sizeof header) != 0)) {
        status = oc_fail(
            err, OC_BAD_FILE,
            "%s: does not hold two 64-bit numbers for each of the %zu rows; delete the file, a set does not need it",
            path, count);
    }
    if (status == OC_OK && count) {
        set->hashes = oc_alloc(count, sizeof *set->hashes);
        status = set->hashes ? OC_OK : oc_fail_memory(err, "the hashes of the images");
    }
    if (status == OC_OK && count) {
        memcpy(set->hashes, bytes.data + sizeof header, size);
        oc_order_bytes(set->hashes, 2 * count, sizeof set->hashes->low);
    }
    oc_bytes_free(&bytes);
    oc_free(path);
    return status == OC_NOT_FOUND ? OC_OK : status;
}

oc_status oc_set_open(const char *folder, oc_set **out, oc_error *err)
{
    oc_set *set = oc_alloc(1, sizeof *set);
    if (!set) {
        return oc_fail_memory(err, "the set");
    }
    oc_status status = open_rows(set, folder, err);
    if (status == OC_OK) {
        status = open_index(set, folder, err);
    }
    if (status == OC_OK) {
        status = open_stages(set, folder, err);
    }
    if (status == OC_OK) {
        status = open_skips(set, folder, err);
    }
    if (status == OC_OK) {
        status = open_hashes(set, folder, err);
    }
    if (status != OC_OK) {
        oc_set_free(set);
        return status;
    }
    *out = set;
    return OC_OK;
}

void oc_set_free(oc_set *set)
{
    if (!set) {
        return;
    }
    for (size_t i = 0; i < set->skip_count; i++) {
        oc_free(set->skips[i].path);
        oc_free(set->skips[i].reason);
    }
    if (set->values) {
        munmap(set->values, set->values_bytes);
    }
    for (size_t i = 0; i < set->part_count; i++) {
        oc_set_free(set->parts[i]);
    }
    oc_free(set->parts);
    oc_free(set->chunks);
    oc_npy_free(set->npy);
    oc_free(set->external);
    oc_dataset_free(set->index);
    oc_features_free(set->features);
    oc_free(set->skips);
    oc_free(set->labels);
    oc_free(set->hashes);
    oc_free(set);
}

const oc_rows *oc_set_rows(const oc_set *set)
{
    return &set->rows;
}

size_t oc_set_count(const oc_set *set)
{
    return set->rows.count;
}

const char *oc_set_path(const oc_set *set, size_t row)
{
    return oc_dataset_path(set->index, row);
}

const int *oc_set_labels(const oc_set *set)
{
    return set->labels;
}

size_t oc_set_classes(const oc_set *set)
{
    return oc_dataset_classes(set->index);
}

const char *oc_set_class(const oc_set *set, size_t label)
{
    return oc_dataset_class(set->index, label);
}

oc_class_list oc_set_class_list(const oc_set *set)
{
    return oc_dataset_class_list(set->index);
}

const oc_features *oc_set_features(const oc_set *set)
{
    return set->features;
}

oc_image_options oc_set_image_options(const oc_set *set)
{
    return set->image;
}

size_t oc_set_skipped(const oc_set *set)
{
    return set->skip_count;
}

const char *oc_set_skipped_path(const oc_set *set, size_t i)
{
    return set->skips[i].path;
}

const char *oc_set_skipped_reason(const oc_set *set, size_t i)
{
    return set->skips[i].reason;
}

double oc_set_seconds(const oc_set *set)
{
    return set->seconds;
}

double oc_set_fit_seconds(const oc_set *set)
{
    return set->fit_seconds;
}
