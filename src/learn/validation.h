/* Validation: trains on a part of the rows and predicts the rest. It chooses the penalties, calibrates probabilities,
 * and estimates the accuracy on new images. */
#ifndef OC_LEARN_VALIDATION_H
#define OC_LEARN_VALIDATION_H

#include "src/learn/folds.h"
#include "src/learn/trainer.h"

/* path: the L2 penalty is chosen, starting from that of the options; else the given penalty is validated. score_path:
 * then the penalty on the scores is chosen. mirrored: the rows of the trainer are those of the folds, each followed by
 * the row of its mirrored image, which is only trained on. */
typedef struct oc_validation_plan {
    const oc_folds *folds;
    bool path, score_path, mirrored;
    bool *right; /* (held): set to true if a row is classified correctly under the best penalty; or NULL */
} oc_validation_plan;

typedef struct oc_validated {
    oc_validation report;
    double calibration; /* the factor of oc_classifier */
} oc_validated;

/* What a choice between classifiers maximises: the accuracy, with balanced class weights the balanced accuracy. */
double oc_validation_merit(const oc_validation *validation, const oc_train_options *options);

/* Errors: those of oc_train. */
oc_status oc_validate(oc_trainer *trainer, const oc_validation_plan *plan, const oc_train_options *options,
                      oc_validated *found, oc_job *job, oc_error *err);

#endif
