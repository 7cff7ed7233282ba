/* IDX, the format of MNIST: two zero bytes, the type of the elements, the number of dimensions, each dimension as a
 * big-endian 32-bit number, then the elements in C order. Images are unsigned bytes in three dimensions (gray) or four
 * (channels last), labels are unsigned bytes in one. zlib reads both plain files and .gz. */
#include "src/dataset/dataset.h"

#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/memory.h"
#include "src/base/string.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { UNSIGNED_BYTE = 0x08, MAX_DIMENSIONS = 4, BUFFER_SIZE = 1 << 17 };
/* Deflate expands one byte to at most 1,032 bytes. */
enum { MAX_INFLATION = 1032 };

typedef struct idx_array {
    uint8_t type;
    size_t dimensions, size[MAX_DIMENSIONS];
    size_t bytes; /* of the elements */
    uint8_t *data;
} idx_array;

/* Reads up to `size` bytes; *got is smaller at the end of the file. */
static oc_status read_bytes(gzFile file, uint8_t *out, size_t size, size_t *got, oc_error *err)
{
    *got = 0;
    while (*got < size) {
        size_t left = size - *got;
        int n = gzread(file, out + *got, left < INT_MAX ? (unsigned)left : INT_MAX);
        if (n < 0) {
            int code;
            const char *text = gzerror(file, &code);
            if (code == Z_MEM_ERROR) {
                return oc_fail_memory(err, "reading a compressed file");
            }
            return code == Z_ERRNO ? oc_fail(err, OC_IO, "cannot be read: %s", strerror(errno))
                                   : oc_fail(err, OC_BAD_FILE, "damaged compressed data: %s", text);
        }
        if (n == 0) {
            break;
        }
        *got += (size_t)n;
    }
    return OC_OK;
}

static bool is_idx_type(uint8_t type)
{
    return type == UNSIGNED_BYTE || type == 0x09 || (type >= 0x0B && type <= 0x0E);
}

/* Fills all fields but data. OC_BAD_FILE when the file is cut off or does not begin like IDX (then dimensions is 0). */
static oc_status read_header(gzFile file, idx_array *array, oc_error *err)
{
    uint8_t magic[4], sizes[4 * MAX_DIMENSIONS] = {0};
    *array = (idx_array){0};
    size_t got;
    oc_status status = read_bytes(file, magic, sizeof magic, &got, err);
    if (status != OC_OK) {
        return status;
    }
    if (got < sizeof magic || magic[0] || magic[1] || !is_idx_type(magic[2]) || magic[3] < 1 ||
        magic[3] > MAX_DIMENSIONS) {
        return oc_fail(err, OC_BAD_FILE, "not an IDX file");
    }
    array->type = magic[2];
    array->dimensions = magic[3];
    status = read_bytes(file, sizes, 4 * array->dimensions, &got, err);
    if (status != OC_OK) {
        return status;
    }
    if (got < 4 * array->dimensions) {
        return oc_fail(err, OC_BAD_FILE, "the header needs %zu bytes, but the file ends after %zu",
                       4 + 4 * array->dimensions, 4 + got);
    }
    array->bytes = 1;
    for (size_t i = 0; i < array->dimensions; i++) {
        const uint8_t *b = sizes + 4 * i;
        array->size[i] = (size_t)b[0] << 24 | (size_t)b[1] << 16 | (size_t)b[2] << 8 | b[3];
        if (!oc_multiply(array->bytes, array->size[i], &array->bytes)) {
            return oc_fail(err, OC_BAD_FILE, "the sizes in the header overflow");
        }
    }
    return OC_OK;
}

static size_t header_size(const idx_array *array)
{
    return 4 + 4 * array->dimensions;
}

oc_status oc_idx_recognize(const char *path, size_t file_size, oc_idx_kind *kind, oc_error *err)
{
    *kind = OC_IDX_NOT;
    errno = 0;
    gzFile file = gzopen(path, "rbe");
    if (!file) {
        return errno == ENOMEM || errno == 0 ? oc_fail_memory(err, "reading a file") : OC_OK;
    }
    idx_array array;
    oc_status status = read_header(file, &array, err);
    bool plain = gzdirect(file);
    gzclose(file);
    if (array.dimensions > 0) {
        bool whole = status == OC_OK &&
                     (!plain || (array.bytes <= file_size && header_size(&array) == file_size - array.bytes));
        *kind = whole ? OC_IDX_WHOLE : OC_IDX_HEADER;
    }
    return status == OC_NO_MEMORY ? status : OC_OK;
}

/* Checks, before memory is allocated, that the file can hold the data of its header. */
static oc_status check_size(const char *path, gzFile file, const idx_array *array, oc_error *err)
{
    struct stat about;
    if (stat(path, &about) != 0 || !S_ISREG(about.st_mode)) {
        return oc_fail(err, OC_IO, "not a regular file");
    }
    size_t size = oc_file_size(&about), header = header_size(array);
    if (gzdirect(file)) {
        size_t held = size < header ? 0 : size - header;
        return held == array->bytes
                   ? OC_OK
                   : oc_fail(err, OC_BAD_FILE, "the header gives %zu bytes of data, but the file holds %zu",
                             array->bytes, held);
    }
    return array->bytes / MAX_INFLATION <= size
               ? OC_OK
               : oc_fail(err, OC_BAD_FILE, "the header gives %zu bytes, more than %zu compressed bytes can hold",
                         array->bytes, size);
}

