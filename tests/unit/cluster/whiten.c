/* Whitening: covariance of what comes out, symmetry, what is left out. */
#include "src/cluster/whiten.h"

#include "src/base/memory.h"
#include "src/base/random.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

enum { N = 5000, D = 12 };

/* Correlated points: each value a mix of `sources` normal ones. */
static float *make_points(size_t sources)
{
    float *x = oc_alloc(N * D, sizeof *x);
    for (size_t i = 0; i < N; i++) {
        oc_random random = oc_random_stream(2, 1, i);
        for (size_t s = 0; s < sources; s++) {
            double value = oc_random_normal(&random) / (double)(s + 1);
            oc_random mix = oc_random_stream(2, 2, s);
            for (size_t j = 0; j < D; j++) {
                x[i * D + j] += (float)(3 * value * oc_random_normal(&mix) + (s == 0 ? 5 : 0));
            }
        }
    }
    return x;
}

static double moment(const float *y, size_t r, size_t a, size_t b)
{
    double sum = 0;
    for (size_t i = 0; i < N; i++) {
        sum += (double)y[i * r + a] * (double)y[i * r + b];
    }
    return sum / N;
}

static void check_close(double value, double wanted, double tolerance, const char *what)
{
    cr_assert(fabs(value - wanted) <= tolerance, "%s: %g, not %g", what, value, wanted);
}

Test(whiten, covariance_becomes_the_identity_less_the_ridge)
{
    float *x = make_points(D), *y = oc_alloc(N * D, sizeof *y);
    for (int ridge = 0; ridge < 2; ridge++) {
        oc_whiten_options options = {true, ridge ? 0.1 : 0, 1, NULL, 0};
        oc_whitening w;
        cr_assert_eq(oc_whiten_fit(oc_packed(x, N, D), &options, &w, NULL, NULL), OC_OK);
        cr_assert_eq(w.r, D);
        cr_assert_eq(w.even, D);
        cr_assert_eq(oc_whiten_apply(&w, x, N, y, NULL), OC_OK);
        for (size_t a = 0; a < w.r; a++) {
            for (size_t b = 0; b < w.r; b++) {
                double l = (double)w.variance[a], wanted = a == b ? l / (l + options.ridge) : 0;
                /* Eigenvalues are exact to a part of the largest one; without a ridge the small ones show it. */
                double rounding = 1e-6 * (double)w.variance[0] / (l + options.ridge);
                check_close(moment(y, w.r, a, b), wanted, 1e-3 + rounding, "covariance");
            }
        }
        oc_whiten_free(&w);
    }
    oc_free(x);
    oc_free(y);
}

Test(whiten, turning_alone_keeps_distances)
{
    float *x = make_points(D), *y = oc_alloc(N * D, sizeof *y);
    oc_whiten_options options = {false, 0.1, 1, NULL, 0};
    oc_whitening w;
    cr_assert_eq(oc_whiten_fit(oc_packed(x, N, D), &options, &w, NULL, NULL), OC_OK);
    cr_assert_eq(oc_whiten_apply(&w, x, N, y, NULL), OC_OK);
    for (size_t i = 1; i < 50; i++) {
        double before = 0, after = 0;
        for (size_t j = 0; j < D; j++) {
            before += pow((double)x[i * D + j] - (double)x[j], 2);
            after += pow((double)y[i * D + j] - (double)y[j], 2);
        }
        check_close(after, before, 1e-3 * (1 + before), "squared distance");
    }
    oc_whiten_free(&w);
    oc_free(x);
    oc_free(y);
}

Test(whiten, directions_without_variance_are_left_out)
{
    float *x = make_points(5);
    oc_whiten_options options = {true, 1e-3, 0.99999, NULL, 0};
    oc_whitening w;
    cr_assert_eq(oc_whiten_fit(oc_packed(x, N, D), &options, &w, NULL, NULL), OC_OK);
    cr_assert_eq(w.r, 5);
    oc_whiten_free(&w);
    options.keep = 0.5;
    cr_assert_eq(oc_whiten_fit(oc_packed(x, N, D), &options, &w, NULL, NULL), OC_OK);
    cr_assert(w.r < 5 && w.r > 0);
    oc_whiten_free(&w);
    oc_free(x);
}

Test(whiten, a_symmetry_parts_the_directions)
{
    static const uint32_t reversed[D] = {11, 10, 9, 8, 7, 5, 6, 4, 3, 2, 1, 0}; /* 5 and 6 stay */
    float *x = make_points(D), mirrored[D], y[D], y_mirrored[D];
    oc_whiten_options options = {true, 0.1, 1, reversed, 0};
    oc_whitening w;
    cr_assert_eq(oc_whiten_fit(oc_packed(x, N, D), &options, &w, NULL, NULL), OC_OK);
    cr_assert_eq(w.r, D);
    cr_assert_eq(w.even, 7); /* five pairs and two that stay */
    for (size_t i = 0; i < 20; i++) {
        for (size_t j = 0; j < D; j++) {
            mirrored[j] = x[i * D + reversed[j]];
        }
        cr_assert_eq(oc_whiten_apply(&w, x + i * D, 1, y, NULL), OC_OK);
        cr_assert_eq(oc_whiten_apply(&w, mirrored, 1, y_mirrored, NULL), OC_OK);
        for (size_t a = 0; a < w.r; a++) {
            double wanted = (double)(a < w.even ? y[a] : -y[a]);
            check_close((double)y_mirrored[a], wanted, 1e-4 * (1 + fabs(wanted)), "mirrored value");
        }
    }
    oc_whiten_free(&w);
    oc_free(x);
}

Test(whiten, threads_change_no_byte_and_in_place_works)
{
    float *x = make_points(D), *y = oc_alloc(N * D, sizeof *y);
    oc_whiten_options options = {true, 0.1, 0.9, NULL, 0};
    oc_whitening w, other;
    oc_job *job;
    cr_assert_eq(oc_job_create(3, NULL, &job, NULL), OC_OK);
    cr_assert_eq(oc_whiten_fit(oc_packed(x, N, D), &options, &w, NULL, NULL), OC_OK);
    cr_assert_eq(oc_whiten_fit(oc_packed(x, N, D), &options, &other, job, NULL), OC_OK);
    cr_assert_eq(w.r, other.r);
    cr_assert_arr_eq(w.transform, other.transform, w.r * D * sizeof(float));
    cr_assert_arr_eq(w.mean, other.mean, D * sizeof(float));
    cr_assert_eq(oc_whiten_apply(&w, x, N, y, NULL), OC_OK);
    cr_assert_eq(oc_whiten_apply(&w, x, N, x, NULL), OC_OK);
    cr_assert_arr_eq(x, y, N * w.r * sizeof(float));
    oc_job_free(job);
    oc_whiten_free(&w);
    oc_whiten_free(&other);
    oc_free(x);
    oc_free(y);
}

Test(whiten, data_without_variance_and_nan_are_errors)
{
    float x[6 * 3];
    oc_whiten_options options = {true, 0.1, 1, NULL, 0};
    oc_whitening w = {0};
    oc_error err;
    for (size_t i = 0; i < 18; i++) {
        x[i] = 4;
    }
    cr_assert_eq(oc_whiten_fit(oc_packed(x, 6, 3), &options, &w, NULL, &err), OC_BAD_DATA);
    x[4] = NAN;
    cr_assert_eq(oc_whiten_fit(oc_packed(x, 6, 3), &options, &w, NULL, &err), OC_BAD_DATA);
    cr_assert_null(w.transform);
}
