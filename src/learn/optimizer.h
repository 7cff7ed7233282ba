/* The choice of optimiser. */
#ifndef OC_LEARN_OPTIMIZER_H
#define OC_LEARN_OPTIMIZER_H

#include "src/learn/descent.h"

/* True for random search and local search. They get no penalties but given ones. */
bool oc_optimizer_searches(oc_optimizer optimizer);

/* True for sgd, lbfgs and both after each other: few wide rows are described in their row space, and a preconditioner is
 * used. */
bool oc_optimizer_preconditioned(oc_optimizer optimizer);

/* Minimises the objective by the optimiser of descent->used. Errors: those of the optimisers. */
oc_status oc_optimize(oc_descent *descent, oc_job *job, oc_error *err);

#endif
