/* The linear classifier: scores s = W x + b, one for each class, trained on rows of features; and k nearest neighbours,
 * the baseline that it is compared with, behind the same functions.
 *
 * Rows are scaled first, z = (x - shift) * scale for each column; W is stored for z as one matrix (C, D+1) whose last
 * column is the bias. The objective is
 *
 *     F(W) = mean_i [ L(W z_i, y_i) + score_l2 |W (z_i - mean z)|^2 ] + l2 sum W^2
 *
 * (sum W^2 leaves out the bias). The penalty on the squared scores is the usual one on the weights, measured in columns
 * that have been decorrelated: it does not hold back directions of small variance, which carry much of what correlated
 * features like visual words know. Both penalties are chosen by validation where they are not given. L is one of these
 * losses for scores s and true class y (t_j = +1 for j = y and -1 for the others):
 *
 *     softmax            -s_y + log sum_j exp s_j
 *     hinge              sum_{j != y} max(0, s_j - s_y + 1)              (Weston and Watkins, 1999)
 *     squared-hinge      sum_{j != y} max(0, s_j - s_y + 1)^2
 *     ovr-squared-hinge  sum_j max(0, 1 - t_j s_j)^2                     (one against the rest)
 *     square             sum_j (s_j - t_j)^2
 *
 * Training is deterministic: on one kind of processor and build the same rows, labels, options and seed give the same
 * bytes, whatever the number of threads.
 *
 * Thread-safe: any number of threads may use one classifier, each call with a job of its own. */
#ifndef OCELLUS_CLASSIFIER_H
#define OCELLUS_CLASSIFIER_H

#include <ocellus/job.h>
#include <ocellus/param.h>
#include <ocellus/rows.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum oc_loss {
    OC_LOSS_SOFTMAX,
    OC_LOSS_HINGE,
    OC_LOSS_SQUARED_HINGE,
    OC_LOSS_OVR_SQUARED_HINGE,
    OC_LOSS_SQUARE
} oc_loss;

/* How the columns are scaled (src/learn/scaler.h has the formulas). auto: if rows are few compared with columns, that
 * of standard, center, pareto and unit with the least leave-one-out error of ridge regression; else standard. Rare
 * visual words are noise that standard would amplify. */
typedef enum oc_scale {
    OC_SCALE_NONE,
    OC_SCALE_CENTER,
    OC_SCALE_RANGE,
    OC_SCALE_STANDARD,
    OC_SCALE_PARETO,
    OC_SCALE_UNIT,
    OC_SCALE_AUTO
} oc_scale;
/* Joined features: equal gives the scaled columns of each stage (block of the rows) the same mean squared length, so
 * that none drowns another by the number or the unit of its values. auto: chosen together with the scale. */
typedef enum oc_stage_weight { OC_STAGE_WEIGHT_NONE, OC_STAGE_WEIGHT_EQUAL, OC_STAGE_WEIGHT_AUTO } oc_stage_weight;
/* auto: one epoch of sgd, then lbfgs. sgd: minibatch stochastic gradient descent with momentum, preconditioned if that
 * saves time, and nothing else. lbfgs: at most `batch_passes` passes over all rows by limited-memory BFGS (by proximal
 * Newton steps for l1 and max_norm). gd: all rows in every step, plain. random-search: the best of whole matrices W
 * drawn at random (normal, standard deviation 1e-4, on scaled features). local-search: starts from W of deviation 1e-3
 * and adds random changes of deviation 1e-4; keeps those that lower the objective. */
typedef enum oc_optimizer {
    OC_OPTIMIZER_AUTO,
    OC_OPTIMIZER_SGD,
    OC_OPTIMIZER_LBFGS,
    OC_OPTIMIZER_GD,
    OC_OPTIMIZER_RANDOM_SEARCH,
    OC_OPTIMIZER_LOCAL_SEARCH
} oc_optimizer;
/* balanced: the losses of class y count N / (C N_y) times, with N_y of the N rows and C classes that have rows. */
typedef enum oc_class_weight { OC_CLASS_WEIGHT_NONE, OC_CLASS_WEIGHT_BALANCED } oc_class_weight;
typedef enum oc_schedule { OC_SCHEDULE_COSINE, OC_SCHEDULE_CONSTANT } oc_schedule;

/* Rows (N,D) with labels (N) in 0..classes-1. */
typedef struct oc_examples {
    const oc_rows *rows;
    const int *labels;
    size_t classes;
} oc_examples;

typedef enum oc_augment { OC_AUGMENT_NONE, OC_AUGMENT_MIRROR } oc_augment;

