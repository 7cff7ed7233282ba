/* Penalties without a gradient, class weights, and what is said about convergence. */
#include "src/learn/penalty.h"

#include "src/learn/loss.h"
#include "tests/unit/learn/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

enum { SIZE = MAX_CLASSES * (MAX_COLUMNS + 1) };

static sample data;

Test(penalty, shrinking_ends_at_exactly_zero)
{
    float w[] = {3, -2, 0.5F, -0.5F, 1, 0};
    const float expected[] = {2, -1, 0, 0, 0, 0};
    oc_penalty_shrink(w, 6, 1);
    for (size_t j = 0; j < 6; j++) {
        cr_assert(!(fabsf(w[j] - expected[j]) > 0), "%zu: %g", j, (double)w[j]);
    }
}

Test(penalty, projection_shortens_what_is_too_long)
{
    float w[] = {3, 4};
    oc_penalty_project(w, 2, 6);
    cr_assert(w[0] == 3 && w[1] == 4);
    oc_penalty_project(w, 2, 0);
    cr_assert(w[0] == 3 && w[1] == 4);
    oc_penalty_project(w, 2, 1);
    cr_assert(!(fabsf(w[0] - 0.6F) > 1e-6F) && !(fabsf(w[1] - 0.8F) > 1e-6F));
    cr_assert((double)w[0] * (double)w[0] + (double)w[1] * (double)w[1] <= 1);
}

/* Margins at, next to, and far from the kink: (m + 0.1)^2 / 0.4. */
Test(penalty, the_rounded_hinge_by_hand)
{
    const double margin[] = {0, 0.05, 0.1, 2, -0.1, -3}, value[] = {0.025, 0.05625, 0.1, 2, 0, 0};
    const double slope[] = {0.5, 0.75, 1, 1, 0, 0};
    for (size_t k = 0; k < 6; k++) {
        double g[2], found = oc_loss_types[OC_LOSS_HINGE].rounded(0.2, (double[]){0, margin[k] - 1}, 2, 0, g);
        cr_assert(!(fabs(found - value[k]) > 1e-12), "margin %g: %g", margin[k], found);
        cr_assert(!(fabs(g[1] - slope[k]) > 1e-12) && !(fabs(g[0] + slope[k]) > 1e-12));
    }
}

static double full_objective(int loss, double l2, double l1, const double *w, double *gradient)
{
    double value = slow_objective(&data, loss, l2, 0, w, gradient);
    for (size_t i = 0; i < data.classes * (data.d + 1); i++) {
        value += i % (data.d + 1) < data.d ? l1 * fabs(w[i]) : 0;
    }
    return value;
}

/* The minimum by plain proximal gradient steps. */
static double slow_rough_minimum(int loss, double l2, double l1, double max_norm, double rate)
{
    double w[SIZE] = {0}, g[SIZE], least = INFINITY;
    size_t d = data.d;
    for (size_t step = 0; step < 1500; step++) {
        double value = full_objective(loss, l2, l1, w, g);
        least = value < least ? value : least;
        for (size_t c = 0; c < data.classes; c++) {
            double *row = w + c * (d + 1), length = 0;
            for (size_t j = 0; j <= d; j++) {
                row[j] -= rate * g[c * (d + 1) + j];
                row[j] = j < d ? copysign(fmax(fabs(row[j]) - rate * l1, 0), row[j]) : row[j];
                length += j < d ? row[j] * row[j] : 0;
            }
            for (size_t j = 0; j < d && max_norm > 0 && length > max_norm * max_norm; j++) {
                row[j] *= max_norm / sqrt(length);
            }
        }
    }
    return least;
}

static void expect_rough_optimum(int loss, double l2, double l1, double max_norm)
{
    oc_train_options options = oc_train_defaults();
    oc_train_report report;
    double weights[SIZE];
    size_t d = data.d, zeros = 0;
    options.scale = OC_SCALE_STANDARD;
    options.loss = (oc_loss)loss;
    options.l1 = l1;
    options.max_norm = max_norm;
    options.l2 = l2;
    oc_classifier *classifier = trained(&data, &options, NULL, &report);
    for (size_t i = 0; i < data.classes * (d + 1); i++) {
        weights[i] = (double)classifier->weights[i];
        zeros += i % (d + 1) < d && !(fabs(weights[i]) > 0);
    }
    for (size_t c = 0; c < data.classes && max_norm > 0; c++) {
        double length = 0;
        for (size_t j = 0; j < d; j++) {
            length += weights[c * (d + 1) + j] * weights[c * (d + 1) + j];
        }
        cr_assert(sqrt(length) <= max_norm * (1 + 1e-6), "loss %d: %g", loss, sqrt(length));
    }
    double found = full_objective(loss, l2, l1, weights, NULL);
    double best = slow_rough_minimum(loss, l2, l1, max_norm, loss == OC_LOSS_SOFTMAX ? 0.5 : 0.04);
    cr_assert(!(found > 1.01 * best) && found > 0.99 * best, "loss %d, l1 %g, max-norm %g: %g, possible is %g", loss,
              l1, max_norm, found, best);
    cr_assert(!(fabs(found - report.objective) > 1e-3 * found), "%g, reported %g", found, report.objective);
    cr_assert_eq(report.zeros, zeros);
    cr_assert(l1 < 0.02 || zeros > 0, "loss %d: %zu zeros", loss, zeros);
    oc_classifier_free(classifier);
}

