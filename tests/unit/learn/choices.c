/* What training chooses by itself: calibration, scaling, the weight of joined stages. */
#include "src/base/random.h"
#include "src/learn/calibration.h"
#include "src/learn/leave_one_out.h"
#include "src/learn/scaler.h"
#include "tests/unit/learn/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Two classes whose scores differ by 1; three rows of four are right: without doubt p = 3/4 = 1 / (1 + exp -a). The doubt
 * e = 1 / (4 + 2) moves the target to (3 (1 - e) + e) / 4 = 2/3. */
Test(calibration, the_factor_by_hand)
{
    static const float scores[] = {1, 0, 0, 1, 3, 2, 5, 6};
    static const int labels[] = {0, 1, 0, 0};
    double factor = oc_calibrate(&(oc_scored){scores, labels, 4, 2, NULL});
    cr_assert(fabs(factor - log(2.0 / 3 / (1.0 / 3))) <= 1e-6, "%g", factor);
    double loss = -(3 * log(2.0 / 3) + log(1.0 / 3)) / 4;
    cr_assert(fabs(oc_log_loss(&(oc_scored){scores, labels, 4, 2, NULL}, factor) - loss) <= 1e-6);
    const double importance[] = {1, 3}; /* (5 (1 - e) + e) / 6 */
    factor = oc_calibrate(&(oc_scored){scores, labels, 4, 2, importance});
    cr_assert(fabs(factor - log((13.0 / 18) / (5.0 / 18))) <= 1e-6, "%g", factor);
    loss = -(5 * log(13.0 / 18) + log(5.0 / 18)) / 6;
    cr_assert(fabs(oc_log_loss(&(oc_scored){scores, labels, 4, 2, importance}, factor) - loss) <= 1e-6);
}

/* All rows are right: the doubt 1 / (3 + 2) goes to the second class, 1 behind, not to the third, 100 behind. */
Test(calibration, the_doubt_goes_to_the_highest_other_score)
{
    static const float scores[] = {0, -1, -100, -1, 0, -100, 0, -1, -100};
    static const int labels[] = {0, 1, 0};
    double factor = oc_calibrate(&(oc_scored){scores, labels, 3, 3, NULL});
    cr_assert(fabs(factor - log(4)) <= 1e-6, "%g", factor);
}

Test(calibration, scores_times_a_constant_give_the_same_probabilities)
{
    enum { N = 200, C = 4 };
    float scores[N * C], large[N * C];
    int labels[N];
    oc_random random = oc_random_stream(1, 2, 3);
    for (size_t i = 0; i < N; i++) {
        labels[i] = (int)(i % C);
        for (size_t c = 0; c < C; c++) {
            scores[i * C + c] = (float)(oc_random_normal(&random) + (c == i % C ? 1.5 : 0));
            large[i * C + c] = 1000 * scores[i * C + c];
        }
    }
    double small = oc_calibrate(&(oc_scored){scores, labels, N, C, NULL}),
           other = oc_calibrate(&(oc_scored){large, labels, N, C, NULL});
    cr_assert(fabs(small / other / 1000 - 1) <= 1e-5, "%g and %g", small, other);
    double best = oc_log_loss(&(oc_scored){scores, labels, N, C, NULL}, small);
    cr_assert(best <= oc_log_loss(&(oc_scored){scores, labels, N, C, NULL}, 1.2 * small) && best <= log(C));
}

Test(calibration, all_rows_correct_and_scores_without_information)
{
    static const float right[] = {1, 0, 0, 1, 1, 0}, equal[6] = {0}, wrong[] = {0, 1, 1, 0, 0, 1};
    static const int labels[] = {0, 1, 0};
    double factor = oc_calibrate(&(oc_scored){right, labels, 3, 2, NULL}); /* p = 1 - 1 / 5 */
    cr_assert(fabs(factor - log(4)) <= 1e-6, "%g", factor);
    cr_assert(oc_calibrate(&(oc_scored){equal, labels, 3, 2, NULL}) == 1);
    factor = oc_calibrate(&(oc_scored){wrong, labels, 3, 2, NULL}); /* the order of classes stays: hardly any factor */
    cr_assert(factor > 0 && factor < 0.01, "%g", factor);
}

