/* What explaining needs of a reader. */
#ifndef OC_MODEL_READER_H
#define OC_MODEL_READER_H

#include <ocellus/model.h>

const oc_model *oc_reader_model(const oc_reader *reader);

/* oc_classify_file that also hands out the image, with `planes` besides those that the stages read; valid until the
 * reader's next use. */
oc_status oc_reader_classify(oc_reader *reader, const char *path, unsigned planes, oc_image *image, oc_result *result,
                             oc_error *err);

#endif
