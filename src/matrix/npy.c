/* NumPy's .npy files, as numpy.lib.format describes them: magic, version, the length of a header that is the text of a
 * Python dictionary, then the values. Files are mapped, so that rows that are never used are never read. */
#include "src/matrix/npy.h"

#include <ocellus/rows.h>

#include "src/base/fail.h"
#include "src/base/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
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
    oc_rows rows;
};

void oc_npy_header(size_t count, size_t dimension, char header[OC_NPY_HEADER])
{
    memset(header, ' ', OC_NPY_HEADER);
    memcpy(header, magic, MAGIC);
    header[6] = 1;
    header[7] = 0;
    header[8] = OC_NPY_HEADER - 10;
    header[9] = 0;
    char text[OC_NPY_HEADER];
    int length = snprintf(text, sizeof text, "{'descr': '<f4', 'fortran_order': False, 'shape': (%zu, %zu), }",
                          count, dimension);
    memcpy(header + 10, text, (size_t)length);
    header[OC_NPY_HEADER - 1] = '\n';
}

/* The text behind 'key': in the dictionary, or NULL. */
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

/* Checks the header of a mapped file and makes the view of its values. */
static oc_status parse(const unsigned char *file, size_t size, const char *path, oc_rows *rows,
                       oc_error *err)
{
    if (size < 10 || memcmp(file, magic, MAGIC) != 0) {
        return oc_fail(err, OC_BAD_FILE, "%s: not a .npy file", path);
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
    const char *type = find_value(header, "'descr'");
    const char *order = find_value(header, "'fortran_order'");
    size_t shape[2], values, bytes;
    if (!type || !order || !parse_shape(find_value(header, "'shape'"), shape)) {
        return oc_fail(err, OC_BAD_FILE,
                       "%s: the header of the .npy file is damaged, or its array has more than two axes", path);
    }
    if (strncmp(type, "'<f4'", 5) != 0) {
        return oc_fail(err, OC_BAD_FILE, "%s: values of type %.*s; float32 ('<f4') is needed", path,
                       (int)strcspn(type, ","), type);
    }
    if (strncmp(order, "False", 5) != 0) {
        return oc_fail(err, OC_BAD_FILE, "%s: the array is in Fortran order; C order is needed", path);
    }
    size_t start = lead + length;
    if (!oc_multiply(shape[0], shape[1], &values) || !oc_multiply(values, sizeof(float), &bytes) ||
        bytes != size - start || start % sizeof(float) != 0) {
        return oc_fail(err, OC_BAD_FILE, "%s: the header promises %zu x %zu values, the file holds %zu bytes of values",
                       path, shape[0], shape[1], size - start);
    }
    *rows = oc_rows_of((const float *)(const void *)(file + start), shape[0], shape[1]);
    return OC_OK;
}

oc_status oc_npy_open(const char *path, oc_npy **npy, oc_error *err)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    struct stat about;
    if (file < 0 || fstat(file, &about) != 0) {
        int reason = errno;
        if (file >= 0) {
            close(file);
        }
        return oc_fail(err, reason == ENOENT ? OC_NOT_FOUND : OC_IO, "%s: %s", path, strerror(reason));
    }
    size_t size = about.st_size > 0 ? (size_t)about.st_size : 0;
    void *map = size ? mmap(NULL, size, PROT_READ, MAP_SHARED, file, 0) : MAP_FAILED;
    close(file);
    if (map == MAP_FAILED) {
        return size ? oc_fail(err, OC_IO, "%s: cannot be mapped: %s", path, strerror(errno))
                    : oc_fail(err, OC_BAD_FILE, "%s: not a .npy file: it is empty", path);
    }
    oc_rows rows;
    oc_status status = parse(map, size, path, &rows, err);
    oc_npy *new = status == OC_OK ? oc_alloc(1, sizeof *new) : NULL;
    if (!new) {
        munmap(map, size);
        return status == OC_OK ? oc_fail_memory(err, path) : status;
    }
    *new = (oc_npy){.map = map, .size = size, .rows = rows};
    *npy = new;
    return OC_OK;
}

void oc_npy_free(oc_npy *npy)
{
    if (npy) {
        munmap(npy->map, npy->size);
        oc_free(npy);
    }
}

oc_rows oc_npy_rows(const oc_npy *npy)
{
    return npy->rows;
}