/* Leave-one-out by its definition: N regressions on N - 1 rows of one centred column, closed form. */
Test(leave_one_out, the_error_is_that_of_rows_left_out)
{
    enum { N = 12 };
    static float x[N];
    int labels[N];
    oc_random random = oc_random_stream(4, 5, 6);
    double mean = 0, square = 0;
    for (size_t i = 0; i < N; i++) {
        labels[i] = (int)(i % 2);
        x[i] = (float)((double)(i % 2) + 0.8 * oc_random_normal(&random));
        mean += (double)x[i] / N;
    }
    for (size_t i = 0; i < N; i++) {
        square += ((double)x[i] - mean) * ((double)x[i] - mean) / N;
    }
    float center = (float)mean, scale = 1;
    oc_rows rows = oc_rows_of(x, N, 1);
    oc_problem problem = {.rows = &rows, .labels = labels, .classes = 2, .center = &center, .scale = &scale};
    oc_left_out found;
    oc_error err = {0};
    cr_assert(oc_leave_one_out(&problem, &found, &err) == OC_OK, "%s", err.message);
    double least = INFINITY;
    for (int k = 2; k >= -8; k--) {
        double lambda = square * pow(4, k), error = 0;
        for (size_t left = 0; left < N; left++) {
            double xy = 0, xx = 0, sx = 0, sy = 0, n = N - 1;
            for (size_t i = 0; i < N; i++) {
                double t = labels[i] ? 1 : -1;
                sx += i == left ? 0 : (double)x[i] - mean;
                sy += i == left ? 0 : t;
            }
            for (size_t i = 0; i < N; i++) {
                double t = labels[i] ? 1 : -1, z = (double)x[i] - mean;
                xy += i == left ? 0 : (z - sx / n) * (t - sy / n);
                xx += i == left ? 0 : (z - sx / n) * (z - sx / n);
            }
            double w = xy / (xx + N * lambda), b = sy / n - w * sx / n;
            double residual = (labels[left] ? 1 : -1) - w * ((double)x[left] - mean) - b;
            error += 2 * residual * residual / N; /* the other class's is the same */
        }
        least = fmin(least, error);
    }
    cr_assert(fabs(found.error - least) <= 1e-3 * least, "%g, not %g", found.error, least);
    /* With N columns of 0 more the eigenvectors come from the products of the rows. */
    static float wide[N * (N + 1)], zeros[N + 1], ones[N + 1];
    for (size_t i = 0; i < N; i++) {
        wide[i * (N + 1)] = x[i];
    }
    for (size_t j = 0; j < N + 1; j++) {
        zeros[j] = j ? 0 : center;
        ones[j] = 1;
    }
    rows = oc_rows_of(wide, N, N + 1);
    problem.center = zeros;
    problem.scale = ones;
    oc_left_out same;
    cr_assert(oc_leave_one_out(&problem, &same, &err) == OC_OK, "%s", err.message);
    cr_assert(fabs(same.error / found.error - 1) <= 1e-4 && fabs(same.ridge / found.ridge - 1) <= 1e-4, "%g, %g",
              same.error, found.error);
}

/* Columns of variances 1, 4 | 100 by hand: pareto divides by the root of deviation times the spread, unit rows have length
 * 1, equal weights give both blocks half of the variance. */
Test(scaler, pareto_unit_and_equal_stages_by_hand)
{
    static const float x[] = {1, 2, 10, -1, 2, -10, 1, -2, -10, -1, -2, 10};
    float shift[3], scale[3], mean[3], z[3];
    oc_scaling out = {shift, scale, mean, 0};
    oc_rows rows = oc_rows_of(x, 4, 3);
    double spread = sqrt(105.0 / 3);
    cr_assert(oc_scaler_fit(&rows, OC_SCALE_PARETO, OC_STAGE_WEIGHT_NONE, &out, NULL, NULL) == OC_OK);
    for (size_t j = 0; j < 3; j++) {
        static const double deviation[] = {1, 2, 10};
        cr_assert(fabs((double)scale[j] - 1 / sqrt(deviation[j] * spread)) <= 1e-6 && fabs((double)shift[j]) <= 1e-6);
    }
    cr_assert(fabs(out.variance - 13 / spread / 3) <= 1e-6); /* (1 + 2 + 10) / spread, over three columns */
    cr_assert(oc_scaler_fit(&rows, OC_SCALE_UNIT, OC_STAGE_WEIGHT_NONE, &out, NULL, NULL) == OC_OK);
    rows.unit = true;
    oc_scaler_row(&rows, 0, shift, scale, z);
    cr_assert(fabs(sqrt((double)(z[0] * z[0] + z[1] * z[1] + z[2] * z[2])) - (double)scale[0]) <= 1e-6);
    rows.unit = false;
    rows.blocks = 2;
    rows.block[0] = (oc_block){.values = x, .columns = 2, .stride = 3};
    rows.block[1] = (oc_block){.values = x + 2, .columns = 1, .stride = 3};
    cr_assert(oc_scaler_fit(&rows, OC_SCALE_CENTER, OC_STAGE_WEIGHT_EQUAL, &out, NULL, NULL) == OC_OK);
    double first = 1 * pow((double)scale[0], 2) + 4 * pow((double)scale[1], 2), second = 100 * pow((double)scale[2], 2);
    cr_assert(fabs(first / second - 1) <= 1e-5 && fabs((double)(scale[0] / scale[1]) - 1) <= 1e-6);
}

