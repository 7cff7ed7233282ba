/* k-means: small cases by hand, Lloyd's promises, and every kernel against its formula. */
#include "src/cluster/kmeans.h"

#include "src/base/memory.h"
#include "src/base/random.h"
#include "src/cluster/kmeans_head.h"
#include "src/cluster/kmeans_kernels.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

/* N points around `blobs` places, most of the spread in the first values: the kind for which bounds pay. */
static float *make_points(size_t n, size_t d, size_t blobs, double fall)
{
    float *x = oc_alloc(n * d, sizeof *x);
    for (size_t i = 0; i < n; i++) {
        oc_random place = oc_random_stream(1, 1, i % blobs), noise = oc_random_stream(1, 2, i);
        for (size_t j = 0; j < d; j++) {
            double scale = exp(-fall * (double)j / (double)d);
            x[i * d + j] = (float)(scale * (3 * oc_random_normal(&place) + oc_random_normal(&noise)));
        }
    }
    return x;
}

static double mean_error(const float *x, size_t n, size_t d, const float *centers, size_t k)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        double least = INFINITY;
        for (size_t c = 0; c < k; c++) {
            double distance = 0;
            for (size_t j = 0; j < d; j++) {
                double step = (double)x[i * d + j] - (double)centers[c * d + j];
                distance += step * step;
            }
            least = fmin(least, distance);
        }
        sum += least;
    }
    return sum / (double)n;
}

Test(kmeans, two_pairs_by_hand)
{
    const float x[] = {0, 0, 0, 2, 10, 0, 10, 4};
    float centers[] = {0, 0, 10, 0};
    oc_kmeans_options options = {2, 10, 0, 1};
    oc_kmeans_report report = {0};
    cr_assert_eq(oc_kmeans_lloyd(oc_packed(x, 4, 2), &options, centers, &report, NULL, NULL), OC_OK);
    const float expected[] = {0, 1, 10, 2};
    cr_assert_arr_eq(centers, expected, sizeof expected);
    cr_assert_float_eq(report.error, 2.5, 1e-6); /* (1 + 1 + 4 + 4) / 4 */
    cr_assert_eq(report.iterations, 1);          /* the second assignment changes nothing */
}

Test(kmeans, the_error_never_rises)
{
    enum { N = 3000, D = 24, K = 70 };
    float *x = make_points(N, D, 40, 1), centers[K * D];
    cr_assert_eq(oc_kmeans_seed(oc_packed(x, N, D), &(oc_kmeans_options){.count = K, .seed = 5}, centers, NULL, NULL),
                 OC_OK);
    double before = mean_error(x, N, D, centers, K);
    for (int i = 0; i < 12; i++) {
        oc_kmeans_options options = {K, 1, 0, 1};
        oc_kmeans_report report = {0};
        cr_assert_eq(oc_kmeans_lloyd(oc_packed(x, N, D), &options, centers, &report, NULL, NULL), OC_OK);
        double now = mean_error(x, N, D, centers, K);
        cr_assert(now <= before * (1 + 1e-6), "%g after %g", now, before);
        cr_assert(fabs(report.error - now) <= 1e-4 * now, "reported %g, is %g", report.error, now);
        before = now;
    }
    oc_free(x);
}

/* One Lloyd step by the definition. */
static void plain_step(const float *x, size_t n, size_t d, float *centers, size_t k)
{
    double *sums = oc_alloc(k * d, sizeof *sums);
    size_t *counts = oc_alloc(k, sizeof *counts);
    for (size_t i = 0; i < n; i++) {
        size_t nearest = 0;
        double least = INFINITY;
        for (size_t c = 0; c < k; c++) {
            double distance = mean_error(x + i * d, 1, d, centers + c * d, 1);
            nearest = distance < least ? c : nearest;
            least = fmin(least, distance);
        }
        counts[nearest]++;
        for (size_t j = 0; j < d; j++) {
            sums[nearest * d + j] += (double)x[i * d + j];
        }
    }
    for (size_t c = 0; c < k * d; c++) {
        if (counts[c / d]) {
            centers[c] = (float)(sums[c] / (double)counts[c / d]);
        }
    }
    oc_free(sums);
    oc_free(counts);
}

