/* Descriptions of options and parameters for help, manual pages and completion, made from their tables. */
#ifndef OC_CLI_DESCRIBE_H
#define OC_CLI_DESCRIBE_H

#include "src/cli/options.h"

enum { MAX_DESCRIPTION = 900 };

typedef struct option_text {
    const char *title;          /* of its group of options */
    char letter;                /* or 0 */
    const char *argument;       /* the name of its value; "" for a flag */
    const oc_param *param;      /* name and choices */
    char text[MAX_DESCRIPTION]; /* its effect, range and default */
} option_text;

/* Calls `put` for every option of a command, group by group. */
void each_option(const option_set *set, void (*put)(void *context, const option_text *o), void *context);

/* Effect and range of a parameter of a stage. */
void describe_parameter(const oc_param *param, char *text, size_t size);

#endif
