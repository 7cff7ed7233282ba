/* Writing .npy files. */
#ifndef OC_MATRIX_NPY_H
#define OC_MATRIX_NPY_H

#include <stddef.h>

/* Size of the header that oc_npy_header makes: always the same, so that it can be written again when the number of rows
 * is known. */
enum { OC_NPY_HEADER = 128 };

/* The header of a float32 array (count, dimension) in C order, format version 1.0. */
void oc_npy_header(size_t count, size_t dimension, char header[OC_NPY_HEADER]);

#endif
