/* Comparing features on one split. Each distinct stage is fitted and extracted once, images decoded once for
 * all stages that a spec brings in; the rows of a spec are a view of the columns of its stages side by side. */
#include "src/evaluate/evaluate.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/string.h"
#include "src/base/threads.h"
#include "src/learn/split.h"
#include "src/learn/validation.h"
#include "src/model/model.h"
#include "src/pipeline/store.h"
#include "src/set/equal_images.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

/* The rows of some stages, for both halves of the split. */
typedef struct pair {
    oc_set *train, *test;
} pair;

/* Where the columns of a stage lie. */
typedef struct column {
    const char *spec; /* of the stage; belongs to the pair's features */
    size_t pair, first, count;
} column;

typedef struct comparing {
    const oc_dataset *train, *test;
    const oc_compare_options *options;
    oc_job *job;
    oc_extract_options extract; /* with the size that the first extraction found */
    oc_train_options learn;     /* with a hold-out where one is needed to choose */
    pair *pairs;
    column *columns;
    size_t pair_count, column_count;
    oc_comparison *comparison;
    oc_comparison_row *rows;
    int *test_labels;  /* (test rows) in terms of the training classes */
    bool *first_right; /* (test rows): what the first spec got right */
    oc_model *best;
} comparing;

static const column *find_column(const comparing *c, const char *spec)
{
    for (size_t i = 0; i < c->column_count; i++) {
        if (strcmp(c->columns[i].spec, spec) == 0) {
            return &c->columns[i];
        }
    }
    return NULL;
}

/* The stages of a spec that have no columns yet, as a spec; empty when there are none. */
static oc_status missing_stages(const comparing *c, const oc_features *features, oc_string *missing, oc_error *err)
{
    for (size_t i = 0; i < oc_features_count(features); i++) {
        const char *spec = oc_features_part_spec(features, i);
        bool repeated = false;
        for (size_t j = 0; j < i; j++) {
            repeated = repeated || strcmp(spec, oc_features_part_spec(features, j)) == 0;
        }
        if (!repeated && !find_column(c, spec)) {
            oc_string_add(missing, missing->length ? "+" : "");
            oc_string_add(missing, spec);
        }
    }
    return missing->failed ? oc_fail_memory(err, "a spec") : OC_OK;
}

/* All pairs must have the rows of the same images. */
static oc_status check_rows(const comparing *c, const pair *new, oc_error *err)
{
    const pair *first = &c->pairs[0];
    if (oc_set_count(new->train) != oc_set_count(first->train) ||
        oc_set_count(new->test) != oc_set_count(first->test)) {
        return oc_fail(
            err, OC_BAD_DATA, "images changed during the comparison: %zu and %zu could be read, then %zu and %zu",
            oc_set_count(first->train), oc_set_count(first->test), oc_set_count(new->train), oc_set_count(new->test));
    }
    return OC_OK;
}

static const char *class_of_set(const void *set, size_t label)
{
    return oc_set_class(set, label);
}

/* What is known once the first pair is there: labels and counts. */
static oc_status begin(comparing *c, const pair *first, oc_error *err)
{
    c->comparison->train = oc_set_count(first->train);
    c->comparison->test = oc_set_count(first->test);
    c->comparison->train_skipped = oc_set_skipped(first->train);
    c->comparison->test_skipped = oc_set_skipped(first->test);
    if (c->options->skipped && (c->comparison->train_skipped || c->comparison->test_skipped)) {
        c->options->skipped(c->options->context, first->train, first->test);
    }
    c->extract.image.size = oc_set_image_options(first->train).size;
    if ((c->options->choose || c->options->model) && !oc_validation_wanted(&c->learn)) {
        c->learn.holdout = oc_split_fraction(c->comparison->train);
    }
    oc_status status = c->extract.told ? OC_OK : oc_sets_note_equal(first->train, first->test, c->job, err);
    c->extract.told = true;
    c->extract.also_count = 0; /* the size is known, and does */
    c->comparison->image = c->extract.image;
    c->comparison->chosen = c->options->choose || c->options->model;
    status = status == OC_OK ? oc_match_items(first->test, c->test, &c->comparison->items, err) : status;
    c->comparison->test_rows = status == OC_OK ? oc_set_count(first->test) : 0;
    c->first_right = oc_alloc(c->comparison->test, sizeof *c->first_right);
    if (status == OC_OK && !c->first_right) {
        status = oc_fail_memory(err, "the comparison");
    }
    return status != OC_OK ? status
                           : oc_map_labels(first->test, class_of_set, first->train, oc_set_classes(first->train),
                                           &c->test_labels, err);
}

