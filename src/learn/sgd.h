/* Minibatch stochastic gradient descent with momentum on preconditioned gradients. */
#ifndef OC_LEARN_SGD_H
#define OC_LEARN_SGD_H

#include "src/learn/precondition.h"
#include "src/learn/problem.h"

typedef struct oc_sgd_options {
    size_t batch, epochs;
    size_t total; /* passes of the whole training, for the trace */
    double rate;  /* NaN: from curvature and rows */
    double momentum;
    oc_schedule schedule;
    uint64_t seed;
} oc_sgd_options;

/* Improves weights (C,D) and bias (C), which the caller sets to where it starts. *rate takes the first step
 * size and *steps their number. OC_BAD_DATA when a given rate diverges; OC_NO_MEMORY, OC_CANCELLED. */
oc_status oc_sgd(const oc_problem *problem, const oc_precondition *precondition, const oc_sgd_options *options,
                 float *weights, float *bias, double *rate, size_t *steps, oc_job *job, oc_error *err);

/* The step size that options->rate = auto stands for, and the one of step `step` of `steps`. */
double oc_sgd_rate(const oc_problem *problem, const oc_precondition *precondition, const oc_sgd_options *options);
double oc_sgd_scheduled(double rate, oc_schedule schedule, size_t step, size_t steps);

#endif
