/* JSON for the report. */
#ifndef OC_REPORT_JSON_H
#define OC_REPORT_JSON_H

#include "src/dataset/label_notes.h"

#include <ocellus/evaluate.h>

/* oc_json_evaluation with class names from elsewhere. */
char *oc_json_figures(const oc_evaluation *e, oc_label_list names);

#endif
