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
    oc_shard shard; /* a count of 0: the whole */
    oc_skip *skips;
    size_t skip_count, skip_capacity;
    double seconds, fit_seconds;
};

/* "rows.svm" has the names of the classes that its labels number beside it in "rows.svm.classes": one a line, as a CSV
 * field. */
#define OC_CLASSES_SUFFIX ".classes"

oc_status oc_set_add_skip(oc_set *set, const char *path, const char *reason, oc_error *err);

/* Brings the classes into the form that index.csv will give them (sorted, only those of rows), and gathers
 * the labels of the index into set->labels. */
oc_status oc_set_gather_labels(oc_set *set, oc_error *err);

/* Reads stages.safetensors of a folder into set->features and set->image. */
oc_status oc_set_read_stages(oc_set *set, const char *folder, oc_error *err);

#endif
