/* Training: the optimum is reached, nothing but the options matters, and what cannot be learned is said. */
#include "src/base/memory.h"
#include "src/base/random.h"
#include "src/learn/loss.h"
#include "tests/unit/learn/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

static sample data;

static void expect_same(const oc_classifier *a, const oc_classifier *b)
{
    cr_assert(a->classes == b->classes && a->dimension == b->dimension && a->loss == b->loss);
    cr_assert(memcmp(a->weights, b->weights, a->classes * (a->dimension + 1) * sizeof(float)) == 0);
    cr_assert(memcmp(a->shift, b->shift, a->dimension * sizeof(float)) == 0);
    cr_assert(memcmp(a->scale, b->scale, a->dimension * sizeof(float)) == 0);
}

Test(learn, reaches_the_optimum_of_every_loss)
{
    static const double penalties[][2] = {{0.001, 0}, {0.01, 0.05}};
    make_sample(&data, 600, 8, 4, 2.5, 1);
    for (int loss = 0; loss < (int)oc_loss_count; loss++) {
        for (size_t p = 0; p < 2; p++) {
            oc_train_options options = oc_train_defaults();
            options.scale = OC_SCALE_STANDARD;
            options.loss = (oc_loss)loss;
            options.l2 = penalties[p][0];
            options.score_l2 = penalties[p][1];
            options.epochs = 400;
            oc_train_report report;
            oc_classifier *classifier = trained(&data, &options, NULL, &report);
            double best = slow_minimum(&data, loss, options.l2, options.score_l2);
            cr_assert(!(report.objective > 1.01 * best) && !isnan(report.objective), "loss %d: %g, possible is %g",
                      loss, report.objective, best);
            cr_assert(report.objective > 0.99 * best, "loss %d: %g is less than possible, %g", loss, report.objective,
                      best);
            oc_classifier_free(classifier);
        }
    }
}

/* Fewer rows than columns are learned in coordinates of their span; the weights that come back are judged on
 * the columns. */
Test(learn, few_wide_rows_reach_the_optimum_too)
{
    make_sample(&data, 15, 22, 3, 1, 5);
    for (int loss = 0; loss < (int)oc_loss_count; loss++) {
        oc_train_options options = oc_train_defaults();
        options.scale = OC_SCALE_STANDARD;
        options.loss = (oc_loss)loss;
        options.l2 = 0.02;
        options.epochs = 2000;
        oc_classifier *classifier = trained(&data, &options, NULL, NULL);
        double weights[3 * 23];
        for (size_t j = 0; j < 3 * 23; j++) {
            weights[j] = (double)classifier->weights[j];
        }
        double found = slow_objective(&data, loss, options.l2, 0, weights, NULL);
        double best = slow_minimum(&data, loss, options.l2, 0);
        cr_assert(!(found > 1.01 * best) && !isnan(found), "loss %d: %g, possible is %g", loss, found, best);
        oc_classifier_free(classifier);
    }
}

/* What the report says is what the classifier does. */
Test(learn, the_report_is_true)
{
    make_sample(&data, 300, 6, 3, 1.5, 2);
    for (int scale = OC_SCALE_NONE; scale <= OC_SCALE_STANDARD; scale++) {
        oc_train_options options = oc_train_defaults();
        options.scale = (oc_scale)scale;
        oc_train_report report;
        oc_classifier *classifier = trained(&data, &options, NULL, &report);
        float scores[900];
        double loss = 0;
        size_t right = 0;
        cr_assert(oc_scores(classifier, &data.rows, NULL, scores, NULL) == OC_OK);
        for (size_t i = 0; i < 300; i++) {
            double s[3];
            size_t best = 0;
            for (size_t c = 0; c < 3; c++) {
                s[c] = (double)scores[3 * i + c];
                best = s[c] > s[best] ? c : best;
            }
            right += best == (size_t)data.y[i];
            loss += oc_loss_value(OC_LOSS_SOFTMAX, s, 3, (size_t)data.y[i], NULL) / 300;
        }
        cr_assert(!(fabs(loss - report.loss) > 1e-4), "%g and %g", loss, report.loss);
        cr_assert(fabs((double)right / 300 - report.accuracy) <= 1e-12);
        cr_assert(report.objective >= report.loss && report.seconds >= 0);
        cr_assert(!isnan(report.used.l2) && !isnan(report.used.score_l2) && !isnan(report.used.rate));
        cr_assert(report.used.batch == 256 && report.used.epochs > 0);
        cr_assert(report.used.epochs == 1 && report.used.batch_passes > 0);
        cr_assert(report.steps >= 2); /* two minibatches, then passes */
        oc_classifier_free(classifier);
    }
}

