/* Notes about classes of different sizes, because an accuracy over all images shows little about a small class. */
#ifndef OC_CLI_BALANCE_H
#define OC_CLI_BALANCE_H

#include <ocellus/evaluate.h>

/* True when the largest class has more than twice as many test images as the smallest class with test images. */
bool classes_differ(const oc_evaluation *evaluation);

/* The number of small classes that are never predicted. A small class has at least one test image, but fewer than half
 * as many as the largest class. *first (may be NULL) is the first of these classes. */
size_t never_predicted(const oc_evaluation *evaluation, size_t *first);

/* The end of a note about such a class: advises --class-weight balanced, unless training used it. */
const char *balance_advice(const oc_train_options *train);

#endif
