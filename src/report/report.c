/* The report is the page report.html with its data inserted as one JSON object: the object that --json prints,
 * settings, curves and images.
 *
 * The data cannot end the script element that holds them: '<', '>' and '&' are written as escapes, and the page shows
 * each string as plain text. */
#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/json.h"
#include "src/base/memory.h"
#include "src/base/output.h"
#include "src/evaluate/evaluate.h"
#include "src/evaluate/predictions.h"
#include "src/report/json.h"
#include "src/report/report_images.h"
#include "src/report/report_page.h"

#include <ocellus/ocellus.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
    MAX_MATRICES = 400000
}; /* cells of all confusion matrices; if they have more, only that of the best row is written */
static const char PLACEHOLDER[] = "@DATA@";

static void add_setting(oc_string *data, const char *name, const char *value)
{
    oc_json_open(data, NULL, '[');
    oc_json_string(data, NULL, name);
    oc_json_string(data, NULL, value);
    oc_json_close(data, ']');
}

/* "settings": pairs of name and value. */
static void add_settings(const oc_report_subject *s, oc_string *data)
{
    char value[200];
    oc_json_open(data, "settings", '[');
    add_setting(data, "version", oc_version());
    snprintf(value, sizeof value, "%zux%zu", s->image.size.width, s->image.size.height);
    add_setting(data, "size", value);
    snprintf(value, sizeof value, "%" PRIu64, s->options->train.seed);
    add_setting(data, "seed", value);
    for (size_t i = 0; i < oc_train_param_count; i++) {
        oc_param_format(&oc_train_params[i], &s->options->train, value, sizeof value);
        add_setting(data, oc_train_params[i].name, value);
    }
    oc_json_close(data, ']');
}

/* Adds a value that is JSON text already, and frees the text. */
static void add_json(oc_string *data, const char *key, char *json)
{
    oc_json_raw(data, key, json ? json : "null");
    data->failed = data->failed || !json;
    oc_json_free(json);
}

/* Adds the URL of the predictions of evaluation i, relative to the page. */
static oc_status add_link(const oc_report_subject *s, size_t i, oc_string *data, oc_error *err)
{
    const char *place = s->options->predictions;
    char *name = s->comparison ? oc_predictions_name(s->comparison, i) : NULL;
    char *file = name ? oc_path_join(place, name) : s->comparison ? NULL : oc_strdup(place);
    oc_string link = {0};
    oc_status status = file ? oc_link_between(s->options->path, file, &link, err) : oc_fail_memory(err, "a path");
    if (status == OC_OK) {
        oc_json_string(data, NULL, link.data);
    }
    oc_string_free(&link);
    oc_free(name);
    oc_free(file);
    return status;
}

/* Adds all data but the table and the curves of a comparison. */
static oc_status add_subject(const oc_report_subject *s, oc_string *data, oc_error *err)
{
    size_t classes = s->classes.count, cells;
    bool all = oc_multiply(classes * s->count, classes, &cells) && cells <= MAX_MATRICES;
    oc_status status = OC_OK;
    oc_json_bool(data, "probable", s->evaluations[0]->has_probabilities);
    oc_json_open(data, "evaluations", '[');
    for (size_t i = 0; i < s->count; i++) {
        if (all || i == s->best) {
            add_json(data, NULL, oc_json_metrics(s->evaluations[i], s->classes));
        } else {
            oc_json_null(data, NULL);
        }
    }
    oc_json_close(data, ']');
    if (s->options->command) {
        oc_json_string(data, "command", s->options->command);
    }
    add_settings(s, data);
    if (s->options->predictions) {
        oc_json_open(data, "predictions", '[');
        for (size_t i = 0; status == OC_OK && i < s->count; i++) {
            status = add_link(s, i, data, err);
        }
        oc_json_close(data, ']');
    }
    return status == OC_OK ? oc_report_add_images(s, data, err) : status;
}