Test(learn, threads_change_no_byte_and_the_seed_does)
{
    make_sample(&data, 2200, 24, 12, 1, 3); /* enough work for threads in every pass */
    oc_train_options options = oc_train_defaults();
    options.epochs = 5;
    oc_classifier *one = trained(&data, &options, NULL, NULL);
    for (size_t threads = 2; threads <= 3; threads++) {
        oc_job *job = NULL;
        cr_assert(oc_job_create(threads, NULL, &job, NULL) == OC_OK);
        oc_classifier *more = trained(&data, &options, job, NULL);
        expect_same(one, more);
        oc_classifier_free(more);
        oc_job_free(job);
    }
    oc_classifier *again = trained(&data, &options, NULL, NULL);
    expect_same(one, again);
    options.seed = 1;
    oc_classifier *other = trained(&data, &options, NULL, NULL);
    cr_assert(memcmp(one->weights, other->weights, 12 * 25 * sizeof(float)) != 0);
    oc_classifier_free(one);
    oc_classifier_free(again);
    oc_classifier_free(other);
}

/* The same numbers seen through blocks and a choice of rows. */
Test(learn, views_train_to_the_same_bytes_as_copies)
{
    static sample copy;
    static float left[400 * 3], right[400 * 7];
    static uint32_t chosen[200];
    make_sample(&data, 400, 6, 3, 1.5, 4);
    make_sample(&copy, 200, 6, 3, 1.5, 4);
    oc_random random = oc_random_stream(9, 9, 9);
    for (size_t i = 0; i < 400; i++) {
        memcpy(left + 3 * i, data.x + 6 * i, 2 * sizeof(float)); /* columns 0 and 1 */
        memcpy(right + 7 * i + 2, data.x + 6 * i + 2, 4 * sizeof(float));
    }
    for (size_t i = 0; i < 200; i++) {
        chosen[i] = (uint32_t)oc_random_below(&random, 400);
        memcpy(copy.x + 6 * i, data.x + 6 * chosen[i], 6 * sizeof(float));
        copy.y[i] = data.y[chosen[i]];
    }
    oc_rows view = {
        .count = 200,
        .dimension = 6,
        .chosen = chosen,
        .blocks = 2,
        .block = {{.values = left, .columns = 2, .stride = 3}, {.values = right + 2, .columns = 4, .stride = 7}}};
    float row[6];
    for (size_t i = 0; i < 200; i++) {
        oc_rows_copy(&view, i, row);
        cr_assert(memcmp(row, copy.x + 6 * i, sizeof row) == 0);
    }
    oc_train_options options = oc_train_defaults();
    options.stage_weight = OC_STAGE_WEIGHT_NONE; /* the copies do not know of blocks */
    oc_classifier *a = trained(&copy, &options, NULL, NULL), *b = NULL;
    cr_assert(oc_train(&(oc_examples){&view, copy.y, 3}, &options, NULL, &b, NULL, NULL) == OC_OK);
    expect_same(a, b);
    float from_view[600], from_copy[600];
    cr_assert(oc_scores(a, &view, NULL, from_view, NULL) == OC_OK);
    cr_assert(oc_scores(a, &copy.rows, NULL, from_copy, NULL) == OC_OK);
    cr_assert(memcmp(from_view, from_copy, sizeof from_view) == 0);
    oc_classifier_free(a);
    oc_classifier_free(b);
}

static void refused(const int *labels, size_t n, size_t d, size_t classes, const char *what)
{
    oc_train_options options = oc_train_defaults();
    oc_classifier *classifier = NULL;
    oc_train_report report = {.steps = 77};
    oc_error err = {0};
    oc_rows rows = oc_rows_of(data.x, n, d);
    cr_assert(oc_train(&(oc_examples){&rows, labels, classes}, &options, NULL, &classifier, &report, &err) ==
              OC_BAD_DATA);
    cr_assert(strstr(err.message, what), "'%s' does not say '%s'", err.message, what);
    cr_assert(classifier == NULL && report.steps == 77);
}

Test(learn, what_cannot_be_learned_is_said)
{
    make_sample(&data, 10, 2, 2, 1, 5);
    refused((int[]){0, 1, 2, 0}, 4, 2, 2, "row 2 has the label 2; with 2 classes labels are 0..1");
    refused((int[]){0, 1, 0, -1}, 4, 2, 2, "row 3 has the label -1");
    refused((int[]){1, 1, 1, 1}, 4, 2, 3, "one class");
    refused((int[]){0}, 1, 2, 2, "one class");
    refused((int[]){0}, 0, 2, 2, "nothing to learn");
    refused((int[]){0, 1}, 2, 0, 2, "nothing to learn");
    data.x[5] = NAN;
    refused((int[]){0, 1, 0, 1}, 4, 2, 2, "row 2, column 1 holds NaN");
    data.x[5] = INFINITY;
    refused((int[]){0, 1, 0, 1}, 4, 2, 2, "row 2, column 1 holds an infinite");
}

