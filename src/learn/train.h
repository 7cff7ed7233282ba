/* One training in two steps: what rows and labels decide alone (scaling, covariance, automatic penalties), and the
 * descent under given penalties, as often as wanted. */
#ifndef OC_LEARN_TRAIN_H
#define OC_LEARN_TRAIN_H

#include <ocellus/classifier.h>

typedef struct oc_trainer oc_trainer;

/* rows, labels and options must outlive the trainer. Errors and memory: those of oc_train; validation and augment of
 * the options do not count here. */
oc_status oc_trainer_create(const oc_rows *rows, const int *labels, size_t classes, const oc_train_options *options,
                            oc_job *job, oc_trainer **trainer, oc_error *err);
void oc_trainer_free(oc_trainer *trainer);

/* The penalties and epochs that auto stands for. */
oc_train_options oc_trainer_options(const oc_trainer *trainer);

typedef struct oc_run {
    double l2, score_l2;
    int64_t epochs;
    bool warm; /* start where the last run ended, not at zero */
    bool last; /* no run will follow: the covariance is used up, which saves a copy of it */
} oc_run;

/* Descends, and puts the classifier together. report may be NULL; nothing but its seconds stays to be filled. */
oc_status oc_trainer_run(oc_trainer *trainer, const oc_run *run, oc_job *job, oc_classifier **classifier,
                         oc_train_report *report, oc_error *err);

#endif
