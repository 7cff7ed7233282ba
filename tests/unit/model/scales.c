/* What is trained on rows of any finite scale can be saved and loaded, predicts the same afterwards, and is as accurate
 * as on rows of scale 1. */
#include "src/learn/loss.h"
#include "src/learn/optimizer.h"
#include "src/learn/scaler.h"
#include "tests/unit/model/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Some two thousand models are brought to the disk: in memory, where the system has such a folder, that takes no time. */
static char model_path[300];

static void make_folder(void)
{
    make_test_folder();
    snprintf(model_path, sizeof model_path, "/dev/shm/ocellus-scales-%ld", (long)getpid());
    if (access("/dev/shm", W_OK) != 0) {
        snprintf(model_path, sizeof model_path, "%s", at("model"));
    }
}

static void remove_folder(void)
{
    unlink(model_path);
    remove_test_folder();
}

TestSuite(scales, .init = make_folder, .fini = remove_folder);

enum { ROWS = 24, COLUMNS = 4 };
enum { SCALES = OC_SCALE_AUTO + 1, EXTREME = 30 };

static float rows_of_test[ROWS][COLUMNS];
static const char *labels_of_test[ROWS];
static size_t trainings;

/* Three classes, `columns` wide, every value times 10^exponent: class c has its centre at 3 in column c. The rows are as
 * many as there are labels. */
static void fill(size_t columns, int exponent)
{
    static const char *const names[] = {"ant", "bee", "cat"};
    float *x = &rows_of_test[0][0];
    for (size_t i = 0; i < ROWS; i++) {
        labels_of_test[i] = names[i % 3];
        for (size_t j = 0; j < columns; j++) {
            double noise = (double)((i * 7 + j * 5 + i * i % 11) % 13) / 13;
            x[i * columns + j] = (float)(((i % 3 == j % 3 ? 3 : 0) + noise) * pow(10, exponent));
        }
    }
}

/* Predictions (count) before saving, after loading, and of the predictor must agree; returns the accuracy. */
static double accuracy_of(size_t count, size_t columns, const oc_train_options *options, const char *what)
{
    oc_set *set = NULL;
    oc_model *model = NULL, *loaded = NULL;
    oc_predictor *predictor = NULL;
    oc_error err = {0};
    int before[ROWS], after[ROWS];
    size_t correct = 0;
    oc_rows rows = oc_rows_of(&rows_of_test[0][0], count, columns);
    cr_assert(oc_set_of_rows(&rows, labels_of_test, &set, &err) == OC_OK, "%s: %s", what, err.message);
    cr_assert(oc_model_train(set, options, NULL, &model, NULL, &err) == OC_OK, "%s: %s", what, err.message);
    cr_assert(oc_predict(oc_model_classifier(model), &rows, NULL, before, &err) == OC_OK, "%s: %s", what, err.message);
    cr_assert(oc_model_save(model, model_path, &err) == OC_OK, "%s: %s", what, err.message);
    cr_assert(oc_model_load(model_path, &loaded, &err) == OC_OK, "%s: %s", what, err.message);
    cr_assert(oc_predict(oc_model_classifier(loaded), &rows, NULL, after, &err) == OC_OK, "%s: %s", what, err.message);
    cr_assert(oc_predictor_create(loaded, &predictor, &err) == OC_OK);
    for (size_t i = 0; i < count; i++) {
        oc_prediction prediction;
        const float *row = &rows_of_test[0][0] + i * columns;
        cr_assert(oc_classify_row(predictor, row, &prediction, &err) == OC_OK, "%s: %s", what, err.message);
        cr_assert(before[i] == after[i], "%s, row %zu: class %d, loaded %d", what, i, before[i], after[i]);
        bool probable = prediction.probabilities &&
                        !(prediction.probabilities[before[i]] < 0.999F * prediction.probabilities[prediction.label]);
        cr_assert((size_t)after[i] == prediction.label || probable, "%s, row %zu: class %d, alone %zu", what, i,
                  after[i], prediction.label);
        correct += before[i] == oc_set_labels(set)[i];
    }
    trainings++;
    oc_predictor_free(predictor);
    oc_model_free(loaded);
    oc_model_free(model);
    oc_set_free(set);
    return (double)correct / (double)count;
}

