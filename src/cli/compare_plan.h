/* compare --dry-run: memory and time, printed without comparing. */
#ifndef OC_CLI_COMPARE_PLAN_H
#define OC_CLI_COMPARE_PLAN_H

#include "src/cli/command.h"

/* Prints it, by trying a few images of train, which is reduced to them. test NULL: images of train are tested on, in
 * `folds` folds, or for 0 a fifth. Returns the exit status. */
int print_compare_plan(const cli_settings *settings, oc_dataset *train, const oc_dataset *test, size_t folds,
                       oc_job *job);

#endif
