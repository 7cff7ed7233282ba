/* Results as JSON text. Numbers that are not finite become null. */
#include "src/report/json.h"

#include "src/evaluate/predictions.h"
#include "src/model/object.h"
#include "src/set/set.h"

#include "src/base/json.h"
#include "src/base/locale.h"
#include "src/base/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Begins the object of a result. */
static oc_string begin(void)
{
    oc_string json = {0};
    oc_json_open(&json, NULL, '{');
    return json;
}

/* Ends the object and returns its text, to be freed with oc_json_free; NULL when memory was short for any part. */
static char *finish(oc_string *json)
{
    oc_json_close(json, '}');
    if (json->failed) {
        oc_string_free(json);
        return NULL;
    }
    return json->data;
}

void oc_json_free(char *json)
{
    oc_free(json);
}

static void add_interval(oc_string *json, double low, double high)
{
    oc_json_open(json, "interval", '[');
    oc_json_number(json, NULL, low);
    oc_json_number(json, NULL, high);
    oc_json_close(json, ']');
}

static void add_names(oc_string *json, oc_class_list classes)
{
    oc_json_open(json, "classes", '[');
    for (size_t c = 0; c < classes.count; c++) {
        oc_json_string(json, NULL, classes.names[c]);
    }
    oc_json_close(json, ']');
}

static void add_validation(oc_string *json, const oc_validation *v)
{
    if (v->held == 0) {
        oc_json_null(json, "validation");
        return;
    }
    const oc_trial *best = &v->trial[v->best];
    double low, high;
    oc_wilson((size_t)(best->accuracy * (double)v->held + 0.5), v->held, &low, &high);
    oc_json_open(json, "validation", '{');
    oc_json_number(json, "accuracy", best->accuracy);
    oc_json_number(json, "balanced_accuracy", v->balanced_accuracy);
    add_interval(json, low, high);
    oc_json_count(json, "images", v->held);
    oc_json_number(json, "log_loss", v->log_loss);
    oc_json_count(json, "held", v->held);
    oc_json_count(json, "folds", v->folds);
    oc_json_number(json, "deviation", best->deviation);
    oc_json_count(json, "best", v->best);
    oc_json_open(json, "trials", '[');
    for (size_t k = 0; k < v->count; k++) {
        const oc_trial *t = &v->trial[k];
        oc_json_open(json, NULL, '{');
        oc_json_number(json, "l2", t->l2);
        oc_json_number(json, "score_l2", t->score_l2);
        oc_json_number(json, "accuracy", t->accuracy);
        oc_json_number(json, "deviation", t->deviation);
        oc_json_number(json, "log_loss", t->log_loss);
        oc_json_close(json, '}');
    }
    oc_json_close(json, ']');
    oc_json_number(json, "seconds", v->seconds);
    oc_json_close(json, '}');
}

static void add_comparison_row(oc_string *json, const oc_comparison_row *r)
{
    oc_json_open(json, NULL, '{');
    oc_json_string(json, "features", r->features);
    oc_json_count(json, "dimension", r->dimension);
    oc_json_number(json, "extract_seconds", r->extract_seconds);
    oc_json_number(json, "train_seconds", r->train_seconds);
    oc_json_number(json, "train_accuracy", r->train_accuracy);
    oc_json_number(json, "test_accuracy", r->test_accuracy);
    oc_json_number(json, "balanced_accuracy", r->evaluation.balanced_accuracy);
    add_interval(json, r->ci_low, r->ci_high);
    oc_json_number(json, "validation_accuracy", oc_validation_accuracy(&r->validation));
    add_validation(json, &r->validation);
    oc_json_number(json, "p_value", r->p_value);
    oc_json_number(json, "test_mean", r->test_mean);
    oc_json_number(json, "test_deviation", r->test_std);
    oc_json_close(json, '}');
}

char *oc_json_comparison(const oc_comparison *c)
{
    static const char *const splits[] = {"given", "fifth", "folds"};
    oc_string json = begin();
    oc_json_string(&json, "split", splits[c->split]);
    if (c->folds) {
        oc_json_count(&json, "folds", c->folds);
    } else {
        oc_json_null(&json, "folds");
    }
    oc_json_count(&json, "train", c->train);
    oc_json_count(&json, "test", c->test);
    add_names(&json, c->classes);
    oc_json_open(&json, "rows", '[');
    for (size_t i = 0; i < c->count; i++) {
        add_comparison_row(&json, &c->rows[i]);
    }
    oc_json_close(&json, ']');
    oc_json_count(&json, "seeds", c->seeds);
    oc_json_count(&json, "best", c->best);
    oc_json_count(&json, "train_skipped", c->train_skipped);
    oc_json_count(&json, "test_skipped", c->test_skipped);
    return finish(&json);
}

