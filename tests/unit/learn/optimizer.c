/* Descent and the random searches. */
#include "src/base/memory.h"
#include "src/base/random.h"
#include "src/learn/loss.h"
#include "tests/unit/learn/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

static sample data;

static oc_train_options options_of(int optimizer, int loss)
{
    oc_train_options options = oc_train_defaults();
    options.scale = OC_SCALE_STANDARD;
    options.optimizer = (oc_optimizer)optimizer;
    options.loss = (oc_loss)loss;
    options.l2 = 0.01;
    options.score_l2 = 0;
    return options;
}

Test(optimizer, full_batch_descent_reaches_the_optimum_of_smooth_losses)
{
    make_sample(&data, 300, 6, 3, 2, 1);
    for (int loss = 0; loss < (int)oc_loss_count; loss++) {
        if (loss == OC_LOSS_HINGE) {
            continue;
        }
        oc_train_options options = options_of(OC_OPTIMIZER_GD, loss);
        options.epochs = 2000;
        oc_train_report report;
        oc_classifier_free(trained(&data, &options, NULL, &report));
        double best = slow_minimum(&data, loss, 0.01, 0);
        cr_assert(!(report.objective > 1.001 * best) && report.objective > 0.999 * best, "loss %d: %g, %g", loss,
                  report.objective, best);
        cr_assert_eq(report.steps, 2000);
    }
}

typedef struct trace {
    size_t points, passes, steps;
    double loss, first;
    bool falls, forward; /* the loss; passes and steps */
} trace;

static void follow(void *context, size_t passes, size_t total, size_t steps, double loss)
{
    trace *t = context;
    t->forward = t->forward && passes > t->passes && passes <= total && steps >= t->steps;
    t->falls = t->falls && (!t->points || loss < t->loss);
    t->first = t->points++ ? t->first : loss;
    t->passes = passes;
    t->steps = steps;
    t->loss = loss;
}

Test(optimizer, losses_fall_with_work_and_are_reported)
{
    make_sample(&data, 700, 8, 4, 2, 2);
    for (int optimizer = OC_OPTIMIZER_GD; optimizer <= OC_OPTIMIZER_LOCAL_SEARCH; optimizer++) {
        trace t = {.falls = true, .forward = true};
        oc_listener listener = {.loss = follow, .context = &t};
        oc_job *job = NULL;
        cr_assert(oc_job_create(2, &listener, &job, NULL) == OC_OK);
        oc_train_options options = options_of(optimizer, OC_LOSS_SQUARED_HINGE);
        options.epochs = 60;
        oc_train_report report;
        oc_classifier_free(trained(&data, &options, job, &report));
        cr_assert(t.forward && t.points > 1 && t.loss < t.first, "optimizer %d", optimizer);
        cr_assert(t.falls || optimizer == OC_OPTIMIZER_GD, "optimizer %d", optimizer); /* momentum may overshoot */
        cr_assert(optimizer == OC_OPTIMIZER_GD || fabs(report.objective - t.loss) < 1e-5 * t.loss, "%g, %g",
                  report.objective, t.loss);
        oc_job_free(job);
    }
}

/* The whole search as it is defined, one try after the other, from the objective's formula. */
static double slow_search(bool local, int loss, double l2, size_t tries, uint64_t seed, size_t *steps)
{
    size_t d = data.d, size = data.classes * (d + 1);
    double best[MAX_CLASSES * (MAX_COLUMNS + 1)] = {0}, tried[MAX_CLASSES * (MAX_COLUMNS + 1)], least = INFINITY;
    *steps = 0;
    for (size_t t = 0; t < tries; t++) {
        oc_random random = oc_random_stream(seed, 0x747279, t);
        double deviation = local && t == 0 ? 1e-3 : 1e-4;
        for (size_t c = 0; c < data.classes; c++) {
            double *row = tried + c * (d + 1);
            row[d] = deviation * oc_random_normal(&random) + (local ? best[c * (d + 1) + d] : 0);
            for (size_t j = 0; j < d; j++) {
                row[j] = deviation * oc_random_normal(&random) + (local ? best[c * (d + 1) + j] : 0);
            }
        }
        double value = slow_objective(&data, loss, l2, 0, tried, NULL);
        if (value < least) {
            least = value;
            memcpy(best, tried, size * sizeof *best);
            ++*steps;
        }
    }
    return least;
}

