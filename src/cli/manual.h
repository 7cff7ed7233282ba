/* Manual pages in mdoc(7), made from the same tables as help. */
#ifndef OC_CLI_MANUAL_H
#define OC_CLI_MANUAL_H

#include "src/cli/command.h"

#include <stdio.h>

/* ocellus(1), ocellus-COMMAND(1) and ocellus-stages(7). */
void manual_overview(FILE *stream, const command_list *commands);
void manual_command(FILE *stream, const cli_command *command);
void manual_stages(FILE *stream);

#endif
