/* Reads an archive from a file or from memory. */
#include "src/matrix/safetensors_object.h"

#include "src/base/byte_order.h"
#include "src/base/fail.h"
#include "src/base/json.h"
#include "src/base/memory.h"
#include "src/base/string.h"
#include "src/matrix/safetensors_header.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { LENGTH = OC_ARCHIVE_LENGTH };
static const uint64_t MAX_HEADER = 64 << 20;
static const size_t MAX_PIPE = (size_t)1 << 31;
static const char NO_MODEL[] = "not a model file, or cut off (a safetensors file begins with the length of its header)";

static oc_status add_values(oc_archive *archive, const oc_header_entry *e, oc_error *err)
{
    oc_tensor tensor = e->tensor;
    tensor.values = (float *)(void *)(archive->file.data + e->begin);
    oc_order_bytes(archive->file.data + e->begin, tensor.rows * tensor.columns, sizeof *tensor.values);
    for (size_t i = 0; i < tensor.rows * tensor.columns; i++) {
        if (!isfinite(tensor.values[i])) {
            return oc_fail(err, OC_BAD_FILE, "array %s: value %zu is not a finite number", e->name, i);
        }
    }
    return oc_archive_add(archive, e->name, tensor, err);
}

static oc_status check_keys(const oc_archive *archive, oc_error *err)
{
    size_t count = archive->string_count;
    const char **keys = oc_alloc(count, sizeof *keys), *twice = NULL;
    if (!keys) {
        return oc_fail_memory(err, "the model file");
    }
    for (size_t i = 0; i < count; i++) {
        keys[i] = archive->strings[i].key;
    }
    qsort(keys, count, sizeof *keys, oc_compare_strings);
    for (size_t i = 1; i < count && !twice; i++) {
        twice = strcmp(keys[i - 1], keys[i]) == 0 ? keys[i] : NULL;
    }
    oc_free(keys);
    return twice ? oc_fail(err, OC_BAD_FILE, "__metadata__: %s is a duplicate: each key is allowed once", twice)
                 : OC_OK;
}

static oc_status read_strings(oc_json_reader *reader, oc_archive *archive, oc_error *err)
{
    if (oc_json_peek(reader) != '{' || archive->string_count) {
        return oc_fail(err, OC_BAD_FILE, "__metadata__ is not an object of strings, or a duplicate");
    }
    oc_status status = OC_OK;
    oc_json_enter(reader, '{');
    for (bool first = true; status == OC_OK && oc_json_next(reader, '}', &first);) {
        const char *key = oc_json_read_key(reader);
        if (key && oc_json_peek(reader) != '"') {
            return oc_fail(err, OC_BAD_FILE, "__metadata__: %s is not a string", key);
        }
        const char *value = key ? oc_json_read_string(reader) : NULL;
        status = value ? oc_archive_add_string(archive, key, value, err) : OC_OK;
    }
    return status == OC_OK ? check_keys(archive, err) : status;
}

static oc_status read_header(oc_json_reader *reader, oc_archive *archive, oc_header_entries *all, oc_error *err)
{
    const char *start = reader->at;
    oc_status status = OC_OK;
    oc_json_enter(reader, '{');
    for (bool first = true; status == OC_OK && oc_json_next(reader, '}', &first);) {
        const char *name = oc_json_read_key(reader);
        if (name && strcmp(name, "__metadata__") == 0) {
            status = read_strings(reader, archive, err);
        } else if (name) {
            status = oc_header_read(all, name, reader, err);
        }
    }
    if (status == OC_OK && !reader->error &&
        (oc_json_peek(reader) != '\0' || reader->at < reader->end)) { /* a NUL too */
        reader->error = "text follows its end";
    }
    if (status == OC_OK && reader->error) {
        status = oc_fail(err, OC_BAD_FILE, "the header is damaged at byte %td: %s", reader->at - start, reader->error);
    }
    return status;
}