Test(optimizer, searches_find_what_a_plain_search_finds)
{
    static const int losses[] = {OC_LOSS_SOFTMAX, OC_LOSS_HINGE, OC_LOSS_SQUARE};
    make_sample(&data, 600, 7, 4, 2, 3);
    for (size_t l = 0; l < 3; l++) {
        for (int optimizer = OC_OPTIMIZER_RANDOM_SEARCH; optimizer <= OC_OPTIMIZER_LOCAL_SEARCH; optimizer++) {
            oc_train_options options = options_of(optimizer, losses[l]);
            options.epochs = 150;
            options.seed = 5;
            oc_train_report report;
            size_t steps;
            oc_classifier_free(trained(&data, &options, NULL, &report));
            double expected = slow_search(optimizer == OC_OPTIMIZER_LOCAL_SEARCH, losses[l], 0.01, 150, 5, &steps);
            cr_assert(!(fabs(report.objective - expected) > 1e-6 * expected), "loss %d: %.9g, %.9g", losses[l],
                      report.objective, expected);
            cr_assert(report.steps == steps && isnan(report.gap));
        }
    }
}

Test(optimizer, threads_change_no_byte)
{
    make_sample(&data, 2200, 24, 12, 1, 6);
    oc_job *job = NULL;
    cr_assert(oc_job_create(3, NULL, &job, NULL) == OC_OK);
    for (int optimizer = OC_OPTIMIZER_GD; optimizer <= OC_OPTIMIZER_LOCAL_SEARCH; optimizer++) {
        oc_train_options options = options_of(optimizer, OC_LOSS_HINGE);
        options.epochs = 40;
        oc_classifier *one = trained(&data, &options, NULL, NULL), *three = trained(&data, &options, job, NULL);
        cr_assert(memcmp(one->weights, three->weights, 12 * 25 * sizeof(float)) == 0);
        oc_classifier_free(one);
        oc_classifier_free(three);
    }
    oc_job_free(job);
}

Test(optimizer, short_memory_is_an_error_and_no_crash)
{
    make_sample(&data, 40, 4, 3, 1, 7);
    for (int optimizer = OC_OPTIMIZER_GD; optimizer <= OC_OPTIMIZER_LOCAL_SEARCH; optimizer++) {
        oc_train_options options = options_of(optimizer, OC_LOSS_HINGE);
        options.epochs = 3;
        for (size_t n = 1;; n++) {
            oc_classifier *classifier = NULL;
            oc_memory_fail_after(n);
            oc_status status = oc_train(&(oc_examples){&data.rows, data.y, 3}, &options, NULL, &classifier, NULL, NULL);
            oc_memory_fail_after(0);
            cr_assert(status == OC_OK || (status == OC_NO_MEMORY && !classifier));
            oc_classifier_free(classifier);
            if (status == OC_OK) {
                break;
            }
        }
    }
}

Test(optimizer, a_rate_that_diverges_is_an_error)
{
    make_sample(&data, 100, 6, 3, 1, 8);
    oc_train_options options = options_of(OC_OPTIMIZER_GD, OC_LOSS_SQUARE);
    oc_classifier *classifier = NULL;
    oc_error err = {0};
    options.rate = 1000;
    cr_assert(oc_train(&(oc_examples){&data.rows, data.y, 3}, &options, NULL, &classifier, NULL, &err) == OC_BAD_DATA);
    cr_assert(strstr(err.message, "`rate` auto"), "%s", err.message);
}
