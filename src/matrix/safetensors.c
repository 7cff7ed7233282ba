/* The safetensors reader and writer. */
#include "src/matrix/safetensors.h"

#include "src/base/byte_order.h"
#include "src/base/digest.h"
#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/json.h"
#include "src/base/memory.h"
#include "src/base/output.h"
#include "src/base/utf8.h"
#include "src/matrix/safetensors_header.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { LENGTH = 8, ALIGNMENT = 64 };
static const uint64_t MAX_HEADER = 64 << 20;
static const size_t MAX_PIPE = (size_t)1 << 31;
static const char NO_MODEL[] = "not a model file, or cut off (safetensors begins with the length of its header)";

typedef struct string {
    char *key, *value;
} string;

struct oc_archive {
    string *strings;
    size_t string_count, string_capacity;
    oc_tensor *tensors; /* names are owned */
    size_t count, capacity;
    oc_bytes file; /* the contents of the file that was read; tensors point into it */
};

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
        oc_free((char *)(uintptr_t)archive->tensors[i].name);
    }
    oc_free(archive->strings);
    oc_free(archive->tensors);
    oc_bytes_free(&archive->file);
    oc_free(archive);
}

static string *find_string(const oc_archive *archive, const char *key)
{
    for (size_t i = 0; i < archive->string_count; i++) {
        if (strcmp(archive->strings[i].key, key) == 0) {
            return &archive->strings[i];
        }
    }
    return NULL;
}

/* Adds a string whose key the archive does not have yet. */
static oc_status add_string(oc_archive *archive, const char *key, const char *value, oc_error *err)
{
    string *strings = oc_grow(archive->strings, archive->string_count, &archive->string_capacity, sizeof *strings);
    archive->strings = strings ? strings : archive->strings;
    string new = {strings ? oc_strdup(key) : NULL, strings ? oc_strdup(value) : NULL};
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
        return oc_fail(err, OC_USAGE, "%s: '%s' is not UTF-8 text, which model files need", key, value);
    }
    string *old = find_string(archive, key);
    if (!old) {
        return add_string(archive, key, value, err);
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
    const string *found = find_string(archive, key);
    return found ? found->value : NULL;
}

oc_status oc_archive_add(oc_archive *archive, const char *name, oc_tensor tensor, oc_error *err)
{
    oc_tensor *tensors = oc_grow(archive->tensors, archive->count, &archive->capacity, sizeof *tensors);
    archive->tensors = tensors ? tensors : archive->tensors;
    tensor.name = tensors ? oc_strdup(name) : NULL;
    if (!tensor.name) {
        return oc_fail_memory(err, "the model file");
    }
    archive->tensors[archive->count++] = tensor;
    return OC_OK;
}

size_t oc_archive_count(const oc_archive *archive)
{
    return archive->count;
}

oc_tensor oc_archive_tensor(const oc_archive *archive, size_t i)
{
    return archive->tensors[i];
}

oc_tensor oc_archive_find(const oc_archive *archive, const char *name)
{
    for (size_t i = 0; i < archive->count; i++) {
        if (strcmp(archive->tensors[i].name, name) == 0) {
            return archive->tensors[i];
        }
    }
    return (oc_tensor){0};
}

static size_t tensor_bytes(const oc_tensor *tensor)
{
    return tensor->rows * tensor->columns * sizeof *tensor->values;
}

/* The header, padded with spaces so that the values begin at a multiple of ALIGNMENT. */
static oc_status make_header(const oc_archive *archive, oc_string *header, oc_error *err)
{
    oc_json_open(header, NULL, '{');
    oc_json_open(header, "__metadata__", '{');
    for (size_t i = 0; i < archive->string_count; i++) {
        oc_json_string(header, archive->strings[i].key, archive->strings[i].value);
    }
    oc_json_close(header, '}');
    size_t begin = 0;
    for (size_t i = 0; i < archive->count; i++) {
        const oc_tensor *t = &archive->tensors[i];
        size_t end = begin + tensor_bytes(t);
        oc_json_open(header, t->name, '{');
        oc_json_string(header, "dtype", "F32");
        oc_json_open(header, "shape", '[');
        if (t->rows != 1) {
            oc_json_count(header, NULL, t->rows);
        }
        oc_json_count(header, NULL, t->columns);
        oc_json_close(header, ']');
        oc_json_open(header, "data_offsets", '[');
        oc_json_count(header, NULL, begin);
        oc_json_count(header, NULL, end);
        oc_json_close(header, ']');
        oc_json_close(header, '}');
        begin = end;
    }
    oc_json_close(header, '}');
    while (!header->failed && (LENGTH + header->length) % ALIGNMENT != 0) {
        oc_string_add(header, " ");
    }
    if (header->failed) {
        oc_string_free(header);
        return oc_fail_memory(err, "the header of the model file");
    }
    return OC_OK;
}

