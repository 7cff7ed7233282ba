/* JSON for the report. */
#ifndef OC_REPORT_JSON_H
#define OC_REPORT_JSON_H

#include <ocellus/evaluate.h>

/* oc_json_evaluation with class names from elsewhere. */
char *oc_json_figures(const oc_evaluation *e, const char *(*name)(const void *source, size_t label),
                      const void *source);

#endif
