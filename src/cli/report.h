/* The report of an evaluation for people. */
#ifndef OC_CLI_REPORT_H
#define OC_CLI_REPORT_H

#include <ocellus/evaluate.h>

#include <stdio.h>

/* Accuracy, the table of classes, and the confusion matrix: whole for up to 20 classes, else the most frequent
 * confusions. */
void report_evaluation(FILE *stream, const oc_model *model, const oc_evaluation *evaluation);

/* The accuracy on images held out in training, and what was tried where there was a choice; nothing without. */
void report_validation(FILE *stream, const oc_validation *validation);

#endif
