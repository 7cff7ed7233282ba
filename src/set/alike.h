/* Check that two sets have the same features. */
#ifndef OC_SET_ALIKE_H
#define OC_SET_ALIKE_H

#include <ocellus/set.h>

/* OC_BAD_DATA, with both names and the difference, when the stages of two sets differ, in parameters or in their
 * learned state, or when their images were read with different options. */
oc_status oc_sets_check_alike(const oc_set *a, const char *name, const oc_set *b, const char *other_name,
                              oc_error *err);

#endif
