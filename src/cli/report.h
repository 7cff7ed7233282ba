/* Prints the results of an evaluation as text. */
#ifndef OC_CLI_REPORT_H
#define OC_CLI_REPORT_H

#include <ocellus/evaluate.h>

#include <stdio.h>

/* Prints accuracy, the table of classes, and the confusion matrix; with more than 20 classes, the most frequent
 * confusions instead of the matrix. */
void report_evaluation(FILE *stream, const oc_model *model, const oc_evaluation *evaluation);

/* True when the largest class has more than twice as many training rows as the smallest: then the balanced accuracy is
 * shown too. */
bool report_unequal(const oc_model *model);

/* Prints the accuracy on images held out in training, with its interval, the balanced accuracy if classes are unequal,
 * and the log loss. Prints nothing without validation. */
void report_validation(FILE *stream, const oc_model *model, const oc_validation *validation);

/* Prints one line for each penalty that validation tried, if it tried several. */
void report_trials(FILE *stream, const oc_validation *validation);

/* Prints a note when images of the HTML report have no picture, because they can no longer be read. */
void note_without_picture(size_t images);

#endif
