/* Intervals, McNemar's test, and the figures of an evaluation. */
#include "src/evaluate/evaluate.h"

#include "tests/unit/model/support.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <math.h>
#include <string.h>

TestSuite(evaluate, .init = make_test_folder, .fini = remove_test_folder);

static void near(double value, double expected, double tolerance)
{
    cr_assert(!(fabs(value - expected) > tolerance) && !isnan(value), "%.9g, not %.9g", value, expected);
}

static void wilson(size_t correct, size_t count, double low, double high)
{
    double a, b;
    oc_wilson(correct, count, &a, &b);
    near(a, low, 0.00005);
    near(b, high, 0.00005);
}

/* Newcombe, "Two-sided confidence intervals for the single proportion", 1998, table I. */
Test(statistics, wilson_as_published)
{
    wilson(81, 263, 0.2553, 0.3662);
    wilson(15, 148, 0.0624, 0.1605);
    wilson(0, 20, 0, 0.1611);
    wilson(1, 29, 0.0061, 0.1718);
    wilson(10, 10, 0.7225, 1);
    wilson(0, 10, 0, 0.2775);
    wilson(0, 0, 0, 1);
    for (size_t k = 0; k <= 50; k++) {
        double low, high, low2, high2;
        oc_wilson(k, 50, &low, &high);
        oc_wilson(50 - k, 50, &low2, &high2);
        cr_assert(low >= 0 && high <= 1 && low <= (double)k / 50 && high >= (double)k / 50 && low < high);
        near(low, 1 - high2, 1e-12);
        near(high, 1 - low2, 1e-12);
    }
}

Test(statistics, mcnemar_by_hand)
{
    static const struct {
        size_t a, b;
        double p;
    } cases[] = {{0, 0, 1}, {1, 0, 1},    {0, 2, 0.5},         {5, 0, 0.0625},       {0, 6, 0.03125},
                 {5, 5, 1}, {5, 4, 1},    {1, 9, 22.0 / 1024}, {2, 8, 112.0 / 1024}, {10, 0, 2.0 / 1024},
                 {1, 2, 1}, {3, 1, 0.625}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        near(oc_mcnemar(cases[i].a, cases[i].b), cases[i].p, 1e-12);
        near(oc_mcnemar(cases[i].b, cases[i].a), cases[i].p, 1e-12);
    }
    double many = oc_mcnemar(500000, 510000); /* about z = 9.95 */
    cr_assert(many > 1e-24 && many < 1e-22, "%g", many);
    cr_assert(oc_mcnemar(0, 1000000) >= 0 && oc_mcnemar(0, 1000000) < 1e-300);
}

/* Scores are the row itself: what is predicted is written down in the rows. */
Test(statistics, figures_by_hand)
{
    float weights[12] = {1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0}, zeros[3] = {0}, ones[3] = {1, 1, 1};
    oc_classifier classifier = {.classes = 3, .dimension = 3, .weights = weights, .shift = zeros, .scale = ones};
    static const int truth[] = {0, 0, 0, 0, 1, 1, -1, 1}, predicted[] = {0, 0, 1, 2, 1, 0, 2, 1};
    float x[8][3] = {{0}};
    for (size_t i = 0; i < 8; i++) {
        x[i][predicted[i]] = 1;
    }
    oc_rows rows = oc_rows_of(x[0], 8, 3);
    oc_evaluation e;
    cr_assert(oc_evaluate_rows(&classifier, &rows, truth, NULL, &e, NULL) == OC_OK);
    cr_assert(e.images == 7 && e.correct == 4 && e.classes == 3); /* the row without a label does not count */
    near(e.accuracy, 4.0 / 7, 1e-12);
    static const size_t confusion[] = {2, 1, 1, 1, 2, 0, 0, 0, 0};
    cr_assert(memcmp(e.confusion, confusion, sizeof confusion) == 0);
    near(e.metrics[0].precision, 2.0 / 3, 1e-12);
    near(e.metrics[0].recall, 0.5, 1e-12);
    near(e.metrics[0].f1, 4.0 / 7, 1e-12);
    near(e.metrics[1].precision, 2.0 / 3, 1e-12);
    near(e.metrics[1].recall, 2.0 / 3, 1e-12);
    near(e.metrics[1].f1, 2.0 / 3, 1e-12);
    cr_assert(e.metrics[2].count == 0 && e.metrics[2].predicted == 1 && e.metrics[2].precision == 0);
    cr_assert(isnan(e.metrics[2].recall) && isnan(e.metrics[2].f1)); /* no image of it */
    near(e.macro_f1, (4.0 / 7 + 2.0 / 3) / 2, 1e-12);
    for (size_t i = 0, at_row = 0; i < 8; i++) {
        if (truth[i] >= 0) {
            cr_assert(e.expected[at_row] == truth[i] && e.predicted[at_row] == predicted[i]);
            at_row++;
        }
    }
    oc_evaluation_clear(&e);
    oc_evaluation_clear(&e);
}

