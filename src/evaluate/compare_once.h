/* One comparison: all specs on one pair of training and test images. */
#ifndef OC_EVALUATE_COMPARE_ONCE_H
#define OC_EVALUATE_COMPARE_ONCE_H

#include <ocellus/evaluate.h>

/* The images of one comparison, and how they were chosen. */
typedef struct oc_sides {
    const oc_dataset *train, *test;
    oc_split_kind split;
} oc_sides;

/* Parses all specs before the work on one begins, and makes options->extract suit all of them: images of different sizes are
 * brought to one size, whatever the order of the specs. Errors as oc_compare. */
oc_status oc_compare_look_ahead(oc_compare_options *options, oc_error *err);

/* oc_compare without the choice of the split and without `seeds`: one training on each spec. */
oc_status oc_compare_once(const oc_sides *sides, const oc_compare_options *options, oc_job *job,
                          oc_comparison **comparison, oc_error *err);

#endif
