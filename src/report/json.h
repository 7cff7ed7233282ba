/* JSON for the report. */
#ifndef OC_REPORT_JSON_H
#define OC_REPORT_JSON_H

#include <ocellus/evaluate.h>

#include "src/base/text.h"
#include "src/dataset/label_notes.h"

/* oc_json_evaluation with class names from elsewhere. */
char *oc_json_figures(const oc_evaluation *e, oc_label_list names);

/* Adds a string in quotes. */
void oc_json_add_string(oc_text *out, const char *text);

#endif
