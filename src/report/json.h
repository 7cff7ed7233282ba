/* JSON for the report. */
#ifndef OC_REPORT_JSON_H
#define OC_REPORT_JSON_H

#include <ocellus/evaluate.h>

/* oc_json_evaluation with class names from elsewhere. */
char *oc_json_metrics(const oc_evaluation *e, oc_class_list classes);

#endif
