/* Scaling of columns, the objective, and scores, against plain loops. */
#include "src/learn/scaler.h"
#include "src/learn/loss.h"

#include "src/base/random.h"
#include "src/learn/problem.h"
#include "tests/unit/learn/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static sample data;

static void near(double value, double expected, double tolerance)
{
    cr_assert(!(fabs(value - expected) > tolerance) && !isnan(value), "%.9g, not %.9g", value, expected);
}

/* Columns: 1 2 3 6; constant; -4 0 0 4. */
static const float hand[] = {1, 5, -4, 2, 5, 0, 3, 5, 0, 6, 5, 4};

static void fit(oc_scale kind, float *shift, float *scale, double *variance)
{
    float mean[3];
    oc_error err = {0};
    oc_rows rows = oc_rows_of(hand, 4, 3);
    oc_scaling out = {shift, scale, mean, 0};
    cr_assert(oc_scaler_fit(&rows, kind, OC_STAGE_WEIGHT_NONE, &out, NULL, &err) == OC_OK, "%s", err.message);
    *variance = out.variance;
    near((double)mean[0], 3, 0);
    near((double)mean[1], 5, 0);
    near((double)mean[2], 0, 0);
}

Test(scaler, hand_computed)
{
    float shift[3], scale[3], z[3];
    double variance; /* of the columns: 3.5, 0, 8 */
    fit(OC_SCALE_NONE, shift, scale, &variance);
    cr_assert(shift[0] == 0 && shift[1] == 0 && shift[2] == 0 && scale[0] == 1 && scale[1] == 1 && scale[2] == 1);
    near(variance, 11.5 / 3, 1e-12);
    fit(OC_SCALE_CENTER, shift, scale, &variance);
    cr_assert(shift[0] == 3 && shift[1] == 5 && shift[2] == 0 && scale[0] == 1 && scale[1] == 1 && scale[2] == 1);
    near(variance, 11.5 / 3, 1e-12);
    fit(OC_SCALE_RANGE, shift, scale, &variance);
    cr_assert(shift[0] == 3.5F && shift[2] == 0 && scale[0] == 0.4F && scale[1] == 0 && scale[2] == 0.25F);
    near(variance, (3.5 * 0.16 + 8 * 0.0625) / 3, 1e-6);
    oc_rows rows = oc_rows_of(hand, 4, 3);
    oc_scaler_row(&rows, 3, shift, scale, z);
    near((double)z[0], 1, 1e-6);
    near((double)z[1], 0, 0);
    near((double)z[2], 1, 1e-6);
    fit(OC_SCALE_STANDARD, shift, scale, &variance);
    cr_assert(shift[0] == 3 && scale[1] == 0 && shift[2] == 0);
    near((double)scale[0], 1 / sqrt(3.5), 1e-7);
    near((double)scale[2], 1 / sqrt(8), 1e-7);
    near(variance, 2.0 / 3, 1e-6);
}

/* A large common offset must not eat the variance. */
Test(scaler, an_offset_costs_no_precision)
{
    float x[100], shift, scale, mean;
    for (size_t i = 0; i < 100; i++) {
        x[i] = 1e6F + (float)(i % 2);
    }
    oc_rows rows = oc_rows_of(x, 100, 1);
    oc_scaling out = {&shift, &scale, &mean, 0};
    cr_assert(oc_scaler_fit(&rows, OC_SCALE_STANDARD, OC_STAGE_WEIGHT_NONE, &out, NULL, NULL) == OC_OK);
    near((double)scale, 2, 1e-6);
    near((double)shift, 1000000.5, 0.04);
}

Test(scaler, bad_values_are_named_by_row_and_column)
{
    static const float bad[] = {NAN, INFINITY, -INFINITY};
    static const size_t places[] = {0, 7, 3 * 40 + 2, 3 * 99 + 2};
    float x[300], shift[3], scale[3], mean[3];
    for (size_t b = 0; b < 3; b++) {
        for (size_t p = 0; p < 4; p++) {
            char expected[60];
            oc_error err = {0};
            for (size_t i = 0; i < 300; i++) {
                x[i] = (float)(i % 7);
            }
            x[places[p]] = bad[b];
            oc_rows rows = oc_rows_of(x, 100, 3);
            oc_scaling out = {shift, scale, mean, 0};
            cr_assert(oc_scaler_fit(&rows, OC_SCALE_NONE, OC_STAGE_WEIGHT_NONE, &out, NULL, &err) == OC_BAD_DATA);
            snprintf(expected, sizeof expected, "row %zu, column %zu holds %s", places[p] / 3, places[p] % 3,
                     b ? "an infinite" : "NaN");
            cr_assert(strstr(err.message, expected), "'%s', not '%s'", err.message, expected);
        }
    }
}