/* D = 12 is scored in full, D = 60 with falling spread by bounds: both must be Lloyd's steps. */
static void check_steps(size_t n, size_t d, size_t k, double fall)
{
    float *x = make_points(n, d, 50, fall);
    float *centers = oc_alloc(k * d, sizeof *centers), *plain = oc_alloc(k * d, sizeof *plain);
    cr_assert_eq(oc_kmeans_seed(oc_packed(x, n, d), &(oc_kmeans_options){.count = k, .seed = 5}, centers, NULL, NULL),
                 OC_OK);
    memcpy(plain, centers, k * d * sizeof *plain);
    oc_kmeans_options options = {k, 3, 0, 1};
    oc_kmeans_report report = {0};
    cr_assert_eq(oc_kmeans_lloyd(oc_packed(x, n, d), &options, centers, &report, NULL, NULL), OC_OK);
    cr_assert_eq(report.reseeded, 0);
    for (size_t i = 0; i < 3; i++) {
        plain_step(x, n, d, plain, k);
    }
    for (size_t i = 0; i < k * d; i++) {
        double difference = fabs((double)centers[i] - (double)plain[i]);
        cr_assert(difference <= 1e-5 * (1 + fabs((double)plain[i])), "D = %zu, value %zu", d, i);
    }
    oc_free(x);
    oc_free(centers);
    oc_free(plain);
}

Test(kmeans, steps_are_lloyds)
{
    check_steps(2000, 12, 65, 0);
    check_steps(2000, 60, 70, 4);
    check_steps(1500, 33, 80, 1);
}

Test(kmeans, bounds_are_used_where_they_pay)
{
    enum { N = 2000, D = 60, K = 96 };
    float *x = make_points(N, D, 50, 6), bias[K], centers[K * D];
    float *trial = oc_alloc(2 * OC_KMEANS_TRIAL * (K + D), sizeof *trial);
    memcpy(centers, x, sizeof centers);
    for (size_t k = 0; k < K; k++) {
        bias[k] = -oc_kmeans()->dot(centers + k * D, centers + k * D, D) / 2;
    }
    oc_kmeans_head head;
    cr_assert_eq(oc_kmeans_head_create(&head, N, D, K, NULL), OC_OK);
    oc_kmeans_head_prepare(&head, x, N, centers, bias, trial);
    cr_assert(head.size > 1 && head.size < D, "head of %zu", head.size);
    /* The bound holds for every pair. */
    float packed[OC_PANEL_BLOCK * D], heads[OC_PANEL_BLOCK * D], norm[OC_PANEL_BLOCK];
    const float *points = x + 500 * D;
    for (size_t i = 0; i < 47; i++) {
        norm[i] = oc_kmeans()->dot(points + i * D, points + i * D, D);
    }
    oc_kmeans_head_project(&head, points, norm, 47, packed, heads);
    for (size_t i = 0; i < 47 * K; i++) {
        float product = oc_kmeans()->dot(points + i / K * D, centers + i % K * D, D);
        float bound = oc_kmeans()->dot(heads + i / K * head.size, head.heads + i % K * head.size, head.size);
        cr_assert(product <= bound + 1e-4F * (1 + fabsf(product)), "%g above %g", (double)product, (double)bound);
    }
    oc_kmeans_head_free(&head);
    oc_free(trial);
    oc_free(x);
}

Test(kmeans, threads_change_no_byte)
{
    enum { N = 5000, D = 40, K = 100 };
    float *x = make_points(N, D, 60, 2);
    float *first = oc_alloc(K * D, sizeof *first), *other = oc_alloc(K * D, sizeof *other);
    for (size_t threads = 1; threads <= 3; threads++) {
        float *centers = threads == 1 ? first : other;
        oc_job *job;
        cr_assert_eq(oc_job_create(threads, NULL, &job, NULL), OC_OK);
        oc_kmeans_options options = {K, 6, 0, 1};
        cr_assert_eq(
            oc_kmeans_seed(oc_packed(x, N, D), &(oc_kmeans_options){.count = K, .seed = 9}, centers, job, NULL), OC_OK);
        cr_assert_eq(oc_kmeans_lloyd(oc_packed(x, N, D), &options, centers, NULL, job, NULL), OC_OK);
        oc_job_free(job);
        cr_assert_arr_eq(centers, first, K * D * sizeof *first, "%zu threads", threads);
    }
    oc_free(x);
    oc_free(first);
    oc_free(other);
}

