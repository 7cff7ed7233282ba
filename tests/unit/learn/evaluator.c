/* A pass over the rows, against the formula in double precision. */
#include "src/base/random.h"
#include "src/learn/loss.h"
#include "src/learn/problem.h"

#include <criterion/criterion.h>
#include <math.h>
#include <ocellus/job.h>
#include <stdlib.h>
#include <string.h>

enum { N = 2200, D = 5, MOST = 1100 };

static float x[N * D], center[D], scale[D], w[MOST * (D + 1)], gradient[MOST * (D + 1)];
static double expected[MOST * (D + 1)];
static int y[N];
static uint32_t order[N];

static void fill(size_t classes)
{
    oc_random random = oc_random_stream(1, 2, classes);
    for (size_t j = 0; j < D; j++) {
        center[j] = (float)j;
        scale[j] = 1 / (float)(1 + j);
    }
    for (size_t i = 0; i < N; i++) {
        y[i] = (int)(i * 7 % classes);
        order[i] = (uint32_t)(i * 1009 % N); /* 1,009 and 2,200 have no common factor: each row once */
        for (size_t j = 0; j < D; j++) {
            x[i * D + j] = (float)((double)j + oc_random_normal(&random) * (double)(1 + j));
        }
    }
    for (size_t j = 0; j < classes * (D + 1); j++) {
        w[j] = (float)oc_random_normal(&random);
    }
}

/* The mean loss of rows and penalties, and `expected`, their gradient. */
static double slow(const oc_problem *p, const uint32_t *batch, size_t count)
{
    size_t classes = p->classes, weights = classes * D;
    double loss = 0, *s = malloc(sizeof *s * classes), *g = malloc(sizeof *g * classes);
    cr_assert(s && g);
    for (size_t j = 0; j < classes * (D + 1); j++) {
        expected[j] = j < weights ? 2 * p->l2 * (double)w[j] : 0;
    }
    for (size_t k = 0; k < count; k++) {
        size_t i = batch ? batch[k] : k;
        double z[D];
        for (size_t j = 0; j < D; j++) {
            z[j] = (double)((x[i * D + j] - center[j]) * scale[j]);
        }
        for (size_t c = 0; c < classes; c++) {
            s[c] = (double)w[weights + c];
            for (size_t j = 0; j < D; j++) {
                s[c] += (double)w[c * D + j] * z[j];
            }
        }
        loss += oc_loss_value(p->loss, s, classes, (size_t)y[i], g) / (double)count;
        for (size_t c = 0; c < classes; c++) {
            double slope = g[c] + 2 * p->score_l2 * (s[c] - (double)w[weights + c]);
            for (size_t j = 0; j < D; j++) {
                expected[c * D + j] += slope * z[j] / (double)count;
            }
            expected[weights + c] += g[c] / (double)count;
        }
    }
    free(s);
    free(g);
    return loss;
}

static void expect_formula(oc_evaluator *evaluator, const oc_problem *p, const uint32_t *batch, size_t count,
                           oc_job *job)
{
    size_t size = p->classes * (D + 1);
    oc_objective found = {.gradient = gradient};
    memset(gradient, 0x7f, size * sizeof *gradient); /* nothing may be left of it */
    oc_evaluator_run(evaluator, w, batch, count, &found, job);
    double loss = slow(p, batch, count), square = 0, difference = 0;
    for (size_t j = 0; j < size; j++) {
        square += expected[j] * expected[j];
        difference += (expected[j] - (double)gradient[j]) * (expected[j] - (double)gradient[j]);
    }
    cr_assert(fabs(found.loss - loss) <= 1e-6 * loss, "%zu classes, %zu rows: %.9g, not %.9g", p->classes, count,
              found.loss, loss);
    cr_assert(sqrt(difference) <= 1e-5 * sqrt(square), "%zu classes, %zu rows: gradient", p->classes, count);
}

/* Numbers of rows around the sides of tiles and shares; one evaluator for all of its batches, large ones before small. */
Test(evaluator, a_pass_is_the_formula_for_every_number_of_rows_and_classes)
{
    static const size_t classes[] = {2, 12, 17, 300, MOST}, counts[] = {2200, 513, 512, 511, 257, 64, 33, 32, 31, 1};
    oc_job *job = NULL;
    cr_assert(oc_job_create(3, NULL, &job, NULL) == OC_OK);
    for (size_t k = 0; k < sizeof classes / sizeof *classes; k++) {
        fill(classes[k]);
        for (size_t n = 0; n < sizeof counts / sizeof *counts; n++) {
            oc_rows some = oc_rows_of(x, counts[n], D);
            oc_problem problem = {.rows = &some,
                                  .labels = y,
                                  .classes = classes[k],
                                  .center = center,
                                  .scale = scale,
                                  .l2 = 0.01,
                                  .score_l2 = 0.02};
            oc_evaluator *evaluator = NULL;
            cr_assert(oc_evaluator_create(&problem, &evaluator, NULL) == OC_OK);
            expect_formula(evaluator, &problem, NULL, counts[n], n % 2 ? job : NULL);
            oc_evaluator_free(evaluator);
        }
        oc_rows all = oc_rows_of(x, N, D);
        oc_problem problem = {
            .rows = &all, .labels = y, .classes = classes[k], .center = center, .scale = scale, .l2 = 0.01};
        oc_evaluator *evaluator = NULL;
        cr_assert(oc_evaluator_create(&problem, &evaluator, NULL) == OC_OK);
        for (size_t n = 0; n < sizeof counts / sizeof *counts; n++) {
            expect_formula(evaluator, &problem, order, counts[n], n % 2 ? NULL : job);
        }
        oc_evaluator_free(evaluator);
    }
    oc_job_free(job);
}

/* Enough work for threads: 2,200 rows of 5 values in 300 classes. */
Test(evaluator, threads_change_no_byte)
{
    enum { C = 300 };
    static float other[C * (D + 1)];
    fill(C);
    oc_rows rows = oc_rows_of(x, N, D);
    oc_problem problem = {
        .rows = &rows, .labels = y, .classes = C, .center = center, .scale = scale, .loss = OC_LOSS_HINGE};
    oc_evaluator *evaluator = NULL;
    cr_assert(oc_evaluator_create(&problem, &evaluator, NULL) == OC_OK);
    oc_objective one = {.gradient = gradient}, more = {.gradient = other};
    oc_evaluator_run(evaluator, w, NULL, 0, &one, NULL);
    for (size_t threads = 2; threads <= 7; threads++) {
        oc_job *job = NULL;
        cr_assert(oc_job_create(threads, NULL, &job, NULL) == OC_OK);
        oc_evaluator_run(evaluator, w, NULL, 0, &more, job);
        cr_assert(one.value == more.value && memcmp(gradient, other, sizeof other) == 0, "%zu threads", threads);
        oc_job_free(job);
    }
    oc_evaluator_free(evaluator);
}
