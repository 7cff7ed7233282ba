/* Writes the files of a set folder row by row, so that memory does not grow with them. */
#ifndef OC_SET_WRITER_H
#define OC_SET_WRITER_H

#include "src/dataset/dataset.h"
#include "src/image/pixel_hash.h"

#include <ocellus/features.h>

/* How far the files have been written. */
typedef struct oc_set_place {
    size_t rows, skips;
    size_t index_bytes, skipped_bytes; /* of index.csv and skipped.csv */
} oc_set_place;

typedef struct oc_set_writer oc_set_writer;

/* Begins features.npy and index.csv for rows of `dimension` values in an existing folder. With `from`, continues at
 * the position of an earlier writer's last flush and cuts off the bytes after it. OC_BAD_FILE when a file is shorter than
 * that, OC_IO, OC_NO_MEMORY. */
oc_status oc_set_writer_create(const char *folder, size_t dimension, const oc_set_place *from, oc_set_writer **writer,
                               oc_error *err);
/* Closes the files as they are. */
void oc_set_writer_free(oc_set_writer *writer);

/* One row (dimension) and its line in the index; label may be NULL. width and height are those of the upright source.
 * A write error may be reported later, by _flush or _finish. */
oc_status oc_set_writer_row(oc_set_writer *writer, const float *row, const char *path, const char *label, size_t width,
                            size_t height, oc_error *err);
/* The hash of the image whose row was written last; for all rows or for none. */
oc_status oc_set_writer_hash(oc_set_writer *writer, const oc_pixel_hash *hash, oc_error *err);
/* One line in skipped.csv, which is made for the first. */
oc_status oc_set_writer_skip(oc_set_writer *writer, const char *path, const char *reason, oc_error *err);

/* Asks the system to start writing the rows to the disk, so that _flush and _finish wait less; optional. */
void oc_set_writer_push(oc_set_writer *writer);
oc_set_place oc_set_writer_place(const oc_set_writer *writer);
/* Syncs all files up to the present position to the disk. */
oc_status oc_set_writer_flush(oc_set_writer *writer, oc_error *err);
/* Writes the number of rows into features.npy and closes all files, brought to the disk. */
oc_status oc_set_writer_finish(oc_set_writer *writer, oc_error *err);

/* The longest path that writing needs, in bytes more than the path of the set's folder. */
size_t oc_set_writer_growth(void);

/* Writes stages.safetensors; shard: the part of a list that the set holds, if it is a part. */
oc_status oc_set_write_stages(const char *folder, const oc_features *features, const oc_image_options *image,
                              const oc_shard *shard, oc_error *err);

#endif