Test(penalty, l1_elastic_net_and_max_norm_reach_their_optimum)
{
    static const int losses[] = {OC_LOSS_SOFTMAX, OC_LOSS_HINGE, OC_LOSS_SQUARED_HINGE, OC_LOSS_SQUARE};
    make_sample(&data, 200, 8, 3, 2, 21);
    for (size_t l = 0; l < 4; l++) {
        expect_rough_optimum(losses[l], 0, 0.03, 0);
        expect_rough_optimum(losses[l], 0.01, 0.005, 0);
        expect_rough_optimum(losses[l], 0, 0, 0.4);
        expect_rough_optimum(losses[l], 0, 0.01, 0.4);
    }
}

/* Fewer rows than half of the columns: the covariance is given by its factors. */
Test(penalty, l1_of_few_wide_rows_reaches_its_optimum)
{
    make_sample(&data, 10, 22, 3, 1.5, 26);
    expect_rough_optimum(OC_LOSS_SOFTMAX, 0, 0.03, 0);
    expect_rough_optimum(OC_LOSS_SOFTMAX, 0.01, 0.02, 0);
    expect_rough_optimum(OC_LOSS_SQUARED_HINGE, 0.01, 0.05, 0);
}

/* Each optimiser by itself, without the passes that finish. */
Test(penalty, proximal_steps_leave_exact_zeros_and_short_weights)
{
    make_sample(&data, 300, 8, 3, 2, 22);
    for (int optimizer = OC_OPTIMIZER_SGD; optimizer <= OC_OPTIMIZER_GD;
         optimizer += OC_OPTIMIZER_GD - OC_OPTIMIZER_SGD) {
        oc_train_options options = oc_train_defaults();
        oc_train_report report;
        options.scale = OC_SCALE_STANDARD;
        options.optimizer = (oc_optimizer)optimizer;
        options.epochs = 60;
        options.l1 = 0.05;
        oc_classifier_free(trained(&data, &options, NULL, &report));
        cr_assert(report.zeros > 3 && report.zeros < 24, "optimizer %d: %zu", optimizer, report.zeros);
        options.l1 = 0;
        options.max_norm = 0.25;
        oc_classifier *classifier = trained(&data, &options, NULL, &report);
        double longest = 0;
        for (size_t c = 0; c < 3; c++) {
            double length = 0;
            for (size_t j = 0; j < 8; j++) {
                length += pow((double)classifier->weights[c * 9 + j], 2);
            }
            longest = fmax(longest, sqrt(length));
        }
        cr_assert(!(fabs(longest - 0.25) > 1e-4), "optimizer %d: %g", optimizer, longest);
        oc_classifier_free(classifier);
    }
}

/* Balanced: a class of half as many rows counts as if each were there twice. */
Test(penalty, balanced_classes_equal_repeated_rows)
{
    static sample repeated;
    for (int loss = 0; loss < (int)oc_loss_count; loss++) {
        make_sample(&data, 300, 5, 2, 1, 23);
        make_sample(&repeated, 400, 5, 2, 1, 24);
        size_t n = 0, m = 0;
        for (size_t i = 0; i < 300; i++) { /* 150 of class 0, 75 of class 1 */
            bool kept = data.y[i] == 0 || i % 4 == 1;
            for (int copy = 0; kept && copy < 1 + data.y[i]; copy++, m++) {
                memcpy(repeated.x + 5 * m, data.x + 5 * i, 5 * sizeof(float));
                repeated.y[m] = data.y[i];
            }
            if (kept) {
                memmove(data.x + 5 * n, data.x + 5 * i, 5 * sizeof(float));
                data.y[n++] = data.y[i];
            }
        }
        data.rows = oc_rows_of(data.x, n, 5);
        repeated.rows = oc_rows_of(repeated.x, m, 5);
        oc_train_options options = oc_train_defaults();
        oc_train_report balanced, plain, twice;
        options.loss = (oc_loss)loss;
        options.l2 = 0.01;
        options.scale = OC_SCALE_NONE;
        oc_classifier_free(trained(&repeated, &options, NULL, &twice));
        oc_classifier_free(trained(&data, &options, NULL, &plain));
        options.class_weight = OC_CLASS_WEIGHT_BALANCED;
        oc_classifier_free(trained(&data, &options, NULL, &balanced));
        cr_assert(!(fabs(balanced.objective - twice.objective) > 0.005 * twice.objective), "loss %d: %g, %g", loss,
                  balanced.objective, twice.objective);
        cr_assert(fabs(plain.objective - twice.objective) > 0.02 * twice.objective, "loss %d", loss);
    }
}

