/* Writes an archive to a file or to memory, and reads it again as a check. */
#include "src/matrix/safetensors_object.h"

#include "src/base/byte_order.h"
#include "src/base/digest.h"
#include "src/base/fail.h"
#include "src/base/json.h"
#include "src/base/memory.h"
#include "src/base/output.h"

#include <string.h>

static size_t tensor_bytes(const oc_tensor *tensor)
{
    return tensor->rows * tensor->columns * sizeof *tensor->values;
}

/* The header, padded with spaces so that the values begin at a multiple of OC_ARCHIVE_ALIGNMENT bytes. */
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
        const oc_tensor *t = &archive->arrays[i].tensor;
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
    while (!header->failed && (OC_ARCHIVE_LENGTH + header->length) % OC_ARCHIVE_ALIGNMENT != 0) {
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
        sum = oc_digest(sum, archive->arrays[i].tensor.values, tensor_bytes(&archive->arrays[i].tensor));
    }
    oc_string_free(&header);
    *digest = sum;
    return OC_OK;
}

static void put_length(const oc_string *header, unsigned char length[OC_ARCHIVE_LENGTH])
{
    for (size_t i = 0; i < OC_ARCHIVE_LENGTH; i++) {
        length[i] = (unsigned char)((uint64_t)header->length >> (8 * i));
    }
}

static void write_values(const oc_archive *archive, const oc_string *header, FILE *file)
{
    unsigned char length[OC_ARCHIVE_LENGTH];
    put_length(header, length);
    fwrite(length, 1, sizeof length, file);
    fwrite(header->data, 1, header->length, file);
    for (size_t i = 0; i < archive->count; i++) {
        const oc_tensor *t = &archive->arrays[i].tensor;
        (void)oc_write_numbers(t->values, t->rows * t->columns, sizeof *t->values,
                               file); /* oc_file_close reports errors */
    }
}

/* Passes an archive that was read again (with `status`) to `check`, and frees it. */
static oc_status check_again(oc_archive *archive, oc_status status, oc_archive_check check, oc_error *err)
{
    if (status == OC_OK && check) {
        status = check(archive, err);
    }
    oc_archive_free(archive);
    return status == OC_OK || status == OC_NO_MEMORY
               ? status
               : oc_fail_at(err, OC_BAD_DATA, "was not written, because it could not be read again");
}

/* Reads the unfinished file that will replace `path`. */
static oc_status read_back(const oc_output *output, const char *path, oc_archive_check check, oc_error *err)
{
    oc_archive *again = NULL;
    oc_status status = oc_archive_read(output->temporary, &again, err);
    status = check_again(again, status, check, err);
    return status == OC_BAD_DATA ? oc_fail_at(err, status, path) : status;
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

static void put_values(const oc_archive *archive, const oc_string *header, unsigned char *out)
{
    put_length(header, out);
    memcpy(out + OC_ARCHIVE_LENGTH, header->data, header->length);
    out += OC_ARCHIVE_LENGTH + header->length;
    for (size_t i = 0; i < archive->count; i++) {
        const oc_tensor *t = &archive->arrays[i].tensor;
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
    size_t size = OC_ARCHIVE_LENGTH + header.length;
    for (size_t i = 0; i < archive->count; i++) {
        size += tensor_bytes(&archive->arrays[i].tensor);
    }
    if (out->bytes && out->room < size) {
        status = oc_fail(err, OC_USAGE, "a buffer of %zu bytes; %zu are needed", out->room, size);
    } else if (out->bytes) {
        put_values(archive, &header, out->bytes);
        oc_archive *again = NULL;
        status = oc_archive_read_memory(out->bytes, size, &again, err);
        status = check_again(again, status, check, err);
    }
    oc_string_free(&header);
    if (status == OC_OK) {
        out->size = size;
    }
    return status;
}
