/* The arrays that a safetensors header describes. */
#ifndef OC_MATRIX_SAFETENSORS_HEADER_H
#define OC_MATRIX_SAFETENSORS_HEADER_H

#include "src/base/json.h"
#include "src/matrix/tensor.h"

#include <ocellus/error.h>

#include <stdint.h>

typedef struct oc_header_entry {
    const char *name;    /* in the header's text, as is the type */
    const char *type;    /* NULL when it is missing */
    int64_t shape[2];    /* -1 for a value that is not a whole number */
    int64_t offsets[2];  /* the same */
    size_t axes, places; /* numbers in shape and offsets */
    uint64_t begin, end; /* of the values, in bytes after the header */
    oc_tensor tensor;    /* without values */
} oc_header_entry;

/* Zero-initialise; the caller frees `entry` with oc_free. */
typedef struct oc_header_entries {
    oc_header_entry *entry;
    size_t count, capacity;
} oc_header_entries;

/* Reads the description of the array `name`. What is missing in it is for oc_header_check. OC_NO_MEMORY; errors in the
 * JSON are the reader's. */
oc_status oc_header_read(oc_header_entries *all, const char *name, oc_json_reader *reader, oc_error *err);

/* Checks types, shapes, names that are there twice, and that the arrays cover `size` bytes without holes or overlaps.
 * Fills begin, end and tensor, and sorts by place. OC_BAD_FILE with the reason. */
oc_status oc_header_check(oc_header_entries *all, uint64_t size, oc_error *err);

#endif
