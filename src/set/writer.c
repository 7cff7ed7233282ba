/* Writes the files of a set folder as streams. */
#define _GNU_SOURCE /* sync_file_range */
#include "src/set/writer.h"

#include "src/base/byte_order.h"
#include "src/base/csv.h"
#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/memory.h"
#include "src/base/output.h"
#include "src/matrix/npy.h"
#include "src/pipeline/store.h"
#include "src/set/shard.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

typedef enum file_index { ROWS, INDEX, SKIPPED, HASHES, FILES } file_index;

static const off_t PUSH = (off_t)8 << 20;
/* Bytes that are written at once; the default of stdio is 4096. */
enum { BUFFER = 1 << 16 };
static const char STAGES[] = "stages.safetensors";

static const char *const names[FILES] = {"features.npy", "index.csv", "skipped.csv", "hashes.npy"};
static const char *const headers[FILES] = {NULL, "row,path,label,width,height\n", "path,reason\n", NULL};

struct oc_set_writer {
    char *path[FILES];
    FILE *file[FILES]; /* skipped.csv and hashes.npy: NULL until they are needed */
    size_t dimension;
    oc_set_place place;
    oc_string line;
    off_t pushed; /* bytes of the rows that the system was asked to write to the disk */
};

/* The size of a file at the place, in bytes; 0: it does not exist. */
static off_t end_of(const oc_set_writer *writer, file_index which)
{
    const oc_set_place *place = &writer->place;
    switch (which) {
    case ROWS:
        return OC_NPY_HEADER + (off_t)place->rows * (off_t)(writer->dimension * sizeof(float));
    case HASHES:
        return place->rows ? OC_NPY_HEADER + (off_t)place->rows * (off_t)sizeof(oc_pixel_hash) : 0;
    case INDEX:
        return (off_t)place->index_bytes;
    default:
        return (off_t)place->skipped_bytes;
    }
}

static oc_status write_numbers(oc_set_writer *writer, file_index which, const void *numbers, size_t count, size_t width,
                               oc_error *err)
{
    return oc_write_numbers(numbers, count, width, writer->file[which])
               ? OC_OK
               : oc_fail_io(err, writer->path[which], "cannot be written");
}

static oc_status write_bytes(oc_set_writer *writer, file_index which, const void *bytes, size_t size, oc_error *err)
{
    return write_numbers(writer, which, bytes, size, 1, err);
}

static oc_status write_npy_header(oc_set_writer *writer, file_index which, oc_error *err)
{
    char header[OC_NPY_HEADER];
    if (which == ROWS) {
        oc_npy_header(writer->place.rows, writer->dimension, header);
    } else {
        oc_npy_header_of("<u8", writer->place.rows, 2, header);
    }
    return write_bytes(writer, which, header, sizeof header, err);
}

static oc_status begin_file(oc_set_writer *writer, file_index which, oc_error *err)
{
    writer->file[which] = fopen(writer->path[which], "wb");
    if (!writer->file[which]) {
        return oc_fail_io(err, writer->path[which], "cannot be written");
    }
    setvbuf(writer->file[which], NULL, _IOFBF, BUFFER);
    if (which == ROWS || which == HASHES) {
        return write_npy_header(writer, which, err);
    }
    size_t length = strlen(headers[which]);
    *(which == INDEX ? &writer->place.index_bytes : &writer->place.skipped_bytes) = length;
    return write_bytes(writer, which, headers[which], length, err);
}

/* Opens a file of an earlier writer and cuts off the bytes after the position. */
static oc_status resume_file(oc_set_writer *writer, file_index which, oc_error *err)
{
    const char *path = writer->path[which];
    off_t end = end_of(writer, which);
    if (end == 0) {
        unlink(path);
        return OC_OK;
    }
    struct stat about;
    FILE *file = fopen(path, "r+b");
    writer->file[which] = file;
    if (file) {
        setvbuf(file, NULL, _IOFBF, BUFFER);
    }
    if (!file || fstat(fileno(file), &about) != 0) {
        return oc_fail_io(err, path, "cannot be opened");
    }
    if (about.st_size < end) {
        return oc_fail(err, OC_BAD_FILE,
                       "%s: is shorter than when the work was interrupted; start again without `resume`", path);
    }
    if (ftruncate(fileno(file), end) != 0 || fseeko(file, 0, SEEK_END) != 0) {
        return oc_fail_io(err, path, "cannot be written");
    }
    return OC_OK;
}

/* Removes skipped.csv or hashes.npy of an earlier attempt. */
static oc_status remove_old_file(const char *path)
{
    unlink(path);
    return OC_OK;
}

oc_status oc_set_writer_create(const char *folder, size_t dimension, const oc_set_place *from, oc_set_writer **out,
                               oc_error *err)
{
    oc_set_writer *writer = oc_alloc(1, sizeof *writer);
    if (!writer) {
        return oc_fail_memory(err, "the set");
    }
    writer->dimension = dimension;
    writer->place = from ? *from : (oc_set_place){0};
    writer->pushed = end_of(writer, ROWS);
    oc_status status = OC_OK;
    for (file_index i = ROWS; status == OC_OK && i < FILES; i++) {
        writer->path[i] = oc_path_join(folder, names[i]);
        status = !writer->path[i] ? oc_fail_memory(err, "a path")
                 : from           ? resume_file(writer, i, err)
                 : i >= SKIPPED   ? remove_old_file(writer->path[i])
                                  : begin_file(writer, i, err);
    }
    if (status != OC_OK) {
        oc_set_writer_free(writer);
        return status;
    }
    *out = writer;
    return OC_OK;
}

