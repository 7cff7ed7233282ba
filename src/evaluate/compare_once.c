/* Compares features on one split of training and test images. Each different stage is fitted and extracted once; images
 * are decoded once for all new stages of a spec. The rows of a spec are a view of the columns of its stages. */
#include "src/evaluate/compare_once.h"

#include "src/evaluate/evaluate.h"
#include "src/evaluate/stage_rows.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/string.h"
#include "src/base/threads.h"
#include "src/learn/validation.h"
#include "src/model/model.h"
#include "src/pipeline/store.h"
#include "src/set/equal_images.h"

#include <math.h>

typedef struct comparing {
    const oc_dataset *train, *test;
    size_t readable; /* as in oc_sides */
    const oc_compare_options *options;
    oc_job *job;
    oc_extract_options extract;       /* with the size that the first extraction chose */
    oc_train_options learn;           /* with validation if a row is chosen */
    oc_set **train_sets, **test_sets; /* (specs), of which sets are there: the rows of the stages, one set for each
                                         extraction */
    size_t sets;
    oc_comparison *comparison;
    oc_comparison_row *rows;
    int *test_labels;  /* (test rows): indices into the training classes */
    bool *first_right; /* (test rows): the first spec classifies this row correctly */
    oc_model *best;
} comparing;

oc_status oc_check_images_read(size_t before, size_t now, oc_error *err)
{
    return now == before ? OC_OK
                         : oc_fail(err, OC_BAD_DATA,
                                   "images changed during the comparison, or `max_memory` is too small for some of the "
                                   "features: %zu could be read, then %zu",
                                   before, now);
}

/* Checks that all extractions have rows of the same images. */
static oc_status check_rows(const comparing *c, const oc_set *train, const oc_set *test, oc_error *err)
{
    size_t trained = oc_set_count(c->train_sets[0]), tested = oc_set_count(c->test_sets[0]);
    if (oc_set_count(train) != trained || oc_set_count(test) != tested) {
        return oc_fail(err, OC_BAD_DATA,
                       "images changed during the comparison, or `max_memory` is too small for some of the features: "
                       "%zu and %zu could be read, then %zu and %zu",
                       trained, tested, oc_set_count(train), oc_set_count(test));
    }
    return OC_OK;
}

/* Stores the results of the first extraction: counts, size and labels of the images. */
static oc_status begin(comparing *c, const oc_set *train, const oc_set *test, oc_error *err)
{
    c->comparison->train = oc_set_count(train);
    c->comparison->test = oc_set_count(test);
    c->comparison->train_skipped = oc_set_skipped(train);
    c->comparison->test_skipped = oc_set_skipped(test);
    if (c->options->skipped && (c->comparison->train_skipped || c->comparison->test_skipped)) {
        c->options->skipped(c->options->context, train, test);
    }
    if (c->readable) {
        oc_status changed = oc_check_images_read(c->readable, c->comparison->train + c->comparison->test, err);
        if (changed != OC_OK) {
            return changed;
        }
    }
    c->extract.image.size = oc_set_image_options(train).size;
    if ((c->options->choose || c->options->model) && c->learn.folds == 0) {
        c->learn.folds = OC_AUTO; /* choosing needs a validation */
    }
    oc_status status = c->extract.suppress_warnings ? OC_OK : oc_sets_note_equal(train, test, c->job, err);
    c->extract.suppress_warnings = true;
    c->extract.also_count = 0; /* the size suits all specs, and is known now */
    c->comparison->image = c->extract.image;
    c->comparison->chosen = c->options->choose || c->options->model;
    status = status == OC_OK ? oc_match_items(test, c->test, &c->comparison->items, err) : status;
    c->comparison->test_rows = status == OC_OK ? oc_set_count(test) : 0;
    c->first_right = oc_alloc(c->comparison->test, sizeof *c->first_right);
    if (status == OC_OK && !c->first_right) {
        status = oc_fail_memory(err, "the comparison");
    }
    return status != OC_OK ? status : oc_map_labels(test, oc_set_class_list(train), &c->test_labels, err);
}

/* Fits stages to the training images and extracts their rows of both sides. */
static oc_status extract_stages(comparing *c, const char *spec, oc_error *err)
{
    oc_features *features = NULL;
    oc_set *train = NULL, *test = NULL;
    oc_status status = oc_features_parse(spec, &features, err);
    if (status == OC_OK) {
        status = oc_set_extract(c->train, features, &c->extract, c->job, &train, err);
    }
    if (status == OC_OK) {
        status = oc_set_extract(c->test, oc_set_features(train), &c->extract, c->job, &test, err);
    }
    if (status == OC_OK) {
        status = c->sets ? check_rows(c, train, test, err) : begin(c, train, test, err);
    }
    oc_features_free(features);
    if (status != OC_OK) {
        oc_set_free(train);
        oc_set_free(test);
        return status;
    }
    c->train_sets[c->sets] = train;
    c->test_sets[c->sets++] = test;
    return OC_OK;
}

