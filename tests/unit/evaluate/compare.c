/* Comparing features on one split: each row is what its spec gives alone. */
#include "src/base/memory.h"
#include "tests/unit/model/support.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

TestSuite(compare, .init = make_test_folder, .fini = remove_test_folder);

static const char WORDS[] = "words:count=6,patch=4,samples=1000";
static const char JOINED[] = "pixels:size=2+words:count=6,patch=4,samples=1000+hog:cell=6";
static const char *const specs[] = {"pixels:size=2", "hog:cell=6", WORDS, JOINED, "words:samples=1000,patch=4,count=6"};
enum { SPECS = sizeof specs / sizeof *specs };

static oc_compare_options defaults(void)
{
    oc_compare_options options = {.extract = extract_defaults(), .train = oc_train_defaults()};
    options.train.epochs = 10;
    return options;
}

static oc_comparison *compared(const char *const *list, size_t count, const oc_compare_options *options, oc_job *job)
{
    oc_dataset *train = open_set(at("in")), *test = open_set(at("new"));
    oc_compare_options all = *options;
    oc_comparison *comparison = NULL;
    oc_error err = {0};
    all.specs = list;
    all.count = count;
    cr_assert(oc_compare(train, test, &all, job, &comparison, &err) == OC_OK, "%s", err.message);
    oc_dataset_free(train);
    oc_dataset_free(test);
    return comparison;
}

/* A row against the long way: extract, train and evaluate this spec and nothing else. */
static void check_row(const oc_comparison_row *row, const char *spec, const oc_compare_options *options)
{
    oc_set *set = extracted(at("in"), spec, NULL, NULL, NULL), *test = NULL;
    oc_model *model = NULL;
    oc_train_report report;
    oc_evaluation e;
    oc_dataset *dataset = open_set(at("new"));
    cr_assert(oc_model_train(set, &options->train, NULL, &model, &report, NULL) == OC_OK);
    cr_assert(oc_set_extract(dataset, oc_set_features(set), &options->extract, NULL, &test, NULL) == OC_OK);
    cr_assert(oc_evaluate(model, test, NULL, &e, NULL) == OC_OK);
    cr_assert(strcmp(row->features, spec) == 0 && row->dimension == oc_set_rows(set)->dimension);
    cr_assert(row->train_accuracy == report.accuracy && row->test_accuracy == e.accuracy, "%s: %g and %g", spec,
              row->test_accuracy, e.accuracy);
    cr_assert(row->ci_low == e.ci_low && row->ci_high == e.ci_high && row->extract_seconds > 0 &&
              row->train_seconds > 0);
    oc_evaluation_clear(&e);
    oc_dataset_free(dataset);
    oc_model_free(model);
    oc_set_free(set);
    oc_set_free(test);
}

Test(compare, each_row_is_its_spec_alone)
{
    put_stripes("in", 12, 18, 18, 1);
    put_stripes("new", 9, 18, 18, 2);
    oc_compare_options options = defaults();
    for (size_t threads = 1; threads <= 2; threads++) {
        oc_job *job = job_of(threads);
        oc_comparison *c = compared(specs, SPECS, &options, job);
        cr_assert(c->train == 36 && c->test == 27 && c->classes.count == 3 && c->count == SPECS && c->best == 0);
        cr_assert(strcmp(c->classes.names[2], "slope") == 0);
        for (size_t r = 0; r < SPECS; r++) {
            check_row(&c->rows[r], specs[r], &options);
            cr_assert(c->rows[r].validation.held == 36 && isnan(c->rows[r].p_value) == (r == 0));
        }
        oc_comparison_free(c);
        oc_job_free(job);
    }
}

static size_t calls;

static void count_row(void *context, const oc_comparison *so_far)
{
    calls++;
    cr_assert(so_far->count == calls && context == &calls && so_far->classes.count == 3);
}

static void count_extractions(void *context, const char *task, size_t done, size_t total)
{
    *(size_t *)context += strcmp(task, "extracting") == 0 && done == total;
}

