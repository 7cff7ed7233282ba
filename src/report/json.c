/* Results as JSON text, by jansson. Numbers that are not finite become null. */
#include "src/report/json.h"

#include "src/base/json_memory.h"
#include "src/base/locale.h"
#include "src/base/memory.h"
#include "src/base/utf8.h"
#include "src/model/object.h"
#include "src/set/set.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *count(size_t value)
{
    return json_integer((json_int_t)value);
}

/* Paths and names may be any bytes: see src/base/utf8.h. */
static json_t *string(const char *text)
{
    char *marked = oc_utf8_mark(text);
    json_t *value = marked ? json_string(marked) : NULL;
    if (!marked) {
        oc_json_note_short();
    }
    oc_free(marked);
    return value;
}

/* Sets the value of a key that is a name; takes the value over. */
static void set_named(json_t *object, const char *name, json_t *value)
{
    char *marked = oc_utf8_mark(name);
    if (marked) {
        json_object_set_new(object, marked, value);
    } else {
        oc_json_note_short();
        json_decref(value);
    }
    oc_free(marked);
}

static char *write_json(const json_t *value, size_t flags)
{
    char *text = value ? json_dumps(value, flags) : NULL;
    if (text) {
        oc_utf8_put_surrogates(text);
    }
    return text;
}

/* The text, or NULL when memory was short for it or for any part of the object. */
static char *finish(json_t *object)
{
    char *text = write_json(object, JSON_COMPACT | JSON_REAL_PRECISION(9));
    json_decref(object);
    if (oc_json_short()) {
        oc_free(text);
        return NULL;
    }
    return text;
}

void oc_json_free(char *json)
{
    oc_free(json);
}

static json_t *validation(const oc_validation *v)
{
    if (v->held == 0) {
        return json_null();
    }
    json_t *trials = json_array();
    for (size_t k = 0; k < v->count; k++) {
        const oc_trial *t = &v->trial[k];
        json_array_append_new(trials,
                              json_pack("{s:o, s:o, s:o, s:o}", "l2", number(t->l2), "score_l2", number(t->score_l2),
                                        "accuracy", number(t->accuracy), "deviation", number(t->deviation)));
    }
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "held", count(v->held), "folds", count(v->folds),
                     "accuracy", number(v->trial[v->best].accuracy), "deviation", number(v->trial[v->best].deviation),
                     "best", count(v->best), "trials", trials, "seconds", number(v->seconds));
}

char *oc_json_comparison(const oc_comparison *c)
{
    json_t *rows = json_array(), *classes = json_array();
    for (size_t i = 0; i < c->classes; i++) {
        json_array_append_new(classes, string(c->class_names[i]));
    }
    for (size_t i = 0; i < c->count; i++) {
        const oc_comparison_row *r = &c->rows[i];
        json_array_append_new(rows, json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:[oo], s:o, s:o, s:o, s:o, s:o}",
                                              "features", string(r->features), "dimension", count(r->dimension),
                                              "extract_seconds", number(r->extract_seconds), "train_seconds",
                                              number(r->train_seconds), "train_accuracy", number(r->train_accuracy),
                                              "test_accuracy", number(r->test_accuracy), "interval", number(r->low),
                                              number(r->high), "validation_accuracy",
                                              number(oc_validation_accuracy(&r->validation)), "validation",
                                              validation(&r->validation), "p_value", number(r->p_value), "test_mean",
                                              number(r->test_mean), "test_deviation", number(r->test_deviation)));
    }
    return finish(json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "train", count(c->train), "test",
                            count(c->test), "classes", classes, "rows", rows, "seeds", count(c->seeds), "best",
                            count(c->best), "train_skipped", count(c->train_skipped), "test_skipped",
                            count(c->test_skipped)));
}

char *oc_json_figures(const oc_evaluation *e, oc_label_list names)
{
    json_t *classes = json_array(), *confusion = json_array();
    for (size_t c = 0; c < e->classes; c++) {
        const oc_class_figures *f = &e->figures[c];
        json_array_append_new(classes,
                              json_pack("{s:o, s:o, s:o, s:o, s:o}", "name", string(names.name(names.source, c)),
                                        "precision", number(f->precision), "recall", number(f->recall), "f1",
                                        number(f->f1), "count", count(f->count)));
        json_t *row = json_array();
        for (size_t k = 0; k < e->classes; k++) {
            json_array_append_new(row, count(e->confusion[c * e->classes + k]));
        }
        json_array_append_new(confusion, row);
    }
    return finish(json_pack("{s:o, s:o, s:[oo], s:o, s:o, s:o}", "images", count(e->images), "accuracy",
                            number(e->accuracy), "interval", number(e->low), number(e->high), "macro_f1",
                            number(e->macro_f1), "classes", classes, "confusion", confusion));
}

char *oc_json_evaluation(const oc_model *model, const oc_evaluation *e)
{
    return oc_json_figures(e, oc_model_class_list(model));
}

