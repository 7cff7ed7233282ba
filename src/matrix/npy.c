/* NumPy's .npy files, as numpy.lib.format describes them: magic, version, the length of a header that is the text of a
 * Python dictionary, then the values. Files are mapped, so that unused rows are never read; on a big-endian processor
 * the mapping is private and its values are reversed when it is made, which takes memory for all of them. */
#include "src/matrix/npy.h"

#include <ocellus/rows.h>

#include "src/base/byte_order.h"
#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static const char magic[] = "\x93NUMPY";
enum { MAGIC = 6, MAX_HEADER = 4096 };

struct oc_npy {
    void *map;
    size_t size;
    float *narrowed; /* the values of a float64 file as float32; NULL for a float32 file, whose mapping is used */
    oc_rows rows;
};

bool oc_npy_signature(const void *bytes, size_t size)
{
    return size >= MAGIC && memcmp(bytes, magic, MAGIC) == 0;
}

void oc_npy_header_of(const char *type, size_t count, size_t dimension, char header[OC_NPY_HEADER])
{
    memset(header, ' ', OC_NPY_HEADER);
    memcpy(header, magic, MAGIC);
    header[6] = 1;
    header[7] = 0;
    header[8] = OC_NPY_HEADER - 10;
    header[9] = 0;
    char text[OC_NPY_HEADER];
    int length = snprintf(text, sizeof text, "{'descr': '%.9s', 'fortran_order': False, 'shape': (%zu, %zu), }", type,
                          count, dimension);
    memcpy(header + 10, text, (size_t)length);
    header[OC_NPY_HEADER - 1] = '\n';
}

void oc_npy_header(size_t count, size_t dimension, char header[OC_NPY_HEADER])
{
    oc_npy_header_of("<f4", count, dimension, header);
}

/* Returns the text after 'key': of the dictionary, or NULL. */
static const char *find_value(const char *header, const char *key)
{
    const char *at = strstr(header, key);
    at = at ? strchr(at, ':') : NULL;
    return at ? at + 1 + strspn(at + 1, " ") : NULL;
}

/* Reads "(n,)" or "(n, d)". */
static bool parse_shape(const char *text, size_t shape[2])
{
    size_t sizes = 0;
    shape[1] = 1;
    if (!text || *text++ != '(') {
        return false;
    }
    while (*text != ')') {
        char *end;
        errno = 0;
        uintmax_t value = strtoumax(text, &end, 10);
        if (*text < '0' || *text > '9' || errno || value > SIZE_MAX || sizes == 2) {
            return false;
        }
        shape[sizes++] = (size_t)value;
        text = end + strspn(end, ", ");
    }
    return sizes > 0;
}

/* The array as the header describes it. */
typedef struct array {
    char type[16]; /* as NumPy writes it: "<f4" */
    bool fortran;
    size_t shape[2]; /* (n, d); d = 1 for one axis */
    unsigned char *values;
    size_t bytes; /* of the values in the file */
} array;

static oc_status parse(unsigned char *file, size_t size, const char *path, array *out, oc_error *err)
{
    if (!oc_npy_signature(file, size) || size < 10) {
        return oc_fail(err, OC_BAD_FILE,
                       size > 1 && memcmp(file, "PK", 2) == 0
                           ? "%s: an archive of arrays (.npz); numpy.save(FILE, rows) writes one array, as .npy"
                           : "%s: not a .npy file",
                       path);
    }
    size_t lead = file[6] == 1 ? 10 : 12;
    size_t length = file[8] | (size_t)file[9] << 8;
    if (file[6] > 1 && size >= lead) {
        length |= (size_t)file[10] << 16 | (size_t)file[11] << 24;
    }
    if (file[6] < 1 || file[6] > 3 || length > MAX_HEADER || size < lead || length > size - lead) {
        return oc_fail(err, OC_BAD_FILE, "%s: the header of the .npy file is damaged", path);
    }
    char header[MAX_HEADER + 1];
    memcpy(header, file + lead, length);
    header[length] = '\0';
    const char *type = find_value(header, "'descr'"), *order = find_value(header, "'fortran_order'");
    size_t letters = type && *type == '\'' ? strcspn(type + 1, "'") : 0;
    if (!type || !order || !parse_shape(find_value(header, "'shape'"), out->shape)) {
        return oc_fail(err, OC_BAD_FILE,
                       "%s: the header of the .npy file is damaged, or its array has more than two axes; rows are "
                       "(n, d): rows.reshape(len(rows), -1)",
                       path);
    }
    if (letters == 0 || letters >= sizeof out->type) { /* records have a list for a type */
        return oc_fail(err, OC_BAD_FILE, "%s: values of type %.*s; plain numbers are needed", path,
                       (int)strcspn(type, ",]"), type);
    }
    memcpy(out->type, type + 1, letters);
    out->type[letters] = '\0';
    out->fortran = strncmp(order, "False", 5) != 0;
    out->values = file + lead + length;
    out->bytes = size - lead - length;
    return OC_OK;
}

