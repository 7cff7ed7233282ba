/* The set object and its files but for the rows themselves. */
#include "src/model/set.h"

#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/memory.h"
#include "src/base/output.h"
#include "src/base/text.h"
#include "src/dataset/dataset.h"
#include "src/model/store.h"

#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

oc_status oc_set_add_skip(oc_set *set, const char *path, const char *reason, oc_error *err)
{
    if (set->skip_count == set->skip_capacity) {
        size_t capacity = set->skip_capacity + set->skip_capacity / 2 + 16;
        oc_skip *grown = oc_realloc(set->skips, capacity, sizeof *grown);
        if (!grown) {
            return oc_fail_memory(err, "the list of skipped images");
        }
        set->skips = grown;
        set->skip_capacity = capacity;
    }
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
    oc_status status = oc_dataset_settle_classes(set->index, err);
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

static oc_status write_text(const char *folder, const char *name, oc_text *text, oc_error *err)
{
    char *path = oc_path_join(folder, name);
    oc_status status = !path || text->failed ? oc_fail_memory(err, name)
                                             : oc_file_write(path, text->data, text->length, err);
    oc_free(path);
    oc_text_free(text);
    return status;
}

oc_status oc_set_write_tables(const oc_set *set, const char *folder, oc_error *err)
{
    oc_text text = {0};
    oc_text_add(&text, "row,path,label,width,height\n");
    for (size_t i = 0; i < set->rows.count; i++) {
        oc_text_format(&text, "%zu,", i);
        oc_text_add_csv(&text, oc_set_path(set, i));
        oc_text_add(&text, ",");
        oc_text_add_csv(&text, set->labels[i] < 0 ? "" : oc_set_class(set, (size_t)set->labels[i]));
        oc_text_format(&text, ",%u,%u\n", set->sizes[2 * i], set->sizes[2 * i + 1]);
    }
    oc_status status = write_text(folder, "index.csv", &text, err);
    if (status == OC_OK && set->skip_count) {
        oc_text_add(&text, "path,reason\n");
        for (size_t i = 0; i < set->skip_count; i++) {
            oc_text_add_csv(&text, set->skips[i].path);
            oc_text_add(&text, ",");
            oc_text_add_csv(&text, set->skips[i].reason);
            oc_text_add(&text, "\n");
        }
        status = write_text(folder, "skipped.csv", &text, err);
    }
    oc_archive *archive = NULL;
    char *path = oc_path_join(folder, "stages.safetensors");
    if (status == OC_OK) {
        status = path ? oc_archive_create(&archive, err) : oc_fail_memory(err, "a path");
    }
    if (status == OC_OK) {
        status = oc_archive_set(archive, "format", "ocellus-stages", err);
    }
    if (status == OC_OK) {
        status = oc_archive_set(archive, "version", "1", err);
    }
    if (status == OC_OK) {
        status = oc_store_features(archive, set->features, &set->image, err);
    }
    if (status == OC_OK) {
        status = oc_archive_write(archive, path, err);
    }
    oc_archive_free(archive);
    oc_free(path);
    return status;
}

bool oc_set_recognise(const char *path)
{
    struct stat about;
    char *features = oc_path_join(path, "features.npy");
    bool found = features && stat(features, &about) == 0 && S_ISREG(about.st_mode);
    oc_free(features);
    return found;
}

static oc_status open_rows(oc_set *set, const char *folder, oc_error *err)
{
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
        status = oc_fail(err, OC_BAD_FILE, "%s: lists %zu images, features.npy beside it has %zu rows", path,
                         oc_dataset_count(set->index), set->rows.count);
    }
    oc_free(path);
    return status == OC_OK ? oc_set_gather_labels(set, err) : status;
}

static oc_status open_stages(oc_set *set, const char *folder, oc_error *err)
{
    char *path = oc_path_join(folder, "stages.safetensors");
    oc_archive *archive = NULL;
    oc_status status = path ? oc_archive_read(path, &archive, err) : oc_fail_memory(err, "a path");
    if (status == OC_OK) {
        status = oc_load_features(archive, &set->features, &set->image, err);
        status = status == OC_OK ? status : oc_fail_at(err, status, path);
    }
    if (status == OC_OK && oc_features_dimension(set->features) != set->rows.dimension) {
        status = oc_fail(err, OC_BAD_FILE, "%s: its stages write rows of %zu values, features.npy beside it has %zu",
                         path, oc_features_dimension(set->features), set->rows.dimension);
    }
    oc_archive_free(archive);
    oc_free(path);
    return status;
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
    oc_npy_free(set->npy);
    oc_dataset_free(set->index);
    oc_features_free(set->features);
    oc_free(set->skips);
    oc_free(set->labels);
    oc_free(set->sizes);
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
