/* Sets: the feature rows of a data set, with path, label and size of every image, in memory or as a folder on disk:
 *
 *     features.npy         float32 (N, D), C order
 *     index.csv            row,path,label,width,height
 *     stages.safetensors   the spec, the canonical size and what the stages learned
 *     skipped.csv          path,reason of images that could not be read, where there are any
 *     hashes.npy           uint64 (N, 2): a hash of the pixels of each image (XXH3, 128 bits; of large images, of rows
 *                          spread over them), by which equal ones are found; sets without this file are as good
 *
 * CSV files are those of RFC 4180: a path or label with a comma, a quote or a line break in it is quoted; its bytes stand
 * as they are, UTF-8 or not, so that a path opens the file that it names.
 *
 * Skipped images leave no hole in the rows. */
#ifndef OCELLUS_SET_H
#define OCELLUS_SET_H

#include <ocellus/dataset.h>
#include <ocellus/features.h>
#include <ocellus/rows.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct oc_set oc_set;

typedef struct oc_extract_options {
    oc_image_options image; /* planes are set by the features; a size of 0 x 0 takes the images' own if all agree, else
                               a square (oc_features_side), which is told to the job's listener */
    size_t side;            /* of that square, at least */
    uint64_t seed;
    bool strict; /* the first image that cannot be read ends the work */
    bool mirror; /* refuse features whose rows do not tell those of mirrored images (OC_USAGE) */
    bool told;   /* what is to say of these images is known: do not send it to the job's listener again */
    bool resume; /* go on with what an interrupted run left in FOLDER.partial, if there is something */
    /* Specs of other extractions of the same images: the size must do for them as well, and `mirror` holds for them. */
    const char *const *also; /* (also_count) */
    size_t also_count;
} oc_extract_options;

/* Extracts the rows of all images. The set gets features of its own: a copy of those given, planned where
 * they are not, and taught by these images where they have not learned yet; those that are fitted already are
 * only applied. folder NULL keeps the rows in memory; else they are written to a set folder, whole or not at
 * all, in memory that does not grow with the rows. What is cut short (OC_CANCELLED, OC_IO, OC_NO_MEMORY, or a kill)
 * is left in FOLDER.partial, what each stage has learned as soon as it has; the message says what is kept, or that
 * nothing is. With `resume` it is continued to the same bytes that a run without interruption writes, else removed; a
 * note says what is taken up. Another note names classes of which no image could be read. Errors: those of reading under `strict`; OC_BAD_DATA when no image can
 * be read; OC_USAGE when what is resumed was begun with other images, stages or options, or the folder holds other
 * files than a set; OC_TOO_SMALL. */
OC_API oc_status oc_set_extract(const oc_dataset *dataset, const oc_features *features,
                                const oc_extract_options *options, const char *folder, oc_job *job, oc_set **set,
                                oc_error *err);

/* What rows can be written as: a set folder with features.npy; svmlight text, "label index:value ..." with indices from
 * 1, zeros left out, and labels 0, 1, ... in the order of the classes, -1 where unknown; or CSV with the columns path,
 * label, f0, f1, ..., or, with OC_FORMAT_CSV_NAMED, path, label and the names of oc_features_column_name. */
typedef enum oc_format { OC_FORMAT_NPY, OC_FORMAT_SVMLIGHT, OC_FORMAT_CSV, OC_FORMAT_CSV_NAMED } oc_format;

/* Writes a set as one text file, replaced whole or not at all; "-" is standard output. Values read back to the same
 * float32. Beside svmlight text, PATH.classes names the classes, one a line (as a CSV field); oc_set_open_rows reads
 * it. OC_BAD_DATA for NaN and infinity, OC_USAGE for OC_FORMAT_NPY, OC_IO, OC_NO_MEMORY, OC_CANCELLED. */
OC_API oc_status oc_set_export(const oc_set *set, oc_format format, const char *path, oc_job *job, oc_error *err);

/* Extracts like oc_set_extract and exports the rows. They wait in a folder of their own, PATH.rows.partial (for
 * standard output below $TMPDIR), because the numbers of the labels are known only at the end; so memory does not grow
 * with the rows, and what is cut short can be resumed. */
OC_API oc_status oc_set_extract_text(const oc_dataset *dataset, const oc_features *features,
                                     const oc_extract_options *options, oc_format format, const char *path, oc_job *job,
                                     oc_set **set, oc_error *err);