/* The values must fill the rest of the file. */
static oc_status check_size(const array *a, const char *path, size_t width, oc_error *err)
{
    size_t values, bytes;
    if (!oc_multiply(a->shape[0], a->shape[1], &values) || !oc_multiply(values, width, &bytes) || bytes != a->bytes) {
        return oc_fail(err, OC_BAD_FILE, "%s: the header gives %zu x %zu values, the file holds %zu bytes of values",
                       path, a->shape[0], a->shape[1], a->bytes);
    }
    return OC_OK;
}

/* Checks for float32 or float64, little-endian, in C order. The message has the NumPy expression that converts the
 * array. */
static oc_status check_rows(const array *a, const char *path, oc_error *err)
{
    bool single = strcmp(a->type, "<f4") == 0, real = single || strcmp(a->type, "<f8") == 0;
    if (!real) {
        bool other_end = strcmp(a->type, ">f4") == 0 || strcmp(a->type, ">f8") == 0;
        return oc_fail(err, OC_BAD_FILE,
                       "%s: values of type '%s'%s; float32 ('<f4') or float64 ('<f8') is needed: in NumPy, "
                       "rows.astype('<f4')",
                       path, a->type, other_end ? ", which is big-endian" : "");
    }
    if (a->fortran) {
        return oc_fail(err, OC_BAD_FILE,
                       "%s: the array is in Fortran order; C order is needed: in NumPy, numpy.ascontiguousarray(rows)",
                       path);
    }
    oc_status status = check_size(a, path, single ? sizeof(float) : sizeof(double), err);
    if (status == OC_OK && single && (uintptr_t)a->values % sizeof(float) != 0) {
        status = oc_fail(err, OC_BAD_FILE, "%s: the length of the header is not a multiple of four", path);
    }
    return status;
}

/* OC_BAD_DATA when the values of a float64 column differ but are all equal as float32: nothing can be learned from such
 * a column. Relative differences below DIGITS are rounding errors in a constant column. */
static oc_status check_columns(const array *a, const float *values, const char *path, oc_error *err)
{
    static const double DIGITS = 1e-10;
    size_t rows = a->shape[0], columns = a->shape[1];
    for (size_t j = 0; j < columns; j++) {
        double low = INFINITY, high = -INFINITY;
        bool same = true;
        for (size_t i = 0; i < rows && same; i++) {
            double value;
            memcpy(&value, a->values + (i * columns + j) * sizeof value, sizeof value);
            low = fmin(low, value);
            high = fmax(high, value);
            same = !(values[i * columns + j] > values[j] || values[i * columns + j] < values[j]);
        }
        if (same && high - low > DIGITS * fmax(fabs(low), fabs(high))) {
            return oc_fail(
                err, OC_BAD_DATA,
                "%s: column %zu: its values, %.17g to %.17g, are all equal as float32, the type of features: "
                "subtract their mean, or scale them up",
                path, j, low, high);
        }
    }
    return OC_OK;
}

/* Converts float64 to float32. NaN, infinities and values beyond the range of float32 are errors. */
static oc_status narrow(const array *a, const char *path, float **out, oc_error *err)
{
    size_t count = a->shape[0] * a->shape[1];
    float *values = oc_alloc(count, sizeof *values);
    if (!values) {
        return oc_fail(err, OC_NO_MEMORY, "%s: out of memory for %zu x %zu values as float32", path, a->shape[0],
                       a->shape[1]);
    }
    for (size_t i = 0; i < count; i++) {
        double value;
        memcpy(&value, a->values + i * sizeof value, sizeof value);
        if (!(fabs(value) <= (double)FLT_MAX)) {
            oc_free(values);
            return oc_fail(err, OC_BAD_DATA,
                           "%s: row %zu, column %zu: %g cannot be a float32 feature, a finite number up to 3.4e38",
                           path, i / a->shape[1], i % a->shape[1], value);
        }
        values[i] = (float)value;
    }
    oc_status status = check_columns(a, values, path, err);
    if (status != OC_OK) {
        oc_free(values);
        return status;
    }
    *out = values;
    return OC_OK;
}