/* Computes the test accuracy of row r, its interval, and McNemar's test against the first row. */
static oc_status test_row(comparing *c, size_t r, const oc_model *model, const oc_rows *rows, oc_error *err)
{
    oc_comparison_row *row = &c->rows[r];
    oc_evaluation e;
    oc_status status = oc_evaluate_rows(oc_model_classifier(model), rows, c->test_labels, c->job, &e, err);
    if (status != OC_OK) {
        return status;
    }
    c->comparison->test = e.images; /* images with a label */
    row->test_accuracy = e.accuracy;
    row->ci_low = e.ci_low;
    row->ci_high = e.ci_high;
    size_t only_first = 0, only_this = 0;
    for (size_t i = 0; i < e.images; i++) {
        bool right = e.predicted[i] == e.expected[i];
        if (r == 0) {
            c->first_right[i] = right;
        }
        only_first += c->first_right[i] && !right;
        only_this += !c->first_right[i] && right;
    }
    row->p_value = r ? oc_mcnemar(only_first, only_this) : NAN;
    row->evaluation = e;
    return OC_OK;
}

/* Plans the features of a spec and copies the learned state of its stages from their extractions. */
static oc_status gather_features(const comparing *c, oc_features *features, oc_error *err)
{
    oc_extent size = c->extract.image.size;
    oc_status status = oc_features_plan(features, size.width, size.height, err);
    for (size_t i = 0; status == OC_OK && i < c->sets; i++) {
        status = oc_adopt_features(features, oc_set_features(c->train_sets[i]), err);
    }
    return status;
}

/* Adds a loss to the curve. When memory is short, the curve ends early. */
static void add_loss(void *context, size_t passes, size_t total, size_t steps, double loss)
{
    oc_curve *curve = context;
    (void)total, (void)steps;
    double *grown_passes = oc_realloc(curve->passes, curve->count + 1, sizeof *grown_passes);
    curve->passes = grown_passes ? grown_passes : curve->passes;
    double *grown_loss = oc_realloc(curve->loss, curve->count + 1, sizeof *grown_loss);
    curve->loss = grown_loss ? grown_loss : curve->loss;
    if (grown_passes && grown_loss && isfinite(loss)) {
        /* When the passes start again, another training begins (another fold, or after divergence). */
        curve->count = curve->count && (double)passes <= curve->passes[curve->count - 1] ? 0 : curve->count;
        curve->passes[curve->count] = (double)passes;
        curve->loss[curve->count++] = loss;
    }
}

static oc_status train_row(comparing *c, size_t r, oc_features *features, oc_error *err)
{
    const oc_set *set = c->train_sets[0];
    oc_comparison_row *row = &c->rows[r];
    oc_train_report report;
    oc_model *model = NULL;
    oc_status status = gather_features(c, features, err);
    const oc_rows train = oc_stage_rows(features, c->train_sets, c->sets);
    const oc_rows test = oc_stage_rows(features, c->test_sets, c->sets);
    oc_model_parts parts = {.rows = &train,
                            .labels = oc_set_labels(set),
                            .classes = oc_set_class_list(set),
                            .features = features,
                            .image = c->extract.image};
    parts.image.planes = oc_features_planes(features);
    if (status == OC_OK) {
        oc_job_tap_loss(c->job, add_loss, &row->curve);
        status = oc_model_build(&parts, &c->learn, c->job, &model, &report, err);
        oc_job_tap_loss(c->job, NULL, NULL);
    }
    if (status == OC_OK) {
        row->validation = report.validation;
        row->dimension = train.dimension;
        row->train_seconds = report.seconds;
        row->train_accuracy = report.accuracy;
        status = test_row(c, r, model, &test, err);
    }
    const oc_validation *best = &c->rows[c->comparison->best].validation;
    if (status == OC_OK && (r == 0 || (c->comparison->chosen && oc_validation_merit(&row->validation, &c->learn) >
                                                                    oc_validation_merit(best, &c->learn)))) {
        oc_model_free(c->best);
        c->best = model;
        model = NULL;
        c->comparison->best = r;
    }
    oc_model_free(model);
    return status;
}

/* The seconds of the earlier extractions whose stages the spec uses. */
static double shared_seconds(const comparing *c, const oc_features *features)
{
    double seconds = 0;
    for (size_t i = 0; i < c->sets; i++) {
        bool used = false;
        for (size_t j = 0; j < oc_features_count(features); j++) {
            used = used || oc_stage_columns(c->train_sets[i], features, j, NULL);
        }
        if (used) {
            const oc_set *train = c->train_sets[i];
            seconds += oc_set_seconds(train) + oc_set_fit_seconds(train) + oc_set_seconds(c->test_sets[i]);
        }
    }
    return seconds;
}

