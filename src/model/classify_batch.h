/* The job of a batch, for the functions that read lists. */
#ifndef OC_MODEL_CLASSIFY_BATCH_H
#define OC_MODEL_CLASSIFY_BATCH_H

#include <ocellus/model.h>

oc_job *oc_batch_job(const oc_batch *batch);

#endif
