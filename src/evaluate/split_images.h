/* Splits labelled images into parts, each of which is the test set in turn, when no test images are given. */
#ifndef OC_EVALUATE_SPLIT_IMAGES_H
#define OC_EVALUATE_SPLIT_IMAGES_H

#include <ocellus/set.h>

enum { OC_UNREADABLE = UINT32_MAX };

/* group (N): for each image the first image with the same pixels, which may be the image itself; OC_UNREADABLE for an
 * image that cannot be read. The images are read once, at the size in `extract`; a size of 0 x 0 is replaced by the
 * size that oc_set_extract chooses. Notes and warnings about the images are sent to the listener of the job. Errors as
 * for oc_set_extract. The caller frees *group with oc_free. */
oc_status oc_group_images(const oc_dataset *images, oc_extract_options *extract, oc_job *job, uint32_t **group,
                          oc_error *err);

/* fold (N): the number of the part, in 0..folds-1, in which the image is a test image; OC_FOLD_NONE
 * (src/learn/split.h): it is only trained on. folds = 1: a fifth of the images is part 0, the others are only trained
 * on. Images of one group are in one part. The split is stratified by label and depends on the seed. OC_BAD_DATA when
 * there are too few images, OC_NO_MEMORY. */
oc_status oc_split_images(const oc_dataset *images, const uint32_t *group, size_t folds, uint64_t seed, uint16_t *fold,
                          oc_error *err);

#endif
