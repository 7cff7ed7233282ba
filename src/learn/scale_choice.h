/* Chooses the scaling, and an initial guess of the penalty. */
#ifndef OC_LEARN_SCALE_CHOICE_H
#define OC_LEARN_SCALE_CHOICE_H

#include <ocellus/classifier.h>

/* Replaces auto in scale and stage_weight of the options, and a NaN l2 by a guess from which validation starts. Uses a
 * stratified sample of up to 1,024 rows. OC_BAD_DATA for values that are not finite, OC_NO_MEMORY, OC_CANCELLED. */
oc_status oc_scale_choose(const oc_examples *examples, oc_train_options *options, oc_job *job, oc_error *err);

#endif
