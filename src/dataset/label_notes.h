/* Checks labels for probable mistakes. */
#ifndef OC_DATASET_LABEL_NOTES_H
#define OC_DATASET_LABEL_NOTES_H

#include "src/dataset/dataset.h"

/* counts (C): the number of items of each class. The caller frees it with oc_free. OC_NO_MEMORY. */
oc_status oc_label_counts(const oc_dataset *dataset, size_t **counts, oc_error *err);

/* OC_BAD_DATA when no item has a label. */
oc_status oc_labels_check_any(const oc_dataset *dataset, oc_error *err);
/* OC_BAD_DATA when the data set has labels that are not among the known labels of `owner` ("the model"). If `read` is
 * not NULL, the images of unknown classes are decoded with these options, and a class without a readable image does not
 * count, because extraction will leave it out. OC_NO_MEMORY. */
oc_status oc_labels_check_known(const oc_dataset *dataset, oc_class_list known, const char *owner,
                                const oc_image_options *read, oc_error *err);

#endif
