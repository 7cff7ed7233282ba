/* Sets: the feature rows of a data set, with path, label and size of every image, in memory or as a folder on disk:
 *
 *     features.npy         float32 (N, D), C order
 *     index.csv            row,path,label,width,height
 *     stages.safetensors   the spec, the canonical size and what the stages learned
 *     skipped.csv          path,reason of images that could not be read, where there are any
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
                               128 x 128, which is told to the job's listener */
    uint64_t seed;
    bool strict;            /* the first image that cannot be read ends the work */
    bool told;              /* the decoder's warnings of these images are known: do not tell them to the job's listener */
    bool resume;            /* go on with what an interrupted run left in FOLDER.partial, if there is something */
} oc_extract_options;

/* Extracts the rows of all images. The set gets features of its own: a copy of those given, planned where
 * they are not, and taught by these images where they have not learned yet; those that are fitted already are
 * only applied. folder NULL keeps the rows in memory; else they are written to a set folder, whole or not at
 * all, in memory that does not grow with the rows. What is cut short (OC_CANCELLED, OC_IO, OC_NO_MEMORY, or a kill) is left
 * in FOLDER.partial, and the message says so; with `resume` it is continued to the same bytes that a run without
 * interruption writes, else removed. Errors: those of reading under `strict`; OC_BAD_DATA when no image can be read;
 * OC_USAGE when what is resumed was begun with other images, stages or options; OC_TOO_SMALL. */
oc_status oc_set_extract(const oc_dataset *dataset, const oc_features *features,
                         const oc_extract_options *options, const char *folder, oc_job *job,
                         oc_set **set, oc_error *err);

/* Opens a set folder; rows are mapped, not read. OC_NOT_FOUND, OC_BAD_FILE with file and reason, OC_NO_MEMORY. */
oc_status oc_set_open(const char *folder, oc_set **set, oc_error *err);
void oc_set_free(oc_set *set);

/* True when the path looks like a set: a folder that has features.npy. */
bool oc_set_recognise(const char *path);

const oc_rows *oc_set_rows(const oc_set *set);
size_t oc_set_count(const oc_set *set);
const char *oc_set_path(const oc_set *set, size_t row);
/* Classes that have rows, sorted by bytes; labels (N) index into them, -1 where unknown. */
const int *oc_set_labels(const oc_set *set);
size_t oc_set_classes(const oc_set *set);
const char *oc_set_class(const oc_set *set, size_t label);
/* The stages that made the rows, planned and fitted: what oc_set_extract needs for other images. */
const oc_features *oc_set_features(const oc_set *set);
/* How images were brought to size. */
oc_image_options oc_set_image_options(const oc_set *set);

/* Images that could not be read. */
size_t oc_set_skipped(const oc_set *set);
const char *oc_set_skipped_path(const oc_set *set, size_t i);
const char *oc_set_skipped_reason(const oc_set *set, size_t i);

/* Seconds that extraction took; fitting is told apart. */
double oc_set_seconds(const oc_set *set);
double oc_set_fit_seconds(const oc_set *set);

#ifdef __cplusplus
}
#endif
#endif
