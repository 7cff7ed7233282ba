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

/* Strings. oc_archive_set copies both, and replaces an older value; OC_USAGE when the value is not UTF-8; OC_NO_MEMORY.
 * oc_archive_get returns NULL when there is no such key; the string belongs to the archive. */
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
/* Reads a file; arrays belong to the archive. Checked are the header's length and JSON, duplicate names, types, shapes,
 * offsets, and that all values are finite. OC_BAD_FILE with the reason, OC_NOT_FOUND, OC_IO, OC_NO_MEMORY. */
oc_status oc_archive_read(const char *path, oc_archive **archive, oc_error *err);

/* Memory that an archive is written to; bytes NULL only asks for the size. */
typedef struct oc_room {
    void *bytes;
    size_t room, size; /* bytes that there are, and that the archive takes */
} oc_room;
/* The bytes that oc_archive_write would write; sets out->size. Nothing is written unless there is room: OC_USAGE. Errors
 * otherwise as oc_archive_write. */
oc_status oc_archive_write_memory(const oc_archive *archive, oc_archive_check check, oc_room *out, oc_error *err);
/* oc_archive_read of bytes, which are copied. */
oc_status oc_archive_read_memory(const void *bytes, size_t size, oc_archive **archive, oc_error *err);

#endif