static oc_train_options options_of(int loss, int optimizer, int scale)
{
    oc_train_options options = oc_train_defaults();
    options.loss = (oc_loss)loss;
    options.optimizer = (oc_optimizer)optimizer;
    options.scale = (oc_scale)scale;
    options.epochs = optimizer <= OC_OPTIMIZER_LBFGS ? OC_AUTO : optimizer == OC_OPTIMIZER_GD ? 40 : 100;
    return options;
}

static void name(char what[200], const oc_train_options *options, int exponent)
{
    snprintf(what, 200, "1e%d, classifier %d, loss %d, optimizer %d, scale %d", exponent, options->classifier.kind,
             options->loss, options->optimizer, options->scale);
}

/* The accuracy at every `step`th power of ten from 10^-30 to 10^30 is that at 1, or better. */
static void expect_every_scale(const oc_train_options *options, int step)
{
    char what[200];
    fill(COLUMNS, 0);
    name(what, options, 0);
    double usual = accuracy_of(ROWS, COLUMNS, options, what);
    for (int exponent = -EXTREME; exponent <= EXTREME; exponent += step) {
        fill(COLUMNS, exponent);
        name(what, options, exponent);
        double accuracy = accuracy_of(ROWS, COLUMNS, options, what);
        /* What a hundred tries find is luck; a_power_of_two_changes_no_score shows that the scale is no part of it. */
        bool lucky = options->optimizer >= OC_OPTIMIZER_RANDOM_SEARCH;
        cr_assert(lucky || accuracy >= usual - 0.05, "%s: %g, at scale 1 %g", what, accuracy, usual);
    }
}

Test(scales, every_loss_optimizer_and_scale_from_1e_30_to_1e30)
{
    for (int loss = 0; loss < (int)oc_loss_count; loss++) {
        for (int optimizer = 0; optimizer < (int)oc_optimizer_count; optimizer++) {
            for (int scale = 0; scale < SCALES; scale++) {
                oc_train_options options = options_of(loss, optimizer, scale);
                expect_every_scale(&options, 5);
            }
        }
    }
    cr_assert_eq(trainings, oc_loss_count * oc_optimizer_count * SCALES * 14);
}

/* Rows that a power of two multiplies are the same after scaling, and so are the scores, to the bit. */
static void expect_same_scores(const oc_train_options *options, int exponent)
{
    oc_classifier *small = NULL, *large = NULL;
    float scaled[ROWS][COLUMNS], first[ROWS * 3], second[ROWS * 3];
    int labels[ROWS];
    char what[200];
    oc_error err = {0};
    name(what, options, 0);
    for (size_t i = 0; i < ROWS; i++) {
        labels[i] = (int)(i % 3);
        for (size_t j = 0; j < COLUMNS; j++) {
            scaled[i][j] = ldexpf(rows_of_test[i][j], exponent);
        }
    }
    oc_rows rows = oc_rows_of(&rows_of_test[0][0], ROWS, COLUMNS), others = oc_rows_of(&scaled[0][0], ROWS, COLUMNS);
    cr_assert(oc_train(&(oc_examples){&rows, labels, 3}, options, NULL, &small, NULL, &err) == OC_OK, "%s: %s", what,
              err.message);
    cr_assert(oc_train(&(oc_examples){&others, labels, 3}, options, NULL, &large, NULL, &err) == OC_OK, "%s: %s", what,
              err.message);
    cr_assert(oc_scores(small, &rows, NULL, first, NULL) == OC_OK &&
              oc_scores(large, &others, NULL, second, NULL) == OC_OK);
    cr_assert(memcmp(first, second, sizeof first) == 0, "%s, 2^%d: other scores", what, exponent);
    oc_classifier_free(small);
    oc_classifier_free(large);
    trainings += 2;
}

/* The spread of these rows is between 1/2 and 1, as that of rows that are brought to a unit of their own. */
Test(scales, a_power_of_two_changes_no_score)
{
    static const int exponents[] = {-120, -40, 40, 120};
    fill(COLUMNS, 0);
    for (size_t i = 0; i < ROWS * COLUMNS; i++) {
        (&rows_of_test[0][0])[i] /= 2;
    }
    for (int loss = 0; loss < (int)oc_loss_count; loss++) {
        for (int optimizer = 0; optimizer < (int)oc_optimizer_count; optimizer++) {
            for (int scale = 0; scale < SCALES; scale++) {
                oc_train_options options = options_of(loss, optimizer, scale);
                expect_same_scores(&options, exponents[(loss + optimizer + scale) % 4]);
            }
        }
    }
    cr_assert_eq(trainings, 2 * oc_loss_count * oc_optimizer_count * SCALES);
}

