/* Parsing one stage of a spec: its name and parameters. */
#include "src/pipeline/spec.h"

#include "src/base/fail.h"
#include "src/base/string.h"

#include <assert.h>
#include <string.h>

enum { MAX_STAGES = 64, MAX_PARAMETERS = 64 };

/* "there is no stage 'hgo'; did you mean 'hog'? There are: pixels, color, hog". */
static oc_status fail_unknown(oc_error *err, const char *what, const char *typed, const char *const *names,
                              size_t count)
{
    oc_string list = {0};
    const char *meant = oc_param_nearest(typed, names, count);
    if (meant) {
        oc_string_format(&list, "; did you mean '%s'? There are: ", meant);
    } else {
        oc_string_add(&list, "; there are: ");
    }
    for (size_t i = 0; i < count; i++) {
        oc_string_format(&list, "%s%s", i ? ", " : "", names[i]);
    }
    oc_status status = oc_fail(err, OC_USAGE, "there is no %s '%s'%s", what, typed,
                               list.data && !list.failed ? list.data : "");
    oc_string_free(&list);
    return status;
}

static const oc_stage_type *find_type(const char *name, oc_error *err)
{
    const char *names[MAX_STAGES];
    size_t count = oc_stage_count();
    assert(count <= MAX_STAGES);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(oc_stage_types[i]->name, name) == 0) {
            return oc_stage_types[i];
        }
        names[i] = oc_stage_types[i]->name;
    }
    size_t length = strcspn(name, ",=");
    if (name[length]) {
        oc_fail(err, OC_USAGE, "'%s': write ':' between a stage and its parameters: %.*s:%s", name, (int)length, name,
                name + length + (name[length] == ','));
        return NULL;
    }
    fail_unknown(err, "stage", name, names, count);
    return NULL;
}

static oc_status fail_parameter(oc_error *err, const oc_stage_type *type, const char *key)
{
    const char *names[MAX_PARAMETERS];
    size_t count = 0;
    for (size_t i = 0; i < type->param_count; i++) {
        names[count++] = type->params[i].name;
    }
    for (size_t i = 0; i < oc_stage_param_count; i++) {
        names[count++] = oc_stage_params[i].name;
    }
    return fail_unknown(err, "parameter", key, names, count);
}

/* Overwrites the first `mark` in `text` with a NUL. Returns the text after the mark, or NULL when there is no mark. */
static char *cut(char *text, char mark)
{
    char *at = strchr(text, mark);
    if (at) {
        *at++ = '\0';
    }
    return at;
}

/* Sets the parameters from "key=value,key=value", which is cut into strings in place, and resolves them. */
static oc_status set_parameters(oc_stage *stage, char *text, oc_error *err)
{
    const oc_stage_type *type = stage->type;
    const char *given[MAX_PARAMETERS] = {NULL}; /* the parameters of this stage, then those that all stages have */
    assert(type->param_count + oc_stage_param_count <= MAX_PARAMETERS);
    for (char *next; text; text = next) {
        next = cut(text, ',');
        char *value = cut(text, '=');
        if (!value) {
            return oc_fail(err, OC_USAGE, "'%s': write a parameter as key=value", text);
        }
        const oc_param *own = oc_params_find(type->params, type->param_count, text);
        const oc_param *param = own ? own : oc_params_find(oc_stage_params, oc_stage_param_count, text);
        if (!param) {
            return fail_parameter(err, type, text);
        }
        const char **slot = given +
                            (own ? param - type->params : (ptrdiff_t)type->param_count + (param - oc_stage_params));
        if (*slot) {
            return oc_fail(err, OC_USAGE, "%s is given twice", param->name);
        }
        *slot = value;
        oc_status status = oc_param_set(param, value, own ? stage->params : stage, err);
        if (status != OC_OK) {
            return status;
        }
    }
    oc_status status = type->resolve(stage->params, &stage->needs, err);
    for (size_t i = 0; type->conflict && status == OC_OK && i < type->param_count; i++) {
        bool chosen = given[i] && strcmp(given[i], "auto") != 0;
        const char *why = chosen ? type->conflict(stage->params, type->params[i].name) : NULL;
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
    oc_params_default(oc_stage_params, oc_stage_param_count, stage);
    oc_status status = set_parameters(stage, parameters, err);
    return status == OC_OK ? OC_OK : oc_fail_at(err, status, type->name);
}
