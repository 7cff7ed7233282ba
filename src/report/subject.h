/* The subject of a report. */
#ifndef OC_REPORT_SUBJECT_H
#define OC_REPORT_SUBJECT_H

#include <ocellus/evaluate.h>

/* Evaluations of the same test images: one, or one for each row of a comparison. */
typedef struct oc_report_subject {
    const oc_evaluation *const *evaluations; /* (count) */
    size_t count, best;                      /* best: the evaluation that the page shows first */
    size_t rows;                             /* of the test set */
    const size_t *items;                     /* (rows): the item of options->images of each row; NULL without images */
    const oc_set *set;                       /* has the paths of the rows if there are no images */
    const oc_comparison *comparison;         /* NULL for a single evaluation */
    oc_class_list classes;
    oc_image_options image;
    const oc_report_options *options;
} oc_report_subject;

#endif