Test(compare, a_stage_that_is_typed_in_two_ways_is_extracted_once)
{
    static const char *const ways[] = {"hog", "hog:cell=8+hog", "hog:bins=9,cell=8"};
    oc_features *stages;
    cr_assert(oc_compare_stages(ways, 3, &stages, NULL) == OC_OK);
    cr_assert(strcmp(oc_features_spec(stages), "hog") == 0, "%s", oc_features_spec(stages));
    oc_features_free(stages);
    put_stripes("in", 4, 16, 16, 1);
    put_stripes("new", 3, 16, 16, 2);
    size_t extractions = 0;
    oc_listener listener = {.progress = count_extractions, .context = &extractions};
    oc_job *job;
    cr_assert(oc_job_create(1, &listener, &job, NULL) == OC_OK);
    oc_compare_options options = defaults();
    oc_comparison *c = compared(ways, 3, &options, job);
    cr_assert(extractions == 2, "%zu: one of the training images, one of the test images", extractions);
    cr_assert(c->rows[1].dimension == 2 * c->rows[0].dimension && c->rows[2].dimension == c->rows[0].dimension);
    cr_assert(c->rows[2].test_accuracy == c->rows[0].test_accuracy);
    oc_comparison_free(c);
    oc_job_free(job);
}

/* The saved model is the best row's by validation, and the same as that row trained alone. */
Test(compare, the_best_row_is_chosen_on_held_out_rows)
{
    put_stripes("in", 20, 18, 18, 3);
    put_stripes("new", 6, 18, 18, 4);
    oc_compare_options options = defaults();
    options.model = at("best");
    options.row_done = count_row;
    options.context = &calls;
    oc_comparison *c = compared(specs, SPECS, &options, NULL);
    cr_assert(calls == SPECS && c->best < SPECS);
    for (size_t r = 0; r < SPECS; r++) {
        double here = oc_validation_accuracy(&c->rows[r].validation);
        double best = oc_validation_accuracy(&c->rows[c->best].validation);
        cr_assert(here >= 0 && here <= 1 && (r < c->best ? here < best : here <= best));
    }
    oc_set *set = extracted(at("in"), specs[c->best], NULL, NULL, NULL);
    oc_model *alone = NULL;
    cr_assert(oc_model_train(set, &options.train, NULL, &alone, NULL, NULL) == OC_OK);
    cr_assert(oc_model_save(alone, at("alone"), NULL) == OC_OK);
    expect_same_file(at("best"), at("alone"));
    oc_model_free(alone);
    oc_set_free(set);
    oc_comparison_free(c);
}

Test(compare, json_has_the_fixed_names)
{
    static const char *const fields[] = {"features",       "dimension",     "extract_seconds", "train_seconds",
                                         "train_accuracy", "test_accuracy", "interval"};
    put_stripes("in", 4, 12, 12, 5);
    put_stripes("new", 3, 12, 12, 6);
    oc_compare_options options = defaults();
    oc_comparison *c = compared(specs, 2, &options, NULL);
    char *text = oc_json_comparison(c);
    cr_assert(text && !strchr(text, '\n'));
    json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL), *rows = json_object_get(json, "rows");
    cr_assert(json_integer_value(json_object_get(json, "train")) == 12);
    cr_assert(json_integer_value(json_object_get(json, "test")) == 9);
    cr_assert(strcmp(json_string_value(json_array_get(json_object_get(json, "classes"), 0)), "across") == 0);
    cr_assert(json_array_size(rows) == 2);
    for (size_t r = 0; r < 2; r++) {
        json_t *row = json_array_get(rows, r);
        for (size_t f = 0; f < sizeof fields / sizeof *fields; f++) {
            json_t *field = json_object_get(row, fields[f]);
            cr_assert(f == 0   ? json_is_string(field)
                      : f == 6 ? json_array_size(field) == 2
                               : json_is_number(field),
                      "%s", fields[f]);
        }
        cr_assert(strcmp(json_string_value(json_object_get(row, "features")), specs[r]) == 0);
    }
    json_decref(json);
    oc_json_free(text);
    oc_comparison_free(c);
}

static oc_status compare_refused(const char *train, const char *test, const char *const *list, size_t count)
{
    oc_dataset *a = open_set(at(train)), *b = open_set(at(test));
    oc_compare_options options = defaults();
    oc_comparison *comparison = NULL;
    options.specs = list;
    options.count = count;
    oc_status status = oc_compare(a, b, &options, NULL, &comparison, &refusal);
    cr_assert(status != OC_OK && comparison == NULL);
    oc_dataset_free(a);
    oc_dataset_free(b);
    return status;
}

