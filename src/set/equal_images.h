/* Finds equal images in one set or in two sets, by the hashes of their pixels. */
#ifndef OC_SET_EQUAL_IMAGES_H
#define OC_SET_EQUAL_IMAGES_H

#include "src/set/set.h"

/* Calls oc_set_note_equal for the training images. Then sends a note with the number of test images that have the same
 * pixels as a training image, and the first pair; no note when there are none or one of the sets has no hashes. The
 * sets must pass oc_sets_check_alike. OC_NO_MEMORY. */
oc_status oc_sets_note_equal(const oc_set *train, const oc_set *test, oc_job *job, oc_error *err);

/* first (N): for each row, the first row of an image with the same pixels, which may be the row itself. In a set
 * without hashes it always is. OC_NO_MEMORY. */
oc_status oc_set_find_equal(const oc_set *set, uint32_t *first, oc_error *err);

#endif