Test(statistics, features_that_are_no_numbers_are_an_error)
{
    float weights[6] = {1, 0, 0, 0, 1, 0}, zeros[2] = {0}, ones[2] = {1, 1}, x[6] = {1, 2, 3, 4, 5, 6};
    oc_classifier classifier = {.classes = 2, .dimension = 2, .weights = weights, .shift = zeros, .scale = ones};
    oc_rows rows = oc_rows_of(x, 3, 2);
    for (size_t k = 0; k < 2; k++) {
        x[4] = k ? INFINITY : NAN;
        oc_evaluation e = {0};
        oc_error err = {0};
        cr_assert(oc_evaluate_rows(&classifier, &rows, (int[]){0, 1, 0}, NULL, &e, &err) == OC_BAD_DATA);
        cr_assert(strstr(err.message, "row 2"), "%s", err.message);
        cr_assert(e.metrics == NULL);
    }
}

Test(evaluate, labels_are_matched_by_name)
{
    put_stripes("in", 6, 12, 12, 1);
    put_stripes("new", 4, 12, 12, 2);
    oc_set *set = extracted(at("in"), "hog:cell=4", NULL, NULL, NULL);
    oc_model *model = model_of(set, 0, NULL);
    /* "across" is missing from the test set, and one image has no label */
    put_text("list.csv", "path,label\nnew/slope/000.png,slope\nnew/down/001.png,down\nnew/slope/002.png,\n");
    oc_set *test = extracted(at("list.csv"), "hog:cell=4", NULL, NULL, NULL);
    oc_evaluation e;
    oc_error err = {0};
    cr_assert(oc_evaluate(model, test, NULL, &e, &err) == OC_OK, "%s", err.message);
    cr_assert(e.images == 2 && e.metrics[0].count == 0 && e.metrics[1].count == 1 && e.metrics[2].count == 1);
    cr_assert(e.expected[0] == 2 && e.expected[1] == 1 && isnan(e.metrics[0].recall) && !isnan(e.macro_f1));
    oc_evaluation_clear(&e);
    oc_set_free(test);
    put_text("list.csv", "path,label\nnew/down/000.png,down\nnew/down/001.png,zebra\n");
    test = extracted(at("list.csv"), "hog:cell=4", NULL, NULL, NULL);
    cr_assert(oc_evaluate(model, test, NULL, &e, &err) == OC_BAD_DATA);
    cr_assert(strstr(err.message, "zebra") && strstr(err.message, "new/down/001.png"), "%s", err.message);
    oc_set_free(test);
    put_text("list.csv", "path\nnew/down/000.png\n");
    test = extracted(at("list.csv"), "hog:cell=4", NULL, NULL, NULL);
    cr_assert(oc_evaluate(model, test, NULL, &e, &err) == OC_BAD_DATA && strstr(err.message, "no labels"), "%s",
              err.message);
    oc_set_free(test);
    test = extracted(at("new"), "hog:cell=6", NULL, NULL, NULL);
    cr_assert(oc_evaluate(model, test, NULL, &e, &err) == OC_USAGE, "%s", err.message);
    oc_set_free(test);
    oc_model_free(model);
    oc_set_free(set);
}

