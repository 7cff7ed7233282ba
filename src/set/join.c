/* Joins sets without a copy of their rows: the view of the rows has a chunk for each set. Shards of one list are joined
 * in the order of the list, so that a model trained on them has the same bytes as one trained on the merged set. */
#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/pipeline/store.h"
#include "src/set/alike.h"
#include "src/set/set.h"

#include <stdlib.h>
#include <string.h>

static int by_shard(const void *a, const void *b)
{
    size_t first = (*(oc_set *const *)a)->shard.index, second = (*(oc_set *const *)b)->shard.index;
    return (first > second) - (first < second);
}

/* True when all are shards of one list. */
static bool are_shards(const oc_set *joined)
{
    const oc_shard *first = &joined->parts[0]->shard;
    bool same = first->count > 0;
    for (size_t p = 1; p < joined->part_count; p++) {
        const oc_shard *shard = &joined->parts[p]->shard;
        same = same && shard->count == first->count && shard->digest == first->digest;
    }
    return same;
}

static oc_status open_parts(oc_set *joined, const char *const *folders, size_t count, oc_error *err)
{
    joined->parts = oc_alloc(count, sizeof(oc_set *));
    oc_status status = joined->parts ? OC_OK : oc_fail_memory(err, "the sets");
    for (size_t p = 0; status == OC_OK && p < count; p++) {
        status = oc_set_open(folders[p], &joined->parts[p], err);
        joined->part_count += status == OC_OK;
        if (status == OC_OK && p > 0) {
            status = oc_sets_check_alike(joined->parts[0], folders[0], joined->parts[p], folders[p], err);
        }
    }
    if (status != OC_OK || !are_shards(joined)) {
        return status;
    }
    qsort(joined->parts, count, sizeof *joined->parts, by_shard);
    for (size_t p = 1; p < count; p++) {
        const oc_shard *shard = &joined->parts[p]->shard;
        if (shard->index == joined->parts[p - 1]->shard.index) {
            return oc_fail(err, OC_BAD_DATA, "shard %zu/%zu is given twice", shard->index, shard->count);
        }
    }
    return OC_OK;
}

static oc_status join_rows(oc_set *joined, oc_error *err)
{
    const oc_rows *first = &joined->parts[0]->rows;
    joined->chunks = oc_alloc(joined->part_count, sizeof *joined->chunks);
    if (!joined->chunks) {
        return oc_fail_memory(err, "the sets");
    }
    joined->rows = oc_rows_of(NULL, 0, first->dimension);
    joined->rows.block[0].chunks = joined->chunks;
    joined->rows.block[0].chunk_count = joined->part_count;
    for (size_t p = 0; p < joined->part_count; p++) {
        const oc_rows *rows = &joined->parts[p]->rows;
        joined->chunks[p] = (oc_chunk){joined->rows.count, rows->block[0].values};
        joined->rows.count += rows->count;
    }
    return OC_OK;
}

/* Finds the number of a class in the joined index, and adds the class if it is new. The search begins at `guess`,
 * because sets with the same classes have them in the same order. */
static oc_status find_class(oc_dataset *index, const char *name, size_t guess, int32_t *label, oc_error *err)
{
    size_t classes = oc_dataset_classes(index);
    for (size_t k = 0; k < classes; k++) {
        size_t c = (guess + k) % classes;
        if (strcmp(oc_dataset_class(index, c), name) == 0) {
            *label = (int32_t)c;
            return OC_OK;
        }
    }
    *label = (int32_t)classes;
    return oc_dataset_add_class(index, name, err);
}

static oc_status add_index(oc_dataset *index, const oc_set *part, oc_error *err)
{
    size_t classes = oc_set_classes(part);
    int32_t *labels = oc_alloc(classes, sizeof *labels); /* of the joined index, for each class of the part */
    oc_status status = labels ? OC_OK : oc_fail_memory(err, "the classes");
    for (size_t c = 0; status == OC_OK && c < classes; c++) {
        status = find_class(index, oc_set_class(part, c), c, &labels[c], err);
    }
    for (size_t i = 0; status == OC_OK && i < part->rows.count; i++) {
        const char *path = oc_set_path(part, i);
        int label = part->labels[i];
        status = oc_dataset_add(index, path, strlen(path), label < 0 ? -1 : labels[label], err);
    }
    oc_free(labels);
    return status;
}

static oc_status join_index(oc_set *joined, oc_error *err)
{
    joined->index = oc_alloc(1, sizeof *joined->index);
    oc_status status = joined->index ? OC_OK : oc_fail_memory(err, "the index");
    for (size_t p = 0; status == OC_OK && p < joined->part_count; p++) {
        status = add_index(joined->index, joined->parts[p], err);
    }
    return status == OC_OK ? oc_set_gather_labels(joined, err) : status;
}

/* The joined set has hashes if every part has them. */
static oc_status join_hashes(oc_set *joined, oc_error *err)
{
    for (size_t p = 0; p < joined->part_count; p++) {
        if (!joined->parts[p]->hashes) {
            return OC_OK;
        }
    }
    joined->hashes = oc_alloc(joined->rows.count, sizeof *joined->hashes);
    if (!joined->hashes) {
        return oc_fail_memory(err, "the hashes");
    }
    for (size_t p = 0; p < joined->part_count; p++) {
        const oc_set *part = joined->parts[p];
        memcpy(joined->hashes + joined->chunks[p].first, part->hashes, part->rows.count * sizeof *joined->hashes);
    }
    return OC_OK;
}

static oc_status join_skips(oc_set *joined, oc_error *err)
{
    oc_status status = OC_OK;
    for (size_t p = 0; p < joined->part_count; p++) {
        const oc_set *part = joined->parts[p];
        for (size_t i = 0; status == OC_OK && i < part->skip_count; i++) {
            status = oc_set_add_skip(joined, part->skips[i].path, part->skips[i].reason, err);
        }
    }
    return status;
}

oc_status oc_set_open_joined(const char *const *folders, size_t count, oc_set **out, oc_error *err)
{
    if (count == 0) {
        return oc_fail(err, OC_USAGE, "no set to open");
    }
    oc_set *joined = oc_alloc(1, sizeof *joined);
    if (!joined) {
        return oc_fail_memory(err, "the sets");
    }
    oc_status status = open_parts(joined, folders, count, err);
    if (status == OC_OK) {
        joined->image = joined->parts[0]->image;
        status = oc_copy_features(joined->parts[0]->features, &joined->features, err);
    }
    if (status == OC_OK) {
        status = join_rows(joined, err);
    }
    if (status == OC_OK) {
        status = join_index(joined, err);
    }
    if (status == OC_OK) {
        status = join_hashes(joined, err);
    }
    if (status == OC_OK) {
        status = join_skips(joined, err);
    }
    if (status != OC_OK) {
        oc_set_free(joined);
        return status;
    }
    *out = joined;
    return OC_OK;
}
