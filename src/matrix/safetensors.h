/* Archives: named float32 arrays and named strings in one safetensors file.
 *
 * Layout: 8 bytes, the length of the header as a little-endian integer; the header, a JSON object with an entry
 * {"dtype", "shape", "data_offsets": [begin, end]} for each array and the strings under "__metadata__"; the values. The
 * arrays cover the rest of the file without holes or overlaps. Arrays of one row are stored with one axis. An archive
 * may be read from several threads, and changed by one. */
#ifndef OC_MATRIX_SAFETENSORS_H
#define OC_MATRIX_SAFETENSORS_H

#include "src/matrix/tensor.h"

#include <ocellus/error.h>

#include <stdint.h>

typedef struct oc_archive oc_archive;

oc_status oc_archive_create(oc_archive **archive, oc_error *err);
void oc_archive_free(oc_archive *archive);

/* Strings. oc_archive_set copies key and value, and replaces an older value; OC_USAGE when the value is not UTF-8;
 * OC_NO_MEMORY. oc_archive_get returns NULL when there is no such key; the string belongs to the archive. */
oc_status oc_archive_set(oc_archive *archive, const char *key, const char *value, oc_error *err);
const char *oc_archive_get(const oc_archive *archive, const char *key);

/* Arrays. oc_archive_add copies the name, but the values must stay until the archive is written or freed. OC_NO_MEMORY.
 */
oc_status oc_archive_add(oc_archive *archive, const char *name, oc_tensor tensor, oc_error *err);
size_t oc_archive_count(const oc_archive *archive);
oc_tensor oc_archive_tensor(const oc_archive *archive, size_t i);
/* The array of that name; its `values` are NULL when there is none. */
oc_tensor oc_archive_find(const oc_archive *archive, const char *name);

/* Loads the contents of an archive, only to check that it can be loaded. */
typedef oc_status (*oc_archive_check)(const oc_archive *archive, oc_error *err);
/* The digest (base/digest.h) of all bytes that oc_archive_write would write, without the length of the header.
 * OC_NO_MEMORY. */
oc_status oc_archive_digest(const oc_archive *archive, uint64_t *digest, oc_error *err);
/* Writes the file completely or not at all. Before the file is replaced, the new one is read again and passed to
 * `check`, if that is not NULL. OC_BAD_DATA when it cannot be read again; OC_IO, OC_NO_MEMORY. */
oc_status oc_archive_write(const oc_archive *archive, const char *path, oc_archive_check check, oc_error *err);
/* Reads a file; arrays belong to the archive. Checks the length and the JSON of the header, duplicate names, types,
 * shapes, offsets, and that all values are finite. OC_BAD_FILE with the reason, OC_NOT_FOUND, OC_IO, OC_NO_MEMORY. */
oc_status oc_archive_read(const char *path, oc_archive **archive, oc_error *err);

/* Memory that an archive is written to; with `bytes` NULL only the size is computed. */
typedef struct oc_room {
    void *bytes;
    size_t room, size; /* bytes allocated at `bytes`; bytes of the archive */
} oc_room;
/* Writes to memory the bytes that oc_archive_write would write; sets out->size in any case. OC_USAGE, and nothing is
 * written, when out->room is too small. Other errors as for oc_archive_write. */
oc_status oc_archive_write_memory(const oc_archive *archive, oc_archive_check check, oc_room *out, oc_error *err);
/* As oc_archive_read, from memory; the bytes are copied. */
oc_status oc_archive_read_memory(const void *bytes, size_t size, oc_archive **archive, oc_error *err);

#endif
