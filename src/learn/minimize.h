/* Minimisation by passes over all rows: the loop that L-BFGS and proximal Newton steps share. */
#ifndef OC_LEARN_MINIMIZE_H
#define OC_LEARN_MINIMIZE_H

#include "src/learn/descent.h"

/* The state of the loop that a method may read. */
typedef struct oc_iterate {
    oc_problem problem;          /* a copy, whose rounding the loop reduces */
    size_t weights, size;        /* C D, C D + C */
    float *w, *gradient;         /* (size) */
    float *next, *next_gradient; /* (size): the point that is tried */
    oc_objective at, tried;      /* at w, at next */
} oc_iterate;

/* A method: how it chooses steps. */
typedef struct oc_method {
    void *state;
    bool nonmonotone; /* a step may end above the last objective, if below the highest of the last OC_RECENT */
    size_t trusted;   /* steps of a loss with a kink before the predicted decrease is used */
    /* Sets next, and returns the decrease of the objective from w to next that the method's model predicts. attempt 0:
     * the minimum of the model; attempt k: a nearer point, after k points without success. */
    double (*propose)(void *state, oc_iterate *iterate, size_t attempt, oc_job *job);
    /* Updates the state after the step from w to next. */
    void (*accept)(void *state, const oc_iterate *iterate, oc_job *job);
} oc_method;

enum { OC_RECENT = 5 };

/* The predicted decrease of the last steps, and the objective before each of them. Zero-initialise. */
typedef struct oc_gap {
    double predicted[OC_RECENT], value[OC_RECENT]; /* step k in slot k % OC_RECENT */
    size_t steps;
    double correction; /* worst ratio of actual to predicted decrease before these steps */
} oc_gap;
void oc_gap_step(oc_gap *gap, double value, double predicted);
/* Call when the objective itself changes: clears the values, and keeps the correction. */
void oc_gap_restart(oc_gap *gap, double value);
/* Estimate of objective - minimum at an objective of `value`: the predicted decrease times the worst ratio of actual to
 * predicted decrease over the last OC_RECENT steps; after so many steps at least the decrease that they achieved. */
double oc_gap_estimate(const oc_gap *gap, double value, double predicted);

/* At most `batch_passes` passes; sets the objective and the gap. OC_NO_MEMORY, OC_CANCELLED. */
oc_status oc_minimize(oc_descent *descent, const oc_method *method, oc_job *job, oc_error *err);

#endif
