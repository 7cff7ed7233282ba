/* Sets whose rows mean the same. */
#ifndef OC_SET_ALIKE_H
#define OC_SET_ALIKE_H

#include <ocellus/set.h>

/* OC_BAD_DATA, with both names and the difference, when two sets were made by different stages, by stages that learned
 * something else, or from images that were read in different ways. */
oc_status oc_sets_check_alike(const oc_set *a, const char *name, const oc_set *b, const char *other_name,
                              oc_error *err);

#endif