Test(scaler, the_largest_floats_are_no_reason_to_fail)
{
    float x[] = {-3e38F, 3e38F, 0, 1e-38F}, shift, scale, mean;
    oc_rows rows = oc_rows_of(x, 4, 1);
    for (int kind = OC_SCALE_NONE; kind < OC_SCALE_AUTO; kind++) {
        oc_scaling out = {&shift, &scale, &mean, 0};
        cr_assert(oc_scaler_fit(&rows, (oc_scale)kind, OC_STAGE_WEIGHT_NONE, &out, NULL, NULL) == OC_OK);
        cr_assert(isfinite(shift) && isfinite(scale) && isfinite(out.variance), "kind %d", kind);
    }
}

/* Deviations of 1e-42 and 1: a scale of 1e42 is no float, but the columns become equally wide. */
Test(scaler, denormal_columns_are_as_wide_as_others)
{
    float x[] = {-1e-42F, -1, 1e-42F, 1}, shift[2], scale[2], mean[2], z[2];
    oc_scaling out = {shift, scale, mean, 0};
    oc_rows rows = oc_rows_of(x, 2, 2);
    cr_assert(oc_scaler_fit(&rows, OC_SCALE_STANDARD, OC_STAGE_WEIGHT_NONE, &out, NULL, NULL) == OC_OK);
    oc_scaler_row(&rows, 1, shift, scale, z);
    cr_assert(z[0] > 1e-5F && fabsf(z[0] / z[1] - 1) <= 0.01F, "%g and %g", (double)z[0], (double)z[1]);
}

/* The gradient of the objective at random weights, against centred differences of the objective in double precision and
 * against its own formula; weights of float32 put the tolerance where it is. */
Test(problem, value_and_gradient_of_every_loss)
{
    make_sample(&data, 150, 5, 4, 2, 1);
    float shift[5], scale[5], mean[5], w[24], gradient[24];
    double exact[24], formula[24];
    oc_scaling out = {shift, scale, mean, 0};
    cr_assert(oc_scaler_fit(&data.rows, OC_SCALE_STANDARD, OC_STAGE_WEIGHT_NONE, &out, NULL, NULL) == OC_OK);
    oc_random random = oc_random_stream(3, 3, 3);
    for (size_t i = 0; i < 24; i++) {
        size_t at = i % 6 == 5 ? 20 + i / 6 : i / 6 * 5 + i % 6;
        w[at] = (float)(0.3 * oc_random_normal(&random));
        exact[i] = (double)w[at];
    }
    for (int loss = 0; loss < (int)oc_loss_count; loss++) {
        double l2 = 0.03, score_l2 = 0.07, error = 0, length = 0;
        oc_problem problem = {.rows = &data.rows,
                              .labels = data.y,
                              .classes = 4,
                              .center = mean,
                              .scale = scale,
                              .loss = (oc_loss)loss,
                              .l2 = l2,
                              .score_l2 = score_l2};
        oc_objective objective = {.gradient = gradient};
        cr_assert(oc_problem_evaluate(&problem, w, &objective, NULL, NULL) == OC_OK);
        double value = slow_objective(&data, loss, l2, score_l2, exact, formula);
        near(objective.value, value, 1e-5 * value);
        near(objective.loss, slow_objective(&data, loss, 0, 0, exact, NULL), 1e-5 * value);
        for (size_t i = 0; i < 24; i++) {
            double kept = exact[i], h = 1e-5;
            exact[i] = kept + h;
            double above = slow_objective(&data, loss, l2, score_l2, exact, NULL);
            exact[i] = kept - h;
            double numeric = (above - slow_objective(&data, loss, l2, score_l2, exact, NULL)) / (2 * h);
            exact[i] = kept;
            double analytic = (double)gradient[i % 6 == 5 ? 20 + i / 6 : i / 6 * 5 + i % 6];
            near(analytic, formula[i], 1e-5 * value);
            error += (analytic - numeric) * (analytic - numeric);
            length += analytic * analytic;
        }
        cr_assert(sqrt(error) < 1e-5 * sqrt(length), "loss %d: error %g of %g", loss, sqrt(error), sqrt(length));
    }
}