Test(scales, the_defaults_at_every_power_of_ten)
{
    for (int loss = 0; loss < (int)oc_loss_count; loss++) {
        oc_train_options options = options_of(loss, OC_OPTIMIZER_AUTO, OC_SCALE_AUTO);
        expect_every_scale(&options, 1);
    }
    cr_assert_eq(trainings, oc_loss_count * (2 * EXTREME + 2));
}

Test(scales, nearest_neighbours_at_every_scale)
{
    for (int metric = OC_METRIC_L2; metric <= OC_METRIC_L1; metric++) {
        for (int scale = 0; scale < SCALES; scale++) {
            oc_train_options options = oc_train_defaults();
            options.classifier = (oc_learner){.kind = OC_NEAREST, .k = 1, .metric = (oc_metric)metric};
            options.scale = (oc_scale)scale;
            expect_every_scale(&options, 3);
        }
    }
    cr_assert_eq(trainings, 2 * SCALES * 22);
}

/* Numbers that are so small that they have few digits, or nearly the largest. */
Test(scales, the_ends_of_single_precision)
{
    static const int exponents[] = {-42, -39, -38, 36, 37};
    for (size_t e = 0; e < sizeof exponents / sizeof *exponents; e++) {
        for (int scale = 0; scale < SCALES; scale++) {
            for (int kind = OC_LINEAR; kind <= OC_NEAREST; kind++) {
                char what[200];
                oc_train_options options = options_of(OC_LOSS_SOFTMAX, OC_OPTIMIZER_AUTO, scale);
                options.classifier.kind = (oc_learner_kind)kind;
                name(what, &options, exponents[e]);
                fill(COLUMNS, exponents[e]);
                double accuracy = accuracy_of(ROWS, COLUMNS, &options, what);
                cr_assert(accuracy > 0.95, "%s: %g", what, accuracy);
            }
        }
    }
}

/* For every loss, optimizer and scale: rows all equal, with classes of different sizes; one column; two rows; a constant
 * column beside others. */
static void expect_scarce(const oc_train_options *options, int exponent)
{
    char what[200];
    name(what, options, exponent);
    fill(COLUMNS, exponent);
    for (size_t i = 0; i < ROWS; i++) {
        rows_of_test[i][1] = (float)(5 * pow(10, exponent));
    }
    accuracy_of(ROWS, COLUMNS, options, what);
    accuracy_of(2, COLUMNS, options, what);
    for (size_t i = 1; i < ROWS; i++) {
        memcpy(rows_of_test[i], rows_of_test[0], sizeof *rows_of_test);
    }
    accuracy_of(ROWS - 2, COLUMNS, options, what);
    fill(1, exponent);
    accuracy_of(ROWS, 1, options, what);
    accuracy_of(2, 1, options, what);
}

Test(scales, constant_and_equal_rows_one_column_and_two_rows)
{
    static const int exponents[] = {-30, 0, 7, 30};
    for (int loss = 0; loss < (int)oc_loss_count; loss++) {
        for (int optimizer = 0; optimizer < (int)oc_optimizer_count; optimizer++) {
            for (int scale = 0; scale < SCALES; scale++) {
                oc_train_options options = options_of(loss, optimizer, scale);
                expect_scarce(&options, exponents[(loss + optimizer + scale) % 4]);
            }
        }
    }
    cr_assert_eq(trainings, oc_loss_count * oc_optimizer_count * SCALES * 5);
}

