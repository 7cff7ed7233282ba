/* Sets: the feature rows of a data set, with path, label and size of every image, in memory or as a folder on disk:
 *
 *     features.npy         float32 (N, D), C order
 *     index.csv            row,path,label,width,height
 *     stages.safetensors   the spec, the canonical size and what the stages learned
 *     skipped.csv          path,reason of the images that could not be read, if any
 *     hashes.npy           uint64 (N, 2): a hash of the pixels of each image (XXH3, 128 bits; of large images, a
 *                          hash of some rows), to find equal images; optional
 *
 * CSV files follow RFC 4180: a path or label with a comma, a quote or a line break is quoted. Its bytes are written
 * unchanged, UTF-8 or not, so that a path opens the file that it names. Skipped images leave no gap in the rows.
 *
 * Thread-safe: any number of threads may read one object (const functions) and work on different ones; one that changes
 * or frees an object needs it for itself. A job belongs to one call at a time. */
#ifndef OCELLUS_SET_H
#define OCELLUS_SET_H

#include <ocellus/dataset.h>
#include <ocellus/features.h>
#include <ocellus/rows.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct oc_set oc_set;

/* Formats of rows on disk: a set folder with features.npy; svmlight text, "label index:value ..." with indices from 1,
 * zeros left out, and labels 0, 1, ... in the order of the classes, -1 where unknown; or CSV with the columns path,
 * label, f0, f1, ..., or, with OC_FORMAT_CSV_NAMED, path, label and the names of oc_features_column_name. */
typedef enum oc_format { OC_FORMAT_NPY, OC_FORMAT_SVMLIGHT, OC_FORMAT_CSV, OC_FORMAT_CSV_NAMED } oc_format;

typedef struct oc_extract_options {
    const char *output;     /* the set folder, or the text file ("-" is standard output); NULL: rows in memory */
    oc_format format;       /* of the output */
    oc_image_options image; /* planes are set by the features; a size of 0 x 0 is the images' own if all are equal, else
                               a square of oc_features_side, and the job's listener gets a note */
    size_t side;            /* minimum side of that square */
    uint64_t seed;
    bool strict;            /* the first image that cannot be read ends the work */
    bool mirror;            /* OC_USAGE for features whose rows of mirrored images are not a permutation */
    bool suppress_warnings; /* do not send warnings and notes about these images: an earlier extraction sent them */
    bool resume;            /* continue an interrupted run that left OUTPUT.partial, if there is one */
    /* Specs that will be extracted from the same images: the size and `mirror` must suit them as well. */
    const char *const *also; /* (also_count) */
    size_t also_count;
} oc_extract_options;

/* Rows in memory; images and limits as oc_image_defaults, seed 0. */
OC_API oc_extract_options oc_extract_defaults(void);

/* Extracts the rows of all images. The set gets a copy of the features, planned if they are not and fitted to these
 * images if they are not; fitted features are only applied. An output is written whole or not at all, in memory that
 * does not grow with the rows. The rows of a text file wait in a folder PATH.rows.partial (for standard output below
 * $TMPDIR), because the numbers of the labels are known only at the end.
 *
 * An interrupted run (OC_CANCELLED, OC_IO, OC_NO_MEMORY, or a kill) leaves its rows and fitted stages in that folder,
 * or in FOLDER.partial; the message says what is kept. With `resume` the next run continues it, to the same bytes that
 * an uninterrupted run writes, and a note says from where; without `resume` it is removed. Another note names classes
 * without a readable image.
 *
 * Errors: those of reading with `strict`; OC_BAD_DATA when no image can be read, or for NaN and infinity in text;
 * OC_USAGE when the interrupted run had other images, stages or options, or when the folder holds other files than a
 * set; OC_TOO_SMALL. */
OC_API oc_status oc_set_extract(const oc_dataset *dataset, const oc_features *features,
                                const oc_extract_options *options, oc_job *job, oc_set **set, oc_error *err);

/* Plans and fits the features as oc_set_extract does for these images, and makes a set that has no rows, but features
 * and image options. The output is not used. Errors: as oc_set_extract. */
OC_API oc_status oc_set_fit(const oc_dataset *dataset, const oc_features *features, const oc_extract_options *options,
                            oc_job *job, oc_set **set, oc_error *err);

/* Writes a set as one text file, replaced whole or not at all; "-" is standard output. Values read back to the same
 * float32. Beside svmlight text, PATH.classes names the classes, one a line (as a CSV field); oc_set_open_rows reads
 * it. OC_BAD_DATA for NaN and infinity, OC_USAGE for OC_FORMAT_NPY, OC_IO, OC_NO_MEMORY, OC_CANCELLED. */
OC_API oc_status oc_set_export(const oc_set *set, oc_format format, const char *path, oc_job *job, oc_error *err);

/* Merges the shards of one data set, given in any order. The merged folder equals byte for byte the folder of one
 * extraction of the whole by the same stages. *rows (may be NULL) is the number of rows. Notes: oc_set_note_equal of
 * the whole, and class folders of which no shard has a row. OC_BAD_DATA: a shard is missing or there twice, a set is no
 * shard, or shards differ in list, stages or image options; else as oc_set_open and oc_set_extract. */