/* How a classifier is trained; oc_train_params holds names, defaults, ranges and help. "auto" is NaN or OC_AUTO. */
typedef struct oc_train_options {
    oc_learner classifier; /* nearest neighbours use few of the other options, see oc_train_uses */
    oc_loss loss;
    double l2;       /* weight of the sum of squared weights; auto: by validation */
    double score_l2; /* weight of the mean squared scores; auto: by validation with an automatic l2, else 0 */
    double l1;       /* weight of the sum of the sizes of the weights */
    double max_norm; /* upper limit of the length of each class's weights; 0: none */
    oc_class_weight class_weight;
    oc_optimizer optimizer; /* for the searches auto penalties are 0 */
    int64_t batch;          /* rows in a step; auto: 256, more for wide rows; of sgd alone fewer of few rows */
    int64_t epochs;         /* passes over the rows (steps of gd, tries of a search); auto: 1; of sgd alone 10; gd 100,
                              searches 1,000 */
    int64_t batch_passes;   /* the parameter "finish": passes of lbfgs, at most; auto: see the table */
    double rate;            /* first step size; auto: from the curvature of the loss and the lengths of the rows */
    oc_schedule schedule;
    double momentum;
    oc_scale scale;               /* the report holds the scale that auto chose */
    oc_stage_weight stage_weight; /* the same */
    oc_augment augment;           /* mirror needs rows whose blocks have a mirror order */
    double holdout;               /* part of the rows to validate on, at most 1/2, held out once; auto: folds decide */
    int64_t folds; /* cross-validation; 0: no validation; auto: 5, or one hold-out if 5 trainings take long: a tenth
                       of the rows, of fewer than 10,000 more, up to a third */
    bool tune;     /* compare the losses by validation */
    uint64_t seed;
} oc_train_options;

OC_API extern const oc_param oc_train_params[];
OC_API extern const size_t oc_train_param_count;
/* The defaults of the table, seed 0. */
OC_API oc_train_options oc_train_defaults(void);
/* Whether the option of this name (one of oc_train_params) has an effect with these options. Nearest neighbours use
 * classifier, scale, stage-weight, augment, holdout and folds alone; batch is for sgd, finish for lbfgs, epochs for all
 * but lbfgs; rate, schedule and momentum are for sgd and gd. The optimizer auto is sgd and lbfgs. */
OC_API bool oc_train_uses(const oc_train_options *options, const char *name);
/* OC_USAGE for options out of their ranges (start from oc_train_defaults, not from zeros), that exclude each other, or
 * that have no effect and differ from their default. oc_train checks them too, but after the features were
 * extracted. */
OC_API oc_status oc_train_check(const oc_train_options *options, oc_error *err);
/* An estimate of the bytes that oc_train allocates besides `rows` rows (N) of `dimension` values (D) in C classes:
 * two matrices of m x m floats with m = min(N, D, 24576), about 40 C floats for each column of the minimised problem (M
 * = N if there are fewer rows than columns, else D), and some hundred M floats. With l1 or max_norm M is always D, and
 * fewer rows than columns are copied instead of the matrices. */
OC_API size_t oc_train_memory(size_t rows, size_t dimension, size_t classes);
/* Checks labels (N) in 0..classes-1 before there are rows: OC_USAGE for more nearest neighbours than rows, OC_BAD_DATA
 * when the rows are too few for the validation. OC_NO_MEMORY. */
OC_API oc_status oc_train_check_labels(const int *labels, size_t count, size_t classes, const oc_train_options *options,
                                       oc_error *err);

typedef struct oc_classifier {
    size_t classes, dimension; /* C, D */
    oc_loss loss;
    float *weights;             /* (C, D+1): on scaled features, bias last; NULL for nearest neighbours */
    float *shift, *scale;       /* (D) each: z = (x - shift) * scale */
    bool unit;                  /* x is divided by its length first */
    double calibration;         /* factor of the scores before the softmax that makes probabilities of them, found on
                                   rows that were not trained on; NaN: there are no probabilities */
    struct oc_nearest *nearest; /* the rows that it compares with; NULL for the linear classifier */
} oc_classifier;

typedef struct oc_nearest oc_nearest;

OC_API void oc_classifier_free(oc_classifier *classifier);
/* True when there are probabilities: the classifier is linear and its scores were calibrated. */
OC_API bool oc_classifier_probable(const oc_classifier *classifier);
/* Probabilities (C) of scores (C) of such a classifier: the softmax of scores times calibration. The arrays may be the
 * same. */
OC_API void oc_classifier_probabilities(const oc_classifier *classifier, const float *scores, float *probabilities);

/* One setting that was tried on held-out rows. */
typedef struct oc_trial {
    double l2, score_l2;
    double accuracy;  /* part of the rows held out that got their class, never of mirrored copies */
    double deviation; /* standard deviation of the accuracy over the folds; NaN for a hold-out */
    double log_loss;  /* mean of -log p of the true class, p calibrated; with balanced class weights, the mean over
                         the classes of these means; NaN for nearest neighbours */
} oc_trial;

enum { OC_MAX_TRIALS = 24 };

/* Validation: the results of a classifier on rows that it was not trained on. The parts are stratified by class, to
 * within one row; the only row of a class is never held out. */
