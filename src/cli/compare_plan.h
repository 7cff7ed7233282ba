/* compare --dry-run: prints memory and time without comparing. */
#ifndef OC_CLI_COMPARE_PLAN_H
#define OC_CLI_COMPARE_PLAN_H

#include "src/cli/command.h"

/* Prints the plan; tries a few images of train, and reduces train to these images. test NULL: images of train are the
 * test images, in `folds` folds, or a fifth of them if folds is 0. Returns the exit status. */
int print_compare_plan(const cli_settings *settings, oc_dataset *train, const oc_dataset *test, size_t folds,
                       oc_job *job);

#endif
