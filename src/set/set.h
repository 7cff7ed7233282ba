/* The set object. */
#ifndef OC_SET_SET_H
#define OC_SET_SET_H

#include <ocellus/set.h>

#include "src/dataset/dataset.h"
#include "src/image/pixel_hash.h"

typedef struct oc_skip {
    char *path, *reason;
} oc_skip;

struct oc_set {
    oc_rows rows;
    float *values;       /* rows in memory, mapped anonymously; or NULL */
    size_t values_bytes; /* of that mapping */
    oc_npy *npy;         /* rows in a file, or NULL */
    oc_set **parts;      /* (part_count): sets that this one joins, or NULL */
    oc_chunk *chunks;    /* (part_count): their rows */
    size_t part_count;
    float *external;       /* rows read from svmlight text, or NULL */
    oc_dataset *index;     /* path and label of every row, and the classes */
    int *labels;           /* (N) */
    oc_pixel_hash *hashes; /* (N), or NULL: not known */
    oc_features *features;
    oc_image_options image;
    oc_shard shard; /* count 0: the whole set */
    oc_skip *skips;
    size_t skip_count, skip_capacity;
    double seconds, fit_seconds;
};

/* Labels in "rows.svm" are numbers of classes; the file "rows.svm.classes" holds their names, one a line, as CSV
 * fields. */
#define OC_CLASSES_SUFFIX ".classes"

oc_status oc_set_add_skip(oc_set *set, const char *path, const char *reason, oc_error *err);

/* Sorts the classes and removes those without rows, as in a set read from index.csv, and copies the labels of the index
 * to set->labels. */
oc_status oc_set_gather_labels(oc_set *set, oc_error *err);

/* Reads stages.safetensors of a folder into set->features and set->image. */
oc_status oc_set_read_stages(oc_set *set, const char *folder, oc_error *err);

#endif