static void count_note(void *context, const char *message)
{
    *(size_t *)context += strstr(message, "not converged") != NULL;
}

Test(penalty, the_gap_is_honest_and_reported)
{
    make_sample(&data, 600, 8, 4, 2.5, 25);
    for (int loss = 0; loss < (int)oc_loss_count; loss++) {
        size_t notes = 0;
        oc_listener listener = {.note = count_note, .context = &notes};
        oc_job *job = NULL;
        oc_train_options options = oc_train_defaults();
        oc_train_report report;
        options.scale = OC_SCALE_STANDARD;
        options.loss = (oc_loss)loss;
        options.l2 = 0.001;
        cr_assert(oc_job_create(1, &listener, &job, NULL) == OC_OK);
        oc_classifier_free(trained(&data, &options, job, &report));
        double best = slow_minimum(&data, loss, 0.001, 0);
        cr_assert(!(report.objective > 1.01 * best) && report.gap <= 0.01 * best && notes == 0, "loss %d: %g of %g",
                  loss, report.objective, best);
        options.batch_passes = 0;
        options.rate = 1e-4;
        oc_classifier_free(trained(&data, &options, job, &report));
        cr_assert(notes == 1 && report.gap > 0.2 * (report.objective - best), "loss %d: %g for %g", loss, report.gap,
                  report.objective - best);
        oc_job_free(job);
    }
}

/* Preconditioned with few columns, plain with many. */
Test(penalty, one_row_a_step_trains_with_either_schedule)
{
    for (size_t d = 6; d <= 24; d += 18) {
        make_sample(&data, 300, d, 3, 3, 26);
        for (int loss = 0; loss < (int)oc_loss_count; loss++) {
            for (int schedule = OC_SCHEDULE_COSINE; schedule <= OC_SCHEDULE_CONSTANT; schedule++) {
                oc_train_options options = oc_train_defaults();
                oc_train_report report;
                options.loss = (oc_loss)loss;
                options.schedule = (oc_schedule)schedule;
                options.batch = 1;
                options.epochs = 5;
                options.batch_passes = 0;
                oc_classifier_free(trained(&data, &options, NULL, &report));
                cr_assert(report.accuracy > 0.75, "%zu columns, loss %d, schedule %d: %g", d, loss, schedule,
                          report.accuracy);
            }
        }
    }
}

/* One row of the third class; more classes than rows; rows that are all alike. */
Test(penalty, scarce_rows)
{
    oc_train_options options = oc_train_defaults();
    oc_train_report report;
    make_sample(&data, 41, 4, 3, 6, 27);
    for (size_t i = 0; i < 40; i++) {
        data.y[i] = data.y[i] == 2 ? 0 : data.y[i];
    }
    data.y[40] = 2;
    for (int weight = OC_CLASS_WEIGHT_NONE; weight <= OC_CLASS_WEIGHT_BALANCED; weight++) {
        options.class_weight = (oc_class_weight)weight;
        oc_classifier_free(trained(&data, &options, NULL, &report));
        cr_assert(isfinite(report.objective));
    }
    make_sample(&data, 3, 4, 3, 6, 28);
    data.classes = 7;
    oc_classifier_free(trained(&data, &options, NULL, &report));
    cr_assert(isfinite(report.objective) && report.accuracy > 0.99);
    make_sample(&data, 30, 4, 3, 0, 29);
    for (size_t i = 0; i < 120; i++) {
        data.x[i] = 5;
    }
    oc_classifier_free(trained(&data, &options, NULL, &report));
    cr_assert(!(fabs(report.loss - log(3)) > 1e-3), "%g", report.loss);
}
