/* The table of stages, and what a spec says of one: its name and parameters. */
#include "features/stage.h"

#include "src/base/fail.h"
#include "src/base/text.h"

#include <assert.h>
#include <string.h>

/* Every stage there is, in the order of --help. */
static const oc_stage_type *const types[] = {&oc_stage_pixels, &oc_stage_color, &oc_stage_hog, &oc_stage_words};

enum { TYPES = sizeof types / sizeof *types, MOST_PARAMETERS = 64 };

size_t oc_stage_count(void)
{
    return TYPES;
}

oc_stage_info oc_stage_describe(size_t index)
{
    if (index >= TYPES) {
        return (oc_stage_info){0};
    }
    const oc_stage_type *type = types[index];
    return (oc_stage_info){type->name, type->help, type->params, type->param_count};
}

/* "there is no stage 'hgo'; did you mean 'hog'? There are: pixels, color, hog". */
static oc_status fail_unknown(oc_error *err, const char *what, const char *typed, const char *const *names,
                              size_t count)
{
    oc_text list = {0};
    const char *meant = oc_param_nearest(typed, names, count);
    if (meant) {
        oc_text_format(&list, "; did you mean '%s'? There are: ", meant);
    } else {
        oc_text_add(&list, "; there are: ");
    }
    for (size_t i = 0; i < count; i++) {
        oc_text_format(&list, "%s%s", i ? ", " : "", names[i]);
    }
    oc_status status = oc_fail(err, OC_USAGE, "there is no %s '%s'%s", what, typed,
                               list.data && !list.failed ? list.data : "");
    oc_text_free(&list);
    return status;
}

static const oc_stage_type *find_type(const char *name, oc_error *err)
{
    const char *names[TYPES];
    for (size_t i = 0; i < TYPES; i++) {
        if (strcmp(types[i]->name, name) == 0) {
            return types[i];
        }
        names[i] = types[i]->name;
    }
    size_t length = strcspn(name, ",=");
    if (name[length]) {
        oc_fail(err, OC_USAGE, "'%s': a ':' goes between a stage and its parameters: %.*s:%s", name, (int)length, name,
                name + length + (name[length] == ','));
        return NULL;
    }
    fail_unknown(err, "stage", name, names, TYPES);
    return NULL;
}

static oc_status fail_parameter(oc_error *err, const oc_stage_type *type, const char *key)
{
    const char *names[MOST_PARAMETERS];
    size_t count = type->param_count;
    for (size_t i = 0; i < count; i++) {
        names[i] = type->params[i].name;
    }
    if (count == 0) {
        return oc_fail(err, OC_USAGE, "it takes no parameters; '%s' was given", key);
    }
    return fail_unknown(err, "parameter", key, names, count);
}

/* Cuts `text` at the first `mark`, which is overwritten; what follows, or NULL. */
static char *cut(char *text, char mark)
{
    char *at = strchr(text, mark);
    if (at) {
        *at++ = '\0';
    }
    return at;
}

/* Sets the parameters out of "key=value,key=value", which is cut into strings in place. */
static oc_status set_parameters(oc_stage *stage, char *text, oc_error *err)
{
    const oc_stage_type *type = stage->type;
    const char *given[MOST_PARAMETERS] = {NULL};
    assert(type->param_count <= MOST_PARAMETERS);
    for (char *next; text; text = next) {
        next = cut(text, ',');
        char *value = cut(text, '=');
        if (!value) {
            return oc_fail(err, OC_USAGE, "'%s': a parameter is written key=value", text);
        }
        const oc_param *param = oc_params_find(type->params, type->param_count, text);
        if (!param) {
            return fail_parameter(err, type, text);
        }
        if (given[param - type->params]) {
            return oc_fail(err, OC_USAGE, "%s is given twice", param->name);
        }
        given[param - type->params] = value;
        oc_status status = oc_param_set(param, value, stage->params, err);
        if (status != OC_OK) {
            return status;
        }
    }
    if (type->settle) {
        type->settle(stage->params);
    }
    oc_status status = type->check ? type->check(stage->params, err) : OC_OK;
    for (size_t i = 0; type->refuse && status == OC_OK && i < type->param_count; i++) {
        bool chosen = given[i] && strcmp(given[i], "auto") != 0;
        const char *why = chosen ? type->refuse(stage->params, type->params[i].name) : NULL;
        if (why) {
            status = oc_fail(err, OC_USAGE, "%s cannot be set here: %s", type->params[i].name, why);
        }
    }
    return status;
}

oc_status oc_stage_parse(oc_stage *stage, char *text, oc_error *err)
{
    char *parameters = cut(text, ':');
    const oc_stage_type *type = find_type(text, err);
    if (!type) {
        return OC_USAGE;
    }
    stage->type = type;
    stage->params = oc_alloc(1, type->param_size);
    if (!stage->params) {
        return oc_fail_memory(err, "a feature stage");
    }
    oc_params_default(type->params, type->param_count, stage->params);
    oc_status status = set_parameters(stage, parameters, err);
    return status == OC_OK ? OC_OK : oc_fail_at(err, status, type->name);
}