Test(kmeans, an_empty_centre_moves_to_the_farthest_point)
{
    const float x[] = {0, 1, 2, 100};
    float centers[] = {1, -1000};
    oc_kmeans_options options = {2, 5, 0, 1};
    oc_kmeans_report report = {0};
    cr_assert_eq(oc_kmeans_lloyd(oc_packed(x, 4, 1), &options, centers, &report, NULL, NULL), OC_OK);
    cr_assert_eq(report.reseeded, 1);
    const float expected[] = {1, 100};
    cr_assert_arr_eq(centers, expected, sizeof expected);
}

Test(kmeans, equal_points_are_no_trouble)
{
    float x[300 * 3], centers[20 * 3];
    for (size_t i = 0; i < sizeof x / sizeof *x; i++) {
        x[i] = 7;
    }
    oc_kmeans_options options = {20, 5, 0, 1};
    oc_kmeans_report report = {0};
    cr_assert_eq(
        oc_kmeans_seed(oc_packed(x, 300, 3), &(oc_kmeans_options){.count = 20, .seed = 1}, centers, NULL, NULL), OC_OK);
    cr_assert_eq(oc_kmeans_lloyd(oc_packed(x, 300, 3), &options, centers, &report, NULL, NULL), OC_OK);
    cr_assert(report.error <= 1e-3);
    for (size_t i = 0; i < sizeof centers / sizeof *centers; i++) {
        cr_assert_float_eq(centers[i], 7, 1e-5);
    }
}

Test(kmeans, seeds_are_points_and_differ)
{
    enum { N = 400, D = 5, K = 30 };
    float *x = make_points(N, D, N, 0), centers[K * D];
    cr_assert_eq(oc_kmeans_seed(oc_packed(x, N, D), &(oc_kmeans_options){.count = K, .seed = 3}, centers, NULL, NULL),
                 OC_OK);
    for (size_t c = 0; c < K; c++) {
        cr_assert(mean_error(centers + c * D, 1, D, x, N) <= 0, "centre %zu is no point", c);
        for (size_t other = 0; other < c; other++) {
            cr_assert(memcmp(centers + c * D, centers + other * D, D * sizeof *centers) != 0);
        }
    }
    oc_free(x);
}