char *oc_json_metrics(const oc_evaluation *e, oc_class_list classes)
{
    oc_string json = begin();
    oc_json_count(&json, "images", e->images);
    oc_json_number(&json, "accuracy", e->accuracy);
    oc_json_number(&json, "balanced_accuracy", e->balanced_accuracy);
    add_interval(&json, e->ci_low, e->ci_high);
    oc_json_number(&json, "macro_f1", e->macro_f1);
    oc_json_open(&json, "classes", '[');
    for (size_t c = 0; c < e->classes; c++) {
        const oc_class_metrics *f = &e->metrics[c];
        oc_json_open(&json, NULL, '{');
        oc_json_string(&json, "name", classes.names[c]);
        oc_json_number(&json, "precision", f->precision);
        oc_json_number(&json, "recall", f->recall);
        oc_json_number(&json, "f1", f->f1);
        oc_json_count(&json, "count", f->count);
        oc_json_close(&json, '}');
    }
    oc_json_close(&json, ']');
    oc_json_open(&json, "confusion", '[');
    for (size_t c = 0; c < e->classes; c++) {
        oc_json_open(&json, NULL, '[');
        for (size_t k = 0; k < e->classes; k++) {
            oc_json_count(&json, NULL, e->confusion[c * e->classes + k]);
        }
        oc_json_close(&json, ']');
    }
    oc_json_close(&json, ']');
    return finish(&json);
}

char *oc_json_evaluation(const oc_model *model, const oc_evaluation *e)
{
    return oc_json_metrics(e, oc_model_class_list(model));
}

/* Adds an object with the values (C) by class name, or null. */
static void add_class_values(oc_string *json, const char *key, const oc_model *model, const float *values)
{
    if (!values) {
        oc_json_null(json, key);
        return;
    }
    oc_json_open(json, key, '{');
    for (size_t c = 0; c < oc_model_classes(model); c++) {
        oc_json_number(json, oc_model_class(model, c), (double)values[c]);
    }
    oc_json_close(json, '}');
}

char *oc_json_prediction(const oc_model *model, const char *path, const oc_prediction *prediction)
{
    oc_string json = begin();
    oc_json_string(&json, "path", path);
    oc_json_string(&json, "label", oc_model_class(model, prediction->label));
    oc_json_number(&json, "probability",
                   prediction->probabilities ? (double)prediction->probabilities[prediction->label] : (double)NAN);
    add_class_values(&json, "probabilities", model, prediction->probabilities);
    add_class_values(&json, "scores", model, prediction->scores);
    return finish(&json);
}

char *oc_json_failure(const char *path, const char *message)
{
    oc_string json = begin();
    oc_json_string(&json, "path", path);
    oc_json_string(&json, "error", message);
    return finish(&json);
}

char *oc_json_extraction(const oc_set *set)
{
    oc_string json = begin();
    oc_json_count(&json, "images", oc_set_count(set));
    oc_json_count(&json, "skipped", oc_set_skipped(set));
    oc_json_count(&json, "dimension", oc_set_rows(set)->dimension);
    oc_json_number(&json, "seconds", oc_set_seconds(set) + oc_set_fit_seconds(set));
    return finish(&json);
}

char *oc_json_classification(size_t images, size_t skipped, double seconds)
{
    oc_string json = begin();
    oc_json_count(&json, "images", images);
    oc_json_count(&json, "skipped", skipped);
    oc_json_number(&json, "seconds", seconds);
    return finish(&json);
}

/* Adds a training option: numbers as JSON numbers, "auto" and words as strings. */
static void add_option(oc_string *json, const oc_param *param, const char *typed)
{
    char *end;
    bool integer = param->type == OC_INTEGER, numeric = integer || param->type == OC_REAL;
    double value = numeric ? oc_strtod(typed, &end) : 0;
    if (param->type == OC_FLAG) {
        oc_json_bool(json, param->name, strcmp(typed, "1") == 0);
    } else if (!numeric || end == typed || *end) {
        oc_json_string(json, param->name, typed);
    } else if (integer) {
        oc_json_integer(json, param->name, strtoll(typed, NULL, 10));
    } else {
        oc_json_number(json, param->name, value);
    }
}

/* Adds the choice of "-f auto": the table of candidates and the best one. */
static void add_choice(oc_string *json, const oc_choice *choice)
{
    if (!choice) {
        oc_json_null(json, "choice");
        return;
    }
    oc_json_open(json, "choice", '{');
    oc_json_string(json, "features", choice->rows[choice->best].features);
    oc_json_count(json, "images", choice->images);
    oc_json_open(json, "candidates", '[');
    for (size_t i = 0; i < choice->count; i++) {
        const oc_choice_row *row = &choice->rows[i];
        oc_json_open(json, NULL, '{');
        oc_json_string(json, "features", row->features);
        oc_json_count(json, "dimension", row->dimension);
        oc_json_number(json, "accuracy", row->accuracy);
        oc_json_number(json, "balanced_accuracy", row->balanced_accuracy);
        oc_json_number(json, "log_loss", row->log_loss);
        oc_json_number(json, "seconds", row->seconds);
        oc_json_close(json, '}');
    }
    oc_json_close(json, ']');
    oc_json_close(json, '}');
}