/* Escapes '<', '>' and '&', which occur in JSON only inside of strings. */
static void add_escaped(oc_string *page, const char *json)
{
    while (*json) {
        size_t plain = strcspn(json, "<>&");
        oc_string_add_bytes(page, json, plain);
        json += plain;
        if (*json) {
            oc_string_format(page, "\\u%04x", (unsigned)*json++);
        }
    }
}

/* Ends the object and writes the page. */
static oc_status write_page(oc_string *data, const char *path, oc_error *err)
{
    const char *template = (const char *)oc_report_page, *place = strstr(template, PLACEHOLDER);
    oc_string page = {0};
    oc_json_close(data, '}');
    oc_string_add_bytes(&page, template, (size_t)(place - template));
    add_escaped(&page, data->data ? data->data : "{}");
    oc_string_add(&page, place + strlen(PLACEHOLDER));
    oc_status status = data->failed || page.failed ? oc_fail_memory(err, "the report")
                                                   : oc_file_write(path, page.data, page.length, err);
    oc_string_free(&page);
    return status;
}

static void add_curves(const oc_comparison *c, oc_string *data)
{
    oc_json_open(data, "curves", '[');
    for (size_t i = 0; i < c->count; i++) {
        const oc_curve *curve = &c->rows[i].curve;
        oc_json_open(data, NULL, '[');
        for (size_t k = 0; k < curve->count; k++) {
            oc_json_open(data, NULL, '[');
            oc_string_format(data, "%.0f,%.6g]", curve->passes[k], curve->loss[k]);
        }
        oc_json_close(data, ']');
    }
    oc_json_close(data, ']');
}

oc_report_options oc_report_defaults(void)
{
    return (oc_report_options){.train = oc_train_defaults()};
}

oc_status oc_report_comparison(const oc_comparison *c, const oc_report_options *options, oc_error *err)
{
    const oc_evaluation **evaluations = oc_alloc(c->count, sizeof *evaluations);
    oc_string data = {0};
    if (!evaluations) {
        return oc_fail_memory(err, "the report");
    }
    for (size_t i = 0; i < c->count; i++) {
        evaluations[i] = &c->rows[i].evaluation;
    }
    const oc_report_subject s = {.evaluations = evaluations,
                                 .count = c->count,
                                 .best = c->chosen ? c->best : oc_comparison_best(c),
                                 .rows = c->test_rows,
                                 .items = c->items,
                                 .comparison = c,
                                 .classes = c->classes,
                                 .image = c->image,
                                 .options = options};
    oc_json_open(&data, NULL, '{');
    oc_json_count(&data, "open", s.best);
    add_json(&data, "comparison", oc_json_comparison(c));
    add_curves(c, &data);
    oc_json_bool(&data, "chosen", c->chosen);
    oc_status status = add_subject(&s, &data, err);
    if (status == OC_OK) {
        status = write_page(&data, options->path, err);
    }
    oc_string_free(&data);
    oc_free((void *)evaluations);
    return status;
}

oc_status oc_report_evaluation(const oc_model *model, const oc_evaluation *evaluation, const oc_set *set,
                               const oc_report_options *options, oc_error *err)
{
    size_t *items = NULL;
    oc_string data = {0};
    oc_status status = options->images ? oc_match_items(set, options->images, &items, err) : OC_OK;
    const oc_report_subject s = {.evaluations = &evaluation,
                                 .count = 1,
                                 .rows = oc_set_count(set),
                                 .items = items,
                                 .set = set,
                                 .classes = oc_model_class_list(model),
                                 .image = oc_model_image_options(model),
                                 .options = options};
    oc_json_open(&data, NULL, '{');
    oc_json_count(&data, "open", 0);
    oc_json_string(&data, "features", oc_features_spec(oc_model_features(model)));
    if (status == OC_OK) {
        status = add_subject(&s, &data, err);
    }
    if (status == OC_OK) {
        status = write_page(&data, options->path, err);
    }
    oc_string_free(&data);
    oc_free(items);
    return status;
}