/* (1,0,0,0) and four times a quarter give the row of ones the same score; the penalty tells them apart. */
Test(problem, l2_of_two_weight_vectors)
{
    static const float w[][10] = {{1, 0, 0, 0, [8] = 1000}, {0.25F, 0.25F, 0.25F, 0.25F, [8] = 1000}};
    static const float zeros[4] = {0}, ones[4] = {1, 1, 1, 1};
    static const double l2[] = {1, 0.25};
    static const int label = 0;
    oc_rows rows = oc_rows_of(ones, 1, 4);
    for (size_t v = 0; v < 2; v++) {
        oc_problem problem = {.rows = &rows,
                              .labels = &label,
                              .classes = 2,
                              .center = zeros,
                              .scale = ones,
                              .loss = OC_LOSS_SQUARE,
                              .l2 = 1};
        oc_objective objective = {0};
        cr_assert(oc_problem_evaluate(&problem, w[v], &objective, NULL, NULL) == OC_OK);
        near(objective.loss, 1000 * 1000 + 1, 0);
        near(objective.value - objective.loss, l2[v], 1e-9); /* the bias pays nothing */
    }
}

Test(scores, agree_with_a_plain_loop)
{
    static const size_t counts[] = {0, 1, 63, 64, 65, 200};
    make_sample(&data, 200, 11, 5, 1, 3);
    float weights[60], shift[11], scale[11], scores[1001];
    oc_random random = oc_random_stream(6, 6, 6);
    for (size_t i = 0; i < 60; i++) {
        weights[i] = (float)oc_random_normal(&random);
        shift[i % 11] = (float)oc_random_normal(&random);
        scale[i % 11] = (float)oc_random_unit(&random);
    }
    oc_classifier classifier = {.classes = 5, .dimension = 11, .weights = weights, .shift = shift, .scale = scale};
    for (size_t k = 0; k < 6; k++) {
        for (size_t threads = 1; threads <= 3; threads++) {
            oc_job *job = NULL;
            cr_assert(oc_job_create(threads, NULL, &job, NULL) == OC_OK);
            oc_rows rows = oc_rows_of(data.x, counts[k], 11);
            scores[counts[k] * 5] = 12345;
            cr_assert(oc_scores(&classifier, &rows, job, scores, NULL) == OC_OK);
            cr_assert(scores[counts[k] * 5] == 12345);
            oc_job_free(job);
            for (size_t i = 0; i < counts[k] * 5; i++) {
                const float *w = weights + i % 5 * 12;
                double sum = (double)w[11];
                for (size_t j = 0; j < 11; j++) {
                    sum += (double)w[j] * ((double)data.x[i / 5 * 11 + j] - (double)shift[j]) * (double)scale[j];
                }
                near((double)scores[i], sum, 1e-4);
            }
        }
    }
    oc_error err = {0};
    oc_rows wrong = oc_rows_of(data.x, 10, 10);
    cr_assert(oc_scores(&classifier, &wrong, NULL, scores, &err) == OC_USAGE);
    cr_assert(strstr(err.message, "10") && strstr(err.message, "11"), "%s", err.message);
}

enum { FEW_ROWS = 60, WIDE = 200 };

/* Two classes told by the first two columns, noise in the others; `signal` and `noise` are standard deviations. */
static int chosen_scale(double signal, double noise)
{
    static float x[FEW_ROWS * WIDE];
    int y[FEW_ROWS];
    oc_random random = oc_random_stream(5, 1, 0);
    for (size_t i = 0; i < FEW_ROWS; i++) {
        y[i] = (int)(i % 2);
        for (size_t j = 0; j < WIDE; j++) {
            double value = oc_random_normal(&random);
            x[i * WIDE + j] = (float)(j < 2 ? signal * ((y[i] ? 1 : -1) + 0.3 * value) : noise * value);
        }
    }
    oc_rows rows = oc_rows_of(x, FEW_ROWS, WIDE);
    oc_train_options options = oc_train_defaults();
    oc_train_report report;
    oc_classifier *classifier = NULL;
    oc_error err = {0};
    cr_assert(oc_train(&(oc_examples){&rows, y, 2}, &options, NULL, &classifier, &report, &err) == OC_OK, "%s",
              err.message);
    oc_classifier_free(classifier);
    return (int)report.used.scale;
}

Test(scaler, auto_centres_few_rows_whose_small_columns_are_noise)
{
    int scale = chosen_scale(5, 0.1);
    cr_assert(scale == OC_SCALE_CENTER || scale == OC_SCALE_UNIT, "%d", scale);
}

Test(scaler, auto_standardises_few_rows_whose_small_columns_matter)
{
    cr_assert_eq(chosen_scale(0.01, 5), OC_SCALE_STANDARD);
}
