/* A split of labelled images into parts that are tested on in turn, where no test images are given. */
#ifndef OC_EVALUATE_SPLIT_IMAGES_H
#define OC_EVALUATE_SPLIT_IMAGES_H

#include <ocellus/set.h>

enum { OC_UNREADABLE = UINT32_MAX };

/* group (N): for each image the first one with the same pixels, which is the image itself where there is none before it;
 * OC_UNREADABLE for an image that cannot be read. The images are read once, at the size of `extract`; where
 * that is 0 x 0, it becomes the size that oc_set_extract finds. Notes and warnings about the images go to the listener of
 * the job. Errors as oc_set_extract. The caller frees *group with oc_free. */
oc_status oc_group_images(const oc_dataset *images, oc_extract_options *extract, oc_job *job, uint32_t **group,
                          oc_error *err);

/* fold (N): the number of the part, 0 to folds - 1, that tests an image, or OC_FOLD_NONE (src/learn/split.h) for an image that
 * is trained on only. folds 1: a fifth of the images is part 0, the others are trained on. Images of one group are in one
 * part. The split is stratified by label, and drawn by the seed. OC_BAD_DATA when there are too few images, OC_NO_MEMORY. */
oc_status oc_split_images(const oc_dataset *images, const uint32_t *group, size_t folds, uint64_t seed, uint16_t *fold,
                          oc_error *err);

#endif
