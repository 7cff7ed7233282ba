/* Rows that were made elsewhere: svmlight text, .npy files, sets and models of them; and shards put together. */
#include "src/matrix/number.h"
#include "src/matrix/svmlight.h"
#include "src/pipeline/store.h"
#include "tests/unit/model/support.h"

#include <criterion/criterion.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(given, .init = make_test_folder, .fini = remove_test_folder);

static oc_status read_text(const char *text, size_t dimension, oc_svmlight *rows, oc_error *err)
{
    put_text("rows.svm", text);
    return oc_svmlight_read(at("rows.svm"), dimension, NULL, rows, err);
}

Test(given, svmlight_text_gives_dense_rows)
{
    oc_svmlight rows = {0};
    oc_error err = {0};
    cr_assert(read_text("# heading\n+1 1:0.5 3:-2e1 # end\n\n-2 qid:7 2:3\r\n0", 0, &rows, &err) == OC_OK, "%s",
              err.message);
    static const float expected[3][3] = {{0.5f, 0, -20}, {0, 3, 0}, {0, 0, 0}};
    static const int64_t labels[3] = {1, -2, 0};
    cr_assert(rows.count == 3 && rows.dimension == 3);
    cr_assert(memcmp(rows.values, expected, sizeof expected) == 0);
    cr_assert(memcmp(rows.labels, labels, sizeof labels) == 0);
    oc_svmlight_free(&rows);
    cr_assert(read_text("1 1:1\n", 5, &rows, &err) == OC_OK && rows.dimension == 5 && rows.values[4] == 0);
    oc_svmlight_free(&rows);
}

Test(given, svmlight_text_with_a_fault_names_its_line)
{
    static const char *const faults[] = {"1 1:1\n1 0:1",   "1 1:1\n1 2:1 2:1",  "1 1:1\n1 3:1 2:1", "1 1:1\nx 1:1",
                                         "1 1:1\n0.5 1:1", "1 1:1\n1 1:",       "1 1:1\n1 1:nan",   "1 1:1\n1 1:1e39",
                                         "1 1:1\n1 1 2",   "1 1:1\n1 -1:2",     "1 1:1\n1 1:2x",    "1 1:1\n1 1: 2",
                                         "1 1:1\n1,2 1:1", "1 1:1\n1 1:\n2 1:1"};
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++) {
        oc_svmlight rows = {0};
        oc_error err = {0};
        cr_assert(read_text(faults[i], 0, &rows, &err) == OC_BAD_FILE, "%s", faults[i]);
        cr_assert(strstr(err.message, "line 2"), "%s: %s", faults[i], err.message);
        cr_assert(rows.values == NULL);
    }
    oc_svmlight rows = {0};
    cr_assert(read_text("", 0, &rows, NULL) == OC_BAD_FILE && read_text("1\n2\n", 0, &rows, NULL) == OC_BAD_FILE);
    cr_assert(read_text("1 4:1\n", 3, &rows, NULL) == OC_BAD_FILE);
}

Test(given, svmlight_is_recognised_by_its_first_row)
{
    cr_assert(oc_svmlight_signature("# text\n1 1:2") && oc_svmlight_signature("-1 qid:3 1:2") &&
              oc_svmlight_signature("0 12:1.5 13"));
    cr_assert(oc_svmlight_signature("0\n0 \n1 # zeros\n1 2:3\n"), "rows of zeros may come first");
    cr_assert(oc_svmlight_signature("0.5 1:2") && oc_svmlight_signature("0,1 1:2") && oc_svmlight_signature("1 1:nan"),
              "what is wrong in a row is reported with its line when the file is read");
    cr_assert(!oc_svmlight_signature("path,label\n") && !oc_svmlight_signature("1\n2\n") &&
              !oc_svmlight_signature("12:30 train") && !oc_svmlight_signature("") && !oc_svmlight_signature("a 1:2"));
}

Test(given, numbers_read_back_to_the_same_float)
{
    static const float values[] = {0,       1,        255,     16777215, 16777216, 0.1f,    -0.1f,   1.0f / 3,
                                   FLT_MAX, -FLT_MAX, FLT_MIN, 1e-45f,   -7,       3.5e10f, 65536.5f};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        char text[OC_NUMBER];
        size_t length = oc_number_format(values[i], text);
        cr_assert(length == strlen(text) && strtof(text, NULL) == values[i], "%s", text);
    }
}

static float points[30][2];
static const char *names[30];

static oc_set *set_of_points(void)
{
    oc_set *set = NULL;
    oc_error err = {0};
    for (size_t i = 0; i < 30; i++) {
        names[i] = i % 2 ? "right" : "left";
        points[i][0] = (i % 2 ? 1.0f : -1.0f) + 0.01f * (float)i;
        points[i][1] = (float)(i % 7);
    }
    oc_rows rows = oc_rows_of(&points[0][0], 30, 2);
    cr_assert(oc_set_of_rows(&rows, names, &set, &err) == OC_OK, "%s", err.message);
    return set;
}

