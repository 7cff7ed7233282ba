/* Full passes over the rows until little is left to gain: the loop that L-BFGS and proximal Newton steps share. */
#ifndef OC_LEARN_FINISH_H
#define OC_LEARN_FINISH_H

#include "src/learn/problem.h"

typedef struct oc_finish {
    size_t passes;        /* over the rows, at most; counted down */
    double tolerance;     /* end when no more than this part of the objective is left to gain */
    double curvature;     /* of the mean loss by the scores, a guess to start with */
    size_t before, steps; /* passes and changes of the weights so far, for the trace; counted on */
} oc_finish;

/* How a method moves. The state has its own copy of the problem, whose rounding the loop narrows. */
typedef struct oc_method {
    void *state;
    oc_problem *problem;
    size_t trusted; /* steps of a loss with a kink before its promises are believed */
    /* Objective, gradients and all that follows from them at the weights as they are. */
    oc_status (*start)(void *state, oc_objective *objective, oc_job *job, oc_error *err);
    /* Works out the next step; returns what the method's model of the objective promises to gain by it. */
    double (*plan)(void *state, oc_job *job);
    /* Takes it, shortened until the objective falls as it should; *moved is false where it never does. Counts passes. */
    oc_status (*step)(void *state, oc_finish *finish, oc_objective *objective, bool *moved, oc_job *job, oc_error *err);
} oc_method;

/* *objective takes values at the end, *gap an estimate of objective - minimum: what the model promises, as much more as the
 * last steps gained more than they were promised, and once there were five of them no less than these gained; for a loss
 * with a kink also what rounding costs. Errors: those of the method. */
oc_status oc_finish_run(const oc_method *method, oc_finish *finish, oc_objective *objective, double *gap, oc_job *job,
                        oc_error *err);

#endif
