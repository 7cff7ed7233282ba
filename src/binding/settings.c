/* All options behind one handle, set by their names. */
#include "src/base/fail.h"
#include "src/base/memory.h"

#include <ocellus/binding.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct oc_settings {
    oc_extract_options extract;
    oc_train_options train;
    char *output; /* extract.output, owned */
};

oc_status oc_settings_create(oc_settings **out, oc_error *err)
{
    oc_settings *settings = oc_alloc(1, sizeof *settings);
    if (!settings) {
        return oc_fail_memory(err, "the options");
    }
    settings->extract = oc_extract_defaults();
    settings->train = oc_train_defaults();
    *out = settings;
    return OC_OK;
}

void oc_settings_free(oc_settings *settings)
{
    if (settings) {
        oc_free(settings->output);
        oc_free(settings);
    }
}

/* The table that has an option of this name, and the struct that it describes. */
static const oc_param *find(oc_settings *settings, const char *name, void **values)
{
    const oc_param *param = oc_params_find(oc_train_params, oc_train_param_count, name);
    *values = &settings->train;
    if (!param) {
        param = oc_params_find(oc_image_params, oc_image_param_count, name);
        *values = &settings->extract.image;
    }
    return param ? param : oc_params_find(oc_limit_params, oc_limit_param_count, name);
}

static oc_status set_seed(oc_settings *settings, const char *value, oc_error *err)
{
    char *end = NULL;
    errno = 0;
    uintmax_t seed = *value >= '0' && *value <= '9' ? strtoumax(value, &end, 10) : 0;
    if (!end || *end || errno || seed > UINT64_MAX) {
        return oc_fail(err, OC_USAGE, "seed '%.40s': a whole number from 0 to %" PRIu64 " is needed", value,
                       UINT64_MAX);
    }
    settings->extract.seed = settings->train.seed = seed;
    return OC_OK;
}

static oc_status set_output(oc_settings *settings, const char *value, oc_error *err)
{
    char *output = oc_strdup(value);
    if (!output) {
        return oc_fail_memory(err, "the options");
    }
    oc_free(settings->output);
    settings->extract.output = settings->output = output;
    return OC_OK;
}

static oc_status set_flag(bool *flag, const char *name, const char *value, oc_error *err)
{
    if (strcmp(value, "0") != 0 && strcmp(value, "1") != 0) {
        return oc_fail(err, OC_USAGE, "%s '%.40s': 0 or 1 is needed", name, value);
    }
    *flag = *value == '1';
    return OC_OK;
}

oc_status oc_settings_set(oc_settings *settings, const char *name, const char *value, oc_error *err)
{
    void *values;
    const oc_param *param = find(settings, name, &values);
    if (!param) {
        return strcmp(name, "seed") == 0     ? set_seed(settings, value, err)
               : strcmp(name, "output") == 0 ? set_output(settings, value, err)
               : strcmp(name, "strict") == 0 ? set_flag(&settings->extract.strict, name, value, err)
               : strcmp(name, "resume") == 0 ? set_flag(&settings->extract.resume, name, value, err)
                                             : oc_fail(err, OC_USAGE, "there is no option '%.60s'", name);
    }
    oc_status status = oc_param_set(param, value, values, err);
    settings->extract.mirror = settings->train.augment == OC_AUGMENT_MIRROR;
    return status;
}

size_t oc_settings_get(oc_settings *settings, const char *name, char *text, size_t size)
{
    void *values;
    const oc_param *param = find(settings, name, &values);
    if (!param && strcmp(name, "seed") == 0) {
        return (size_t)snprintf(text, size, "%" PRIu64, settings->train.seed);
    }
    return param ? oc_param_format(param, values, text, size) : 0;
}

oc_image_options *oc_settings_image(oc_settings *settings)
{
    return &settings->extract.image;
}

const oc_extract_options *oc_settings_extract(const oc_settings *settings)
{
    return &settings->extract;
}

const oc_train_options *oc_settings_train(const oc_settings *settings)
{
    return &settings->train;
}

void oc_settings_use_model(oc_settings *settings, const oc_model *model)
{
    settings->extract.image = oc_model_image_options(model);
    settings->train = oc_model_train_options(model);
}

void oc_settings_use_set(oc_settings *settings, const oc_set *set)
{
    settings->extract.image = oc_set_image_options(set);
}
