/* Describes options and parameters in words. */
#include "src/cli/describe.h"

#include "src/cli/switches.h"

#include <math.h>
#include <stdio.h>

static const char *argument_name(const oc_param *param)
{
    static const char *const names[] = {
        [OC_FLAG] = "",     [OC_INTEGER] = "N",  [OC_REAL] = "X",     [OC_CHOICE] = "WORD",
        [OC_TEXT] = "TEXT", [OC_LEVELS] = "N-N", [OC_EXTENT] = "WxH", [OC_LEARNER] = "KIND"};
    return names[param->type];
}

/* Writes " (1 to 64; default 8)": the range, if it is a real limit, and the default. */
static void describe_values(const oc_param *param, bool with_default, char *text, size_t size)
{
    char allowed[300] = "", default_value[100] = "";
    bool bounded = param->type == OC_INTEGER || param->type == OC_REAL || param->type == OC_LEVELS;
    if (param->type == OC_CHOICE || param->type == OC_LEARNER) {
        oc_param_allowed(param, allowed, sizeof allowed);
    } else if (bounded && isfinite(param->high) && fabs(param->high) < 1e9) {
        snprintf(allowed, sizeof allowed, "%.10g to %.10g", param->low, param->high);
    } else if (bounded && isfinite(param->low)) {
        snprintf(allowed, sizeof allowed, "%.10g or more", param->low);
    }
    if (with_default && param->default_value) {
        snprintf(default_value, sizeof default_value, "%sdefault %s", *allowed ? "; " : "", param->default_value);
    }
    snprintf(text, size, *allowed || *default_value ? " (%s%s)" : "%s%s", allowed, default_value);
}

static option_text describe_option(const char *title, char letter, const char *argument, const oc_param *param)
{
    option_text o = {title, letter, argument ? argument : argument_name(param), param, ""};
    char values[420] = "";
    if (param->type != OC_FLAG) {
        describe_values(param, true, values, sizeof values);
    }
    snprintf(o.text, sizeof o.text, "%s%s", param->help, values);
    switches_put(o.text);
    return o;
}

static void put_table(const option_set *set, const cli_option *table, size_t count,
                      void (*put)(void *context, const option_text *option), void *context)
{
    for (size_t i = 0; i < count; i++) {
        const cli_option *o = &table[i];
        if (option_set_has(set, o->needs)) {
            option_text text = describe_option("Options", o->letter, o->argument, &o->param);
            put(context, &text);
        }
    }
}

void each_option(const option_set *set, void (*put)(void *context, const option_text *option), void *context)
{
    put_table(set, set->own, set->own_count, put, context);
    put_table(set, cli_options, cli_option_count, put, context);
    for (size_t g = 0; g < cli_option_group_count; g++) {
        const option_group *group = &cli_option_groups[g];
        for (size_t i = 0; option_set_has(set, group->needs) && i < *group->count; i++) {
            option_text text = describe_option(group->title, 0, NULL, &group->params[i]);
            put(context, &text);
        }
    }
}

void describe_parameter(const oc_param *param, char *text, size_t size)
{
    char values[420] = " (0 or 1)";
    if (param->type != OC_FLAG) {
        describe_values(param, false, values, sizeof values);
    }
    snprintf(text, size, "%s%s", param->help, values);
}
