/* --dry-run: prints memory and time of a command without doing its work. */
#ifndef OC_CLI_DRY_RUN_H
#define OC_CLI_DRY_RUN_H

#include "src/cli/command.h"

/* Measurements of a few images. */
typedef struct cli_trial {
    size_t images, classes;   /* of the whole data set */
    size_t dimension;         /* values in a row */
    oc_extent size;           /* to which images are resized */
    double image_seconds;     /* to read one image and compute its row, on all threads */
    double fit_seconds;       /* to fit the stages to the few images */
    size_t tried, unreadable; /* the few images; the unreadable ones of them */
    double choose_seconds;    /* of two processors: the limit of -f auto; 0 without -f auto */
    size_t memory;            /* bytes, the peak of the trial */
} cli_trial;

/* Extracts a sample of the data set, and reduces the data set to this sample. */
oc_status try_images(oc_dataset *dataset, const oc_features *features, const oc_extract_options *options, oc_job *job,
                     cli_trial *result, oc_error *err);

/* The printed figures. */
typedef struct cli_plan {
    cli_trial work;        /* tried is 0 for rows that exist already */
    const cli_trial *test; /* test images, or NULL */
    size_t output;         /* bytes to be written, or 0 */
    size_t memory;         /* bytes */
    bool trains;
} cli_plan;

/* Prints the plan; with json as one JSON object. */
void print_plan(const cli_plan *plan, bool json);

#endif
