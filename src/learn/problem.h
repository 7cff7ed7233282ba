/* The objective over rows and labels, and its gradient.
 *
 * Optimisers work on centred rows z = (x - center) * scale, whose mean is 0, whatever the scaling of the classifier:
 * the bias makes up for the difference, and the objective is the same. The bias is then uncorrelated with all weights.
 *
 * Parameters are one vector w of C D + C floats: W (C,D) row by row, then the biases b (C). Gradients have the same
 * layout. */
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

/* C D and C D + C. */
size_t oc_problem_weights(const oc_problem *problem);
size_t oc_problem_parameters(const oc_problem *problem);
/* True for penalties without a gradient: l1, max_norm. */
bool oc_problem_nonsmooth(const oc_problem *problem);

/* Class weights N / (C N_y), so that all C classes that have rows count alike, and 1 in the mean over the N rows; 0 of classes
 * without rows. */
void oc_problem_balance(const int *labels, size_t count, size_t classes, double *importance);

typedef struct oc_objective {
    double loss;     /* mean loss */
    double value;    /* with the penalties */
    double rounded;  /* value, of the loss with its kink rounded off */
    double slack;    /* cost of the rounding: the mean of L - (its tangent plane by the rounded gradient) */
    float *gradient; /* (C D + C), without l1, of the rounded loss; the caller's, or NULL where it is not wanted */
} oc_objective;

/* Sums over tiles of rows in a fixed order, in double precision. OC_NO_MEMORY, OC_CANCELLED. */
oc_status oc_problem_evaluate(const oc_problem *problem, const float *w, oc_objective *objective, oc_job *job,
                              oc_error *err);

/* The same in scratch memory that serves one evaluation after another. */
typedef struct oc_evaluator oc_evaluator;
/* The problem must outlive the evaluator; its penalties and rounding may change in between. */
oc_status oc_evaluator_create(const oc_problem *problem, oc_evaluator **evaluator, oc_error *err);
void oc_evaluator_free(oc_evaluator *evaluator);
/* The objective over a batch of `count` rows with the numbers batch (count); over all rows where batch is NULL. Of a
 * batch only loss and gradient are set. */
void oc_evaluator_run(oc_evaluator *evaluator, const float *w, const uint32_t *batch, size_t count,
                      oc_objective *objective, oc_job *job);

/* scores (N,C) of the rows, with the bias. OC_NO_MEMORY. */
oc_status oc_problem_scores(const oc_problem *problem, const float *w, float *scores, oc_job *job, oc_error *err);

#endif
