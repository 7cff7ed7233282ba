/* The items and classes of a data set. Their texts lie behind each other in large blocks that never move. */
#include "src/dataset/dataset.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/string.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK_SIZE = 65536 };

struct string_block {
    struct string_block *older;
    size_t used, size;
    char text[];
};

/* A copy of `length` bytes with a NUL behind them; NULL when memory is short. */
static const char *keep(oc_dataset *dataset, const char *text, size_t length)
{
    struct string_block *block = dataset->strings;
    if (!block || block->size - block->used <= length) {
        size_t size = length < BLOCK_SIZE ? BLOCK_SIZE : length + 1;
        block = oc_realloc(NULL, sizeof *block + size, 1);
        if (!block) {
            return NULL;
        }
        block->older = dataset->strings;
        block->used = 0;
        block->size = size;
        dataset->strings = block;
    }
    char *copy = block->text + block->used;
    memcpy(copy, text, length);
    copy[length] = '\0';
    block->used += length + 1;
    return copy;
}

oc_status oc_dataset_add(oc_dataset *dataset, const char *path, size_t length, int32_t label, oc_error *err)
{
    oc_item *items = oc_grow(dataset->items, dataset->count, &dataset->capacity, sizeof *items);
    dataset->items = items ? items : dataset->items;
    const char *copy = items ? keep(dataset, path, length) : NULL;
    if (!copy) {
        return oc_fail_memory(err, "the paths of the data set");
    }
    dataset->items[dataset->count++] = (oc_item){copy, label, 0};
    return OC_OK;
}

oc_status oc_dataset_add_class(oc_dataset *dataset, const char *name, oc_error *err)
{
    if (dataset->class_count == OC_MAX_CLASSES) {
        return oc_fail(err, OC_BAD_DATA, "more than %d classes: are these the labels?", OC_MAX_CLASSES);
    }
    const char **classes = oc_grow(dataset->classes, dataset->class_count, &dataset->class_capacity, sizeof *classes);
    dataset->classes = classes ? classes : dataset->classes;
    const char *copy = classes ? keep(dataset, name, strlen(name)) : NULL;
    if (!copy) {
        return oc_fail_memory(err, "the class names");
    }
    dataset->classes[dataset->class_count++] = copy;
    return OC_OK;
}

oc_status oc_dataset_add_empty_folder(oc_dataset *dataset, const char *name, oc_error *err)
{
    const char **folders = oc_grow(dataset->empty_folders, dataset->empty_count, &dataset->empty_capacity,
                                   sizeof *folders);
    dataset->empty_folders = folders ? folders : dataset->empty_folders;
    const char *copy = folders ? keep(dataset, name, strlen(name)) : NULL;
    if (!copy) {
        return oc_fail_memory(err, "the names of folders");
    }
    dataset->empty_folders[dataset->empty_count++] = copy;
    return OC_OK;
}

typedef struct named_class {
    const char *name;
    size_t label; /* before; SIZE_MAX when no item has it */
} named_class;

static int by_name(const void *a, const void *b)
{
    return strcmp(((const named_class *)a)->name, ((const named_class *)b)->name);
}

oc_status oc_dataset_sort_classes(oc_dataset *dataset, oc_error *err)
{
    size_t count = dataset->class_count, kept = 0;
    named_class *sorted = oc_alloc(count, sizeof *sorted);
    int32_t *label = oc_alloc(count, sizeof *label);
    if (!sorted || !label) {
        oc_free(sorted);
        oc_free(label);
        return oc_fail_memory(err, "the classes");
    }
    for (size_t c = 0; c < count; c++) {
        sorted[c] = (named_class){dataset->classes[c], SIZE_MAX};
    }
    for (size_t i = 0; i < dataset->count; i++) {
        int32_t c = dataset->items[i].label;
        if (c >= 0) {
            sorted[c].label = (size_t)c;
        }
    }
    qsort(sorted, count, sizeof *sorted, by_name);
    for (size_t c = 0; c < count; c++) {
        if (sorted[c].label != SIZE_MAX) {
            dataset->classes[kept] = sorted[c].name;
            label[sorted[c].label] = (int32_t)kept++;
        }
    }
    dataset->class_count = kept;
    for (size_t i = 0; i < dataset->count; i++) {
        int32_t c = dataset->items[i].label;
        dataset->items[i].label = c >= 0 ? label[c] : c;
    }
    oc_free(sorted);
    oc_free(label);
    return OC_OK;
}

oc_status oc_dataset_name_labels(oc_dataset *dataset, const char *const *labels, size_t count, oc_error *err)
{
    const char **sorted = oc_alloc(count, sizeof *sorted);
    if (!sorted) {
        return oc_fail_memory(err, "the labels");
    }
    size_t known = 0;
    for (size_t i = 0; i < count; i++) {
        if (labels[i] && *labels[i]) {
            sorted[known++] = labels[i];
        }
    }
    qsort(sorted, known, sizeof *sorted, oc_compare_strings);
    oc_status status = OC_OK;
    for (size_t i = 0; i < known && status == OC_OK; i++) {
        if (i == 0 || strcmp(sorted[i], sorted[i - 1]) != 0) {
            status = oc_dataset_add_class(dataset, sorted[i], err);
        }
    }
    oc_free(sorted);
    for (size_t i = 0; i < count && status == OC_OK; i++) {
        if (labels[i] && *labels[i]) {
            const char **name = bsearch(&labels[i], dataset->classes, dataset->class_count, sizeof *dataset->classes,
                                        oc_compare_strings);
            dataset->items[i].label = (int32_t)(name - dataset->classes);
        }
    }
    return status;
}

oc_status oc_dataset_add_digits(oc_dataset *dataset, size_t classes, oc_error *err)
{
    oc_status status = OC_OK;
    for (size_t label = 0; label < classes && status == OC_OK; label++) {
        char name[24];
        snprintf(name, sizeof name, "%zu", label);
        status = oc_dataset_add_class(dataset, name, err);
    }
    return status;
}

oc_status oc_dataset_add_numbered(oc_dataset *dataset, const char *name, const uint8_t *labels, size_t stride,
                                  size_t count, oc_error *err)
{
    size_t length = strlen(name), room = length + 24;
    char *text = oc_realloc(NULL, room, 1);
    if (!text) {
        return oc_fail_memory(err, "the paths of the data set");
    }
    memcpy(text, name, length);
    oc_status status = OC_OK;
    for (size_t i = 0; i < count && status == OC_OK; i++) {
        int digits = snprintf(text + length, room - length, "#%zu", i);
        int32_t label = labels ? labels[i * stride] : -1;
        status = oc_dataset_add(dataset, text, length + (size_t)digits, label, err);
    }
    oc_free(text);
    return status;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const oc_item *)a)->path, ((const oc_item *)b)->path);
}

void oc_dataset_sort(oc_dataset *dataset, size_t from)
{
    if (from < dataset->count) {
        qsort(dataset->items + from, dataset->count - from, sizeof(oc_item), by_path);
    }
}

void oc_dataset_free_items(oc_dataset *dataset)
{
    for (struct string_block *block = dataset->strings; block;) {
        struct string_block *older = block->older;
        oc_free(block);
        block = older;
    }
    oc_free(dataset->items);
    oc_free(dataset->origins);
    oc_free(dataset->classes);
    oc_free(dataset->empty_folders);
}

const char *oc_path_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}
