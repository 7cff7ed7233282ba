/* What help, manual pages and completion say about options and parameters, out of their tables. */
#ifndef OC_CLI_DESCRIBE_H
#define OC_CLI_DESCRIBE_H

#include "src/cli/options.h"

enum { MAX_DESCRIPTION = 900 };

typedef struct option_text {
    const char *title;          /* of the group that it belongs to */
    char letter;                /* or 0 */
    const char *argument;       /* what its value is called; "" for a flag */
    const oc_param *param;      /* name and choices */
    char text[MAX_DESCRIPTION]; /* what it does, what is allowed, the default */
} option_text;

/* Calls `put` for every option of a command, group by group. */
void each_option(const option_set *set, void (*put)(void *context, const option_text *o), void *context);

/* What a stage's parameter does and what is allowed. */
void describe_parameter(const oc_param *param, char *text, size_t size);

#endif