Test(compare, what_cannot_be_compared_is_said)
{
    put_stripes("in", 3, 12, 12, 7);
    put_stripes("new", 2, 12, 12, 8);
    put_png("odd/zebra/1.png", 9);
    put_png("flat/1.png", 9);
    cr_assert(compare_refused("in", "odd", specs, 1) == OC_BAD_DATA && strstr(refusal.message, "zebra"), "%s",
              refusal.message);
    cr_assert(compare_refused("in", "flat", specs, 1) == OC_BAD_DATA && strstr(refusal.message, "no labels"), "%s",
              refusal.message);
    cr_assert(compare_refused("flat", "new", specs, 1) == OC_BAD_DATA, "%s", refusal.message);
    static const char *const wrong[] = {"pixels:size=2", "hogg"};
    cr_assert(compare_refused("in", "new", wrong, 2) == OC_USAGE && strstr(refusal.message, "hogg"), "%s",
              refusal.message);
    static const char *const large[] = {"hog:cell=50"};
    cr_assert(compare_refused("in", "new", large, 1) == OC_TOO_SMALL, "%s", refusal.message);
}

Test(compare, short_memory_is_an_error_at_every_step)
{
    static const char *const two[] = {"pixels:size=2", "hog:cell=6+pixels:size=2"};
    put_stripes("in", 2, 12, 12, 9);
    put_stripes("new", 1, 12, 12, 10);
    oc_dataset *train = open_set(at("in")), *test = open_set(at("new"));
    oc_compare_options options = defaults();
    options.specs = two;
    options.count = 2;
    options.choose = true;
    options.train.epochs = 1;
    size_t failures = 0;
    for (size_t n = 1;; n++) {
        oc_comparison *comparison = NULL;
        oc_error err = {0};
        oc_memory_fail_after(n);
        oc_status status = oc_compare(train, test, &options, NULL, &comparison, &err);
        oc_memory_fail_after(0);
        if (status == OC_OK) {
            oc_comparison_free(comparison);
            break;
        }
        cr_assert(status == OC_NO_MEMORY && comparison == NULL, "allocation %zu: %s, %s", n, oc_status_text(status),
                  err.message);
        failures++;
    }
    cr_assert(failures > 100);
    oc_dataset_free(train);
    oc_dataset_free(test);
}

/* Over the seeds s, s + 1, s + 2: the same as three comparisons; the rest is that of s alone. */
Test(compare, seeds_give_mean_and_deviation)
{
    enum { SEEDS = 3 };
    static const char *const few[] = {"words:count=2,patch=4,samples=200"};
    put_stripes("in", 2, 12, 12, 11);
    put_stripes("new", 20, 12, 12, 12);
    oc_compare_options options = defaults();
    double accuracy[SEEDS], mean = 0, square = 0;
    oc_comparison *c;
    for (uint64_t k = 0; k < SEEDS; k++) {
        options.extract.seed = options.train.seed = 4 + k;
        c = compared(few, 1, &options, NULL);
        accuracy[k] = c->rows[0].test_accuracy;
        cr_assert(c->seeds == 1 && c->rows[0].test_mean == accuracy[k] && isnan(c->rows[0].test_std));
        mean += accuracy[k] / SEEDS;
        oc_comparison_free(c);
    }
    for (size_t k = 0; k < SEEDS; k++) {
        square += (accuracy[k] - mean) * (accuracy[k] - mean);
    }
    options.extract.seed = options.train.seed = 4;
    options.seeds = SEEDS;
    options.choose = true;
    c = compared(few, 1, &options, NULL);
    cr_assert(c->seeds == SEEDS && c->rows[0].test_accuracy == accuracy[0] && c->rows[0].validation.held > 0);
    cr_assert(fabs(c->rows[0].test_mean - mean) <= 1e-12, "%g, not %g", c->rows[0].test_mean, mean);
    cr_assert(square > 0 && fabs(c->rows[0].test_std - sqrt(square / (SEEDS - 1))) <= 1e-12);
    oc_comparison_free(c);
}