typedef struct oc_validation {
    size_t held;  /* rows held out, in all folds together; 0: there was no validation */
    size_t folds; /* 1: one hold-out */
    size_t count, best;
    oc_trial trial[OC_MAX_TRIALS]; /* (count) in the order in which oc_train tries them; one where l2 is given */
    /* Of the best trial, with calibrated probabilities: */
    double balanced_accuracy; /* mean over the classes of the part of their held-out rows that got their class */
    double log_loss;          /* NaN for nearest neighbours */
    double seconds;
} oc_validation;

/* The accuracy of the best trial; NaN when there was no validation. */
OC_API double oc_validation_accuracy(const oc_validation *validation);

typedef struct oc_train_report {
    oc_train_options used; /* the options with every auto replaced by what was used */
    size_t steps;
    double objective; /* at the end, over all rows */
    double loss;      /* its first term */
    double gap;       /* estimated distance to the optimum, objective - minimum; no bound. NaN for gd, searches and
                              nearest neighbours. Above a fiftieth of the objective the job's listener gets a note
                              that training has not converged */
    size_t zeros;     /* weights that are exactly 0 */
    double accuracy;  /* on the training rows; NaN for nearest neighbours, each of which finds itself */
    double seconds;   /* without validation */
    oc_validation validation;
} oc_train_report;

/* Scale and stage weight are chosen first, by ridge regression with every row left out once, on up to 1,024 rows. Then
 * classifiers are trained on parts of the rows and validated on the others, under L2 penalties from strong to weak by
 * factors of 4, as long as the log loss of each is half a percent below the best so far, or nothing is learned yet; of
 * many rows the first is a guess, and stronger ones follow if the second is worse. With the best, unless it is the
 * strongest, score_l2 is tried from 0.01 upwards by factors of 4, as long as the log loss falls by half a percent and
 * by more than the standard error of the difference; with the best score_l2 above 0, weaker L2 penalties again. The
 * held-out scores calibrate the probabilities. With tune this is done for every loss; that of the options is kept
 * unless another gets more held-out rows right, by more than two standard errors of the difference. The classifier
 * itself is trained on all rows; the options in the report train it again to the same weights.
 *
 * Errors: OC_USAGE (as oc_train_check; rows whose mirror is not known, or that hold mirrored ones already), OC_BAD_DATA
 * (fewer than two classes with rows, a label out of range, NaN or infinite values: row (of the blocks) and column are
 * named; a given rate that diverges), OC_NO_MEMORY, OC_CANCELLED. report may be NULL. The caller frees *classifier.
 * Memory besides the rows: see oc_train_memory. Rows are read in place, held-out and mirrored ones too. */
OC_API oc_status oc_train(const oc_examples *examples, const oc_train_options *options, oc_job *job,
                          oc_classifier **classifier, oc_train_report *report, oc_error *err);

/* scores (N, C) of rows (N, D). The score of a class by nearest neighbours is the number of those among the k
 * that are of this class, plus 1 / (2 + r), if there are any, with r = 0 for the class of the nearest of all,
 * and so on: a fraction that settles ties. A row so far from the training rows that single precision does not hold the
 * distance has a NaN among its scores. OC_USAGE when the dimensions differ, OC_NO_MEMORY. */
OC_API oc_status oc_scores(const oc_classifier *classifier, const oc_rows *rows, oc_job *job, float *scores,
                           oc_error *err);

/* The class of the highest score for each row, predicted (N); of equal scores the first. OC_BAD_DATA for a row whose
 * scores are not finite; else as oc_scores. Memory: N x C floats. */
OC_API oc_status oc_predict(const oc_classifier *classifier, const oc_rows *rows, oc_job *job, int *predicted,
                            oc_error *err);

/* Loss of one row of scores (C) with true class y; gradient (C), if not NULL, is set to dL/ds. */
OC_API double oc_loss_value(oc_loss loss, const double *scores, size_t classes, size_t y, double *gradient);

/* Softmax probabilities (C) of scores (C), after subtracting the maximum. */
OC_API void oc_softmax(const float *scores, size_t classes, float *probabilities);

/* Checks the gradient of the objective at random weights, in double precision: the relative error |a - n| / (|a| + |n|)
 * between the analytic gradient a and the centred difference n = (F(w + h) - F(w - h)) / 2h, h = 1e-5, as norms over
 * all checked components. These are at most 2,000, drawn at random from the C (D+1) weights and biases; the rows are at
 * most 200, drawn at random, scaled and divided by their root mean square. Rows whose margins are so near the kink of a
 * hinge that a difference would cross it are left out. auto penalties count as 0. Correct gradients give about 1e-9 to
 * 1e-8. Errors: as oc_train. */
OC_API oc_status oc_check_gradient(const oc_rows *rows, const int *labels, size_t classes,
                                   const oc_train_options *options, double *error, oc_error *err);

#ifdef __cplusplus
}
#endif
#endif