static oc_status read_elements(const char *path, gzFile file, idx_array *array, oc_error *err)
{
    oc_status status = check_size(path, file, array, err);
    if (status != OC_OK) {
        return status;
    }
    array->data = oc_realloc(NULL, array->bytes, 1);
    if (!array->data) {
        return oc_fail(err, OC_NO_MEMORY, "out of memory for %zu bytes of data", array->bytes);
    }
    size_t got, rest = 0;
    uint8_t more;
    status = read_bytes(file, array->data, array->bytes, &got, err);
    if (status == OC_OK && got < array->bytes) {
        return oc_fail(err, OC_BAD_FILE, "the header gives %zu bytes of data, but the file holds %zu", array->bytes,
                       got);
    }
    if (status == OC_OK) {
        status = read_bytes(file, &more, 1, &rest, err); /* at the end of the file zlib verifies the checksum */
    }
    if (status == OC_OK && rest > 0) {
        status = oc_fail(err, OC_BAD_FILE, "the header gives %zu bytes of data, but the file holds more", array->bytes);
    }
    return status;
}

/* Reads an array of bytes with `low` to `high` dimensions. The caller frees data, also on failure. */
static oc_status read_array(const char *path, size_t low, size_t high, const char *what, idx_array *array,
                            oc_error *err)
{
    *array = (idx_array){0};
    errno = 0;
    gzFile file = gzopen(path, "rbe");
    if (!file) {
        return errno ? oc_fail_io(err, path, "cannot be opened") : oc_fail_memory(err, "decompression");
    }
    gzbuffer(file, BUFFER_SIZE);
    oc_status status = read_header(file, array, err);
    if (status == OC_OK && (array->type != UNSIGNED_BYTE || array->dimensions < low || array->dimensions > high)) {
        status = oc_fail(err, OC_BAD_FILE, "an IDX array of type 0x%02X with %zu dimensions; %s have type 0x08 and %s",
                         array->type, array->dimensions, what, low == high ? "one dimension" : "three or four");
    }
    if (status == OC_OK) {
        status = read_elements(path, file, array, err);
    }
    gzclose(file);
    return status == OC_OK ? OC_OK : oc_fail_at(err, status, path);
}

/* Appends the text, with `new` in place of every `old`. */
static void add_replaced(oc_string *out, const char *text, const char *old, const char *new)
{
    for (const char *hit; (hit = strstr(text, old)) != NULL; text = hit + strlen(old)) {
        oc_string_add_bytes(out, text, (size_t)(hit - text));
        oc_string_add(out, new);
    }
    oc_string_add(out, text);
}

/* Finds the path of the label file of a file of images; empty when there is none. */
static oc_status find_labels(const char *path, oc_string *labels, oc_error *err)
{
    const char *name = oc_path_name(path);
    oc_string replaced = {0};
    add_replaced(&replaced, name, "images", "labels");
    oc_string_add_bytes(labels, path, (size_t)(name - path));
    if (!replaced.failed) {
        add_replaced(labels, replaced.data, "idx3", "idx1");
    }
    bool usual = strstr(name, "images") != NULL, failed = replaced.failed;
    oc_string_free(&replaced);
    if (usual && !failed && !labels->failed && access(labels->data, F_OK) != 0) {
        /* Try the other compression. */
        size_t length = labels->length;
        if (length > 3 && strcmp(labels->data + length - 3, ".gz") == 0) {
            labels->length = length - 3;
            labels->data[length - 3] = '\0';
        } else {
            oc_string_add(labels, ".gz");
        }
        usual = !labels->failed && access(labels->data, F_OK) == 0;
    }
    if (failed || labels->failed) {
        return oc_fail_memory(err, "a path");
    }
    labels->length = usual ? labels->length : 0;
    return OC_OK;
}

/* Adds the items; labels->data is NULL when there are no labels. */
static oc_status add_items(oc_dataset *dataset, const char *path, size_t count, const idx_array *labels, oc_error *err)
{
    size_t classes = 0;
    for (size_t i = 0; labels->data && i < labels->bytes; i++) {
        classes = labels->data[i] >= classes ? labels->data[i] + (size_t)1 : classes;
    }
    oc_status status = oc_dataset_add_digits(dataset, classes, err);
    return status == OC_OK ? oc_dataset_add_numbered(dataset, oc_path_name(path), labels->data, 1, count, err) : status;
}

oc_status oc_read_idx(oc_dataset *dataset, const char *path, oc_error *err)
{
    idx_array images, labels = {0};
    oc_string labels_path = {0};
    oc_status status = read_array(path, 3, 4, "images", &images, err);
    if (status != OC_OK) {
        goto cleanup;
    }
    size_t channels = images.dimensions == 4 ? images.size[3] : 1;
    if (images.bytes == 0 ? images.size[0] > 0 : channels != 1 && channels != 3) {
        status = oc_fail(err, OC_BAD_FILE, "%s: images of %zu x %zu pixels and %zu channels (1 or 3 are possible)",
                         path, images.size[2], images.size[1], channels);
        goto cleanup;
    }
    status = find_labels(path, &labels_path, err);
    if (status == OC_OK && labels_path.length > 0) {
        status = read_array(labels_path.data, 1, 1, "labels", &labels, err);
    }
    if (status == OC_OK && labels.data && labels.bytes != images.size[0]) {
        status = oc_fail(err, OC_BAD_FILE, "%s: %zu labels for the %zu images of %s", labels_path.data, labels.bytes,
                         images.size[0], path);
    }
    if (status == OC_OK) {
        dataset->pixels = images.data;
        images.data = NULL;
        dataset->height = images.size[1];
        dataset->width = images.size[2];
        dataset->channels = channels;
        status = add_items(dataset, path, images.size[0], &labels, err);
    }
cleanup:
    oc_string_free(&labels_path);
    oc_free(labels.data);
    oc_free(images.data);
    return status;
}
