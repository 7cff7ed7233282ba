/* Full passes that finish what the stochastic gradient began. */
#ifndef OC_LEARN_QUASI_NEWTON_H
#define OC_LEARN_QUASI_NEWTON_H

#include "src/learn/finish.h"
#include "src/learn/precondition.h"

/* Improves weights (C,D) and bias (C) from where they are. The problem has no l1 and no max_norm; its rounding is
 * chosen here. *gap takes an estimate of objective - minimum; *objective takes values at the end, its gradients are
 * not used. OC_NO_MEMORY, OC_CANCELLED. */
oc_status oc_quasi_newton(const oc_problem *problem, const oc_precondition *precondition, oc_finish *finish,
                          float *weights, float *bias, oc_objective *objective, double *gap, oc_job *job,
                          oc_error *err);

#endif
