/* The objective over rows and labels, and its gradient. Optimisers work on centred rows z = (x - center) * scale with
 * mean 0, for every scaling of the classifier: another bias gives the same objective. With centred rows the bias is
 * uncorrelated with all weights.
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
    double rounding;          /* width of the rounded kink of the hinge (src/learn/loss.h); 0: not rounded */
} oc_problem;

/* C D and C D + C. */
size_t oc_problem_weights(const oc_problem *problem);
size_t oc_problem_parameters(const oc_problem *problem);
/* True for penalties without a gradient: l1, max_norm. */
bool oc_problem_nonsmooth(const oc_problem *problem);

/* importance (C): class weights N / (C N_y), which give all C classes with rows the same total weight and have mean 1
 * over the N rows; 0 for classes without rows. */
void oc_problem_balance(const int *labels, size_t count, size_t classes, double *importance);

typedef struct oc_objective {
    double loss;     /* mean loss */
    double value;    /* mean loss and penalties */
    double rounded;  /* the same, with the rounded loss */
    double slack;    /* mean of L - (the tangent plane with the gradient of the rounded loss) */
    float *gradient; /* (C D + C): of the rounded loss, without l1; owned by the caller; NULL: not computed */
} oc_objective;

/* Evaluates the objective. The loss is summed in double precision, the gradient in single, in an order that depends on
 * shapes alone. OC_NO_MEMORY, OC_CANCELLED; a cancelled evaluator's results are not to be used. */
oc_status oc_problem_evaluate(const oc_problem *problem, const float *w, oc_objective *objective, oc_job *job,
                              oc_error *err);

/* The same with scratch memory that is reused by many evaluations. */
typedef struct oc_evaluator oc_evaluator;
/* The problem must outlive the evaluator; its penalties and rounding may change in between. */
oc_status oc_evaluator_create(const oc_problem *problem, oc_evaluator **evaluator, oc_error *err);
void oc_evaluator_free(oc_evaluator *evaluator);
/* The number of floats that it allocates. */
double oc_evaluator_floats(size_t rows, size_t columns, size_t classes);
/* Evaluates the objective over the rows with numbers batch (count), or over all rows if batch is NULL. For a batch only
 * loss and gradient are set. */
void oc_evaluator_run(oc_evaluator *evaluator, const float *w, const uint32_t *batch, size_t count,
                      oc_objective *objective, oc_job *job);

/* scores (N,C) of the rows, with the bias. OC_NO_MEMORY. */
oc_status oc_problem_scores(const oc_problem *problem, const float *w, float *scores, oc_job *job, oc_error *err);

#endif
