/* An archive in memory: its strings and arrays. */
#include "src/matrix/safetensors_object.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/utf8.h"

#include <string.h>

oc_status oc_archive_create(oc_archive **out, oc_error *err)
{
    oc_archive *archive = oc_alloc(1, sizeof *archive);
    if (!archive) {
        return oc_fail_memory(err, "the model file");
    }
    *out = archive;
    return OC_OK;
}

void oc_archive_free(oc_archive *archive)
{
    if (!archive) {
        return;
    }
    for (size_t i = 0; i < archive->string_count; i++) {
        oc_free(archive->strings[i].key);
        oc_free(archive->strings[i].value);
    }
    for (size_t i = 0; i < archive->count; i++) {
        oc_free(archive->arrays[i].name);
    }
    oc_free(archive->strings);
    oc_free(archive->arrays);
    oc_bytes_free(&archive->file);
    oc_free(archive);
}

static oc_archive_string *find_string(const oc_archive *archive, const char *key)
{
    for (size_t i = 0; i < archive->string_count; i++) {
        if (strcmp(archive->strings[i].key, key) == 0) {
            return &archive->strings[i];
        }
    }
    return NULL;
}

oc_status oc_archive_add_string(oc_archive *archive, const char *key, const char *value, oc_error *err)
{
    oc_archive_string *strings = oc_grow(archive->strings, archive->string_count, &archive->string_capacity,
                                         sizeof *strings);
    archive->strings = strings ? strings : archive->strings;
    oc_archive_string new = {strings ? oc_strdup(key) : NULL, strings ? oc_strdup(value) : NULL};
    if (!new.key || !new.value) {
        oc_free(new.key);
        oc_free(new.value);
        return oc_fail_memory(err, "the model file");
    }
    strings[archive->string_count++] = new;
    return OC_OK;
}

oc_status oc_archive_set(oc_archive *archive, const char *key, const char *value, oc_error *err)
{
    if (!oc_utf8_valid(value)) {
        return oc_fail(err, OC_USAGE, "%s: '%s' is not UTF-8 text, as model files require", key, value);
    }
    oc_archive_string *old = find_string(archive, key);
    if (!old) {
        return oc_archive_add_string(archive, key, value, err);
    }
    char *copy = oc_strdup(value);
    if (!copy) {
        return oc_fail_memory(err, "the model file");
    }
    oc_free(old->value);
    old->value = copy;
    return OC_OK;
}

const char *oc_archive_get(const oc_archive *archive, const char *key)
{
    const oc_archive_string *found = find_string(archive, key);
    return found ? found->value : NULL;
}

oc_status oc_archive_add(oc_archive *archive, const char *name, oc_tensor tensor, oc_error *err)
{
    oc_archive_array *arrays = oc_grow(archive->arrays, archive->count, &archive->capacity, sizeof *arrays);
    archive->arrays = arrays ? arrays : archive->arrays;
    char *own = arrays ? oc_strdup(name) : NULL;
    if (!own) {
        return oc_fail_memory(err, "the model file");
    }
    tensor.name = own;
    archive->arrays[archive->count++] = (oc_archive_array){own, tensor};
    return OC_OK;
}

size_t oc_archive_count(const oc_archive *archive)
{
    return archive->count;
}

oc_tensor oc_archive_tensor(const oc_archive *archive, size_t i)
{
    return archive->arrays[i].tensor;
}

oc_tensor oc_archive_find(const oc_archive *archive, const char *name)
{
    for (size_t i = 0; i < archive->count; i++) {
        if (strcmp(archive->arrays[i].name, name) == 0) {
            return archive->arrays[i].tensor;
        }
    }
    return (oc_tensor){0};
}
