/* How a page of results finds the files of predictions. */
#ifndef OC_EVALUATE_PREDICTIONS_H
#define OC_EVALUATE_PREDICTIONS_H

#include "src/dataset/label_notes.h"

#include <ocellus/evaluate.h>

#include "src/base/string.h"

/* Adds the address of `file` as seen from `page`; both lie in folders that are there. The address does not begin with
 * a name and a colon, which would be another protocol. OC_NO_MEMORY. */
oc_status oc_link_between(const char *page, const char *file, oc_string *link, oc_error *err);

/* The classes of a comparison. */
oc_label_list oc_comparison_class_list(const oc_comparison *comparison);

#endif
