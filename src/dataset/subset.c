/* Parts of a data set: a shard, a sample, or the items of a list. */
#include "src/dataset/dataset.h"

#include "src/base/digest.h"
#include "src/base/fail.h"
#include "src/base/memory.h"

#include <stdlib.h>
#include <string.h>

/* Replaces the items of a data set by the items chosen (count) of `source`, which may be the data set itself. No item
 * may be chosen twice; the order of `chosen` is kept. */
static oc_status keep_from(oc_dataset *dataset, const oc_dataset *source, const uint32_t *chosen, size_t count,
                           oc_error *err)
{
    oc_item *items = oc_alloc(count, sizeof *items);
    uint32_t *origins = oc_alloc(count, sizeof *origins);
    if (!items || !origins) {
        oc_free(items);
        oc_free(origins);
        return oc_fail_memory(err, "a part of the data set");
    }
    for (size_t i = 0; i < count; i++) {
        items[i] = source->items[chosen[i]];
        origins[i] = (uint32_t)oc_dataset_origin(source, chosen[i]);
    }
    oc_free(dataset->items);
    oc_free(dataset->origins);
    dataset->items = items;
    dataset->origins = origins;
    dataset->count = dataset->capacity = count;
    return OC_OK;
}

oc_status oc_dataset_part(const oc_dataset *whole, const uint32_t *chosen, size_t count, oc_dataset **out,
                          oc_error *err)
{
    oc_dataset *part = oc_alloc(1, sizeof *part);
    if (!part) {
        return oc_fail_memory(err, "a part of the data set");
    }
    *part = *whole;
    part->whole = whole;
    part->items = NULL; /* the items belong to the whole; keep_from makes new ones */
    part->origins = NULL;
    oc_status status = keep_from(part, whole, chosen, count, err);
    if (status != OC_OK) {
        oc_dataset_free(part);
        return status;
    }
    *out = part;
    return OC_OK;
}

uint64_t oc_dataset_digest(const oc_dataset *dataset)
{
    uint64_t sum = OC_DIGEST_START;
    for (size_t i = 0; i < dataset->count; i++) {
        int32_t label = dataset->items[i].label;
        sum = oc_digest_text(sum, dataset->items[i].path);
        sum = oc_digest_text(sum, label < 0 ? "" : dataset->classes[label]);
    }
    return sum;
}

static oc_status keep(oc_dataset *dataset, const uint32_t *chosen, size_t count, oc_error *err)
{
    return keep_from(dataset, dataset, chosen, count, err);
}

static oc_status keep_chosen(oc_dataset *dataset, size_t count, size_t (*choose)(size_t i, const void *context),
                             const void *context, oc_error *err)
{
    uint32_t *chosen = oc_alloc(count, sizeof *chosen);
    if (!chosen) {
        return oc_fail_memory(err, "a part of the data set");
    }
    for (size_t i = 0; i < count; i++) {
        chosen[i] = (uint32_t)choose(i, context);
    }
    oc_status status = keep(dataset, chosen, count, err);
    oc_free(chosen);
    return status;
}

/* The first item of part i of `parts` parts, whose sizes differ by at most one. */
static size_t part_start(size_t items, size_t i, size_t parts)
{
    size_t rest = items % parts;
    return items / parts * i + (i < rest ? i : rest);
}

static size_t from_first(size_t i, const void *first)
{
    return *(const size_t *)first + i;
}

oc_status oc_dataset_shard(oc_dataset *dataset, size_t index, size_t count, oc_error *err)
{
    if (index < 1 || index > count || count > OC_MAX_SHARDS) {
        return oc_fail(err, OC_USAGE, "there is no shard %zu of %zu; shards are 1 to n of n, n up to %d", index, count,
                       OC_MAX_SHARDS);
    }
    oc_shard shard = {index, count, dataset->count, oc_dataset_digest(dataset)};
    size_t first = part_start(dataset->count, index - 1, count);
    oc_status status = keep_chosen(dataset, part_start(dataset->count, index, count) - first, from_first, &first, err);
    if (status == OC_OK) {
        dataset->shard = shard;
    }
    return status;
}

typedef struct spread {
    size_t items, count;
} spread;

/* The middle item of part i of `count` equal parts. Parts of which some have an item more are spread as well, so that
 * every class has its share. */
static size_t from_middle(size_t i, const void *context)
{
    const spread *s = context;
    return (size_t)((uint64_t)i * s->items / s->count) + s->items / s->count / 2;
}

oc_status oc_dataset_sample(oc_dataset *dataset, size_t count, oc_error *err)
{
    spread s = {dataset->count, count < dataset->count ? count : dataset->count};
    if (count == 0) {
        return oc_fail(err, OC_USAGE, "a sample of 0 images; it needs 1 or more");
    }
    return keep_chosen(dataset, s.count, from_middle, &s, err);
}

typedef struct numbered {
    const char *path;
    uint32_t item;
    bool taken;
} numbered;

static int compare_paths(const void *a, const void *b)
{
    return strcmp(((const numbered *)a)->path, ((const numbered *)b)->path);
}

/* Finds the items of a list by their paths: chosen (list->count). */
static oc_status find_items(const oc_dataset *dataset, const oc_dataset *list, numbered *sorted, uint32_t *chosen,
                            oc_error *err)
{
    for (size_t i = 0; i < dataset->count; i++) {
        sorted[i] = (numbered){dataset->items[i].path, (uint32_t)i, false};
    }
    qsort(sorted, dataset->count, sizeof *sorted, compare_paths);
    for (size_t i = 0; i < list->count; i++) {
        const char *path = list->items[i].path;
        numbered wanted = {.path = strncmp(path, "./", 2) == 0 ? path + 2 : path};
        numbered *found = bsearch(&wanted, sorted, dataset->count, sizeof *sorted, compare_paths);
        if (!found) {
            return oc_fail(err, OC_BAD_DATA,
                           "%s: is not among the images (line %u of the list); write paths as in index.csv, "
                           "relative to the folder",
                           path, list->items[i].line);
        }
        if (found->taken) {
            return oc_fail(err, OC_BAD_DATA, "%s: is listed twice (line %u of the list)", path, list->items[i].line);
        }
        found->taken = true;
        chosen[i] = found->item;
    }
    return OC_OK;
}

oc_status oc_dataset_select(oc_dataset *dataset, const char *path, oc_error *err)
{
    oc_dataset *list = NULL;
    oc_status status = oc_dataset_open_list(path, &list, err);
    if (status != OC_OK) {
        return status;
    }
    numbered *sorted = oc_alloc(dataset->count, sizeof *sorted);
    uint32_t *chosen = oc_alloc(list->count, sizeof *chosen);
    status = sorted && chosen ? find_items(dataset, list, sorted, chosen, err) : oc_fail_memory(err, "the list");
    if (status == OC_OK) {
        status = keep(dataset, chosen, list->count, err);
    }
    oc_free(sorted);
    oc_free(chosen);
    oc_dataset_free(list);
    return status;
}
