/* Validation: training on a part of the rows, looking at the rest. It chooses the L2 penalty, calibrates probabilities,
 * and says how good the classifier will be on images that it has not seen. */
#ifndef OC_LEARN_VALIDATION_H
#define OC_LEARN_VALIDATION_H

#include "src/learn/split.h"
#include "src/learn/trainer.h"

/* The folds that the options ask for. Automatic: none where no class has two rows, else 5 (fewer of very few rows), or one
 * hold-out where 5 trainings of such rows take long; holdout or folds of *options takes the choice. Errors of oc_split;
 * OC_NO_MEMORY. Free in any case. */
oc_status oc_folds_choose(const oc_examples *examples, oc_train_options *options, oc_folds *folds, oc_error *err);
void oc_folds_free(oc_folds *folds);

/* path: the L2 penalty is chosen, starting from that of the options; else it is validated as it is. mirrored: the rows of
 * the trainer are those of the folds, each followed by that of its mirrored image, which is trained on but never held
 * out. */
typedef struct oc_validation_plan {
    const oc_folds *folds;
    bool path, mirrored;
    bool *right; /* (held): takes whether each held-out row got its class under the best penalty; or NULL */
} oc_validation_plan;

typedef struct oc_validated {
    oc_validation report;
    double calibration; /* the factor of oc_classifier */
} oc_validated;

/* Errors: those of oc_train. */
oc_status oc_validate(oc_trainer *trainer, const oc_validation_plan *plan, const oc_train_options *options,
                      oc_validated *found, oc_job *job, oc_error *err);

#endif
