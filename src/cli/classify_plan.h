/* classify --dry-run: prints memory and time without classifying. */
#ifndef OC_CLI_CLASSIFY_PLAN_H
#define OC_CLI_CLASSIFY_PLAN_H

#include "src/cli/command.h"

/* Returns the exit status. */
int classify_plan(const cli_settings *settings, const oc_model *model, oc_job *job);

#endif
