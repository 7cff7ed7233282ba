/* The choice of optimiser. */
#ifndef OC_LEARN_OPTIMIZER_H
#define OC_LEARN_OPTIMIZER_H

#include "src/learn/precondition.h"

/* True for optimisers that look at losses alone. They get no penalties unless these are given by hand. */
bool oc_optimizer_searches(int optimizer);

/* Minimises the objective over weights (C,D) and bias (C) on centred rows. used: batch and epochs are set; a
 * rate of auto is replaced by the one that was taken. shift (D): of the scaling that was asked for. *steps:
 * changes of the weights. Errors: those of the optimisers. */
oc_status oc_optimize(const oc_problem *problem, const oc_precondition *precondition, const float *shift,
                      oc_train_options *used, float *weights, float *bias, size_t *steps, oc_job *job, oc_error *err);

#endif
