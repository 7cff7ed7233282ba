/* The fields of an archive in memory, for its reader and its writer. */
#ifndef OC_MATRIX_SAFETENSORS_OBJECT_H
#define OC_MATRIX_SAFETENSORS_OBJECT_H

#include "src/base/file.h"
#include "src/matrix/safetensors.h"

/* Bytes of the length before the header, and alignment of the values in bytes. */
enum { OC_ARCHIVE_LENGTH = 8, OC_ARCHIVE_ALIGNMENT = 64 };

typedef struct oc_archive_string {
    char *key, *value;
} oc_archive_string;

typedef struct oc_archive_array {
    char *name;
    oc_tensor tensor; /* of that name */
} oc_archive_array;

struct oc_archive {
    oc_archive_string *strings;
    size_t string_count, string_capacity;
    oc_archive_array *arrays;
    size_t count, capacity;
    oc_bytes file; /* the contents of the file that was read; tensors point into it */
};

/* Adds a string whose key the archive does not have yet. OC_NO_MEMORY. */
oc_status oc_archive_add_string(oc_archive *archive, const char *key, const char *value, oc_error *err);

#endif