/* Fits and extracts stages on both halves and enters their columns. */
static oc_status extract_stages(comparing *c, const char *spec, double *seconds, oc_error *err)
{
    double started = oc_seconds();
    oc_features *features = NULL;
    pair new = {0};
    pair *pairs = oc_realloc(c->pairs, c->pair_count + 1, sizeof *pairs);
    c->pairs = pairs ? pairs : c->pairs;
    oc_status status = pairs ? oc_features_parse(spec, &features, err) : oc_fail_memory(err, "the comparison");
    if (status == OC_OK) {
        status = oc_set_extract(c->train, features, &c->extract, NULL, c->job, &new.train, err);
    }
    if (status == OC_OK) {
        status = oc_set_extract(c->test, oc_set_features(new.train), &c->extract, NULL, c->job, &new.test, err);
    }
    oc_features_free(features);
    const oc_features *fitted = status == OC_OK ? oc_set_features(new.train) : NULL;
    size_t parts = fitted ? oc_features_count(fitted) : 0;
    column *columns = oc_realloc(c->columns, c->column_count + parts + 1, sizeof *columns);
    c->columns = columns ? columns : c->columns;
    if (status == OC_OK && !columns) {
        status = oc_fail_memory(err, "the comparison");
    }
    if (status == OC_OK) {
        status = c->pair_count ? check_rows(c, &new, err) : begin(c, &new, err);
    }
    if (status != OC_OK) {
        oc_set_free(new.train);
        oc_set_free(new.test);
        return status;
    }
    for (size_t i = 0, first = 0; i < parts; i++) {
        size_t count = oc_features_part_dimension(fitted, i);
        c->columns[c->column_count++] = (column){oc_features_part_spec(fitted, i), c->pair_count, first, count};
        first += count;
    }
    c->pairs[c->pair_count++] = new;
    *seconds = oc_seconds() - started;
    return OC_OK;
}

/* The rows of a spec, training or test, as a view of its stages' columns. */
static void view(const comparing *c, const oc_features *features, bool test, oc_rows *rows)
{
    size_t parts = oc_features_count(features);
    *rows = (oc_rows){.blocks = parts};
    for (size_t i = 0; i < parts; i++) {
        const column *where = find_column(c, oc_features_part_spec(features, i));
        const pair *p = &c->pairs[where->pair];
        const oc_rows *from = oc_set_rows(test ? p->test : p->train);
        rows->block[i] = (oc_block){
            .values = from->block[0].values + where->first, .columns = where->count, .stride = from->block[0].stride};
        rows->count = from->count;
        rows->dimension += where->count;
    }
}

