/* Texts of the library name an option by its field in C, `max_pixels`; the user of the command types --max-pixels. */
#ifndef OC_CLI_SWITCHES_H
#define OC_CLI_SWITCHES_H

#include "src/cli/command.h"

/* From now on the library's messages name the switches of these commands. */
void switches_start(const command_list *commands);

/* Turns, in place, each option's name in backquotes into its switch, which is as long. Other words in backquotes
 * stay. */
void switches_put(char *text);

#endif
