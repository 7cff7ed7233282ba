/* Writes the files of a set folder row by row, so that memory does not grow with the number of rows. */
#ifndef OC_SET_WRITER_H
#define OC_SET_WRITER_H

#include "src/dataset/dataset.h"
#include "src/image/pixel_hash.h"

#include <ocellus/features.h>

/* A position in the files: the rows, skips and bytes that are written. */
typedef struct oc_set_place {
    size_t rows, skips;
    size_t index_bytes, skipped_bytes; /* of index.csv and skipped.csv */
} oc_set_place;

typedef struct oc_set_writer oc_set_writer;

/* Begins features.npy and index.csv for rows of `dimension` values in an existing folder. With `from`, continues at the
 * position of the last flush of an earlier writer and cuts off the bytes after it. OC_BAD_FILE when a file is shorter,
 * OC_IO, OC_NO_MEMORY. */
oc_status oc_set_writer_create(const char *folder, size_t dimension, const oc_set_place *from, oc_set_writer **writer,
                               oc_error *err);
/* Closes the files as they are. */
void oc_set_writer_free(oc_set_writer *writer);

/* Writes one row (dimension) and its line in the index; label may be NULL. width and height are those of the upright
 * source image. A write error may be reported later, by _flush or _finish. */
oc_status oc_set_writer_row(oc_set_writer *writer, const float *row, const char *path, const char *label, size_t width,
                            size_t height, oc_error *err);
/* Writes the hash of the image whose row was written last. Call it for all rows or for none. */
oc_status oc_set_writer_hash(oc_set_writer *writer, const oc_pixel_hash *hash, oc_error *err);
/* Writes one line in skipped.csv; creates the file for the first one. */
oc_status oc_set_writer_skip(oc_set_writer *writer, const char *path, const char *reason, oc_error *err);

/* Asks the system to start writing the rows to the disk, so that _flush and _finish wait less; optional. */
void oc_set_writer_push(oc_set_writer *writer);
oc_set_place oc_set_writer_place(const oc_set_writer *writer);
/* Syncs all files up to the present position to the disk. */
oc_status oc_set_writer_flush(oc_set_writer *writer, oc_error *err);
/* Writes the number of rows into features.npy, flushes all files to the disk and closes them. */
oc_status oc_set_writer_finish(oc_set_writer *writer, oc_error *err);

/* The number of bytes by which the longest path in the folder is longer than the path of the folder. */
size_t oc_set_writer_growth(void);

/* Writes stages.safetensors. shard: the part of the list that the set holds; a count of 0 for a whole set. */
oc_status oc_set_write_stages(const char *folder, const oc_features *features, const oc_image_options *image,
                              const oc_shard *shard, oc_error *err);

#endif
