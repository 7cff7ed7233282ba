/* -f auto: the features that the program chooses. */
#ifndef OC_CLI_CHOOSE_H
#define OC_CLI_CHOOSE_H

#include "src/cli/command.h"

enum { MAX_CHOICE_WIDTH = 70 }; /* letters of most candidates, for the width of a column */

/* The message of commands that have no labels to choose by. */
#define AUTO_REFUSED "-f auto needs labels, so only train and compare accept it; here write the SPEC that they print"

/* True for "auto". */
bool is_auto(const char *spec);

/* Chooses by oc_choose, with the table of candidates on standard output unless --json was given. The caller frees
 * choice->features. */
oc_status choose_features(const cli_settings *settings, const oc_dataset *images, oc_job *job, oc_choice *choice,
                          oc_error *err);

/* The maximum time of a choice, in seconds of two processors. */
double choose_seconds(void);

#endif
