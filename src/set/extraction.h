/* The state of an extraction, shared by extract.c (sizes, folders), extract_fit.c (fitting) and extraction.c (rows). */
#ifndef OC_SET_EXTRACTION_H
#define OC_SET_EXTRACTION_H

#include "src/base/output.h"
#include "src/set/journal.h"
#include "src/set/set.h"

#include <stdatomic.h>

/* The decoder and workspace of one thread. */
typedef struct oc_worker {
    oc_decoder *decoder;
    oc_workspace *workspace;
} oc_worker;

/* The result of one image of a batch. */
typedef struct oc_outcome {
    oc_status status;
    oc_image image; /* its sizes; the pixels are not valid */
    oc_pixel_hash hash;
    char *reason; /* owned: of a failure, or the decoder's warning; NULL: none, or memory was short */
} oc_outcome;

/* Consecutive images that are read together. */
typedef struct oc_image_batch {
    size_t first, count;
    float *rows;          /* (count, D) */
    oc_outcome *outcomes; /* (count) */
} oc_image_batch;

typedef struct oc_extraction {
    const oc_dataset *dataset;
    const oc_extract_options *options;
    bool fit_only;          /* no rows are made */
    oc_image_options image; /* how images are read */
    oc_extent agreed;       /* the size that all images must have; 0 x 0: any */
    atomic_bool differ;     /* an image has another size */
    oc_job *job;
    oc_worker *workers;
    oc_set *set;
    oc_output output;      /* the folder, or zero: rows are stored in set->values */
    oc_journal journal;    /* in the folder */
    oc_set_writer *writer; /* NULL: rows are stored in set->values */
    double journal_due;    /* time of the next line of the journal */
    size_t first;          /* the next image to keep */
    oc_image_batch *reading, *keeping;
    oc_status keep_status; /* of storing the last batch */
    oc_error keep_error;
    size_t warned;          /* images whose warnings were sent to the listener */
    bool stopped_by_strict; /* an image ended the work under `strict` */
    size_t deep;            /* 16-bit PNG files without sBIT whose rows were stored, at most DEEP_TRIED */
    unsigned used_bits;     /* of the largest sample in them */
    bool depth_noted;
} oc_extraction;

/* As oc_set_extract, for an output that is a set folder or NULL (in memory). */
oc_status oc_extract_set(const oc_dataset *dataset, const oc_features *features, const oc_extract_options *options,
                         oc_job *job, oc_set **set, oc_error *err);

/* Reads image i with a worker's decoder. When its size is not e->agreed: OC_SIZES_DIFFER, and e->differ becomes
 * true. */
oc_status oc_extraction_read(oc_extraction *e, size_t i, size_t worker, oc_image *image, oc_error *err);

/* extract_fit.c: fits the stages that are not fitted. In a folder, the state of each stage is flushed to the disk
 * before the next stage is fitted, and the states that an interrupted run left are loaded. */
oc_status oc_extraction_fit(oc_extraction *e, oc_error *err);

/* Extracts the rows of all images from e->first on. After OC_CANCELLED, a folder has the rows before e->first. */
oc_status oc_extraction_rows(oc_extraction *e, oc_error *err);

#endif