static oc_status compare_row(comparing *c, size_t r, char *spec, oc_error *err)
{
    oc_features *features = NULL;
    oc_string missing = {0};
    oc_comparison_row *row = &c->rows[r];
    *row = (oc_comparison_row){.features = spec, .p_value = NAN};
    oc_status status = oc_features_parse(spec, &features, err);
    if (status == OC_OK) {
        row->extract_seconds = shared_seconds(c, features);
        oc_missing_stages(features, c->train_sets, c->sets, &missing);
        status = missing.failed ? oc_fail_memory(err, "a spec") : OC_OK;
    }
    if (status == OC_OK && missing.length) {
        double started = oc_seconds();
        status = extract_stages(c, missing.data, err);
        row->extract_seconds += oc_seconds() - started;
    }
    if (status == OC_OK) {
        status = train_row(c, r, features, err);
    }
    oc_string_free(&missing);
    oc_features_free(features);
    return status;
}

/* Copies the class names into the result. */
static oc_status keep_names(oc_comparison *comparison, const oc_set *set, oc_error *err)
{
    char **names = oc_alloc(oc_set_classes(set), sizeof *names);
    bool done = names != NULL;
    comparison->class_names = names;
    comparison->classes = (oc_class_list){done ? oc_set_classes(set) : 0, (const char *const *)names};
    for (size_t i = 0; done && i < comparison->classes.count; i++) {
        names[i] = oc_strdup(oc_set_class(set, i));
        done = names[i] != NULL;
    }
    return done ? OC_OK : oc_fail_memory(err, "the class names");
}

oc_status oc_compare_look_ahead(oc_compare_options *options, oc_error *err)
{
    oc_extract_options *extract = &options->extract;
    oc_extent size = extract->image.size;
    oc_status status = OC_OK;
    extract->also = options->specs;
    extract->also_count = options->count;
    for (size_t r = 0; status == OC_OK && r < options->count; r++) {
        oc_features *features = NULL;
        status = oc_features_parse(options->specs[r], &features, err);
        size_t parts = status == OC_OK ? oc_features_count(features) : 0;
        if (parts > OC_MAX_BLOCKS) {
            status = oc_fail(err, OC_USAGE, "%zu stages in one spec; at most %d are possible", parts, OC_MAX_BLOCKS);
        }
        if (status == OC_OK) {
            size_t side = oc_features_side(features);
            extract->side = side > extract->side ? side : extract->side;
            status = size.width ? oc_features_plan(features, size.width, size.height, err) : OC_OK;
        }
        if (status == OC_OK && size.width && extract->mirror) {
            status = oc_features_mirror_order(features, NULL, err);
        }
        if (status == OC_TOO_SMALL && err) {
            oc_fail(err, status, "%s; a larger `size` WxH applies to all specs", err->message);
        }
        oc_features_free(features);
    }
    return status;
}

static oc_status compare(comparing *c, oc_error *err)
{
    oc_status status = OC_OK;
    for (size_t r = 0; status == OC_OK && r < c->options->count; r++) {
        char *spec = oc_strdup(c->options->specs[r]);
        status = spec ? compare_row(c, r, spec, err) : oc_fail_memory(err, "a spec");
        if (status == OC_OK && r == 0) {
            status = keep_names(c->comparison, c->train_sets[0], err);
        }
        if (spec) {
            c->comparison->count = r + 1;
            c->rows[r].features = spec;
        }
        if (status == OC_OK && c->options->row_done) {
            c->options->row_done(c->options->context, c->comparison);
        }
    }
    if (status == OC_OK && c->options->model) {
        status = oc_model_save(c->best, c->options->model, err);
    }
    return status;
}

oc_status oc_compare_once(const oc_sides *sides, const oc_compare_options *options, oc_job *job, oc_comparison **out,
                          oc_error *err)
{
    comparing c = {.train = sides->train,
                   .test = sides->test,
                   .readable = sides->readable,
                   .options = options,
                   .job = job,
                   .extract = options->extract,
                   .learn = options->train};
    oc_status status;
    c.comparison = oc_alloc(1, sizeof *c.comparison);
    c.rows = oc_alloc(options->count, sizeof *c.rows);
    c.train_sets = oc_alloc(options->count, sizeof(oc_set *));
    c.test_sets = oc_alloc(options->count, sizeof(oc_set *));
    if (c.comparison && c.rows && c.train_sets && c.test_sets) {
        c.comparison->rows = c.rows;
        c.comparison->split = sides->split;
        status = compare(&c, err);
    } else {
        oc_free(c.rows);
        status = oc_fail_memory(err, "the comparison");
    }
    for (size_t i = 0; i < c.sets; i++) {
        oc_set_free(c.train_sets[i]);
        oc_set_free(c.test_sets[i]);
    }
    oc_free((void *)c.train_sets);
    oc_free((void *)c.test_sets);
    oc_free(c.test_labels);
    oc_free(c.first_right);
    oc_model_free(c.best);
    if (status != OC_OK) {
        oc_comparison_free(c.comparison);
        return status;
    }
    *out = c.comparison;
    return OC_OK;
}