Test(learn, a_class_without_rows_is_never_predicted)
{
    make_sample(&data, 90, 4, 3, 6, 6);
    data.classes = 5; /* 3 and 4 have no rows */
    for (int loss = 0; loss < (int)oc_loss_count; loss++) {
        oc_train_options options = oc_train_defaults();
        options.loss = (oc_loss)loss;
        oc_classifier *classifier = trained(&data, &options, NULL, NULL);
        float scores[450];
        cr_assert(oc_scores(classifier, &data.rows, NULL, scores, NULL) == OC_OK);
        for (size_t i = 0; i < 90; i++) {
            for (size_t c = 3; c < 5; c++) {
                cr_assert(scores[5 * i + c] < scores[5 * i + (size_t)data.y[i]], "loss %d, row %zu", loss, i);
            }
        }
        oc_classifier_free(classifier);
    }
}

Test(learn, the_smallest_problems)
{
    static const size_t shapes[][3] = {{2, 1, 2}, {2, 5, 2}, {3, 1, 3}, {65, 1, 2}};
    for (size_t k = 0; k < 4; k++) {
        for (int loss = 0; loss < (int)oc_loss_count; loss++) {
            make_sample(&data, shapes[k][0], shapes[k][1], shapes[k][2], 0, 7);
            for (size_t i = 0; i < data.n; i++) {
                data.x[i * data.d] = (float)data.y[i]; /* nothing is easier */
            }
            oc_train_options options = oc_train_defaults();
            oc_train_report report;
            options.loss = (oc_loss)loss;
            oc_classifier *classifier = trained(&data, &options, NULL, &report);
            cr_assert(isfinite(report.objective));
            cr_assert(report.accuracy >= (k == 2 ? 2.0 / 3 : 1) - 1e-9, "%zu x %zu, loss %d: %g", data.n, data.d, loss,
                      report.accuracy);
            oc_classifier_free(classifier);
        }
    }
}

Test(learn, a_batch_larger_than_the_rows_is_all_rows)
{
    make_sample(&data, 50, 3, 2, 2, 8);
    oc_train_options options = oc_train_defaults();
    options.batch = 1 << 20;
    oc_train_report report;
    oc_classifier *large = trained(&data, &options, NULL, &report);
    cr_assert(report.used.batch == 50);
    options.batch = 50;
    oc_classifier *all = trained(&data, &options, NULL, NULL);
    expect_same(large, all);
    oc_classifier_free(large);
    oc_classifier_free(all);
    options.batch = 1;
    oc_classifier *single = trained(&data, &options, NULL, &report);
    cr_assert(isfinite(report.objective) && report.accuracy > 0.6);
    oc_classifier_free(single);
}

/* Equal columns make the covariance singular; constant ones carry nothing; the rest must be learned all the same. */
Test(learn, hostile_columns)
{
    for (int scale = OC_SCALE_NONE; scale <= OC_SCALE_STANDARD; scale++) {
        for (int loss = 0; loss < (int)oc_loss_count; loss++) {
            make_sample(&data, 300, 8, 3, 8, 9);
            for (size_t i = 0; i < 300; i++) {
                float *x = data.x + 8 * i;
                x[3] = x[2];
                x[5] = 42;
                x[6] = 2 * x[1] - x[2];
            }
            oc_train_options options = oc_train_defaults();
            options.scale = (oc_scale)scale;
            options.loss = (oc_loss)loss;
            oc_train_report report;
            oc_classifier *classifier = trained(&data, &options, NULL, &report);
            cr_assert(isfinite(report.objective) && report.accuracy > 0.95, "scale %d, loss %d: %g", scale, loss,
                      report.accuracy);
            oc_classifier_free(classifier);
        }
    }
}

Test(learn, columns_of_very_different_scales)
{
    make_sample(&data, 300, 6, 3, 8, 10);
    oc_train_options options = oc_train_defaults();
    options.scale = OC_SCALE_STANDARD;
    options.l2 = 0.01;
    oc_train_report plain, stretched;
    oc_classifier_free(trained(&data, &options, NULL, &plain));
    for (size_t i = 0; i < 300; i++) {
        data.x[6 * i] *= 1e-6F;
        data.x[6 * i + 1] *= 1e6F;
        data.x[6 * i + 2] *= 1e-20F;
    }
    oc_classifier *classifier = trained(&data, &options, NULL, &stretched);
    cr_assert(!(fabs(plain.objective - stretched.objective) > 1e-3 * plain.objective), "%g and %g", plain.objective,
              stretched.objective);
    oc_classifier_free(classifier);
    options.scale = OC_SCALE_NONE;
    classifier = trained(&data, &options, NULL, &stretched);
    cr_assert(isfinite(stretched.objective));
    for (size_t i = 0; i < 21; i++) {
        cr_assert(isfinite(classifier->weights[i]));
    }
    oc_classifier_free(classifier);
}

