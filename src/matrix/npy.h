/* NumPy's .npy files: the internal part of ocellus/rows.h. */
#ifndef OC_MATRIX_NPY_H
#define OC_MATRIX_NPY_H

#include <ocellus/rows.h>

#include <stdbool.h>

/* Size of the header that oc_npy_header makes: always the same, so that it can be rewritten when the number of rows is
 * known. */
enum { OC_NPY_HEADER = 128 };

/* The header of a float32 array (count, dimension) in C order, format version 1.0. */
void oc_npy_header(size_t count, size_t dimension, char header[OC_NPY_HEADER]);
/* The same for another type, in NumPy's notation: "<u8" is uint64. */
void oc_npy_header_of(const char *type, size_t count, size_t dimension, char header[OC_NPY_HEADER]);

/* True when the bytes begin like a .npy file; 6 are enough. */
bool oc_npy_signature(const void *bytes, size_t size);

/* Reads an array of one axis of little-endian integers of any width. The caller frees *values with oc_free. OC_BAD_FILE
 * with the reason, OC_NOT_FOUND, OC_IO, OC_NO_MEMORY. */
oc_status oc_npy_integers(const char *path, int64_t **values, size_t *count, oc_error *err);

#endif