void oc_set_writer_free(oc_set_writer *writer)
{
    if (!writer) {
        return;
    }
    for (size_t i = 0; i < FILES; i++) {
        if (writer->file[i]) {
            fclose(writer->file[i]);
        }
        oc_free(writer->path[i]);
    }
    oc_string_free(&writer->line);
    oc_free(writer);
}

static oc_status write_line(oc_set_writer *writer, file_index which, size_t *bytes, oc_error *err)
{
    if (writer->line.failed) {
        return oc_fail_memory(err, names[which]);
    }
    *bytes += writer->line.length;
    return write_bytes(writer, which, writer->line.data, writer->line.length, err);
}

oc_status oc_set_writer_row(oc_set_writer *writer, const float *row, const char *path, const char *label, size_t width,
                            size_t height, oc_error *err)
{
    oc_string *line = &writer->line;
    line->length = 0;
    oc_string_add_size(line, writer->place.rows);
    oc_string_add(line, ",");
    oc_csv_add(line, path);
    oc_string_add(line, ",");
    oc_csv_add(line, label ? label : "");
    oc_string_add(line, ",");
    oc_string_add_size(line, width);
    oc_string_add(line, ",");
    oc_string_add_size(line, height);
    oc_string_add(line, "\n");
    oc_status status = write_line(writer, INDEX, &writer->place.index_bytes, err);
    if (status == OC_OK) {
        status = write_numbers(writer, ROWS, row, writer->dimension, sizeof *row, err);
    }
    writer->place.rows++;
    return status;
}

oc_status oc_set_writer_hash(oc_set_writer *writer, const oc_pixel_hash *hash, oc_error *err)
{
    oc_status status = writer->file[HASHES] ? OC_OK : begin_file(writer, HASHES, err);
    return status == OC_OK ? write_numbers(writer, HASHES, hash, 2, sizeof hash->low, err) : status;
}

oc_status oc_set_writer_skip(oc_set_writer *writer, const char *path, const char *reason, oc_error *err)
{
    oc_string *line = &writer->line;
    oc_status status = writer->file[SKIPPED] ? OC_OK : begin_file(writer, SKIPPED, err);
    if (status != OC_OK) {
        return status;
    }
    line->length = 0;
    oc_csv_add(line, path);
    oc_string_add(line, ",");
    oc_csv_add(line, reason);
    oc_string_add(line, "\n");
    writer->place.skips++;
    return write_line(writer, SKIPPED, &writer->place.skipped_bytes, err);
}

void oc_set_writer_push(oc_set_writer *writer)
{
#ifdef SYNC_FILE_RANGE_WRITE
    off_t end = end_of(writer, ROWS);
    if (end - writer->pushed >= PUSH && fflush(writer->file[ROWS]) == 0) {
        (void)sync_file_range(fileno(writer->file[ROWS]), writer->pushed, end - writer->pushed, SYNC_FILE_RANGE_WRITE);
        writer->pushed = end;
    }
#else
    (void)writer;
#endif
}

oc_set_place oc_set_writer_place(const oc_set_writer *writer)
{
    return writer->place;
}

oc_status oc_set_writer_flush(oc_set_writer *writer, oc_error *err)
{
    for (size_t i = 0; i < FILES; i++) {
        FILE *file = writer->file[i];
        if (file && (fflush(file) != 0 || fsync(fileno(file)) != 0)) {
            return oc_fail_io(err, writer->path[i], "cannot be written");
        }
    }
    return OC_OK;
}

oc_status oc_set_writer_finish(oc_set_writer *writer, oc_error *err)
{
    rewind(writer->file[ROWS]);
    oc_status status = write_npy_header(writer, ROWS, err);
    if (status == OC_OK && writer->file[HASHES]) {
        rewind(writer->file[HASHES]);
        status = write_npy_header(writer, HASHES, err);
    }
    for (size_t i = 0; status == OC_OK && i < FILES; i++) {
        FILE *file = writer->file[i];
        writer->file[i] = NULL;
        status = file ? oc_file_close(file, writer->path[i], err) : OC_OK;
    }
    return status;
}

size_t oc_set_writer_growth(void)
{
    return oc_output_growth(true) + strlen("/") + strlen(STAGES) + oc_output_growth(false);
}

/* Checks that the written file can be loaded. The file of an unfinished fit is only read, because no set can be made of
 * it. */
static oc_status check_stages(const oc_archive *archive, oc_error *err)
{
    oc_features *features = NULL;
    oc_image_options image;
    oc_status status = oc_load_features(archive, &features, &image, err);
    oc_features_free(features);
    return status;
}

static oc_status write_archive(oc_archive *archive, const char *path, const oc_features *features,
                               const oc_image_options *image, const oc_shard *shard, oc_error *err)
{
    oc_status status = oc_store_format(archive, "ocellus-stages", err);
    if (status == OC_OK) {
        status = oc_store_features(archive, features, image, err);
    }
    if (status == OC_OK) {
        status = oc_shard_store(archive, shard, err);
    }
    if (status != OC_OK) {
        return status;
    }
    return oc_archive_write(archive, path, oc_features_unfitted(features) ? NULL : check_stages, err);
}

oc_status oc_set_write_stages(const char *folder, const oc_features *features, const oc_image_options *image,
                              const oc_shard *shard, oc_error *err)
{
    oc_archive *archive = NULL;
    char *path = oc_path_join(folder, STAGES);
    oc_status status = path ? oc_archive_create(&archive, err) : oc_fail_memory(err, "a path");
    if (status == OC_OK) {
        status = write_archive(archive, path, features, image, shard, err);
    }
    oc_archive_free(archive);
    oc_free(path);
    return status;
}
