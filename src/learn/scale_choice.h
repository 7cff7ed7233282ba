/* The choice of the scaling, and a first guess at the penalty that suits it. */
#ifndef OC_LEARN_SCALE_CHOICE_H
#define OC_LEARN_SCALE_CHOICE_H

#include <ocellus/classifier.h>

/* Replaces auto of the options' scale and stage_weight, and an automatic l2 by a guess for validation to start from. Uses up
 * to 1,024 rows, of every class its share. OC_BAD_DATA for values that are not finite,
 * OC_NO_MEMORY, OC_CANCELLED. */
oc_status oc_scale_choose(const oc_examples *examples, oc_train_options *options, oc_job *job, oc_error *err);

#endif