/* Columns whose values differ little from one large number: only their differences tell the classes apart. */
Test(scales, a_large_offset_hides_nothing)
{
    for (int kind = OC_LINEAR; kind <= OC_NEAREST; kind++) {
        for (int scale = 0; scale < SCALES; scale++) {
            for (float offset = 1e4F; offset < 1e8F; offset *= 10) {
                char what[200];
                oc_train_options options = options_of(OC_LOSS_SOFTMAX, OC_OPTIMIZER_AUTO, scale);
                options.classifier.kind = (oc_learner_kind)kind;
                name(what, &options, 0);
                fill(COLUMNS, 0);
                for (size_t i = 0; i < ROWS * COLUMNS; i++) {
                    (&rows_of_test[0][0])[i] = offset + roundf(8 * (&rows_of_test[0][0])[i]);
                }
                double accuracy = accuracy_of(ROWS, COLUMNS, &options, what);
                cr_assert(accuracy > 0.95, "%s, offset %g: %g", what, (double)offset, accuracy);
            }
        }
    }
}

/* The first row is far from the others; rows of 1e7 differ by a few units. */
Test(scales, mean_and_variance_are_accurate_beside_a_large_offset)
{
    enum { MANY = 20000 };
    static float x[MANY][2];
    long double sum[2] = {0}, square[2] = {0};
    for (size_t i = 0; i < MANY; i++) {
        x[i][0] = 1e7F + (float)(i * 7 % 13);
        x[i][1] = i ? (float)(i * 5 % 11) : 1e9F;
    }
    oc_rows rows = oc_rows_of(&x[0][0], MANY, 2);
    for (size_t j = 0; j < 2; j++) {
        float shift[2], scale[2], mean[2];
        for (size_t i = 0; i < MANY; i++) {
            sum[j] += (long double)x[i][j] / MANY;
        }
        for (size_t i = 0; i < MANY; i++) {
            square[j] += ((long double)x[i][j] - sum[j]) * ((long double)x[i][j] - sum[j]) / MANY;
        }
        oc_scaling out = {shift, scale, mean, 0};
        cr_assert(oc_scaler_fit(&rows, OC_SCALE_STANDARD, OC_STAGE_WEIGHT_NONE, &out, NULL, NULL) == OC_OK);
        double expected = (double)(1 / sqrtl(square[j]));
        cr_assert(mean[j] == (float)sum[j], "column %zu: mean %.9g", j, (double)mean[j]);
        cr_assert(!(fabs((double)scale[j] - expected) > 1e-6 * expected), "column %zu: scale %g", j, (double)scale[j]);
    }
}

Test(scales, a_column_that_single_precision_cannot_centre_is_named)
{
    static const float x[] = {1, -3.4e38F, 2, 3.4e38F, 3, 3.4e38F};
    static const int labels[] = {0, 1, 1};
    oc_rows rows = oc_rows_of(x, 3, 2);
    oc_train_options options = oc_train_defaults();
    oc_classifier *classifier = NULL;
    oc_error err = {0};
    cr_assert(oc_train(&(oc_examples){&rows, labels, 2}, &options, NULL, &classifier, NULL, &err) == OC_BAD_DATA);
    cr_assert(strstr(err.message, "column 1 has values from"), "%s", err.message);
}

/* A row that is far from all training rows has no nearest one that single precision could name. */
Test(scales, distances_that_overflow_are_an_error_and_not_a_guess)
{
    fill(COLUMNS, 0);
    float far[COLUMNS] = {3e38F, -3e38F, 3e38F, 3e38F};
    for (int metric = OC_METRIC_L2; metric <= OC_METRIC_L1; metric++) {
        oc_train_options options = oc_train_defaults();
        oc_classifier *classifier = NULL;
        int labels[ROWS], predicted;
        oc_error err = {0};
        for (size_t i = 0; i < ROWS; i++) {
            labels[i] = (int)(i % 3);
        }
        options.classifier = (oc_learner){.kind = OC_NEAREST, .k = 1, .metric = (oc_metric)metric};
        oc_rows rows = oc_rows_of(&rows_of_test[0][0], ROWS, COLUMNS), one = oc_rows_of(far, 1, COLUMNS);
        cr_assert(oc_train(&(oc_examples){&rows, labels, 3}, &options, NULL, &classifier, NULL, &err) == OC_OK, "%s",
                  err.message);
        cr_assert(oc_predict(classifier, &one, NULL, &predicted, &err) == OC_BAD_DATA, "metric %d", metric);
        cr_assert(strstr(err.message, "too large"), "%s", err.message);
        oc_classifier_free(classifier);
    }
}