/* Fifty columns of loud noise beside two quiet ones that tell the class, as another stage: equal stages hear them. */
Test(choice, a_small_stage_is_not_drowned)
{
    enum { N = 80, LOUD = 300, D = LOUD + 2 };
    static float x[N * D];
    int y[N];
    oc_random random = oc_random_stream(7, 8, 9);
    for (size_t i = 0; i < N; i++) {
        y[i] = (int)(i % 2);
        for (size_t j = 0; j < D; j++) {
            double noise = oc_random_normal(&random);
            x[i * D + j] = (float)(j < LOUD ? 10 * noise : 0.1 * ((y[i] ? 1 : -1) + 0.4 * noise));
        }
    }
    oc_rows rows = {.count = N, .dimension = D, .blocks = 2};
    rows.block[0] = (oc_block){.values = x, .columns = LOUD, .stride = D};
    rows.block[1] = (oc_block){.values = x + LOUD, .columns = 2, .stride = D};
    oc_train_options options = oc_train_defaults();
    oc_train_report report, drowned;
    oc_classifier *classifier = NULL;
    oc_error err = {0};
    cr_assert(oc_train(&(oc_examples){&rows, y, 2}, &options, NULL, &classifier, &report, &err) == OC_OK, "%s",
              err.message);
    oc_classifier_free(classifier);
    options.stage_weight = OC_STAGE_WEIGHT_NONE;
    options.scale = OC_SCALE_CENTER;
    cr_assert(oc_train(&(oc_examples){&rows, y, 2}, &options, NULL, &classifier, &drowned, &err) == OC_OK, "%s",
              err.message);
    oc_classifier_free(classifier);
    double with = oc_validation_accuracy(&report.validation), without = oc_validation_accuracy(&drowned.validation);
    cr_assert(report.used.stage_weight == OC_STAGE_WEIGHT_EQUAL && with > 0.9 && with > without + 0.2, "%g and %g",
              with, without);
    for (int typed = 0; typed < 4; typed++) { /* penalties that are typed change nothing about that */
        oc_train_report again;
        options = oc_train_defaults();
        options.l2 = typed == 0 ? report.used.l2 : typed == 1 ? 0 : NAN;
        options.l1 = typed == 2 ? 1e-4 : 0;
        options.max_norm = typed == 3 ? 10 : 0;
        cr_assert(oc_train(&(oc_examples){&rows, y, 2}, &options, NULL, &classifier, &again, &err) == OC_OK, "%s",
                  err.message);
        oc_classifier_free(classifier);
        cr_assert(again.used.scale == report.used.scale && again.used.stage_weight == OC_STAGE_WEIGHT_EQUAL);
        cr_assert(typed || again.validation.log_loss == report.validation.log_loss);
    }
}

/* A copy of a row, or its mirror image, would give away the class of the row that is left out. */
Test(choice, copies_and_mirrored_rows_choose_as_the_rows_alone)
{
    enum { N = 30, D = 24 };
    static sample once, twice;
    uint32_t same[D];
    make_sample(&once, N, D, 3, 0.5, 21);
    twice = (sample){.n = 2 * N, .d = D, .classes = 3};
    for (size_t i = 0; i < 2 * N; i++) {
        memcpy(twice.x + i * D, once.x + i / 2 * D, D * sizeof *twice.x);
        twice.y[i] = once.y[i / 2];
    }
    twice.rows = oc_rows_of(twice.x, twice.n, D);
    for (uint32_t j = 0; j < D; j++) {
        same[j] = j;
    }
    oc_rows mirrored = once.rows;
    mirrored.block[0].mirror = same;
    const oc_examples examples[] = {{&once.rows, once.y, 3}, {&twice.rows, twice.y, 3}, {&mirrored, once.y, 3}};
    oc_train_report report[3];
    for (size_t k = 0; k < 3; k++) {
        oc_train_options options = oc_train_defaults();
        options.folds = 0;
        options.augment = k == 2 ? OC_AUGMENT_MIRROR : OC_AUGMENT_NONE;
        oc_classifier *classifier = NULL;
        cr_assert(oc_train(&examples[k], &options, NULL, &classifier, &report[k], NULL) == OC_OK);
        oc_classifier_free(classifier);
        cr_assert_eq(report[k].used.scale, report[0].used.scale);
        cr_assert(fabs(report[k].used.l2 / report[0].used.l2 - 1) <= 1e-4, "%g and %g", report[k].used.l2,
                  report[0].used.l2);
    }
}

/* One row in fifty is of a class that lies near the other: a penalty chosen by the loss of all rows alike would let it
 * go. */
