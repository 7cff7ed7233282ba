/* Nearest neighbours: votes by hand, against a plain search, and the kernel against its formula. */
#include "src/learn/nearest.h"
#include "src/base/dispatch.h"
#include "src/base/memory.h"
#include "src/base/random.h"
#include "src/learn/nearest_kernels.h"
#include "tests/unit/learn/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

static sample data;

static oc_train_options nearest(int64_t k, int metric, int scale)
{
    oc_train_options options = oc_train_defaults();
    options.classifier = (oc_learner){OC_NEAREST, k, (oc_metric)metric};
    options.scale = (oc_scale)scale;
    return options;
}

Test(nearest, votes_and_ties_by_hand)
{
    /* From 0, the neighbours are at 1 (class 1), 2 (class 0), 3 (class 0), 4 (class 1), 9 (class 2). */
    static const float x[] = {2, -1, -3, 9, 4}, query[] = {0};
    static const int y[] = {0, 1, 0, 2, 1};
    static const float expected[][3] = {{0, 1.5F, 0},
                                        {1 + 1.F / 3, 1.5F, 0},
                                        {2 + 1.F / 3, 1.5F, 0},
                                        {2 + 1.F / 3, 2.5F, 0},
                                        {2 + 1.F / 3, 2.5F, 1 + 1.F / 6}};
    oc_rows rows = oc_rows_of(x, 5, 1), asked = oc_rows_of(query, 1, 1);
    for (int64_t k = 1; k <= 5; k++) {
        for (int metric = OC_METRIC_L2; metric <= OC_METRIC_L1; metric++) {
            oc_train_options options = nearest(k, metric, OC_SCALE_NONE);
            oc_classifier *c = NULL;
            oc_train_report report;
            float scores[3];
            cr_assert(oc_train(&(oc_examples){&rows, y, 3}, &options, NULL, &c, &report, NULL) == OC_OK);
            cr_assert(isnan(report.accuracy) && !oc_classifier_probable(c));
            cr_assert(oc_scores(c, &asked, NULL, scores, NULL) == OC_OK);
            for (size_t j = 0; j < 3; j++) {
                cr_assert(!(fabsf(scores[j] - expected[k - 1][j]) > 1e-6F), "k=%d, class %zu: %g", (int)k, j,
                          (double)scores[j]);
            }
            oc_classifier_free(c);
        }
    }
}

Test(nearest, more_neighbours_than_rows_are_refused)
{
    static const float x[] = {1, 2, 3};
    static const int y[] = {0, 1, 1};
    oc_rows rows = oc_rows_of(x, 3, 1);
    oc_train_options options = nearest(4, OC_METRIC_L2, OC_SCALE_NONE);
    oc_classifier *c = NULL;
    oc_error err = {0};
    cr_assert(oc_train(&(oc_examples){&rows, y, 2}, &options, NULL, &c, NULL, &err) == OC_USAGE && !c);
    cr_assert(strstr(err.message, "3 rows"), "%s", err.message);
}

/* Near duplicates far from zero: |x|^2 - 2 z.x alone could not tell them apart in single precision. */
Test(nearest, a_large_offset_costs_no_precision)
{
    enum { N = 40, D = 16 };
    static float x[N * D];
    int y[N];
    for (size_t i = 0; i < N; i++) {
        y[i] = (int)(i % 2);
        for (size_t j = 0; j < D; j++) {
            x[i * D + j] = 1000 + (float)(i < 8 ? 0 : 100) + (j == 0 ? (float)i / 16 : 0);
        }
    }
    oc_rows rows = oc_rows_of(x, N, D);
    oc_train_options options = nearest(1, OC_METRIC_L2, OC_SCALE_NONE);
    oc_classifier *c = NULL;
    float scores[2 * N];
    cr_assert(oc_train(&(oc_examples){&rows, y, 2}, &options, NULL, &c, NULL, NULL) == OC_OK);
    cr_assert(oc_scores(c, &rows, NULL, scores, NULL) == OC_OK);
    for (size_t i = 0; i < 8; i++) {
        cr_assert(scores[2 * i + i % 2] > 1, "row %zu", i);
    }
    oc_classifier_free(c);
}

