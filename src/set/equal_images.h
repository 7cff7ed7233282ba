/* Equal images in a set, or in two, by the hashes of their pixels. */
#ifndef OC_SET_EQUAL_IMAGES_H
#define OC_SET_EQUAL_IMAGES_H

#include "src/set/set.h"

/* oc_set_note_equal of the training images, and how many test images have the same pixels as one of them, with the first
 * pair; nothing where there are none, or where one of the sets has no hashes. The sets must have been extracted alike. OC_NO_MEMORY. */
oc_status oc_sets_note_equal(const oc_set *train, const oc_set *test, oc_job *job, oc_error *err);

/* first (N): for each row the first row of an image with the same pixels, which may be the row itself; always so for a set
 * without hashes. OC_NO_MEMORY. */
oc_status oc_set_find_equal(const oc_set *set, uint32_t *first, oc_error *err);

#endif
