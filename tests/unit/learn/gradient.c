/* The gradient check, and the training code's own gradient against central differences of the objective's formula. */
#include "src/learn/loss.h"
#include "src/learn/problem.h"
#include "tests/unit/learn/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

static sample data;

static const double penalties[][3] = {{0, 0, 0}, {0.1, 0, 0}, {0, 0.1, 0}, {0, 0, 0.1}, {0.1, 0.1, 0.1}};

Test(gradient, analytic_and_numerical_agree_for_every_loss_penalty_and_scaling)
{
    make_sample(&data, 300, 9, 5, 1, 3);
    for (int loss = 0; loss < (int)oc_loss_count; loss++) {
        for (size_t p = 0; p < 5; p++) {
            for (int scale = OC_SCALE_NONE; scale <= OC_SCALE_STANDARD; scale++) {
                oc_train_options options = oc_train_defaults();
                double error = NAN;
                options.loss = (oc_loss)loss;
                options.scale = (oc_scale)scale;
                options.l2 = penalties[p][0];
                options.score_l2 = penalties[p][1];
                options.l1 = penalties[p][2];
                options.class_weight = p % 2 ? OC_CLASS_WEIGHT_BALANCED : OC_CLASS_WEIGHT_NONE;
                cr_assert(oc_check_gradient(&data.rows, data.y, 5, &options, &error, NULL) == OC_OK);
                cr_assert(!(error > 1e-7) && error >= 0, "loss %d, penalty %zu: %g", loss, p, error);
            }
        }
    }
}

Test(gradient, auto_penalties_are_none_and_bad_labels_are_named)
{
    make_sample(&data, 50, 4, 3, 1, 4);
    oc_train_options options = oc_train_defaults();
    double automatic = NAN, none = NAN;
    cr_assert(oc_check_gradient(&data.rows, data.y, 3, &options, &automatic, NULL) == OC_OK);
    options.l2 = options.score_l2 = 0;
    cr_assert(oc_check_gradient(&data.rows, data.y, 3, &options, &none, NULL) == OC_OK);
    cr_assert(!(automatic < none) && !(automatic > none));
    oc_error err = {0};
    data.y[7] = 3;
    cr_assert(oc_check_gradient(&data.rows, data.y, 3, &options, &none, &err) == OC_BAD_DATA);
    cr_assert(strstr(err.message, "row 7"), "%s", err.message);
}

/* The single precision gradient that training follows, component by component, against the differences of the
 * objective in double precision. */
Test(gradient, training_follows_the_gradient_of_the_formula)
{
    enum { N = 200, D = 5, C = 3 };
    make_sample(&data, N, D, C, 1, 5);
    static const float zero[D] = {0}, one[D] = {1, 1, 1, 1, 1};
    double mean[D] = {0}, deviation[D] = {0};
    static float standard[N * D];
    for (size_t j = 0; j < D; j++) {
        for (size_t i = 0; i < N; i++) {
            mean[j] += (double)data.x[i * D + j] / N;
        }
        for (size_t i = 0; i < N; i++) {
            deviation[j] += pow((double)data.x[i * D + j] - mean[j], 2) / N;
        }
        for (size_t i = 0; i < N; i++) {
            standard[i * D + j] = (float)(((double)data.x[i * D + j] - mean[j]) / sqrt(deviation[j]));
        }
    }
    oc_rows rows = oc_rows_of(standard, N, D);
    float w[C * D + C], gradient[C * D + C];
    double point[C * (D + 1)];
    for (size_t i = 0; i < C * (D + 1); i++) {
        size_t c = i / (D + 1), j = i % (D + 1), at = j == D ? C * D + c : c * D + j;
        w[at] = (float)sin(3.7 * (double)i + 0.4);
        point[i] = (double)w[at];
    }
    for (int loss = 0; loss < (int)oc_loss_count; loss++) {
        oc_problem problem = {.rows = &rows,
                              .labels = data.y,
                              .classes = C,
                              .center = zero,
                              .scale = one,
                              .loss = (oc_loss)loss,
                              .l2 = 0.1,
                              .score_l2 = 0.2};
        oc_objective objective = {.gradient = gradient};
        cr_assert(oc_problem_evaluate(&problem, w, &objective, NULL, NULL) == OC_OK);
        for (size_t i = 0; i < C * (D + 1); i++) {
            size_t c = i / (D + 1), j = i % (D + 1);
            double old = point[i], h = 1e-5;
            point[i] = old + h;
            double above = slow_objective(&data, loss, 0.1, 0.2, point, NULL);
            point[i] = old - h;
            double below = slow_objective(&data, loss, 0.1, 0.2, point, NULL);
            point[i] = old;
            double numerical = (above - below) / (2 * h);
            double analytic = (double)gradient[j == D ? C * D + c : c * D + j];
            cr_assert(!(fabs(numerical - analytic) > 2e-4 * (1 + fabs(numerical))) && !isnan(analytic),
                      "loss %d, component %zu: %g, numerically %g", loss, i, analytic, numerical);
        }
    }
}