Test(choice, balanced_classes_choose_the_penalty_by_a_balanced_loss)
{
    enum { N = 600, D = 60, RARE = 50 };
    static float x[N * D];
    int y[N];
    oc_random random = oc_random_stream(4, 1, 5);
    for (size_t i = 0; i < N; i++) {
        y[i] = i % RARE == 0;
        for (size_t j = 0; j < D; j++) {
            x[i * D + j] = (float)(oc_random_normal(&random) + 3 * (oc_random_normal(&random) + 1.5 * y[i]) * (j == 0));
        }
    }
    oc_rows rows = oc_rows_of(x, N, D);
    oc_train_options options = oc_train_defaults();
    oc_train_report report;
    options.class_weight = OC_CLASS_WEIGHT_BALANCED;
    options.scale = OC_SCALE_CENTER;
    oc_classifier_free(trained_on(&(oc_examples){&rows, y, 2}, &options, NULL, &report));
    cr_assert(report.validation.balanced_accuracy > 0.6, "%g", report.validation.balanced_accuracy);
}

/* Rows whose length says nothing and varies by a factor of a thousand. */
Test(choice, rows_of_any_length_are_separated_by_direction)
{
    enum { N = 120, D = 40 };
    static float x[N * D];
    int y[N];
    oc_random random = oc_random_stream(3, 1, 4);
    for (size_t i = 0; i < N; i++) {
        double length = pow(10, 1.5 * oc_random_normal(&random));
        y[i] = (int)(i % 3);
        for (size_t j = 0; j < D; j++) {
            double value = oc_random_normal(&random) + (j % 3 == i % 3 ? 0.7 : 0);
            x[i * D + j] = (float)(length * value);
        }
    }
    oc_rows rows = oc_rows_of(x, N, D);
    oc_train_options options = oc_train_defaults();
    oc_train_report report;
    oc_classifier *classifier = NULL;
    float scores[N * 3], larger[N * 3];
    oc_error err = {0};
    cr_assert(oc_train(&(oc_examples){&rows, y, 3}, &options, NULL, &classifier, &report, &err) == OC_OK, "%s",
              err.message);
    cr_assert(report.used.scale == OC_SCALE_UNIT && classifier->unit, "scale %d", report.used.scale);
    cr_assert(oc_scores(classifier, &rows, NULL, scores, NULL) == OC_OK);
    for (size_t j = 0; j < N * D; j++) {
        x[j] *= 8;
    }
    cr_assert(oc_scores(classifier, &rows, NULL, larger, NULL) == OC_OK);
    for (size_t j = 0; j < N * 3; j++) {
        cr_assert(fabsf(scores[j] - larger[j]) <= 1e-4F * (1 + fabsf(scores[j])));
    }
    oc_classifier_free(classifier);
}

/* Ten classes of eight rows in ninety noisy columns: every optimiser that goes to the end is as good as the others, and
 * the probabilities of rows that were held out mean what they say. */
Test(choice, sgd_alone_is_enough_for_few_wide_rows)
{
    enum { N = 80, D = 200, C = 10 };
    static float x[N * D];
    int y[N];
    double accuracy[3], loss[3];
    oc_random random = oc_random_stream(2, 7, 1);
    for (size_t i = 0; i < N; i++) {
        y[i] = (int)(i % C);
        for (size_t j = 0; j < D; j++) {
            x[i * D + j] = (float)(oc_random_normal(&random) + (j / 10 == i % C ? 1.6 : 0));
        }
    }
    oc_rows rows = oc_rows_of(x, N, D);
    for (int optimizer = OC_OPTIMIZER_AUTO; optimizer <= OC_OPTIMIZER_LBFGS; optimizer++) {
        oc_train_options options = oc_train_defaults();
        oc_train_report report;
        oc_classifier *classifier = NULL;
        oc_error err = {0};
        options.optimizer = (oc_optimizer)optimizer;
        cr_assert(oc_train(&(oc_examples){&rows, y, C}, &options, NULL, &classifier, &report, &err) == OC_OK, "%s",
                  err.message);
        accuracy[optimizer] = oc_validation_accuracy(&report.validation);
        loss[optimizer] = report.validation.log_loss;
        cr_assert(report.accuracy > 0.95);
        oc_classifier_free(classifier);
    }
    cr_assert(fabs(accuracy[1] - accuracy[0]) <= 0.05 && fabs(accuracy[2] - accuracy[0]) <= 0.05, "%g %g %g",
              accuracy[0], accuracy[1], accuracy[2]);
    cr_assert(fabs(loss[1] / loss[0] - 1) <= 0.1 && fabs(loss[2] / loss[0] - 1) <= 0.1, "%g %g %g", loss[0], loss[1],
              loss[2]);
    cr_assert(accuracy[0] > 0.5 && loss[0] < 1.5);
}
