/* Functions of a predictor for explanations and for batches. */
#ifndef OC_MODEL_PREDICTOR_H
#define OC_MODEL_PREDICTOR_H

#include <ocellus/model.h>

const oc_model *oc_predictor_model(const oc_predictor *predictor);

/* oc_classify_file that also hands out the image, with `planes` besides those that the stages read; valid until the
 * predictor's next use. */
oc_status oc_predictor_classify(oc_predictor *predictor, const char *path, unsigned planes, oc_image *image,
                                oc_prediction *prediction, oc_error *err);

/* A predictor for another thread, of the same model and with the same limits. */
oc_status oc_predictor_copy(const oc_predictor *predictor, oc_predictor **twin, oc_error *err);

/* oc_classify_file for image i of a data set, and oc_classify_row for row i of a set; messages begin with its path. */
oc_status oc_predictor_classify_item(oc_predictor *predictor, const oc_dataset *dataset, size_t i,
                                     oc_prediction *prediction, oc_error *err);
oc_status oc_predictor_classify_set_row(oc_predictor *predictor, const oc_set *set, size_t i, oc_prediction *prediction,
                                        oc_error *err);

#endif
