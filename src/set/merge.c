/* Merges shards. A shard is a set whose stages.safetensors records its part of the list of images (shard.h). The merged
 * set is written by the same functions as a set that is extracted in one run. */
#include "src/base/csv.h"
#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/memory.h"
#include "src/base/output.h"
#include "src/base/threads.h"
#include "src/set/alike.h"
#include "src/set/lost_classes.h"
#include "src/set/set.h"
#include "src/set/writer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 5, PROGRESS_ROWS = 1024 };
static const char *const columns[COLUMNS] = {"row", "path", "label", "width", "height"}; /* of index.csv */

/* A shard to merge. */
typedef struct part {
    const char *folder;
    oc_set *set;
} part;

static int by_index(const void *a, const void *b)
{
    size_t first = ((const part *)a)->set->shard.index, second = ((const part *)b)->set->shard.index;
    return (first > second) - (first < second);
}

/* Both must be parts of one extraction. */
static oc_status check_pair(const part *a, const part *b, oc_error *err)
{
    const oc_shard *x = &a->set->shard, *y = &b->set->shard;
    if (x->count != y->count || x->items != y->items || x->digest != y->digest) {
        return oc_fail(err, OC_BAD_DATA,
                       "%s is shard %zu/%zu of %zu images, %s is shard %zu/%zu of %zu%s: shards of one list are needed",
                       a->folder, x->index, x->count, x->items, b->folder, y->index, y->count, y->items,
                       x->count == y->count && x->items == y->items ? " others" : "");
    }
    if (x->index == y->index) {
        return oc_fail(err, OC_BAD_DATA, "%s and %s are both shard %zu/%zu", a->folder, b->folder, x->index, x->count);
    }
    return oc_sets_check_alike(a->set, a->folder, b->set, b->folder, err);
}

/* Checks that the parts, sorted by index, are all shards of one extraction. */
static oc_status check_parts(part *parts, size_t count, oc_error *err)
{
    oc_status status = OC_OK;
    for (size_t i = 0; i < count && status == OC_OK; i++) {
        if (parts[i].set->shard.count == 0) {
            status = oc_fail(err, OC_BAD_DATA,
                             "%s: is not a shard; the extraction of one part of n makes a shard (`shard` i/n)",
                             parts[i].folder);
        }
    }
    if (status == OC_OK) {
        qsort(parts, count, sizeof *parts, by_index);
    }
    for (size_t i = 1; i < count && status == OC_OK; i++) {
        status = check_pair(&parts[i - 1], &parts[i], err);
    }
    for (size_t i = 0; status == OC_OK && i < parts[0].set->shard.count; i++) {
        if (i >= count || parts[i].set->shard.index != i + 1) {
            status = oc_fail(err, OC_BAD_DATA, "shard %zu/%zu is missing", i + 1, parts[0].set->shard.count);
        }
    }
    return status;
}

/* Reads a record of index.csv. The first record must be the header that ocellus writes. */
static oc_status next_record(oc_csv *csv, const char *path, char **fields, bool first, oc_error *err)
{
    size_t count;
    oc_status status = oc_csv_record(csv, fields, COLUMNS, &count, err);
    bool fits = count == COLUMNS;
    for (size_t i = 0; status == OC_OK && first && fits && i < COLUMNS; i++) {
        fits = strcmp(fields[i], columns[i]) == 0;
    }
    if (status == OC_OK && !fits) {
        status = oc_fail(err, OC_BAD_FILE, "%s: line %zu: the fields row,path,label,width,height are needed", path,
                         csv->line);
    }
    return status;
}

static bool read_size(const char *text, size_t *size)
{
    char *end;
    errno = 0;
    *size = strtoul(text, &end, 10);
    return *text >= '0' && *text <= '9' && !*end && errno == 0;
}

/* The merged set while it is written. */
typedef struct merging {
    oc_set_writer *writer;
    oc_job *job;
    bool hashed;        /* every shard has hashes */
    size_t done, total; /* rows */
} merging;

/* Appends the rows of a shard, with hashes if every shard has them. The sizes of the images are read from its
 * index.csv. */