void oc_json_add_string(oc_text *out, const char *text)
{
    json_t *value = string(text);
    char *quoted = write_json(value, JSON_ENCODE_ANY);
    oc_text_add(out, quoted ? quoted : "\"\"");
    out->failed = out->failed || !quoted;
    json_decref(value);
    oc_free(quoted);
}

char *oc_json_result(const oc_model *model, const char *path, const oc_result *result)
{
    json_t *scores = json_object();
    for (size_t c = 0; c < oc_model_classes(model); c++) {
        set_named(scores, oc_model_class(model, c), number((double)result->scores[c]));
    }
    json_t *probability = result->probabilities ? number((double)result->probabilities[result->label]) : json_null();
    return finish(json_pack("{s:o, s:o, s:o, s:o}", "path", string(path), "label",
                            string(oc_model_class(model, result->label)), "probability", probability, "scores",
                            scores));
}

char *oc_json_failure(const char *path, const char *message)
{
    return finish(json_pack("{s:o, s:o}", "path", string(path), "error", string(message)));
}

char *oc_json_extraction(const oc_set *set)
{
    return finish(json_pack("{s:o, s:o, s:o, s:o}", "images", count(oc_set_count(set)), "skipped",
                            count(oc_set_skipped(set)), "dimension", count(oc_set_rows(set)->dimension), "seconds",
                            number(oc_set_seconds(set) + oc_set_fit_seconds(set))));
}

char *oc_json_classification(size_t images, size_t skipped, double seconds)
{
    return finish(
        json_pack("{s:o, s:o, s:o}", "images", count(images), "skipped", count(skipped), "seconds", number(seconds)));
}

static json_t *class_names(oc_label_list classes)
{
    json_t *names = json_array();
    for (size_t c = 0; c < classes.count; c++) {
        json_array_append_new(names, string(classes.name(classes.source, c)));
    }
    return names;
}

/* A number as a number; "auto" and words as they are typed. */
static json_t *option_value(const oc_param *param, const char *typed)
{
    char *end;
    if (param->type == OC_FLAG) {
        return json_boolean(strcmp(typed, "1") == 0);
    }
    if (param->type == OC_INTEGER || param->type == OC_REAL) {
        double value = oc_strtod(typed, &end);
        if (end != typed && *end == '\0') {
            return param->type == OC_INTEGER ? json_integer(strtoll(typed, NULL, 10)) : number(value);
        }
    }
    return string(typed);
}

char *oc_json_training(const oc_model *model, const oc_set *set, const oc_train_report *report)
{
    return finish(
        json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "features",
                  string(oc_features_spec(oc_model_features(model))), "dimension", count(oc_set_rows(set)->dimension),
                  "images", count(oc_set_count(set)), "skipped", count(oc_set_skipped(set)), "classes",
                  class_names(oc_model_class_list(model)), "parameters", count(oc_model_parameters(model)),
                  "extract_seconds", number(oc_set_seconds(set) + oc_set_fit_seconds(set)), "train_seconds",
                  number(report->seconds), "train_accuracy", number(report->accuracy), "steps", count(report->steps),
                  "objective", number(report->objective), "loss", number(report->loss), "gap", number(report->gap),
                  "zero_weights", count(report->zeros), "validation", validation(&report->validation)));
}

char *oc_json_info_model(const oc_model *model)
{
    oc_image_options image = oc_model_image_options(model);
    oc_train_options options = oc_model_train_options(model);
    oc_validation tried = oc_model_validation(model);
    json_t *training = json_object();
    for (size_t i = 0; i < oc_train_param_count; i++) {
        char value[100];
        oc_param_format(&oc_train_params[i], &options, value, sizeof value);
        json_object_set_new(training, oc_train_params[i].name, option_value(&oc_train_params[i], value));
    }
    return finish(json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "kind", "model", "features",
                            string(oc_features_spec(oc_model_features(model))), "dimension",
                            count(oc_features_dimension(oc_model_features(model))), "width", count(image.size.width),
                            "height", count(image.size.height), "depth", count((size_t)image.depth), "classes",
                            class_names(oc_model_class_list(model)), "parameters", count(oc_model_parameters(model)),
                            "stage_parameters", count(oc_model_stage_parameters(model)), "training", training,
                            "validation", validation(&tried), "seed", count((size_t)options.seed)));
}

char *oc_json_info_set(const oc_set *set)
{
    oc_image_options image = oc_set_image_options(set);
    return finish(json_pack(
        "{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "kind", "set", "features",
        string(oc_features_spec(oc_set_features(set))), "dimension", count(oc_set_rows(set)->dimension), "images",
        count(oc_set_count(set)), "skipped", count(oc_set_skipped(set)), "width", count(image.size.width), "height",
        count(image.size.height), "depth", count((size_t)image.depth), "classes", class_names(oc_set_class_list(set))));
}
