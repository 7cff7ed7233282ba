/* The report of an evaluation for people. */
#ifndef OC_CLI_REPORT_H
#define OC_CLI_REPORT_H

#include <ocellus/evaluate.h>

#include <stdio.h>

/* Accuracy, the table of classes, and the confusion matrix: whole for up to 20 classes, else the most frequent
 * confusions. */
void report_evaluation(FILE *stream, const oc_model *model, const oc_evaluation *evaluation);

/* True when the largest class of the training rows has more than twice as many as the smallest: then the balanced
 * accuracy differs in meaning from the accuracy. */
bool report_unequal(const oc_model *model);

/* The accuracy on images held out in training, with its interval, the balanced accuracy where classes are unequal, and
 * the log loss; nothing without validation. */
void report_validation(FILE *stream, const oc_model *model, const oc_validation *validation);

/* The penalties that validation tried, a line each; nothing where there was only one. */
void report_trials(FILE *stream, const oc_validation *validation);

#endif