/* Parses the text of the header, in place. `size` bytes of values are at the start of the file's buffer. */
static oc_status parse(oc_archive *archive, char *header, size_t length, uint64_t size, oc_error *err)
{
    oc_header_entries all = {0};
    oc_json_reader reader = {.at = header, .end = header + length};
    oc_status status = read_header(&reader, archive, &all, err);
    if (status == OC_OK) {
        status = oc_header_check(&all, size, err);
    }
    for (size_t i = 0; i < all.count && status == OC_OK; i++) {
        status = add_values(archive, &all.entry[i], err);
    }
    oc_free(all.entry);
    return status;
}

static oc_status parse_file(oc_archive *archive, oc_error *err)
{
    oc_bytes *file = &archive->file;
    uint64_t length = 0;
    for (size_t i = 0; i < LENGTH && file->size >= LENGTH; i++) {
        length |= (uint64_t)file->data[i] << (8 * i);
    }
    if (file->size < LENGTH || length > file->size - LENGTH || length > MAX_HEADER || file->data[LENGTH] != '{') {
        return oc_fail(err, OC_BAD_FILE, "%s", NO_MODEL);
    }
    char *header = oc_realloc(NULL, (size_t)length, 1);
    if (!header) {
        return oc_fail_memory(err, "the header of the model file");
    }
    memcpy(header, file->data + LENGTH, (size_t)length);
    /* Move the values to the start of the buffer, so that they are aligned. */
    size_t size = file->size - LENGTH - (size_t)length;
    memmove(file->data, file->data + LENGTH + length, size);
    oc_status status = parse(archive, header, (size_t)length, size, err);
    oc_free(header);
    return status;
}

/* Checks the first bytes, so that a large file of another kind is not read whole. A device may have no end; a pipe can
 * be read only once. */
static oc_status check_start(const char *path, size_t *limit, oc_error *err)
{
    unsigned char start[LENGTH + 1];
    struct stat about;
    *limit = SIZE_MAX / 4;
    if (stat(path, &about) != 0 || S_ISDIR(about.st_mode)) {
        return OC_OK; /* the read that follows reports the reason */
    }
    if (S_ISCHR(about.st_mode) || S_ISBLK(about.st_mode)) {
        return oc_fail(err, OC_BAD_FILE, "%s: is a device, not a model file", path);
    }
    if (!S_ISREG(about.st_mode)) {
        *limit = MAX_PIPE;
        return OC_OK;
    }
    size_t got = oc_file_head(path, start, sizeof start);
    bool ours = got == sizeof start && start[LENGTH] == '{', unreadable = got == 0 && about.st_size > 0;
    return ours || unreadable ? OC_OK : oc_fail(err, OC_BAD_FILE, "%s: %s", path, NO_MODEL);
}

oc_status oc_archive_read(const char *path, oc_archive **out, oc_error *err)
{
    oc_archive *archive = NULL;
    oc_status status = oc_archive_create(&archive, err);
    if (status != OC_OK) {
        return status;
    }
    size_t limit;
    status = check_start(path, &limit, err);
    if (status == OC_OK) {
        status = oc_bytes_read(&archive->file, path, limit, err);
    }
    if (status == OC_OK) {
        status = parse_file(archive, err);
        status = status == OC_OK ? OC_OK : oc_fail_at(err, status, path);
    }
    if (status != OC_OK) {
        oc_archive_free(archive);
        return status;
    }
    *out = archive;
    return OC_OK;
}

oc_status oc_archive_read_memory(const void *bytes, size_t size, oc_archive **out, oc_error *err)
{
    oc_archive *archive = NULL;
    oc_status status = oc_archive_create(&archive, err);
    if (status != OC_OK) {
        return status;
    }
    oc_bytes *copy = &archive->file;
    copy->data = oc_realloc(NULL, size + 1, 1); /* 1 more, so that the size is not 0 */
    if (copy->data) {
        copy->size = copy->capacity = size;
        if (size) { /* bytes may be NULL without any */
            memcpy(copy->data, bytes, size);
        }
        status = parse_file(archive, err);
    } else {
        status = oc_fail_memory(err, "the model file");
    }
    if (status != OC_OK) {
        oc_archive_free(archive);
        return status;
    }
    *out = archive;
    return OC_OK;
}
