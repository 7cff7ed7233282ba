/* The links of a report to files of predictions. */
#ifndef OC_EVALUATE_PREDICTIONS_H
#define OC_EVALUATE_PREDICTIONS_H

#include "src/base/string.h"

#include <ocellus/evaluate.h>

/* Adds the URL of `file` relative to `page`; the folders of both must exist. The URL never begins with a name and a
 * colon, which would be a protocol. OC_NO_MEMORY. */
oc_status oc_link_between(const char *page, const char *file, oc_string *link, oc_error *err);

#endif
