/* Rows of features: a view of N rows of D float32 values, and NumPy's .npy files of them.
 *
 * The columns may be in several blocks side by side, so that joined features need not be copied. The values belong to
 * the maker of the view. All functions are thread-safe. */
#ifndef OCELLUS_ROWS_H
#define OCELLUS_ROWS_H

#include <ocellus/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { OC_MAX_BLOCKS = 32 };

/* Rows of a block from `first` up to the next chunk; each chunk is a separate array. */
typedef struct oc_chunk {
    size_t first;
    const float *values; /* row i begins at values + (i - first) * stride */
} oc_chunk;

typedef struct oc_block {
    const float *values; /* row i begins at values + i * stride; with chunks not used */
    size_t columns, stride;
    const oc_chunk *chunks; /* (chunk_count), sorted by `first`, if the rows are in several arrays; else NULL */
    size_t chunk_count;
    size_t column; /* with chunks: the first of the block's columns in their rows */
    /* (columns): value j of the row of the mirrored image is value mirror[j] of the row, counted in this block; NULL:
     * unknown */
    const uint32_t *mirror;
} oc_block;

typedef struct oc_rows {
    size_t count, dimension; /* N, D: the sum of the blocks' columns */
    const uint32_t *chosen;  /* (N): row i of the view is row chosen[i] of the blocks; NULL: row i */
    /* The view has two rows for each row of the blocks: 2r is row r, 2r + 1 that of its mirrored image. */
    bool mirrored;
    /* Each row of the view is divided by its Euclidean norm; a row of zeros stays. */
    bool unit;
    size_t blocks;
    oc_block block[OC_MAX_BLOCKS];
} oc_rows;

/* The view of one contiguous array (N,D). */
OC_API oc_rows oc_rows_of(const float *values, size_t count, size_t dimension);

/* Copies row i to out (D). */
OC_API void oc_rows_copy(const oc_rows *rows, size_t i, float *out);

/* A mapped .npy file. */
typedef struct oc_npy oc_npy;

/* Opens a little-endian file in C order, of one or two axes. Float32 is mapped, so that rows are read when they are
 * used; float64 is converted into memory. OC_BAD_FILE with the reason and the NumPy expression that helps (another
 * type, big-endian, Fortran order, shorter than its shape), OC_BAD_DATA with row and column (a float64 that is not
 * finite or beyond the range of float32), OC_NOT_FOUND, OC_IO, OC_NO_MEMORY. When another program shortens a mapped
 * file in use, this program ends by SIGBUS, unless it handles that signal. */
OC_API oc_status oc_npy_open(const char *path, oc_npy **npy, oc_error *err);
OC_API void oc_npy_free(oc_npy *npy);
OC_API oc_rows oc_npy_rows(const oc_npy *npy);

#ifdef __cplusplus
}
#endif
#endif