/* The test's figures of row r. */
static oc_status test_row(comparing *c, size_t r, const oc_model *model, const oc_rows *rows, oc_error *err)
{
    oc_comparison_row *row = &c->rows[r];
    oc_evaluation e;
    oc_status status = oc_evaluate_rows(oc_model_classifier(model), rows, c->test_labels, c->job, &e, err);
    if (status != OC_OK) {
        return status;
    }
    c->comparison->test = e.images; /* those with a label */
    row->test_accuracy = e.accuracy;
    row->low = e.low;
    row->high = e.high;
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

/* Features of the whole spec with what its stages have learned in their own extractions. */
static oc_status gather_features(const comparing *c, oc_features *features, oc_error *err)
{
    oc_extent size = c->extract.image.size;
    oc_status status = oc_features_plan(features, size.width, size.height, err);
    for (size_t i = 0; status == OC_OK && i < c->pair_count; i++) {
        status = oc_adopt_features(features, oc_set_features(c->pairs[i].train), err);
    }
    return status;
}

/* Writes losses down; where memory is short the curve ends early. */
static void add_loss(void *context, size_t passes, size_t total, size_t steps, double loss)
{
    oc_curve *curve = context;
    (void)total, (void)steps;
    double *grown_passes = oc_realloc(curve->passes, curve->count + 1, sizeof *grown_passes);
    curve->passes = grown_passes ? grown_passes : curve->passes;
    double *grown_loss = oc_realloc(curve->loss, curve->count + 1, sizeof *grown_loss);
    curve->loss = grown_loss ? grown_loss : curve->loss;
    if (grown_passes && grown_loss && isfinite(loss)) {
        /* A training that diverged begins again. */
        curve->count = curve->count && (double)passes <= curve->passes[curve->count - 1] ? 0 : curve->count;
        curve->passes[curve->count] = (double)passes;
        curve->loss[curve->count++] = loss;
    }
}

static oc_status train_row(comparing *c, size_t r, oc_features *features, oc_error *err)
{
    const oc_set *set = c->pairs[0].train;
    oc_comparison_row *row = &c->rows[r];
    oc_train_report report;
    oc_model *model = NULL;
    oc_rows train, test;
    oc_status status = gather_features(c, features, err);
    view(c, features, false, &train);
    view(c, features, true, &test);
    oc_model_parts parts = {.rows = &train,
                            .labels = oc_set_labels(set),
                            .classes = oc_set_classes(set),
                            .class_name = class_of_set,
                            .source = set,
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
    if (status == OC_OK && (r == 0 || oc_validation_accuracy(&row->validation) > oc_validation_accuracy(best))) {
        oc_model_free(c->best);
        c->best = model;
        model = NULL;
        c->comparison->best = r;
    }
    oc_model_free(model);
    return status;
}

static oc_status compare_row(comparing *c, size_t r, const char *spec, oc_error *err)
{
    oc_features *features = NULL;
    oc_string missing = {0};
    double seconds = 0;
    oc_comparison_row *row = &c->rows[r];
    *row = (oc_comparison_row){.features = spec, .p_value = NAN};
    oc_status status = oc_features_parse(spec, &features, err);
    if (status == OC_OK) {
        status = missing_stages(c, features, &missing, err);
    }
    /* A spec whose stages were all extracted for earlier rows costs what those extractions cost. */
    for (size_t i = 0; status == OC_OK && i < c->pair_count; i++) {
        bool used = false;
        for (size_t j = 0; j < oc_features_count(features); j++) {
            const column *where = find_column(c, oc_features_part_spec(features, j));
            used = used || (where && where->pair == i);
        }
        if (used) {
            const pair *p = &c->pairs[i];
            row->extract_seconds += oc_set_seconds(p->train) + oc_set_fit_seconds(p->train) + oc_set_seconds(p->test);
        }
    }
    if (status == OC_OK && missing.length) {
        status = extract_stages(c, missing.data, &seconds, err);
        row->extract_seconds += seconds;
    }
    if (status == OC_OK) {
        status = train_row(c, r, features, err);
    }
    oc_string_free(&missing);
    oc_features_free(features);
    return status;
}

/* The specs and class names live as long as the result. */
static oc_status keep_names(oc_comparison *comparison, const oc_set *set, oc_error *err)
{
    const char **names = oc_alloc(oc_set_classes(set), sizeof *names);
    comparison->class_names = names;
    bool done = names != NULL;
    comparison->classes = done ? oc_set_classes(set) : 0;
    for (size_t i = 0; done && i < comparison->classes; i++) {
        names[i] = oc_strdup(oc_set_class(set, i));
        done = names[i] != NULL;
    }
    return done ? OC_OK : oc_fail_memory(err, "the class names");
}

/* Looks at all specs before the work on one. Images that differ are brought to one size for all of them, whatever their
 * order, and each spec must do with it; where it is not given, the first extraction finds it, and checks so. */
static oc_status look_ahead(comparing *c, const char *const *specs, size_t count, oc_error *err)
{
    oc_extent size = c->extract.image.size;
    oc_status status = OC_OK;
    for (size_t r = 0; status == OC_OK && r < count; r++) {
        oc_features *features = NULL;
        status = oc_features_parse(specs[r], &features, err);
        size_t parts = status == OC_OK ? oc_features_count(features) : 0;
        if (parts > OC_MAX_BLOCKS) {
            status = oc_fail(err, OC_USAGE, "%zu stages in one spec; at most %d are possible", parts, OC_MAX_BLOCKS);
        }
        if (status == OC_OK) {
            size_t side = oc_features_side(features);
            c->extract.side = side > c->extract.side ? side : c->extract.side;
            status = size.width ? oc_features_plan(features, size.width, size.height, err) : OC_OK;
        }
        if (status == OC_OK && size.width && c->extract.mirror) {
            status = oc_features_mirror_order(features, NULL, err);
        }
        if (status == OC_TOO_SMALL && err) {
            oc_fail(err, status, "%s; a larger --size WxH is for all specs", err->message);
        }
        oc_features_free(features);
    }
    return status;
}

static oc_status compare(comparing *c, const char *const *specs, size_t count, oc_error *err)
{
    oc_status status = look_ahead(c, specs, count, err);
    for (size_t r = 0; status == OC_OK && r < count; r++) {
        char *spec = oc_strdup(specs[r]);
        status = spec ? compare_row(c, r, spec, err) : oc_fail_memory(err, "a spec");
        if (status == OC_OK && r == 0) {
            status = keep_names(c->comparison, c->pairs[0].train, err);
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

static oc_status compare_once(const oc_dataset *train, const oc_dataset *test, const char *const *specs, size_t count,
                              const oc_compare_options *options, oc_job *job, oc_comparison **out, oc_error *err)
{
    comparing c = {.train = train,
                   .test = test,
                   .options = options,
                   .job = job,
                   .extract = options->extract,
                   .learn = options->train};
    c.extract.mirror = options->train.augment == OC_AUGMENT_MIRROR;
    c.extract.also = specs;
    c.extract.also_count = count;
    if (count == 0) {
        return oc_fail(err, OC_USAGE, "no features to compare");
    }
    oc_status status = oc_compare_check(train, test, options, err);
    if (status != OC_OK) {
        return status;
    }
    c.comparison = oc_alloc(1, sizeof *c.comparison);
    c.rows = oc_alloc(count, sizeof *c.rows);
    if (!c.comparison || !c.rows) {
        oc_free(c.rows);
        oc_free(c.comparison);
        return oc_fail_memory(err, "the comparison");
    }
    c.comparison->rows = c.rows;
    status = compare(&c, specs, count, err);
    for (size_t i = 0; i < c.pair_count; i++) {
        oc_set_free(c.pairs[i].train);
        oc_set_free(c.pairs[i].test);
    }
    oc_free(c.pairs);
    oc_free(c.columns);
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

/* Mean and standard deviation of the test accuracies, summed up in their places while the seeds go by. */
static void add_seed(oc_comparison_row *row, double accuracy, size_t done)
{
    double step = accuracy - row->test_mean;
    row->test_mean += step / (double)done;
    row->test_deviation += step * (accuracy - row->test_mean); /* the sum of squared distances (Welford, 1962) */
}

static oc_status repeat(const oc_dataset *train, const oc_dataset *test, const char *const *specs, size_t count,
                        const oc_compare_options *options, oc_job *job, oc_comparison_row *rows, oc_error *err)
{
    oc_compare_options again = {.extract = options->extract, .train = options->train};
    again.extract.told = true;
    if (!again.train.tune) { /* the choice is made */
        again.train.holdout = NAN;
        again.train.folds = OC_AUTO;
    }
    for (size_t k = 1; k < options->seeds; k++) {
        oc_comparison *other;
        again.extract.seed = options->extract.seed + k;
        again.train.seed = options->train.seed + k;
        oc_job_note(job, "seed %zu of %zu", k + 1, options->seeds);
        oc_status status = compare_once(train, test, specs, count, &again, job, &other, err);
        if (status != OC_OK) {
            return status;
        }
        for (size_t r = 0; r < count; r++) {
            add_seed(&rows[r], other->rows[r].test_accuracy, k + 1);
        }
        oc_comparison_free(other);
    }
    return OC_OK;
}

oc_status oc_compare(const oc_dataset *train, const oc_dataset *test, const char *const *specs, size_t count,
                     const oc_compare_options *options, oc_job *job, oc_comparison **out, oc_error *err)
{
    oc_comparison *comparison;
    oc_status status = compare_once(train, test, specs, count, options, job, &comparison, err);
    if (status != OC_OK) {
        return status;
    }
    oc_comparison_row *rows = (oc_comparison_row *)(uintptr_t)comparison->rows;
    comparison->seeds = options->seeds > 1 ? options->seeds : 1;
    for (size_t r = 0; r < count; r++) {
        add_seed(&rows[r], rows[r].test_accuracy, 1);
    }
    status = repeat(train, test, specs, count, options, job, rows, err);
    for (size_t r = 0; r < count; r++) {
        size_t seeds = comparison->seeds;
        rows[r].test_deviation = seeds > 1 ? sqrt(rows[r].test_deviation / (double)(seeds - 1)) : NAN;
    }
    if (status != OC_OK) {
        oc_comparison_free(comparison);
        return status;
    }
    *out = comparison;
    return OC_OK;
}

void oc_comparison_free(oc_comparison *comparison)
{
    if (!comparison) {
        return;
    }
    for (size_t i = 0; i < comparison->count; i++) {
        oc_comparison_row *row = (oc_comparison_row *)(uintptr_t)&comparison->rows[i];
        oc_free((char *)(uintptr_t)row->features);
        oc_evaluation_free(&row->evaluation);
        oc_free(row->curve.passes);
        oc_free(row->curve.loss);
    }
    for (size_t i = 0; i < comparison->classes; i++) {
        oc_free((char *)(uintptr_t)comparison->class_names[i]);
    }
    oc_free(comparison->items);
    oc_free((void *)(uintptr_t)comparison->class_names);
    oc_free((void *)(uintptr_t)comparison->rows);
    oc_free(comparison);
}