OC_API oc_status oc_set_merge(const char *const *shards, size_t count, const char *folder, oc_job *job, size_t *rows,
                              oc_error *err);

/* Opens a set folder; rows are mapped, not read, as by oc_npy_open. OC_NOT_FOUND, OC_BAD_FILE with file and reason,
 * OC_NO_MEMORY. */
OC_API oc_status oc_set_open(const char *folder, oc_set **set, oc_error *err);
/* Opens several set folders of the same stages as if they were one, without a copy of their rows, in this order; shards
 * of one list are ordered as in that list, and some may be missing. Errors as oc_set_open; OC_USAGE for none,
 * OC_BAD_DATA for sets that were not extracted alike or a shard that is there twice. */
OC_API oc_status oc_set_open_joined(const char *const *folders, size_t count, oc_set **set, oc_error *err);
OC_API void oc_set_free(oc_set *set);

/* A set of external rows, made by another program, without image stages: oc_set_features has only a dimension. The rows
 * are not copied and must outlive the set; labels (N) name the class of each row, NULL or "" where it is unknown;
 * labels NULL: all are unknown. OC_BAD_DATA without rows, OC_NO_MEMORY. */
OC_API oc_status oc_set_of_rows(const oc_rows *rows, const char *const *labels, oc_set **set, oc_error *err);

/* The same for the rows of a file, which is recognised by its first bytes:
 *
 *     .npy            float32 (N, D) in C order, mapped, or float64, converted; labels (N) come from a separate file
 *                     (NULL: unknown): text with one label a line, a CSV file that has a column label, or a .npy file
 *                     of integers
 *     svmlight text   label index:value ..., indices from 1; classes are named by the labels, which are whole numbers,
 *                     or by the lines of the file beside it named like it with .classes at the end
 *
 * dimension is the expected number of values in a row; 0 accepts any (for svmlight, the largest index). Errors:
 * those of oc_npy_open; OC_BAD_FILE with the line; OC_BAD_DATA for another number of labels than rows; OC_USAGE for
 * another dimension, or labels that are given twice. */
OC_API oc_status oc_set_open_rows(const char *path, const char *labels, size_t dimension, oc_job *job, oc_set **set,
                                  oc_error *err);

/* True when the first bytes are those of such a file. */
OC_API bool oc_rows_recognise(const char *path);

/* True when the path looks like a set: a folder that has features.npy. */
OC_API bool oc_set_recognise(const char *path);

/* Checks, as oc_set_extract and oc_set_merge do, that a set may be written to a folder: OC_USAGE when the folder holds
 * a file that is not part of a set, which a new set would replace; the message names it. OC_IO, OC_NO_MEMORY. */
OC_API oc_status oc_set_check_place(const char *folder, oc_error *err);

/* While an output is built, temporary files lie beside it and in it. Returns the number of bytes by which their paths
 * are longer at most; *name is that number for their names in the folder of the output. For sets, exported rows, models
 * and all other files. */
OC_API size_t oc_output_room(size_t *name);

OC_API const oc_rows *oc_set_rows(const oc_set *set);
OC_API size_t oc_set_count(const oc_set *set);
OC_API const char *oc_set_path(const oc_set *set, size_t row);
/* Classes that have rows, sorted by bytes; labels (N) index into them, -1 where unknown. */
OC_API const int *oc_set_labels(const oc_set *set);
OC_API size_t oc_set_classes(const oc_set *set);
OC_API const char *oc_set_class(const oc_set *set, size_t label);
OC_API oc_class_list oc_set_class_list(const oc_set *set);
/* The stages that computed the rows, planned and fitted; oc_set_extract can apply them to other images. */
OC_API const oc_features *oc_set_features(const oc_set *set);
/* The options by which images were read. */
OC_API oc_image_options oc_set_image_options(const oc_set *set);

/* Sends the listener of the job a note about images with the same pixels, at the size and in the colours that the
 * stages saw (equal hashes and equal rows): how many equal an earlier one that has another label, and the first pair;
 * with `same_label` also how many equal an earlier one of the same label. Nothing for a set without hashes.
 * OC_NO_MEMORY. */
OC_API oc_status oc_set_note_equal(const oc_set *set, bool same_label, oc_job *job, oc_error *err);
/* oc_dataset_note_labels for the labels of the rows. */
OC_API oc_status oc_set_note_labels(const oc_set *set, const char *where, oc_job *job, oc_error *err);
/* Images that could not be read. */
OC_API size_t oc_set_skipped(const oc_set *set);
OC_API const char *oc_set_skipped_path(const oc_set *set, size_t i);
OC_API const char *oc_set_skipped_reason(const oc_set *set, size_t i);

/* Seconds of the extraction without the fit, and of the fit. */
OC_API double oc_set_seconds(const oc_set *set);
OC_API double oc_set_fit_seconds(const oc_set *set);

#ifdef __cplusplus
}
#endif
#endif
