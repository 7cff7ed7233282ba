/* Descriptions of arrays: {"dtype": "F32", "shape": [rows, columns], "data_offsets": [begin, end]}. */
#include "src/matrix/safetensors_header.h"

#include "src/base/fail.h"
#include "src/base/memory.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const size_t MISSING = SIZE_MAX; /* for the number of axes or places */

/* Reads an array of numbers, of which the first two are kept. *count stays as it is when the value is not an array. */
static void read_numbers(oc_json_reader *reader, int64_t values[2], size_t *count)
{
    size_t found = 0;
    if (oc_json_peek(reader) != '[') {
        oc_json_skip(reader);
        return;
    }
    oc_json_enter(reader, '[');
    for (bool first = true; oc_json_next(reader, ']', &first); found++) {
        char start = oc_json_peek(reader);
        int64_t value = -1;
        if (start == '-' || (start >= '0' && start <= '9')) {
            value = oc_json_read_integer(reader, &value) ? value : -1;
        } else {
            oc_json_skip(reader);
        }
        if (found < 2) {
            values[found] = value;
        }
    }
    *count = found;
}

static void read_entry(oc_json_reader *reader, oc_header_entry *e)
{
    if (oc_json_peek(reader) != '{') {
        oc_json_skip(reader);
        return;
    }
    oc_json_enter(reader, '{');
    for (bool first = true; oc_json_next(reader, '}', &first);) {
        const char *key = oc_json_read_key(reader);
        if (key && strcmp(key, "dtype") == 0 && oc_json_peek(reader) == '"') {
            e->type = oc_json_read_string(reader);
        } else if (key && strcmp(key, "shape") == 0) {
            read_numbers(reader, e->shape, &e->axes);
        } else if (key && strcmp(key, "data_offsets") == 0) {
            read_numbers(reader, e->offsets, &e->places);
        } else {
            oc_json_skip(reader);
        }
    }
}

/* Checks type, shape and place of one array. */
static oc_status check_entry(oc_header_entry *e, oc_error *err)
{
    size_t sizes[2] = {1, 1}, bytes;
    if (!e->type || e->axes == MISSING || e->places != 2) {
        return oc_fail(err, OC_BAD_FILE, "array %s: type, shape or place is missing", e->name);
    }
    if (strcmp(e->type, "F32") != 0) {
        return oc_fail(err, OC_BAD_FILE, "array %s: values of type %s; F32 is needed", e->name, e->type);
    }
    if (e->axes < 1 || e->axes > 2) {
        return oc_fail(err, OC_BAD_FILE, "array %s: %zu axes; 1 or 2 are possible", e->name, e->axes);
    }
    bool positive = e->offsets[0] >= 0 && e->offsets[1] >= 0, fits = true;
    for (size_t i = 0; i < e->axes; i++) {
        positive = positive && e->shape[i] > 0;
        sizes[2 - e->axes + i] = (size_t)e->shape[i];
        fits = fits && (int64_t)(size_t)e->shape[i] == e->shape[i]; /* sizes may have 32 bits */
    }
    if (!positive) {
        return oc_fail(err, OC_BAD_FILE, "array %s: a size or place is not a positive whole number", e->name);
    }
    e->tensor = (oc_tensor){.name = e->name, .rows = sizes[0], .columns = sizes[1]};
    e->begin = (uint64_t)e->offsets[0];
    e->end = (uint64_t)e->offsets[1];
    if (!fits || !oc_multiply(sizes[0], sizes[1], &bytes) || !oc_multiply(bytes, sizeof(float), &bytes) ||
        e->end < e->begin || e->end - e->begin != bytes) {
        return oc_fail(err, OC_BAD_FILE, "array %s: its shape and its place in the file do not agree", e->name);
    }
    return OC_OK;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(((const oc_header_entry *)a)->name, ((const oc_header_entry *)b)->name);
}

static oc_status check_names(oc_header_entries *all, oc_error *err)
{
    if (all->count) {
        qsort(all->entry, all->count, sizeof *all->entry, compare_names);
    }
    for (size_t i = 1; i < all->count; i++) {
        if (strcmp(all->entry[i - 1].name, all->entry[i].name) == 0) {
            return oc_fail(err, OC_BAD_FILE, "array %s: is a duplicate: each name is allowed once", all->entry[i].name);
        }
    }
    return OC_OK;
}

static int compare_places(const void *a, const void *b)
{
    uint64_t first = ((const oc_header_entry *)a)->begin, second = ((const oc_header_entry *)b)->begin;
    return (first > second) - (first < second);
}

/* The arrays must cover the `size` bytes after the header exactly. */
static oc_status check_places(oc_header_entries *all, uint64_t size, oc_error *err)
{
    uint64_t covered = 0;
    if (all->count) {
        qsort(all->entry, all->count, sizeof *all->entry, compare_places);
    }
    for (size_t i = 0; i < all->count; i++) {
        const oc_header_entry *e = &all->entry[i];
        if (e->begin != covered) {
            return oc_fail(err, OC_BAD_FILE, "array %s: %s the array before it", e->name,
                           e->begin < covered ? "overlaps" : "leaves a hole after");
        }
        covered = e->end;
    }
    if (covered != size) {
        return oc_fail(err, OC_BAD_FILE, "the arrays have %" PRIu64 " bytes, but the file holds %" PRIu64, covered,
                       size);
    }
    return OC_OK;
}

oc_status oc_header_read(oc_header_entries *all, const char *name, oc_json_reader *reader, oc_error *err)
{
    oc_header_entry *grown = oc_grow(all->entry, all->count, &all->capacity, sizeof *grown);
    if (!grown) {
        return oc_fail_memory(err, "the header of the model file");
    }
    all->entry = grown;
    grown[all->count] = (oc_header_entry){.name = name, .axes = MISSING, .places = MISSING};
    read_entry(reader, &grown[all->count++]);
    return OC_OK;
}

oc_status oc_header_check(oc_header_entries *all, uint64_t size, oc_error *err)
{
    for (size_t i = 0; i < all->count; i++) {
        oc_status status = check_entry(&all->entry[i], err);
        if (status != OC_OK) {
            return status;
        }
    }
    oc_status status = check_names(all, err);
    return status == OC_OK ? check_places(all, size, err) : status;
}
