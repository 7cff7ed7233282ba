/* ocellus train --check-gradient: compares the analytic with the numerical gradient. */
#ifndef OC_CLI_CHECK_GRADIENT_H
#define OC_CLI_CHECK_GRADIENT_H

#include "src/cli/command.h"

/* Prints the relative error for each loss and penalty on rows of the set. Returns EXIT_FAILED when an error is above
 * 1e-7. */
int check_gradient(const oc_set *set, const oc_train_options *options);

#endif
