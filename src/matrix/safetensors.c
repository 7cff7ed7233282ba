/* The safetensors reader and writer. JSON is jansson's; sizes, offsets and values are checked here. */
#include "src/matrix/safetensors.h"

#include "src/base/digest.h"
#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/json_memory.h"
#include "src/base/memory.h"
#include "src/base/output.h"
#include "src/base/text.h"

#include <inttypes.h>
#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { LENGTH = 8, ALIGNMENT = 64 };
static const uint64_t LONGEST_HEADER = 64 << 20;
static const size_t LONGEST_PIPE = (size_t)1 << 31;
static const char NO_MODEL[] = "not a model file, or cut off (safetensors begins with the length of its header)";

struct oc_archive {
    json_t *strings;
    oc_tensor *tensors; /* names are owned */
    size_t count, capacity;
    oc_bytes file; /* what was read; tensors point into it */
};

oc_status oc_archive_create(oc_archive **out, oc_error *err)
{
    oc_archive *archive = oc_alloc(1, sizeof *archive);
    if (archive) {
        archive->strings = json_object();
    }
    if (oc_json_short() || !archive || !archive->strings) {
        if (archive) {
            json_decref(archive->strings);
        }
        oc_free(archive);
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
    for (size_t i = 0; i < archive->count; i++) {
        oc_free((char *)(uintptr_t)archive->tensors[i].name);
    }
    json_decref(archive->strings);
    oc_free(archive->tensors);
    oc_bytes_free(&archive->file);
    oc_free(archive);
}

oc_status oc_archive_set(oc_archive *archive, const char *key, const char *value, oc_error *err)
{
    json_t *string = json_string(value);
    bool kept = json_object_set_new(archive->strings, key, string) == 0;
    if (oc_json_short()) {
        return oc_fail_memory(err, "the model file");
    }
    return kept ? OC_OK : oc_fail(err, OC_USAGE, "%s: '%s' is not UTF-8 text, which model files need", key, value);
}

const char *oc_archive_get(const oc_archive *archive, const char *key)
{
    return json_string_value(json_object_get(archive->strings, key));
}

oc_status oc_archive_add(oc_archive *archive, const char *name, oc_tensor tensor, oc_error *err)
{
    oc_tensor *tensors = oc_room(archive->tensors, archive->count, &archive->capacity, sizeof *tensors);
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

/* The header, padded with spaces so that the values begin at a multiple of ALIGNMENT; NULL when memory is short. */
static char *make_header(const oc_archive *archive)
{
    json_t *header = json_pack("{s:O}", "__metadata__", archive->strings);
    json_int_t begin = 0;
    for (size_t i = 0; header && i < archive->count; i++) {
        const oc_tensor *t = &archive->tensors[i];
        json_int_t end = begin + (json_int_t)tensor_bytes(t);
        json_t *shape = t->rows == 1 ? json_pack("[I]", (json_int_t)t->columns)
                                     : json_pack("[II]", (json_int_t)t->rows, (json_int_t)t->columns);
        json_t *entry = json_pack("{s:s, s:o, s:[II]}", "dtype", "F32", "shape", shape, "data_offsets", begin, end);
        if (json_object_set_new(header, t->name, entry) != 0) {
            json_decref(header);
            header = NULL;
        }
        begin = end;
    }
    char *text = header ? json_dumps(header, JSON_COMPACT) : NULL;
    json_decref(header);
    if (oc_json_short() || !text) {
        oc_free(text);
        return NULL;
    }
    size_t length = strlen(text), padded = (LENGTH + length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT - LENGTH;
    char *aligned = oc_realloc(NULL, padded + 1, 1);
    if (aligned) {
        memcpy(aligned, text, length);
        memset(aligned + length, ' ', padded - length);
        aligned[padded] = '\0';
    }
    oc_free(text);
    return aligned;
}

oc_status oc_archive_digest(const oc_archive *archive, uint64_t *digest, oc_error *err)
{
    char *header = make_header(archive);
    if (!header) {
        return oc_fail_memory(err, "the header of the model file");
    }
    uint64_t sum = oc_digest_text(OC_DIGEST_START, header);
    for (size_t i = 0; i < archive->count; i++) {
        sum = oc_digest(sum, archive->tensors[i].values, tensor_bytes(&archive->tensors[i]));
    }
    oc_free(header);
    *digest = sum;
    return OC_OK;
}

/* An array that the header describes, and where its values lie. */
typedef struct entry {
    const char *name;
    oc_tensor tensor;
    uint64_t begin, end;
} entry;

static oc_status parse_entry(const char *name, json_t *object, entry *out, oc_error *err)
{
    const char *type = json_string_value(json_object_get(object, "dtype"));
    json_t *shape = json_object_get(object, "shape"), *offsets = json_object_get(object, "data_offsets");
    size_t sizes[2] = {1, 1}, axes = json_array_size(shape), bytes;
    if (!type || !json_is_array(shape) || json_array_size(offsets) != 2) {
        return oc_fail(err, OC_BAD_FILE, "array %s: type, shape or place is missing", name);
    }
    if (strcmp(type, "F32") != 0) {
        return oc_fail(err, OC_BAD_FILE, "array %s: values of type %s; F32 is needed", name, type);
    }
    if (axes < 1 || axes > 2) {
        return oc_fail(err, OC_BAD_FILE, "array %s: %zu axes; 1 or 2 are possible", name, axes);
    }
    json_int_t place[2];
    for (size_t i = 0; i < 2; i++) {
        json_t *value = json_array_get(offsets, i);
        place[i] = json_is_integer(value) ? json_integer_value(value) : -1;
    }
    for (size_t i = 0; i < axes; i++) {
        json_int_t size = json_integer_value(json_array_get(shape, i)); /* 0 for what is no integer */
        sizes[2 - axes + i] = size > 0 ? (size_t)size : 0;
    }
    if (place[0] < 0 || place[1] < 0 || sizes[0] == 0 || sizes[1] == 0) {
        return oc_fail(err, OC_BAD_FILE, "array %s: a size or place is not a positive whole number", name);
    }
    out->name = name;
    out->tensor = (oc_tensor){.name = name, .rows = sizes[0], .columns = sizes[1]};
    out->begin = (uint64_t)place[0];
    out->end = (uint64_t)place[1];
    if (!oc_multiply(sizes[0], sizes[1], &bytes) || !oc_multiply(bytes, sizeof(float), &bytes) ||
        out->end < out->begin || out->end - out->begin != bytes) {
        return oc_fail(err, OC_BAD_FILE, "array %s: its shape and its place in the file do not agree", name);
    }
    return OC_OK;
}

static int by_place(const void *a, const void *b)
{
    uint64_t first = ((const entry *)a)->begin, second = ((const entry *)b)->begin;
    return (first > second) - (first < second);
}

/* The arrays must cover the `size` bytes behind the header exactly. */
static oc_status check_places(entry *entries, size_t count, uint64_t size, oc_error *err)
{
    uint64_t covered = 0;
    qsort(entries, count, sizeof *entries, by_place);
    for (size_t i = 0; i < count; i++) {
        if (entries[i].begin != covered) {
            return oc_fail(err, OC_BAD_FILE, "array %s: %s the one before it", entries[i].name,
                           entries[i].begin < covered ? "overlaps" : "leaves a hole behind");
        }
        covered = entries[i].end;
    }
    if (covered != size) {
        return oc_fail(err, OC_BAD_FILE, "the arrays take %" PRIu64 " bytes, the file holds %" PRIu64, covered, size);
    }
    return OC_OK;
}

static oc_status add_values(oc_archive *archive, const entry *e, oc_error *err)
{
    oc_tensor tensor = e->tensor;
    tensor.values = (float *)(void *)(archive->file.data + e->begin);
    for (size_t i = 0; i < tensor.rows * tensor.columns; i++) {
        if (!isfinite(tensor.values[i])) {
            return oc_fail(err, OC_BAD_FILE, "array %s: value %zu is not a finite number", e->name, i);
        }
    }
    return oc_archive_add(archive, e->name, tensor, err);
}

static oc_status parse_strings(oc_archive *archive, json_t *object, oc_error *err)
{
    const char *key;
    json_t *string;
    if (!json_is_object(object)) {
        return oc_fail(err, OC_BAD_FILE, "__metadata__ is not an object of strings");
    }
    json_object_foreach(object, key, string)
    {
        if (!json_is_string(string)) {
            return oc_fail(err, OC_BAD_FILE, "__metadata__: %s is not a string", key);
        }
    }
    bool kept = json_object_update(archive->strings, object) == 0;
    return oc_json_short() || !kept ? oc_fail_memory(err, "the model file") : OC_OK;
}

static oc_status parse_header(oc_archive *archive, json_t *header, uint64_t size, oc_error *err)
{
    size_t count = 0, room = json_object_size(header);
    entry *entries = oc_alloc(room, sizeof *entries);
    if (!entries) {
        return oc_fail_memory(err, "the model file");
    }
    oc_status status = OC_OK;
    const char *name;
    json_t *value;
    json_object_foreach(header, name, value)
    {
        if (status != OC_OK) {
            break;
        }
        if (strcmp(name, "__metadata__") == 0) {
            status = parse_strings(archive, value, err);
        } else {
            status = parse_entry(name, value, &entries[count++], err);
        }
    }
    if (status == OC_OK) {
        status = check_places(entries, count, size, err);
    }
    for (size_t i = 0; status == OC_OK && i < count; i++) {
        status = add_values(archive, &entries[i], err);
    }
    oc_free(entries);
    return status;
}

static oc_status parse_file(oc_archive *archive, oc_error *err)
{
    oc_bytes *file = &archive->file;
    uint64_t length = 0;
    for (size_t i = 0; i < LENGTH && file->size >= LENGTH; i++) {
        length |= (uint64_t)file->data[i] << (8 * i);
    }
    if (file->size < LENGTH || length > file->size - LENGTH || length > LONGEST_HEADER || file->data[LENGTH] != '{') {
        return oc_fail(err, OC_BAD_FILE, "%s", NO_MODEL);
    }
    char reason[OC_JSON_REASON];
    json_t *header = oc_json_load((const char *)file->data + LENGTH, (size_t)length, reason);
    if (oc_json_short()) {
        json_decref(header);
        return oc_fail_memory(err, "the header of the model file");
    }
    if (!header) {
        return oc_fail(err, OC_BAD_FILE, "the header is damaged: %s", reason);
    }
    /* From here on the values begin where the buffer does, so that they are aligned. */
    size_t size = file->size - LENGTH - (size_t)length;
    memmove(file->data, file->data + LENGTH + length, size);
    oc_status status = parse_header(archive, header, size, err);
    json_decref(header);
    return status;
}

/* Looks at the first bytes, so that a large file of another kind is not read whole. A device may have no end; a pipe
 * can be read once only. */
static oc_status check_start(const char *path, size_t *limit, oc_error *err)
{
    unsigned char start[LENGTH + 1];
    struct stat about;
    *limit = SIZE_MAX / 4;
    if (stat(path, &about) != 0 || S_ISDIR(about.st_mode)) {
        return OC_OK; /* reading tells */
    }
    if (S_ISCHR(about.st_mode) || S_ISBLK(about.st_mode)) {
        return oc_fail(err, OC_BAD_FILE, "%s: is a device, not a model file", path);
    }
    if (!S_ISREG(about.st_mode)) {
        *limit = LONGEST_PIPE;
        return OC_OK;
    }
    size_t got = oc_file_head(path, start, sizeof start);
    bool ours = got == sizeof start && start[LENGTH] == '{', unreadable = got == 0 && about.st_size > 0;
    return ours || unreadable ? OC_OK : oc_fail(err, OC_BAD_FILE, "%s: %s", path, NO_MODEL);
}

oc_status oc_archive_read(const char *path, oc_archive **out, oc_error *err)
{
    oc_archive *archive;
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
    oc_archive *archive;
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

static void put_length(const char *header, unsigned char length[LENGTH])
{
    uint64_t size = strlen(header);
    for (size_t i = 0; i < LENGTH; i++) {
        length[i] = (unsigned char)(size >> (8 * i));
    }
}

static void write_values(const oc_archive *archive, const char *header, FILE *file)
{
    size_t size = strlen(header);
    unsigned char length[LENGTH];
    put_length(header, length);
    fwrite(length, 1, sizeof length, file);
    fwrite(header, 1, size, file);
    for (size_t i = 0; i < archive->count; i++) {
        fwrite(archive->tensors[i].values, 1, tensor_bytes(&archive->tensors[i]), file);
    }
}

/* Reads what was built for `path`. */
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
    char *header = make_header(archive);
    if (!header) {
        return oc_fail_memory(err, "the header of the model file");
    }
    oc_output output = {0};
    oc_status status = oc_output_begin(&output, path, false, err);
    FILE *file = status == OC_OK ? fopen(output.temporary, "wb") : NULL;
    if (status == OC_OK && !file) {
        status = oc_fail_io(err, path, "cannot be written");
    } else if (file) {
        write_values(archive, header, file);
        status = oc_file_close(file, path, err);
    }
    if (status == OC_OK) {
        status = read_back(&output, path, check, err);
    }
    if (status == OC_OK) {
        status = oc_output_commit(&output, err);
    }
    oc_output_abandon(&output);
    oc_free(header);
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

oc_status oc_archive_write_memory(const oc_archive *archive, oc_archive_check check, oc_room_for *out, oc_error *err)
{
    char *header = make_header(archive);
    if (!header) {
        return oc_fail_memory(err, "the header of the model file");
    }
    size_t length = strlen(header), size = LENGTH + length;
    for (size_t i = 0; i < archive->count; i++) {
        size += tensor_bytes(&archive->tensors[i]);
    }
    oc_status status = OC_OK;
    if (out->bytes && out->room < size) {
        status = oc_fail(err, OC_USAGE, "room for %zu bytes; %zu are needed", out->room, size);
    } else if (out->bytes) {
        unsigned char *end = out->bytes;
        put_length(header, end);
        memcpy(end + LENGTH, header, length);
        end += LENGTH + length;
        for (size_t i = 0; i < archive->count; i++) {
            memcpy(end, archive->tensors[i].values, tensor_bytes(&archive->tensors[i]));
            end += tensor_bytes(&archive->tensors[i]);
        }
        status = check_memory(out->bytes, size, check, err);
    }
    oc_free(header);
    if (status == OC_OK) {
        out->size = size;
    }
    return status;
}
