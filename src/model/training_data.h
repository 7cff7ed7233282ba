/* The counts and the accuracy of the training rows, which a model stores. */
#ifndef OC_MODEL_TRAINING_DATA_H
#define OC_MODEL_TRAINING_DATA_H

#include "src/matrix/safetensors.h"
#include "src/model/object.h"

/* Counts the rows of each class, and sets the accuracy on the training rows. */
oc_status oc_training_data_note(oc_model *model, const int *labels, size_t rows, double accuracy, oc_error *err);
/* The strings "counts", one number for each class, joined by commas, and "accuracy" (not for nearest neighbours). A
 * file may lack both. OC_BAD_FILE. */
oc_status oc_training_data_store(oc_archive *archive, const oc_model *model, oc_error *err);
oc_status oc_training_data_load(const oc_archive *archive, oc_model *model, oc_error *err);

#endif