oc_status oc_archive_digest(const oc_archive *archive, uint64_t *digest, oc_error *err)
{
    oc_string header = {0};
    oc_status status = make_header(archive, &header, err);
    if (status != OC_OK) {
        return status;
    }
    uint64_t sum = oc_digest_text(OC_DIGEST_START, header.data);
    for (size_t i = 0; i < archive->count; i++) {
        sum = oc_digest(sum, archive->tensors[i].values, tensor_bytes(&archive->tensors[i]));
    }
    oc_string_free(&header);
    *digest = sum;
    return OC_OK;
}

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
        status = value ? add_string(archive, key, value, err) : OC_OK;
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
        reader->error = "there is more after its end";
    }
    if (status == OC_OK && reader->error) {
        status = oc_fail(err, OC_BAD_FILE, "the header is damaged at byte %td: %s", reader->at - start, reader->error);
    }
    return status;
}

/* `header` is the text of the header, which is changed; `size` bytes of values begin where the file's buffer does. */
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
    /* The values move to the start of the buffer, so that they are aligned. */
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
        return OC_OK; /* reading it reports why */
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
    copy->data = oc_realloc(NULL, size + 1, 1); /* 1 more, so that there is one for no bytes */
    if (copy->data) {
        copy->size = copy->capacity = size;
        memcpy(copy->data, bytes, size);
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

static void put_length(const oc_string *header, unsigned char length[LENGTH])
{
    for (size_t i = 0; i < LENGTH; i++) {
        length[i] = (unsigned char)((uint64_t)header->length >> (8 * i));
    }
}

static void write_values(const oc_archive *archive, const oc_string *header, FILE *file)
{
    unsigned char length[LENGTH];
    put_length(header, length);
    fwrite(length, 1, sizeof length, file);
    fwrite(header->data, 1, header->length, file);
    for (size_t i = 0; i < archive->count; i++) {
        const oc_tensor *t = &archive->tensors[i];
        (void)oc_write_numbers(t->values, t->rows * t->columns, sizeof *t->values, file); /* oc_file_close asks */
    }
}

/* Reads the unfinished file that will replace `path`. */
static oc_status read_back(const oc_output *output, const char *path, oc_archive_check check, oc_error *err)
{
    oc_archive *archive = NULL;
    oc_error found = {0};
    oc_status status = oc_archive_read(output->temporary, &archive, &found);
    if (status == OC_OK && check) {
        status = check(archive, &found);
    }
    oc_archive_free(archive);
    if (status == OC_OK || status == OC_NO_MEMORY) {
        return status == OC_OK ? OC_OK : oc_fail(err, status, "%s", found.message);
    }
    return oc_fail(err, OC_BAD_DATA, "%s: was not written, because it could not be read again: %s", path,
                   found.message);
}

oc_status oc_archive_write(const oc_archive *archive, const char *path, oc_archive_check check, oc_error *err)
{
    oc_string header = {0};
    oc_output output = {0};
    oc_status status = make_header(archive, &header, err);
    if (status != OC_OK) {
        return status;
    }
    status = oc_output_begin(&output, path, false, err);
    FILE *file = status == OC_OK ? fopen(output.temporary, "wb") : NULL;
    if (status == OC_OK && !file) {
        status = oc_fail_io(err, path, "cannot be written");
    } else if (file) {
        write_values(archive, &header, file);
        status = oc_file_close(file, path, err);
    }
    if (status == OC_OK) {
        status = read_back(&output, path, check, err);
    }
    if (status == OC_OK) {
        status = oc_output_commit(&output, err);
    }
    oc_output_abandon(&output);
    oc_string_free(&header);
    return status;
}

/* Reads what was put into memory, as read_back does with a file. */
static oc_status check_memory(const void *bytes, size_t size, oc_archive_check check, oc_error *err)
{
    oc_archive *archive = NULL;
    oc_error found = {0};
    oc_status status = oc_archive_read_memory(bytes, size, &archive, &found);
    if (status == OC_OK && check) {
        status = check(archive, &found);
    }
    oc_archive_free(archive);
    if (status == OC_OK || status == OC_NO_MEMORY) {
        return status == OC_OK ? OC_OK : oc_fail(err, status, "%s", found.message);
    }
    return oc_fail(err, OC_BAD_DATA, "what was written cannot be read again: %s", found.message);
}

static void put_values(const oc_archive *archive, const oc_string *header, unsigned char *out)
{
    put_length(header, out);
    memcpy(out + LENGTH, header->data, header->length);
    out += LENGTH + header->length;
    for (size_t i = 0; i < archive->count; i++) {
        const oc_tensor *t = &archive->tensors[i];
        memcpy(out, t->values, tensor_bytes(t));
        oc_order_bytes(out, t->rows * t->columns, sizeof *t->values);
        out += tensor_bytes(t);
    }
}

oc_status oc_archive_write_memory(const oc_archive *archive, oc_archive_check check, oc_room *out, oc_error *err)
{
    oc_string header = {0};
    oc_status status = make_header(archive, &header, err);
    if (status != OC_OK) {
        return status;
    }
    size_t size = LENGTH + header.length;
    for (size_t i = 0; i < archive->count; i++) {
        size += tensor_bytes(&archive->tensors[i]);
    }
    if (out->bytes && out->room < size) {
        status = oc_fail(err, OC_USAGE, "room for %zu bytes; %zu are needed", out->room, size);
    } else if (out->bytes) {
        put_values(archive, &header, out->bytes);
        status = check_memory(out->bytes, size, check, err);
    }
    oc_string_free(&header);
    if (status == OC_OK) {
        out->size = size;
    }
    return status;
}
