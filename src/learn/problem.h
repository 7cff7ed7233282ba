/* What an optimiser is given: rows, labels and the objective.
 *
 * Optimisers work on centred rows z = (x - center) * scale, whose mean is 0, whatever scaling was asked for:
 * the bias takes up the difference, and the objective is the same. The bias is then uncorrelated with all
 * weights. */
#ifndef OC_LEARN_PROBLEM_H
#define OC_LEARN_PROBLEM_H

#include <ocellus/classifier.h>

typedef struct oc_problem {
    const oc_rows *rows;         /* (N,D) */
    const int *labels;           /* (N) */
    size_t classes;              /* C */
    const float *center, *scale; /* (D) */
    oc_loss loss;
    double l2, score_l2, l1;
    double max_norm;          /* upper limit of |w_c|; 0: none */
    const double *importance; /* (C): factor of the losses of each class; NULL: 1 */
    double rounding;          /* width over which the hinge's kink is rounded off (src/learn/loss.h); 0: not at all */
} oc_problem;

/* The objective at weights W (C, D) and bias (C) over all rows, in double precision sums over tiles in a
 * fixed order. */
typedef struct oc_objective {
    double loss;    /* mean loss */
    double value;   /* with the penalties */
    double rounded; /* value, of the loss with its kink rounded off */
    double slack;   /* what rounding costs: the mean of L - (its tangent plane by the rounded gradient) */
    double accuracy;
    float *gradient; /* (C, D) of the weights, l1 left out, rounded; or NULL when not wanted; given by the caller */
    double *bias;    /* (C) gradient of the bias, or NULL */
} oc_objective;
oc_status oc_problem_evaluate(const oc_problem *problem, const float *weights, const float *bias,
                              oc_objective *objective, oc_job *job, oc_error *err);

/* scores (N,C) of the rows, with the bias. OC_NO_MEMORY. */
oc_status oc_problem_scores(const oc_problem *problem, const float *weights, const float *bias, float *scores,
                            oc_job *job, oc_error *err);

#endif