/* Puts the shards of one data set together (any order): the merged folder equals, byte for byte, what one extraction of
 * the whole by the same stages writes. *rows (may be NULL) is their number. OC_BAD_DATA: a shard is missing or there
 * twice, a set is no shard, or shards differ in list, stages or image options; else as oc_set_open and
 * oc_set_extract. */
OC_API oc_status oc_set_merge(const char *const *shards, size_t count, const char *folder, oc_job *job, size_t *rows,
                              oc_error *err);

/* Opens a set folder; rows are mapped, not read, as by oc_npy_open. OC_NOT_FOUND, OC_BAD_FILE with file and reason,
 * OC_NO_MEMORY. */
OC_API oc_status oc_set_open(const char *folder, oc_set **set, oc_error *err);
OC_API void oc_set_free(oc_set *set);

/* A set of rows that were made elsewhere, without image stages: oc_set_features has a dimension only. The rows are used
 * where they lie and must outlive the set; labels (N) name the class of each row, NULL or "" where it is unknown;
 * labels NULL: all are. OC_BAD_DATA without rows, OC_NO_MEMORY. */
OC_API oc_status oc_set_of_rows(const oc_rows *rows, const char *const *labels, oc_set **set, oc_error *err);

/* The same for the rows of a file, which is recognised by its first bytes:
 *
 *     .npy            float32 (N, D) in C order, mapped, or float64, converted; labels (N) come from a file of their own
 *                     (NULL: unknown): text with one label a line, a CSV file that has a column label, or a .npy file of
 *                     integers
 *     svmlight text   label index:value ..., indices from 1; classes are named by the labels, which are whole numbers,
 *                     or by the lines of the file beside it that has .classes behind its name
 *
 * dimension is the number of values wanted in a row; 0 takes what is there (for svmlight, the largest index). Errors:
 * those of oc_npy_open; OC_BAD_FILE with the line; OC_BAD_DATA for another number of labels than rows; OC_USAGE for
 * another dimension, or labels that are there twice. */
OC_API oc_status oc_set_open_rows(const char *path, const char *labels, size_t dimension, oc_set **set, oc_error *err);

/* True when the first bytes are those of such a file. */
OC_API bool oc_rows_recognise(const char *path);

/* True when the path looks like a set: a folder that has features.npy. */
OC_API bool oc_set_recognise(const char *path);

/* Whether a set may be written there, as oc_set_extract and oc_set_merge ask: OC_USAGE for a folder that holds anything
 * but the files of a set, which a new set would take the place of; the message names one. OC_IO, OC_NO_MEMORY. */
OC_API oc_status oc_set_check_place(const char *folder, oc_error *err);

/* While an output is built other files lie beside it and in it, whose paths are longer by as many letters at most, and
 * whose names beside it are longer by *name letters at most. Holds for sets, exported rows, models and all other files. */
OC_API size_t oc_output_room(size_t *name);

OC_API const oc_rows *oc_set_rows(const oc_set *set);
OC_API size_t oc_set_count(const oc_set *set);
OC_API const char *oc_set_path(const oc_set *set, size_t row);
/* Classes that have rows, sorted by bytes; labels (N) index into them, -1 where unknown. */
OC_API const int *oc_set_labels(const oc_set *set);
OC_API size_t oc_set_classes(const oc_set *set);
OC_API const char *oc_set_class(const oc_set *set, size_t label);
/* The stages that made the rows, planned and fitted: what oc_set_extract needs for other images. */
OC_API const oc_features *oc_set_features(const oc_set *set);
/* How images were brought to size. */
OC_API oc_image_options oc_set_image_options(const oc_set *set);

/* Images that could not be read. */
/* Sends the listener of the job a note about images with the same pixels, at the size and in the colours that the stages
 * saw (equal hashes and equal rows): how many equal an earlier one that has another label, and the first pair; with `same_label` also how many equal an
 * earlier one of the same label. Nothing for a set without hashes. OC_NO_MEMORY. */
OC_API oc_status oc_set_note_equal(const oc_set *set, bool same_label, oc_job *job, oc_error *err);
/* oc_dataset_note_labels for the labels of the rows. */
OC_API oc_status oc_set_note_labels(const oc_set *set, const char *where, oc_job *job, oc_error *err);
OC_API size_t oc_set_skipped(const oc_set *set);
OC_API const char *oc_set_skipped_path(const oc_set *set, size_t i);
OC_API const char *oc_set_skipped_reason(const oc_set *set, size_t i);

/* Seconds that extraction took; fitting is told apart. */
OC_API double oc_set_seconds(const oc_set *set);
OC_API double oc_set_fit_seconds(const oc_set *set);

#ifdef __cplusplus
}
#endif
#endif
