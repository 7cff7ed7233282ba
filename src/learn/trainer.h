/* What training does again and again, on all rows or a part of them: rows and labels are prepared once (scaling,
 * coordinates, covariance), then descended on under penalties, as often as wanted. */
#ifndef OC_LEARN_TRAINER_H
#define OC_LEARN_TRAINER_H

#include "src/learn/optimizer.h"

typedef struct oc_trainer oc_trainer;

/* The examples and options must outlive the trainer. The options' scale, stage_weight, l2 and score_l2 are no longer
 * automatic. Errors and memory: those of oc_train. */
oc_status oc_trainer_create(const oc_examples *examples, const oc_train_options *options, oc_job *job,
                            oc_trainer **trainer, oc_error *err);
void oc_trainer_free(oc_trainer *trainer);

/* The problem that is minimised: on M columns, which are not those of the features where rows are few and wide. */
const oc_problem *oc_trainer_problem(const oc_trainer *trainer);

/* Sets the penalties, and the preconditioner that suits it; unless `exactly`, wide rows keep the one they have. */
oc_status oc_trainer_penalise(oc_trainer *trainer, double l2, double score_l2, bool exactly, oc_job *job,
                              oc_error *err);

/* Few rows can be told apart by weights of any length: their loss goes to 0, its curvature too, and no method finds back
 * from there to the weights that a weak penalty wants. Their descents go through penalties from strong to weak, each a
 * quarter of the one before. The first of them that ends at l2; l2 itself where rows are many. */
enum { OC_STAGE_FACTOR = 4 };
bool oc_trainer_few(const oc_trainer *trainer);
/* True when no column varies: rows that are all equal cannot be told apart. */
bool oc_trainer_equal_rows(const oc_trainer *trainer);
double oc_trainer_strongest(const oc_trainer *trainer, double l2);

/* Minimises the objective of descent->problem, which is the trainer's or has the rows and labels of a part, from
 * descent->w on, as the trainer's options say; sets all other fields. coarse: fewer passes, which is near enough to compare
 * penalties by. warm: the start comes from a descent under nearly the same penalties. */
oc_status oc_trainer_descend(oc_trainer *trainer, oc_descent *descent, bool coarse, bool warm, oc_job *job,
                             oc_error *err);

/* scores (Q,C) of rows (Q,D) by nearest neighbours among the rows of a part. */
oc_status oc_trainer_nearest_scores(const oc_trainer *trainer, const oc_problem *part, const oc_rows *rows,
                                    float *scores, oc_job *job, oc_error *err);

/* Descends on all rows from zero under the l2 and score_l2 of `penalties`, and puts the classifier together; for nearest
 * neighbours it keeps the rows. The report but for seconds and validation. */
oc_status oc_trainer_run(oc_trainer *trainer, const oc_train_options *penalties, oc_job *job,
                         oc_classifier **classifier, oc_train_report *report, oc_error *err);

#endif