Test(kmeans, more_centres_than_points_is_an_error_with_both_numbers)
{
    const float x[6] = {0};
    float centers[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    const float untouched[8] = {1, 2, 3, 4, 5, 6, 7, 8};
    oc_error err;
    oc_kmeans_options options = {4, 5, 0, 1};
    cr_assert_eq(oc_kmeans_seed(oc_packed(x, 3, 2), &(oc_kmeans_options){.count = 4, .seed = 1}, centers, NULL, &err),
                 OC_BAD_DATA);
    cr_assert(strstr(err.message, "4") && strstr(err.message, "3"), "%s", err.message);
    cr_assert_eq(oc_kmeans_lloyd(oc_packed(x, 3, 2), &options, centers, NULL, NULL, &err), OC_BAD_DATA);
    cr_assert_arr_eq(centers, untouched, sizeof untouched);
}

Test(kmeans, short_memory_is_reported)
{
    enum { N = 1200, D = 20, K = 64 };
    float *x = make_points(N, D, 30, 3), centers[K * D];
    memcpy(centers, x, sizeof centers);
    oc_kmeans_options options = {K, 2, 0, 1};
    size_t failures = 0;
    for (size_t n = 1; n < 100; n++) {
        oc_memory_fail_after(n);
        oc_status status = oc_kmeans_lloyd(oc_packed(x, N, D), &options, centers, NULL, NULL, NULL);
        oc_memory_fail_after(0);
        if (status == OC_OK) {
            break;
        }
        cr_assert_eq(status, OC_NO_MEMORY);
        cr_assert_arr_eq(centers, x, sizeof centers);
        failures++;
    }
    cr_assert(failures > 10 && failures < 90, "%zu", failures);
    oc_free(x);
}

Test(kmeans, kernels_follow_their_formulas)
{
    enum { D = 13, ROWS = 5, TILE = ROWS * OC_PANEL };
    oc_random random = oc_random_stream(4, 4, 4);
    float tile[TILE], best[ROWS + 2], x[ROWS * D], centers[OC_PANEL * D];
    uint32_t center[ROWS + 2];
    for (size_t i = 0; i < TILE; i++) {
        tile[i] = (float)oc_random_below(&random, 9); /* with ties */
    }
    for (size_t r = 0; r < ROWS + 2; r++) {
        best[r] = r == 3 ? 100 : -1; /* row 2 (behind the guard) has a better one already */
        center[r] = 7;
    }
    oc_kmeans()->track(tile, ROWS, 64, best + 1, center + 1);
    for (size_t r = 0; r < ROWS; r++) {
        size_t lane = 0;
        for (size_t i = 1; i < OC_PANEL; i++) {
            lane = tile[r * OC_PANEL + i] > tile[r * OC_PANEL + lane] ? i : lane;
        }
        cr_assert_eq(center[r + 1], r == 2 ? 7 : 64 + lane);
        cr_assert_float_eq(best[r + 1], r == 2 ? 100 : tile[r * OC_PANEL + lane], 0);
    }
    cr_assert(center[0] == 7 && center[ROWS + 1] == 7);
    for (size_t i = 0; i < ROWS * D; i++) {
        x[i] = (float)oc_random_normal(&random);
    }
    for (size_t i = 0; i < OC_PANEL * D; i++) {
        centers[i] = (float)oc_random_normal(&random);
    }
    double sum[D + 1] = {0};
    oc_kmeans()->add(x, D, sum);
    oc_kmeans()->add(x + D, D, sum);
    cr_assert_float_eq(sum[D - 1], (double)x[D - 1] + (double)x[2 * D - 1], 1e-12);
    cr_assert_float_eq(sum[D], 0, 0);
    float nearest[ROWS + 1] = {1e30F, 0, 1e30F, 1e30F, 1e30F, 42};
    double total = oc_kmeans()->shrink(x, ROWS, D, centers, nearest), expected = 0;
    for (size_t r = 0; r < ROWS; r++) {
        double distance = r == 1 ? 0 : mean_error(x + r * D, 1, D, centers, 1);
        expected += distance;
        cr_assert(fabs((double)nearest[r] - distance) <= 1e-5 * (1 + distance));
    }
    cr_assert(fabs(total - expected) <= 1e-5 * expected);
    cr_assert_float_eq(nearest[ROWS], 42, 0);
}

Test(kmeans, refine_finds_the_best_among_those_whose_bound_passes)
{
    enum { D = 9, ROWS = 4 };
    oc_random random = oc_random_stream(4, 5, 4);
    float tile[ROWS * OC_PANEL], x[ROWS * D], centers[OC_PANEL * D], bias[OC_PANEL], slack[ROWS] = {0};
    float best[ROWS + 1];
    uint32_t center[ROWS + 1];
    for (size_t i = 0; i < ROWS * D; i++) {
        x[i] = (float)oc_random_normal(&random);
    }
    for (size_t i = 0; i < OC_PANEL * D; i++) {
        centers[i] = (float)oc_random_normal(&random);
        bias[i % OC_PANEL] = (float)oc_random_normal(&random);
    }
    for (size_t i = 0; i < ROWS * OC_PANEL; i++) {
        size_t r = i / OC_PANEL, k = i % OC_PANEL;
        tile[i] = oc_kmeans()->dot(x + r * D, centers + k * D, D) + bias[k] + (float)oc_random_unit(&random);
    }
    for (size_t r = 0; r <= ROWS; r++) {
        best[r] = -1e30F;
        center[r] = 99;
    }
    oc_kmeans()->refine(tile, ROWS, 0, &(oc_kmeans_centers){centers, bias, D},
                        &(oc_kmeans_rows){x, slack, best, center});
    for (size_t r = 0; r < ROWS; r++) {
        size_t winner = 0;
        double score = -INFINITY;
        for (size_t k = 0; k < OC_PANEL; k++) {
            double here = (double)bias[k];
            for (size_t j = 0; j < D; j++) {
                here += (double)x[r * D + j] * (double)centers[k * D + j];
            }
            winner = here > score ? k : winner;
            score = fmax(score, here);
        }
        cr_assert_eq(center[r], winner);
        cr_assert(fabs((double)best[r] - score) <= 1e-5 * (1 + fabs(score)));
    }
    cr_assert_eq(center[ROWS], 99);
}
