/* -f auto: the features that the program chooses. */
#ifndef OC_CLI_CHOOSE_H
#define OC_CLI_CHOOSE_H

#include "src/cli/command.h"

enum { MAX_CHOICE_WIDTH = 70 }; /* letters of a candidate, for the width of a column */

/* For commands without labels to judge by. */
#define AUTO_REFUSED "-f auto chooses features by labels, for train and compare; here write the SPEC that they print"

/* True for "auto". */
bool is_auto(const char *spec);

/* Chooses by oc_choose, with the table of candidates on standard output unless --json was given. The caller frees
 * choice->features. */
oc_status choose_features(const cli_settings *settings, const oc_dataset *images, oc_job *job, oc_choice *choice,
                          oc_error *err);

/* Seconds of two processors that a choice takes at most. */
double choose_seconds(void);

#endif
