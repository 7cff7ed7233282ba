/* An extraction at work: what extract.c, which decides about sizes and folders, and extraction.c, which makes the
 * rows, have between them. */
#ifndef OC_SET_EXTRACTION_H
#define OC_SET_EXTRACTION_H

#include "src/base/output.h"
#include "src/set/journal.h"
#include "src/set/set.h"

#include <stdatomic.h>

/* What a thread owns. */
typedef struct oc_hand {
    oc_decoder *decoder;
    oc_workspace *workspace;
} oc_hand;

/* What became of one image of a round. */
typedef struct oc_outcome {
    oc_status status;
    oc_image image; /* its sizes; the pixels are gone */
    oc_pixel_hash hash;
    char *reason; /* owned: why it could not be read, or what the decoder warned of; NULL also when memory was short */
} oc_outcome;

/* Images that are read together. */
typedef struct oc_round {
    size_t first, count;
    float *rows;          /* (count, D) */
    oc_outcome *outcomes; /* (count) */
} oc_round;

typedef struct oc_extraction {
    const oc_dataset *dataset;
    const oc_extract_options *options;
    bool fit_only;          /* no rows are made */
    oc_image_options image; /* how images are read */
    oc_extent agreed;       /* the size that all images must have; 0 x 0: any */
    atomic_bool differ;     /* one had not */
    oc_job *job;
    oc_hand *hands;
    oc_set *set;
    oc_output output;      /* the folder, or zero: rows go to set->values */
    oc_journal journal;    /* in the folder */
    oc_set_writer *writer; /* NULL: rows go to set->values */
    double journal_due;    /* when it is to be written next */
    size_t first;          /* image that is kept next */
    oc_round *reading, *keeping;
    oc_status kept; /* how keeping the last round went */
    oc_error trouble;
    size_t told;        /* images whose warnings the listener has heard */
    bool refused;       /* an image ended the work under `strict` */
    size_t deep;        /* 16-bit PNG files that were kept and do not say how many bits they use, up to DEEP_TRIED */
    unsigned used_bits; /* of the largest sample in them */
    bool depth_noted;
} oc_extraction;

/* Reads image i with a worker's decoder. OC_SIZES_DIFFER, and e->differ, for one of another size than agreed. */
oc_status oc_extraction_read(oc_extraction *e, size_t i, size_t worker, oc_image *image, oc_error *err);

/* extract_fit.c: lets the stages that have not learned yet learn from the images. In a folder, what each has learned is
 * on the disk before the next one begins, and what an earlier run left there is taken up. */
oc_status oc_extraction_fit(oc_extraction *e, oc_error *err);

/* Extracts the rows of all images from e->first on. Under OC_CANCELLED, rows of a folder are those up to e->first. */
oc_status oc_extraction_rows(oc_extraction *e, oc_error *err);

#endif
