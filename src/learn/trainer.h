/* Repeated training on all rows or on parts of them: rows and labels are prepared once (scaling, coordinates,
 * covariance), then used for any number of descents under different penalties. */
#ifndef OC_LEARN_TRAINER_H
#define OC_LEARN_TRAINER_H

#include "src/learn/optimizer.h"

typedef struct oc_trainer oc_trainer;

/* The examples and options must outlive the trainer. scale, stage_weight, l2 and score_l2 of the options must not be
 * auto. Errors and memory: as for oc_train. */
oc_status oc_trainer_create(const oc_examples *examples, const oc_train_options *options, oc_job *job,
                            oc_trainer **trainer, oc_error *err);
void oc_trainer_free(oc_trainer *trainer);

/* The minimised problem, on M columns. If rows are few and wide, these are coordinates of the row space. */
const oc_problem *oc_trainer_problem(const oc_trainer *trainer);

/* Sets the penalties and computes their preconditioner. */
oc_status oc_trainer_penalise(oc_trainer *trainer, double l2, double score_l2, oc_job *job, oc_error *err);

/* Few rows are separable: with growing weights their loss and its curvature approach 0, and no method returns from
 * there to the optimum of a weak penalty. So their descents use a sequence of penalties from strong to weak, each a
 * quarter of the previous one, which ends at l2. oc_trainer_strongest returns the first penalty of the sequence; l2
 * when rows are many. */
enum { OC_STAGE_FACTOR = 4 };
bool oc_trainer_few(const oc_trainer *trainer);
/* True when all rows are equal, so that no class can be learned. */
bool oc_trainer_equal_rows(const oc_trainer *trainer);
/* True when there are too many columns for a preconditioner, and too many rows for their row space. */
bool oc_trainer_too_wide(const oc_trainer *trainer);
double oc_trainer_strongest(const oc_trainer *trainer, double l2);

/* Minimises the objective of descent->problem, which is the trainer's problem or has the rows and labels of a part of
 * it, starting from descent->w, with the options of the trainer; sets all other fields. coarse: fewer passes, which is
 * accurate enough to compare penalties. warm: the start is the result of a descent under nearly the same penalties. */
oc_status oc_trainer_descend(oc_trainer *trainer, oc_descent *descent, bool coarse, bool warm, oc_job *job,
                             oc_error *err);

/* scores (Q,C) of rows (Q,D) by nearest neighbours among the rows of a part. */
oc_status oc_trainer_nearest_scores(const oc_trainer *trainer, const oc_problem *part, const oc_rows *rows,
                                    float *scores, oc_job *job, oc_error *err);

/* Descends on all rows from zero under the l2 and score_l2 of `penalties`, and makes the classifier; for nearest
 * neighbours copies the rows instead. Fills the report except seconds and validation. */
oc_status oc_trainer_run(oc_trainer *trainer, const oc_train_options *penalties, oc_job *job,
                         oc_classifier **classifier, oc_train_report *report, oc_error *err);

#endif