static size_t slow_neighbour(const oc_classifier *c, const float *query, int metric, const bool *taken)
{
    size_t best = data.n;
    double least = INFINITY;
    for (size_t i = 0; i < data.n; i++) {
        double distance = 0;
        for (size_t j = 0; j < data.d; j++) {
            double step = ((double)query[j] - (double)data.x[i * data.d + j]) * (double)c->scale[j];
            distance += metric == OC_METRIC_L2 ? step * step : fabs(step);
        }
        if (!taken[i] && distance < least) {
            least = distance;
            best = i;
        }
    }
    return best;
}

Test(nearest, a_plain_search_finds_the_same_on_any_number_of_threads)
{
    enum { Q = 1100, K = 7 };
    make_sample(&data, 701, 13, 5, 1, 1);
    static sample queries;
    make_sample(&queries, Q, 13, 5, 1, 2);
    oc_job *job = NULL;
    cr_assert(oc_job_create(3, NULL, &job, NULL) == OC_OK);
    for (int metric = OC_METRIC_L2; metric <= OC_METRIC_L1; metric++) {
        static float one[Q * 5], three[Q * 5], few[70 * 5];
        oc_train_options options = nearest(K, metric, OC_SCALE_STANDARD);
        oc_classifier *c = trained(&data, &options, job, NULL);
        oc_rows some = oc_rows_of(queries.x, 70, 13);
        cr_assert(oc_scores(c, &queries.rows, NULL, one, NULL) == OC_OK);
        cr_assert(oc_scores(c, &queries.rows, job, three, NULL) == OC_OK);
        cr_assert(oc_scores(c, &some, job, few, NULL) == OC_OK);
        cr_assert(memcmp(one, three, sizeof one) == 0 && memcmp(one, few, sizeof few) == 0);
        for (size_t q = 0; q < Q; q += 9) {
            static bool taken[MAX_ROWS];
            float votes[5] = {0};
            memset(taken, 0, sizeof taken);
            for (size_t rank = 0; rank < K; rank++) {
                size_t found = slow_neighbour(c, queries.x + q * 13, metric, taken);
                taken[found] = true;
                votes[data.y[found]]++;
            }
            for (size_t j = 0; j < 5; j++) {
                cr_assert_eq((int)votes[j], (int)one[q * 5 + j], "row %zu", q);
            }
        }
        oc_classifier_free(c);
    }
    oc_job_free(job);
}

Test(nearest, short_memory_is_an_error_and_no_crash)
{
    make_sample(&data, 40, 4, 3, 1, 7);
    oc_train_options options = nearest(3, OC_METRIC_L2, OC_SCALE_STANDARD);
    float scores[40 * 3];
    for (size_t n = 1;; n++) {
        oc_classifier *c = NULL;
        oc_memory_fail_after(n);
        oc_status status = oc_train(&(oc_examples){&data.rows, data.y, 3}, &options, NULL, &c, NULL, NULL);
        status = status == OC_OK ? oc_scores(c, &data.rows, NULL, scores, NULL) : status;
        oc_memory_fail_after(0);
        oc_classifier_free(c);
        cr_assert(status == OC_OK || status == OC_NO_MEMORY);
        if (status == OC_OK) {
            break;
        }
    }
}

OC_DECLARE_KERNELS(oc_nearest_kernels, oc_nearest_kernels);

Test(nearest, kernels_follow_the_formula)
{
    static const oc_nearest_kernels *const tables[] = OC_KERNEL_TABLES(oc_nearest_kernels);
    static float x[67], y[4 * 67];
    oc_random random = oc_random_stream(1, 1, 1);
    for (size_t i = 0; i < 4 * 67; i++) {
        y[i] = (float)oc_random_normal(&random);
        x[i % 67] = (float)oc_random_normal(&random);
    }
    for (size_t isa = 0; isa <= oc_isa_index(); isa++) {
        for (size_t d = 1; d <= 67; d += 11) {
            for (size_t count = 1; count <= OC_NEAREST_GROUP; count++) {
                float out[5] = {-7, -7, -7, -7, -7};
                tables[isa]->l1(x, y, count, d, out);
                for (size_t i = 0; i < count; i++) {
                    double sum = 0;
                    for (size_t j = 0; j < d; j++) {
                        sum += fabs((double)x[j] - (double)y[i * d + j]);
                    }
                    cr_assert(!(fabs((double)out[i] - sum) > 1e-5 * sum), "%s", oc_isa_name(isa));
                }
                cr_assert(out[count] < -6.9F);
            }
        }
    }
}
