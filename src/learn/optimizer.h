/* The table of optimisers: a new one is an entry in optimizer.c and a name in enum oc_optimizer. */
#ifndef OC_LEARN_OPTIMIZER_H
#define OC_LEARN_OPTIMIZER_H

#include "src/learn/descent.h"

/* Training options that an optimiser may read; the others have no effect on it. */
enum {
    OC_READS_BATCH = 1,
    OC_READS_EPOCHS = 2,
    OC_READS_FINISH = 4,
    OC_READS_STEPS = 8, /* rate, schedule, momentum */
};

typedef struct oc_optimizer_type {
    /* Minimises the objective. Errors: those of the optimisers. */
    oc_status (*run)(oc_descent *descent, oc_job *job, oc_error *err);
    unsigned reads;
    int64_t epochs, batch_passes; /* of auto */
    /* Steps are preconditioned, few wide rows are trained in their row space, and penalties are chosen by
     * validation. */
    bool preconditioned;
    bool searches; /* tries random weights; penalties of auto are 0 */
} oc_optimizer_type;

extern const oc_optimizer_type oc_optimizer_types[]; /* by enum oc_optimizer */
extern const char *const oc_optimizer_names[];       /* the same; NULL at the end */
extern const size_t oc_optimizer_count;

/* True for l1, which has no gradient at 0, and for the limit max_norm. */
bool oc_train_nonsmooth(const oc_train_options *options);

#endif
