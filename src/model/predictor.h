/* Functions of a predictor for explanations and for batches. */
#ifndef OC_MODEL_PREDICTOR_H
#define OC_MODEL_PREDICTOR_H

#include <ocellus/model.h>

const oc_model *oc_predictor_model(const oc_predictor *predictor);

/* As oc_classify_file, but also returns the image, with the `planes` in addition to those that the stages read. The
 * image is valid until the next use of the predictor. */
oc_status oc_predictor_classify(oc_predictor *predictor, const char *path, unsigned planes, oc_image *image,
                                oc_prediction *prediction, oc_error *err);

/* A predictor for another thread, of the same model and with the same limits. */
oc_status oc_predictor_copy(const oc_predictor *predictor, oc_predictor **twin, oc_error *err);

/* As oc_classify_file for image i of a data set, and as oc_classify_row for row i of a set; messages begin with the
 * path. */
oc_status oc_predictor_classify_item(oc_predictor *predictor, const oc_dataset *dataset, size_t i,
                                     oc_prediction *prediction, oc_error *err);
oc_status oc_predictor_classify_set_row(oc_predictor *predictor, const oc_set *set, size_t i, oc_prediction *prediction,
                                        oc_error *err);

#endif
