/* --dry-run: memory and time of a command, printed without doing its work. */
#ifndef OC_CLI_DRY_RUN_H
#define OC_CLI_DRY_RUN_H

#include "src/cli/command.h"

/* Measurements of a few images. */
typedef struct cli_trial {
    size_t images, classes;   /* of the whole data set */
    size_t dimension;         /* values in a row */
    oc_extent size;           /* that images are brought to */
    double image_seconds;     /* to read and measure one image, on all threads */
    double fit_seconds;       /* of the learning stages, on the few images */
    size_t tried, unreadable; /* the few images; those of them that cannot be read */
    double choose_seconds;    /* of two processors: the limit of -f auto, which comes first; 0 without it */
    size_t memory;            /* bytes, the peak of the trial */
} cli_trial;

/* Extracts a sample of the data set; the data set is reduced to the sample. */
oc_status try_images(oc_dataset *dataset, const oc_features *features, const oc_extract_options *options, oc_job *job,
                     cli_trial *result, oc_error *err);

/* The figures that are printed. */
typedef struct cli_plan {
    cli_trial work;        /* tried is 0 for rows that are made already */
    const cli_trial *test; /* test images, or NULL */
    size_t output;         /* bytes to be written, or 0 */
    size_t memory;         /* bytes */
    bool trains;
} cli_plan;

/* Prints the plan, as one JSON object if asked. */
void print_plan(const cli_plan *plan, bool json);

#endif
