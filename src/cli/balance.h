/* Classes of different sizes: an accuracy over all images says little about a small class. */
#ifndef OC_CLI_BALANCE_H
#define OC_CLI_BALANCE_H

#include <ocellus/evaluate.h>

/* True when the largest class has more than twice the test images of the smallest class that has any. */
bool classes_differ(const oc_evaluation *evaluation);

/* The number of small classes that are never predicted; small: fewer test images than half of the largest class, but some.
 * *first (may be NULL) is the first of them. */
size_t never_predicted(const oc_evaluation *evaluation, size_t *first);

/* The end of a note about such a class: advises --class-weight balanced, unless training used it. */
const char *balance_advice(const oc_train_options *train);

#endif
