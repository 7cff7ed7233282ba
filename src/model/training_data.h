/* Counts and accuracy of the training rows, which a model keeps. */
#ifndef OC_MODEL_TRAINING_DATA_H
#define OC_MODEL_TRAINING_DATA_H

#include "src/matrix/safetensors.h"
#include "src/model/object.h"

/* Counts the rows of each class; the accuracy is that of the report. */
oc_status oc_training_data_note(oc_model *model, const int *labels, size_t rows, double accuracy, oc_error *err);
/* "counts", one number a class joined by commas, and "accuracy" (none for nearest neighbours). A file that has
 * neither is read all the same. OC_BAD_FILE. */
oc_status oc_training_data_store(oc_archive *archive, const oc_model *model, oc_error *err);
oc_status oc_training_data_load(const oc_archive *archive, oc_model *model, oc_error *err);

#endif
