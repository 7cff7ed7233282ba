/* JSON for the report. */
#ifndef OC_REPORT_JSON_H
#define OC_REPORT_JSON_H

#include <ocellus/evaluate.h>

/* As oc_json_evaluation, with these class names instead of those of a model. */
char *oc_json_metrics(const oc_evaluation *e, oc_class_list classes);

#endif
