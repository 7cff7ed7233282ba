/* Functions of a reader for explanations and for batches. */
#ifndef OC_MODEL_READER_H
#define OC_MODEL_READER_H

#include <ocellus/model.h>

const oc_model *oc_reader_model(const oc_reader *reader);

/* oc_classify_file that also hands out the image, with `planes` besides those that the stages read; valid until the
 * reader's next use. */
oc_status oc_reader_classify(oc_reader *reader, const char *path, unsigned planes, oc_image *image, oc_result *result,
                             oc_error *err);

/* A reader for another thread, of the same model and with the same limits. */
oc_status oc_reader_twin(const oc_reader *reader, oc_reader **twin, oc_error *err);

/* oc_classify_file for image i of a data set, and oc_classify_row for row i of a set; messages begin with its path. */
oc_status oc_reader_classify_item(oc_reader *reader, const oc_dataset *dataset, size_t i, oc_result *result,
                                  oc_error *err);
oc_status oc_reader_classify_set_row(oc_reader *reader, const oc_set *set, size_t i, oc_result *result, oc_error *err);

#endif