static json_t *parsed(char *text)
{
    cr_assert(text != NULL && strchr(text, '\n') == NULL);
    json_t *json = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    cr_assert(json_is_object(json), "%s", text);
    oc_json_free(text);
    return json;
}

Test(evaluate, json_has_the_fixed_names)
{
    put_stripes("in", 4, 12, 12, 3);
    put_text("in/down/bad.png", "no image");
    oc_set *set = extracted(at("in"), "hog:cell=4", NULL, NULL, NULL);
    oc_model *model = model_of(set, 0, NULL);
    oc_evaluation e;
    cr_assert(oc_evaluate(model, set, NULL, &e, NULL) == OC_OK);
    json_t *json = parsed(oc_json_evaluation(model, &e));
    cr_assert(json_integer_value(json_object_get(json, "images")) == 12);
    near(json_number_value(json_object_get(json, "accuracy")), e.accuracy, 1e-8);
    json_t *class = json_array_get(json_object_get(json, "classes"), 1),
           *confusion = json_object_get(json, "confusion");
    cr_assert(strcmp(json_string_value(json_object_get(class, "name")), "down") == 0);
    cr_assert(json_integer_value(json_object_get(class, "count")) == 4);
    cr_assert(json_is_number(json_object_get(class, "recall")) && json_object_get(class, "precision") &&
              json_object_get(class, "f1"));
    cr_assert(json_array_size(confusion) == 3 && json_array_size(json_array_get(confusion, 2)) == 3);
    for (size_t i = 0; i < 9; i++) {
        json_t *cell = json_array_get(json_array_get(confusion, i / 3), i % 3);
        cr_assert(json_integer_value(cell) == (json_int_t)e.confusion[i]);
    }
    json_decref(json);
    oc_evaluation_clear(&e);
    json = parsed(oc_json_extraction(set));
    cr_assert(json_integer_value(json_object_get(json, "images")) == 12);
    cr_assert(json_integer_value(json_object_get(json, "skipped")) == 1);
    cr_assert(json_integer_value(json_object_get(json, "dimension")) == (json_int_t)oc_set_rows(set)->dimension);
    cr_assert(json_is_number(json_object_get(json, "seconds")));
    json_decref(json);
    oc_predictor *predictor = NULL;
    oc_prediction prediction;
    cr_assert(oc_predictor_create(model, &predictor, NULL) == OC_OK);
    cr_assert(oc_classify_file(predictor, at("in/down/000.png"), &prediction, NULL) == OC_OK);
    json = parsed(oc_json_prediction(model, "a \"path\"\n\xc3\xbf", &prediction));
    cr_assert(strcmp(json_string_value(json_object_get(json, "path")), "a \"path\"\n\xc3\xbf") == 0);
    cr_assert(strcmp(json_string_value(json_object_get(json, "label")), oc_model_class(model, prediction.label)) == 0);
    near(json_number_value(json_object_get(json, "probability")), (double)prediction.probabilities[prediction.label],
         1e-6);
    near(json_number_value(json_object_get(json_object_get(json, "scores"), "slope")), (double)prediction.scores[2],
         1e-6);
    json_decref(json);
    json = parsed(oc_json_failure("p", "because"));
    cr_assert(strcmp(json_string_value(json_object_get(json, "path")), "p") == 0);
    cr_assert(strcmp(json_string_value(json_object_get(json, "error")), "because") == 0);
    json_decref(json);
    json_decref(parsed(oc_json_info_model(model)));
    json_decref(parsed(oc_json_info_set(set)));
    oc_predictor_free(predictor);
    oc_model_free(model);
    oc_set_free(set);
}