Test(given, a_model_of_rows_is_saved_loaded_and_classifies_rows_not_images)
{
    oc_set *set = set_of_points();
    cr_assert(oc_set_classes(set) == 2 && strcmp(oc_set_class(set, 0), "left") == 0 && oc_set_labels(set)[1] == 1);
    oc_model *model = model_of(set, OC_LOSS_SOFTMAX, NULL), *loaded = NULL;
    oc_predictor *predictor = NULL;
    oc_prediction prediction;
    oc_error err = {0};
    cr_assert(oc_model_save(model, at("model"), &err) == OC_OK, "%s", err.message);
    cr_assert(oc_model_load(at("model"), &loaded, &err) == OC_OK, "%s", err.message);
    cr_assert(oc_model_matches(loaded, set, &err) == OC_OK, "%s", err.message);
    cr_assert(oc_features_count(oc_model_features(loaded)) == 0);
    cr_assert(oc_model_class_counts(loaded)[0] == 15 && oc_model_class_counts(loaded)[1] == 15);
    cr_assert(fabs(oc_model_train_accuracy(loaded) - oc_model_train_accuracy(model)) < 1e-8);
    cr_assert(oc_predictor_create(loaded, &predictor, &err) == OC_OK);
    for (size_t i = 0; i < 30; i++) {
        cr_assert(oc_classify_row(predictor, points[i], &prediction, &err) == OC_OK);
        cr_assert(strcmp(oc_model_class(loaded, prediction.label), names[i]) == 0);
    }
    static const float invalid[2] = {NAN, 0};
    cr_assert(oc_classify_row(predictor, invalid, &prediction, &err) == OC_BAD_DATA);
    put_stripes("in", 1, 8, 8, 1);
    cr_assert(oc_classify_file(predictor, at("in/down/000.png"), &prediction, &err) == OC_USAGE);
    cr_assert(strstr(err.message, "rows of 2 values"), "%s", err.message);
    oc_predictor_free(predictor);
    oc_model_free(loaded);
    oc_model_free(model);
    oc_set_free(set);
}

Test(given, exported_rows_come_back_with_their_classes)
{
    oc_set *set = set_of_points(), *back = NULL;
    oc_error err = {0};
    cr_assert(oc_set_export(set, OC_FORMAT_SVMLIGHT, at("rows.svm"), NULL, &err) == OC_OK, "%s", err.message);
    cr_assert(oc_rows_recognise(at("rows.svm")) && !oc_rows_recognise(at("rows.svm.classes")));
    cr_assert(oc_set_open_rows(at("rows.svm"), NULL, 0, NULL, &back, &err) == OC_OK, "%s", err.message);
    cr_assert(oc_set_count(back) == 30 && oc_set_rows(back)->dimension == 2);
    cr_assert(memcmp(oc_set_rows(back)->block[0].values, points, sizeof points) == 0);
    for (size_t i = 0; i < 30; i++) {
        cr_assert(strcmp(oc_set_class(back, (size_t)oc_set_labels(back)[i]), names[i]) == 0);
    }
    oc_set_free(back);
    points[3][1] = INFINITY;
    points[20][0] = NAN;
    cr_assert(oc_set_export(set, OC_FORMAT_CSV, at("rows.csv"), NULL, &err) == OC_BAD_DATA);
    cr_assert(strstr(err.message, "row 3 "), "%s: the first one is named", err.message);
    oc_features *features = NULL;
    cr_assert(oc_copy_features(oc_set_features(set), &features, &err) == OC_OK);
    cr_assert(oc_features_plan(features, 8, 8, &err) == OC_USAGE);
    cr_assert(oc_features_dimension(features) == 2, "a plan must not forget the dimension");
    oc_features_free(features);
    cr_assert(oc_set_export(set, OC_FORMAT_NPY, at("rows.npy"), NULL, &err) == OC_USAGE);
    oc_set_free(set);
}

Test(given, parts_of_a_data_set_follow_each_other_and_cover_it)
{
    put_stripes("in", 4, 6, 6, 1);
    oc_dataset *whole = open_set(at("in"));
    for (size_t count = 1; count <= 15; count++) {
        size_t seen = 0;
        for (size_t index = 1; index <= count; index++) {
            oc_dataset *part = open_set(at("in"));
            cr_assert(oc_dataset_shard(part, index, count, NULL) == OC_OK);
            for (size_t i = 0; i < oc_dataset_count(part); i++, seen++) {
                cr_assert(strcmp(oc_dataset_path(part, i), oc_dataset_path(whole, seen)) == 0);
                cr_assert(oc_dataset_label(part, i) == oc_dataset_label(whole, seen));
            }
            oc_dataset_free(part);
        }
        cr_assert(seen == 12);
    }
    cr_assert(oc_dataset_shard(whole, 0, 2, NULL) == OC_USAGE && oc_dataset_shard(whole, 3, 2, NULL) == OC_USAGE);
    cr_assert(oc_dataset_sample(whole, 0, NULL) == OC_USAGE && oc_dataset_count(whole) > 5);
    cr_assert(oc_dataset_sample(whole, 5, NULL) == OC_OK && oc_dataset_count(whole) == 5);
    cr_assert(oc_dataset_sample(whole, 50, NULL) == OC_OK && oc_dataset_count(whole) == 5);
    oc_dataset_free(whole);
}