static oc_status map_file(const char *path, void **map, size_t *size, oc_error *err)
{
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    struct stat about;
    if (file < 0 || fstat(file, &about) != 0) {
        int reason = errno;
        if (file >= 0) {
            close(file);
        }
        return oc_fail(err, reason == ENOENT ? OC_NOT_FOUND : OC_IO, "%s: %s", path, strerror(reason));
    }
    if (!S_ISREG(about.st_mode)) {
        close(file);
        return oc_fail(err, OC_BAD_FILE, "%s: is not a regular file, as .npy rows and labels must be", path);
    }
    int protection = oc_bytes_reversed() ? PROT_READ | PROT_WRITE : PROT_READ;
    int shared = oc_bytes_reversed() ? MAP_PRIVATE : MAP_SHARED;
    *size = oc_file_size(&about);
    *map = *size ? mmap(NULL, *size, protection, shared, file, 0) : MAP_FAILED;
    int reason = errno;
    close(file);
    if (*map != MAP_FAILED) {
        return OC_OK;
    }
    return *size ? oc_fail(err, OC_IO, "%s: cannot be mapped: %s", path, strerror(reason))
                 : oc_fail(err, OC_BAD_FILE, "%s: not a .npy file: it is empty", path);
}

oc_status oc_npy_open(const char *path, oc_npy **out, oc_error *err)
{
    array a;
    oc_npy *npy = oc_alloc(1, sizeof *npy);
    if (!npy) {
        return oc_fail_memory(err, path);
    }
    oc_status status = map_file(path, &npy->map, &npy->size, err);
    if (status != OC_OK) {
        oc_free(npy);
        return status;
    }
    status = parse(npy->map, npy->size, path, &a, err);
    if (status == OC_OK) {
        status = check_rows(&a, path, err);
    }
    if (status == OC_OK) {
        size_t width = strcmp(a.type, "<f8") == 0 ? sizeof(double) : sizeof(float);
        oc_order_bytes(a.values, a.shape[0] * a.shape[1], width);
    }
    const float *values = (const float *)(const void *)a.values;
    if (status == OC_OK && strcmp(a.type, "<f8") == 0) {
        status = narrow(&a, path, &npy->narrowed, err);
        values = npy->narrowed;
    }
    if (status != OC_OK) {
        oc_npy_free(npy);
        return status;
    }
    npy->rows = oc_rows_of(values, a.shape[0], a.shape[1]);
    *out = npy;
    return OC_OK;
}

/* Element i of an integer array (type "i1", "u2", "<i4", ...), sign-extended. */
static int64_t integer_at(const array *a, size_t width, size_t i)
{
    uint64_t value = 0;
    for (size_t b = 0; b < width; b++) {
        value |= (uint64_t)a->values[i * width + b] << (8 * b);
    }
    bool negative = a->type[1] == 'i' && (value >> (8 * width - 1) & 1);
    return (int64_t)(negative && width < 8 ? value | ~(uint64_t)0 << (8 * width) : value);
}

oc_status oc_npy_integers(const char *path, int64_t **out, size_t *count, oc_error *err)
{
    array a;
    void *map;
    size_t size;
    oc_status status = map_file(path, &map, &size, err);
    if (status != OC_OK) {
        return status;
    }
    status = parse(map, size, path, &a, err);
    bool integers = status == OC_OK && strlen(a.type) == 3 && strchr("<|", a.type[0]) && strchr("iub", a.type[1]) &&
                    strchr("1248", a.type[2]);
    size_t width = integers ? (size_t)(a.type[2] - '0') : 0;
    if (status == OC_OK && (!integers || a.shape[1] != 1)) {
        status = oc_fail(err, OC_BAD_FILE,
                         "%s: %zu x %zu values of type '%s'; labels are one axis of integers, or a text file of names: "
                         "in NumPy, numpy.savetxt(FILE, labels, fmt='%%s')",
                         path, a.shape[0], a.shape[1], a.type);
    }
    if (status == OC_OK) {
        status = check_size(&a, path, width, err);
    }
    int64_t *values = status == OC_OK ? oc_alloc(a.shape[0], sizeof *values) : NULL;
    for (size_t i = 0; values && i < a.shape[0]; i++) {
        values[i] = integer_at(&a, width, i);
    }
    munmap(map, size);
    if (!values) {
        return status == OC_OK ? oc_fail_memory(err, "the labels") : status;
    }
    *out = values;
    *count = a.shape[0];
    return OC_OK;
}

void oc_npy_free(oc_npy *npy)
{
    if (npy) {
        munmap(npy->map, npy->size);
        oc_free(npy->narrowed);
        oc_free(npy);
    }
}

oc_rows oc_npy_rows(const oc_npy *npy)
{
    return npy->rows;
}
