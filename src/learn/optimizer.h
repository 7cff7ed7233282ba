/* The choice of optimiser. */
#ifndef OC_LEARN_OPTIMIZER_H
#define OC_LEARN_OPTIMIZER_H

#include "src/learn/precondition.h"

/* True for optimisers that look at losses alone. They get no penalties unless these are given by hand. */
bool oc_optimizer_searches(int optimizer);

/* True for sgd, lbfgs and both after each other: they work on coordinates of few wide rows, and are preconditioned. */
bool oc_optimizer_preconditioned(int optimizer);

/* What an optimiser found. */
typedef struct oc_found {
    size_t steps; /* changes of the weights */
    double loss, objective, accuracy;
    double gap; /* estimate of objective - minimum; NaN where there is none */
} oc_found;

/* What is known of the rows beforehand. */
typedef struct oc_ground {
    const oc_precondition *precondition; /* the identity where a penalty has no gradient */
    const float *covariance;             /* (D,D), both triangles, for such penalties, or NULL */
    const float *shift;                  /* (D): of the scaling that was asked for */
    double curvature;                    /* the usual one of the mean loss by the scores */
    double tolerance;                    /* part of the objective that may be left to gain */
} oc_ground;

/* True for penalties without a gradient: l1, max_norm. */
bool oc_optimizer_rough(const oc_problem *problem);

/* Minimises the objective over weights (C,D) and bias (C) on centred rows. used: batch and epochs are set; a
 * rate of auto is replaced by the one that was taken. Errors: those of the optimisers. */
oc_status oc_optimize(const oc_problem *problem, const oc_ground *ground, oc_train_options *used, float *weights,
                      float *bias, oc_found *found, oc_job *job, oc_error *err);

#endif