Test(learn, every_scaling_separates_what_is_separable)
{
    make_sample(&data, 400, 6, 4, 14, 11);
    for (int scale = OC_SCALE_NONE; scale <= OC_SCALE_STANDARD; scale++) {
        oc_train_options options = oc_train_defaults();
        options.scale = (oc_scale)scale;
        oc_train_report report;
        oc_classifier_free(trained(&data, &options, NULL, &report));
        cr_assert(report.accuracy >= 0.99, "scale %d: %g", scale, report.accuracy);
    }
}

/* With 40 rows an epoch is a single step. */
Test(learn, a_rate_that_diverges_is_an_error)
{
    for (size_t n = 40; n <= 300; n += 260) {
        make_sample(&data, n, 6, 3, 1, 12);
        for (int loss = 0; loss < (int)oc_loss_count; loss++) {
            oc_train_options options = oc_train_defaults();
            options.loss = (oc_loss)loss;
            options.rate = 1e6;
            oc_classifier *classifier = NULL;
            oc_error err = {0};
            oc_status status = oc_train(&(oc_examples){&data.rows, data.y, 3}, &options, NULL, &classifier, NULL, &err);
            cr_assert(status == OC_BAD_DATA && classifier == NULL, "%zu rows, loss %d", n, loss);
            cr_assert(strstr(err.message, "diverges") && strstr(err.message, "1e+06") &&
                          strstr(err.message, "`rate` auto"),
                      "%s", err.message);
        }
    }
}

Test(learn, cancelling_ends_it)
{
    make_sample(&data, 300, 6, 3, 1, 13);
    oc_train_options options = oc_train_defaults();
    oc_classifier *classifier = NULL;
    oc_error err = {0};
    oc_job *job = NULL;
    cr_assert(oc_job_create(2, NULL, &job, NULL) == OC_OK);
    oc_job_cancel(job);
    cr_assert(oc_train(&(oc_examples){&data.rows, data.y, 3}, &options, job, &classifier, NULL, &err) == OC_CANCELLED);
    cr_assert(classifier == NULL);
    oc_job_free(job);
}

typedef struct curtain {
    oc_job *job;
    size_t told;
} curtain;

static void cancel_after_three(void *context, size_t passes, size_t total, size_t steps, double loss)
{
    curtain *c = context;
    (void)passes, (void)total, (void)steps, (void)loss;
    if (++c->told == 3) {
        oc_job_cancel(c->job);
    }
}

Test(learn, cancelling_ends_the_epochs_that_are_left)
{
    make_sample(&data, 300, 6, 3, 1, 13);
    oc_train_options options = oc_train_defaults();
    oc_classifier *classifier = NULL;
    curtain c = {0};
    oc_listener listener = {.loss = cancel_after_three, .context = &c};
    cr_assert(oc_job_create(1, &listener, &c.job, NULL) == OC_OK);
    options.epochs = 1000;
    cr_assert(oc_train(&(oc_examples){&data.rows, data.y, 3}, &options, c.job, &classifier, NULL, NULL) ==
              OC_CANCELLED);
    cr_assert(c.told == 3, "%zu losses", c.told);
    oc_job_free(c.job);
}

Test(learn, short_memory_is_an_error_and_no_crash)
{
    make_sample(&data, 100, 6, 3, 1, 14);
    oc_train_options options = oc_train_defaults();
    options.epochs = 1;
    size_t failures = 0;
    for (size_t n = 1;; n++) {
        oc_classifier *classifier = NULL;
        oc_error err = {0};
        oc_memory_fail_after(n);
        oc_status status = oc_train(&(oc_examples){&data.rows, data.y, 3}, &options, NULL, &classifier, NULL, &err);
        oc_memory_fail_after(0);
        if (status == OC_OK) {
            oc_classifier_free(classifier);
            break;
        }
        cr_assert(status == OC_NO_MEMORY && classifier == NULL, "allocation %zu: %s", n, err.message);
        failures++;
    }
    cr_assert(failures > 10);
}

Test(learn, cifar_10_pixels_have_30730_parameters)
{
    static float x[2 * 3072];
    x[5] = 1;
    oc_rows rows = oc_rows_of(x, 2, 3072);
    oc_train_options options = oc_train_defaults();
    oc_classifier *classifier = NULL;
    options.epochs = 1;
    cr_assert(oc_train(&(oc_examples){&rows, (int[]){0, 9}, 10}, &options, NULL, &classifier, NULL, NULL) == OC_OK);
    cr_assert(classifier->classes * (classifier->dimension + 1) == 30730);
    oc_classifier_free(classifier);
}
