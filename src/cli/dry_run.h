/* What a piece of work will take, printed without doing it: --dry-run. */
#ifndef OC_CLI_DRY_RUN_H
#define OC_CLI_DRY_RUN_H

#include "src/cli/command.h"

/* What was found out by extracting a few images. */
typedef struct trial {
    size_t images, classes;   /* of the whole */
    size_t dimension;         /* values in a row */
    oc_extent size;           /* images are brought to */
    double image_seconds;     /* to read and measure one, on all threads */
    double fit_seconds;       /* that stages learned for, on the few images */
    size_t tried, unreadable; /* of the few */
    double choose_seconds;    /* of two processors, that -f auto takes at most before all that; 0 without it */
    size_t memory;            /* bytes that the trial took at most */
} trial;

/* Extracts a sample of the data set, which is reduced to it. */
oc_status try_images(oc_dataset *dataset, const oc_features *features, const oc_extract_options *options, oc_job *job,
                     trial *result, oc_error *err);

/* What is printed of a piece of work. */
typedef struct plan {
    trial work;        /* tried 0: rows that are made already */
    const trial *test; /* images that are tested on, or NULL */
    size_t output;     /* bytes to be written, or 0 */
    size_t memory;     /* bytes */
    bool trains;
} plan;

/* Prints the plan, as one JSON object if asked. */
void print_plan(const plan *plan, bool json);

#endif