char *oc_json_training(const oc_model *model, const oc_set *set, const oc_train_report *report, const oc_choice *choice)
{
    oc_string json = begin();
    oc_json_string(&json, "features", oc_features_spec(oc_model_features(model)));
    oc_json_count(&json, "dimension", oc_set_rows(set)->dimension);
    oc_json_count(&json, "images", oc_set_count(set));
    oc_json_count(&json, "skipped", oc_set_skipped(set));
    add_names(&json, oc_model_class_list(model));
    oc_json_count(&json, "parameters", oc_model_parameters(model));
    oc_json_number(&json, "extract_seconds", oc_set_seconds(set) + oc_set_fit_seconds(set));
    oc_json_number(&json, "train_seconds", report->seconds);
    oc_json_number(&json, "train_accuracy", report->accuracy);
    oc_json_count(&json, "steps", report->steps);
    oc_json_number(&json, "objective", report->objective);
    oc_json_number(&json, "loss", report->loss);
    oc_json_number(&json, "gap", report->gap);
    oc_json_count(&json, "zero_weights", report->zeros);
    add_validation(&json, &report->validation);
    add_choice(&json, choice);
    return finish(&json);
}

/* Adds the size and the number of channels to which images are converted. */
static void add_image_options(oc_string *json, oc_image_options image)
{
    oc_json_count(json, "width", image.size.width);
    oc_json_count(json, "height", image.size.height);
    oc_json_count(json, "depth", (size_t)image.depth);
}

/* Adds the columns of one stage: an array (shape) with named axes, outermost first, that begins at column `first`. */
static void add_stage(oc_string *json, const oc_features *features, size_t stage, size_t first)
{
    char name[40];
    size_t axes = oc_features_axis_count(features, stage), levels = 0;
    oc_features_part_name(features, stage, name, sizeof name);
    oc_json_open(json, NULL, '{');
    oc_json_string(json, "name", name);
    oc_json_string(json, "spec", oc_features_part_spec(features, stage));
    oc_json_count(json, "first", first);
    oc_json_count(json, "count", oc_features_part_dimension(features, stage));
    oc_json_open(json, "shape", '[');
    for (size_t i = 0; i < axes; i++) {
        oc_json_count(json, NULL, oc_features_axis(features, stage, i).length);
        levels += oc_features_axis(features, stage, i).levels.count;
    }
    oc_json_close(json, ']');
    oc_json_open(json, "axes", '[');
    for (size_t i = 0; i < axes; i++) {
        oc_json_string(json, NULL, oc_features_axis(features, stage, i).name);
    }
    oc_json_close(json, ']');
    if (levels) {
        oc_json_open(json, "levels", '[');
        for (size_t i = 0; i < axes; i++) {
            oc_row_axis axis = oc_features_axis(features, stage, i);
            for (size_t l = 0; l < axis.levels.count; l++) {
                oc_json_count(json, NULL, (size_t)axis.levels.level[l]);
            }
        }
        oc_json_close(json, ']');
    }
    oc_json_close(json, '}');
}

static void add_stages(oc_string *json, const oc_features *features)
{
    oc_json_open(json, "stages", '[');
    for (size_t i = 0, first = 0; i < oc_features_count(features); i++) {
        add_stage(json, features, i, first);
        first += oc_features_part_dimension(features, i);
    }
    oc_json_close(json, ']');
}

char *oc_json_info_model(const oc_model *model)
{
    oc_train_options options = oc_model_train_options(model);
    oc_validation tried = oc_model_validation(model);
    oc_string json = begin();
    oc_json_string(&json, "kind", "model");
    oc_json_string(&json, "features", oc_features_spec(oc_model_features(model)));
    add_stages(&json, oc_model_features(model));
    oc_json_count(&json, "dimension", oc_features_dimension(oc_model_features(model)));
    add_image_options(&json, oc_model_image_options(model));
    add_names(&json, oc_model_class_list(model));
    oc_json_count(&json, "parameters", oc_model_parameters(model));
    oc_json_count(&json, "stage_parameters", oc_model_stage_parameters(model));
    oc_json_open(&json, "training", '{');
    for (size_t i = 0; i < oc_train_param_count; i++) {
        char value[100];
        oc_param_format(&oc_train_params[i], &options, value, sizeof value);
        add_option(&json, &oc_train_params[i], value);
    }
    oc_json_close(&json, '}');
    add_validation(&json, &tried);
    oc_json_count(&json, "seed", options.seed);
    return finish(&json);
}

char *oc_json_info_set(const oc_set *set)
{
    oc_string json = begin();
    oc_json_string(&json, "kind", "set");
    oc_json_string(&json, "features", oc_features_spec(oc_set_features(set)));
    add_stages(&json, oc_set_features(set));
    oc_json_count(&json, "dimension", oc_set_rows(set)->dimension);
    oc_json_count(&json, "images", oc_set_count(set));
    oc_json_count(&json, "skipped", oc_set_skipped(set));
    add_image_options(&json, oc_set_image_options(set));
    add_names(&json, oc_set_class_list(set));
    return finish(&json);
}
