/* One comparison: all specs on one pair of training and test images. */
#ifndef OC_EVALUATE_COMPARE_ONCE_H
#define OC_EVALUATE_COMPARE_ONCE_H

#include <ocellus/evaluate.h>

/* The training and test images of one comparison, and the kind of split. */
typedef struct oc_sides {
    const oc_dataset *train, *test;
    oc_split_kind split;
    size_t readable; /* images of both sides that an earlier extraction could read; 0: this is the first */
} oc_sides;

/* Parses all specs before the work begins, and adapts options->extract to all of them: images of different sizes are
 * resized to one size, which does not depend on the order of the specs. Errors as for oc_compare. */
oc_status oc_compare_look_ahead(oc_compare_options *options, oc_error *err);

/* As oc_compare, for a given split and one seed: one training for each spec. */
oc_status oc_compare_once(const oc_sides *sides, const oc_compare_options *options, oc_job *job,
                          oc_comparison **comparison, oc_error *err);

/* OC_BAD_DATA unless an extraction could read as many images as the extraction before it. */
oc_status oc_check_images_read(size_t before, size_t now, oc_error *err);

#endif