static oc_status add_rows(merging *m, const part *from, oc_error *err)
{
    oc_set_writer *writer = m->writer;
    const oc_rows *rows = oc_set_rows(from->set);
    char *path = oc_path_join(from->folder, "index.csv"), *fields[COLUMNS];
    oc_bytes bytes = {0};
    oc_csv csv = {0};
    oc_status status = path ? oc_bytes_read(&bytes, path, SIZE_MAX / 4, err) : oc_fail_memory(err, "a path");
    if (status == OC_OK) {
        csv = oc_csv_start((char *)bytes.data);
        status = next_record(&csv, path, fields, true, err);
    }
    for (size_t i = 0; status == OC_OK && i < rows->count; i++) {
        size_t width, height;
        status = next_record(&csv, path, fields, false, err);
        if (status == OC_OK && !(read_size(fields[3], &width) && read_size(fields[4], &height))) {
            status = oc_fail(err, OC_BAD_FILE, "%s: line %zu: '%.40s' x '%.40s' is not a size of an image", path,
                             csv.line, fields[3], fields[4]);
        }
        if (status == OC_OK) {
            status = oc_set_writer_row(writer, rows->block[0].values + i * rows->dimension, fields[1], fields[2], width,
                                       height, err);
        }
        if (status == OC_OK && m->hashed) {
            status = oc_set_writer_hash(writer, &from->set->hashes[i], err);
        }
        if (++m->done % PROGRESS_ROWS == 0 || m->done == m->total) {
            oc_job_progress(m->job, "merging", m->done, m->total);
        }
    }
    for (size_t i = 0; status == OC_OK && i < oc_set_skipped(from->set); i++) {
        const oc_skip *skip = &from->set->skips[i];
        status = oc_set_writer_skip(writer, skip->path, skip->reason, err);
    }
    oc_bytes_free(&bytes);
    oc_free(path);
    return status;
}

static oc_status write_parts(const part *parts, size_t count, const char *folder, oc_job *job, oc_error *err)
{
    const oc_set *first = parts[0].set;
    const oc_shard whole = {0};
    merging m = {.job = job, .hashed = true};
    for (size_t p = 0; p < count; p++) {
        m.hashed = m.hashed && (parts[p].set->hashes || oc_set_count(parts[p].set) == 0);
        m.total += oc_set_count(parts[p].set);
    }
    oc_status status = oc_set_write_stages(folder, first->features, &first->image, &whole, err);
    if (status == OC_OK) {
        status = oc_set_writer_create(folder, oc_set_rows(first)->dimension, NULL, &m.writer, err);
    }
    for (size_t p = 0; p < count && status == OC_OK; p++) {
        status = oc_job_cancelled(job) ? oc_fail(err, OC_CANCELLED, "cancelled") : add_rows(&m, &parts[p], err);
    }
    if (status == OC_OK) {
        status = oc_set_writer_finish(m.writer, err);
    }
    oc_set_writer_free(m.writer);
    return status;
}

/* Sends the notes that need the whole set: equal images in two shards, and classes without a row in any shard. */
static oc_status note_whole(const char *folder, oc_job *job, oc_error *err)
{
    oc_set *set = NULL;
    oc_status status = oc_set_open(folder, &set, err);
    if (status == OC_OK) {
        status = oc_set_note_equal(set, true, job, err);
    }
    if (status == OC_OK) {
        status = oc_note_lost_folders(set, job, err);
    }
    oc_set_free(set);
    return status;
}

static oc_status merge(const part *parts, size_t count, const char *folder, oc_job *job, size_t *rows, oc_error *err)
{
    oc_output output = {0};
    *rows = 0;
    for (size_t p = 0; p < count; p++) {
        *rows += oc_set_count(parts[p].set);
    }
    if (*rows == 0) {
        return oc_fail(err, OC_BAD_DATA, "none of the %zu shards has a row", count);
    }
    oc_status status = oc_set_check_place(folder, err);
    if (status == OC_OK) {
        status = oc_output_begin(&output, folder, true, err);
    }
    if (status == OC_OK) {
        status = write_parts(parts, count, output.temporary, job, err);
    }
    if (status == OC_OK) {
        status = note_whole(output.temporary, job, err);
    }
    if (status == OC_OK) {
        status = oc_output_commit(&output, err);
    }
    oc_output_abandon(&output);
    return status;
}

oc_status oc_set_merge(const char *const *folders, size_t count, const char *folder, oc_job *job, size_t *rows,
                       oc_error *err)
{
    size_t merged = 0;
    part *parts = oc_alloc(count, sizeof *parts);
    oc_status status = parts && count ? OC_OK
                       : parts        ? oc_fail(err, OC_USAGE, "there are no shards to merge")
                                      : oc_fail_memory(err, "the shards");
    for (size_t p = 0; p < count && status == OC_OK; p++) {
        parts[p].folder = folders[p];
        status = oc_set_open(folders[p], &parts[p].set, err);
    }
    if (status == OC_OK) {
        status = check_parts(parts, count, err);
    }
    if (status == OC_OK) {
        status = merge(parts, count, folder, job, &merged, err);
    }
    for (size_t p = 0; parts && p < count; p++) {
        oc_set_free(parts[p].set);
    }
    oc_free(parts);
    if (status == OC_OK && rows) {
        *rows = merged;
    }
    return status;
}
