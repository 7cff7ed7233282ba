/* Factorisation and solutions by tiles, against LAPACK on the whole and against the definition. */
#include "src/matrix/cholesky.h"
#include "src/base/memory.h"
#include "src/base/random.h"
#include "src/matrix/blas.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

/* Below, at and above the sizes of blocks and strips, and odd ones. */
static const size_t sizes[] = {1, 2, 63, 64, 255, 256, 257, 511, 513, 700, 1025};
enum { SIZES = sizeof sizes / sizeof *sizes };

static float *random_values(size_t count, uint64_t seed)
{
    float *values = oc_alloc(count, sizeof *values);
    oc_random random = oc_random_stream(seed, 1, 2);
    cr_assert(values);
    for (size_t i = 0; i < count; i++) {
        values[i] = (float)oc_random_normal(&random);
    }
    return values;
}

/* R R^T / n + I/2, both triangles. */
static float *positive(size_t n, uint64_t seed)
{
    float *r = random_values(n * n, seed), *a = oc_alloc(n, n * sizeof *a);
    cr_assert(a);
    oc_matmul_nt(1 / (float)n, oc_packed(r, n, n), oc_packed(r, n, n), 0, a, n);
    for (size_t i = 0; i < n; i++) {
        a[i * n + i] += 0.5F;
    }
    oc_free(r);
    return a;
}

static float *copy_of(const float *values, size_t count)
{
    float *copy = oc_alloc(count, sizeof *copy);
    cr_assert(copy);
    memcpy(copy, values, count * sizeof *copy);
    return copy;
}

Test(cholesky, tiles_agree_with_lapack_and_leave_the_upper_triangle)
{
    for (size_t k = 0; k < SIZES; k++) {
        size_t n = sizes[k];
        float *a = positive(n, k), *whole = copy_of(a, n * n), *tiled = copy_of(a, n * n);
        cr_assert(oc_cholesky_block(n, whole, n));
        cr_assert(oc_cholesky_factor(n, tiled, NULL));
        for (size_t i = 0; i < n; i++) {
            for (size_t j = 0; j < n; j++) {
                float expected = j <= i ? whole[i * n + j] : a[i * n + j];
                cr_assert(!(fabsf(tiled[i * n + j] - expected) > (j <= i ? 2e-5F : 0)), "n %zu, %zu %zu: %g and %g", n,
                          i, j, (double)tiled[i * n + j], (double)expected);
            }
        }
        oc_free(a);
        oc_free(whole);
        oc_free(tiled);
    }
}

/* The largest error of X A - B over rows, relative to the largest value of B. */
static double residual(size_t n, const float *a, size_t count, const float *x, const float *b)
{
    double worst = 0, largest = 0;
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < n; j++) {
            double sum = 0;
            for (size_t k = 0; k < n; k++) {
                sum += (double)x[i * n + k] * (double)a[k * n + j];
            }
            double error = fabs(sum - (double)b[i * n + j]);
            worst = error > worst || isnan(error) ? error : worst;
            largest = fmax(largest, fabs((double)b[i * n + j]));
        }
    }
    return worst / largest;
}

Test(cholesky, solutions_solve)
{
    enum { COUNT = 3 };
    for (size_t k = 0; k < SIZES; k++) {
        size_t n = sizes[k];
        float *a = positive(n, k), *l = copy_of(a, n * n), *b = random_values(COUNT * n, 50 + k);
        float *x = copy_of(b, COUNT * n);
        cr_assert(oc_cholesky_factor(n, l, NULL));
        oc_cholesky_solve(n, l, COUNT, x, NULL);
        double error = residual(n, a, COUNT, x, b);
        cr_assert(!(error > 2e-5), "n %zu: %g", n, error);
        oc_free(a);
        oc_free(l);
        oc_free(b);
        oc_free(x);
    }
}

/* The factor leaves enough of the matrix to bring it back. */
Test(cholesky, a_factored_matrix_comes_back)
{
    for (size_t k = 0; k < SIZES; k++) {
        size_t n = sizes[k];
        float *a = positive(n, 1), *used = copy_of(a, n * n);
        cr_assert(oc_cholesky_factor(n, used, NULL));
        oc_symmetric_reflect(n, used, NULL);
        for (size_t i = 0; i < n; i++) {
            used[i * n + i] = a[i * n + i];
            for (size_t j = 0; j < n; j++) {
                cr_assert(used[i * n + j] == a[j < i ? j * n + i : i * n + j], "n %zu, %zu %zu", n, i, j);
            }
        }
        oc_free(a);
        oc_free(used);
    }
}

Test(cholesky, threads_change_no_byte)
{
    enum { N = 900, COUNT = 5 };
    float *a = positive(N, 7), *b = random_values((size_t)COUNT * N, 8);
    float *one = copy_of(a, (size_t)N * N), *x = copy_of(b, (size_t)COUNT * N);
    cr_assert(oc_cholesky_factor(N, one, NULL));
    oc_cholesky_solve(N, one, COUNT, x, NULL);
    for (size_t threads = 2; threads <= 3; threads++) {
        oc_job *job = NULL;
        cr_assert(oc_job_create(threads, NULL, &job, NULL) == OC_OK);
        float *more = copy_of(a, (size_t)N * N), *y = copy_of(b, (size_t)COUNT * N);
        cr_assert(oc_cholesky_factor(N, more, job));
        oc_cholesky_solve(N, more, COUNT, y, job);
        cr_assert(memcmp(one, more, (size_t)N * N * sizeof *one) == 0);
        cr_assert(memcmp(x, y, (size_t)COUNT * N * sizeof *x) == 0);
        oc_free(more);
        oc_free(y);
        oc_job_free(job);
    }
    oc_free(a);
    oc_free(b);
    oc_free(one);
    oc_free(x);
}

/* Wherever it shows first: in the first block, in a later one, as a value that is not a number. */
Test(cholesky, says_when_a_matrix_is_not_positive_definite)
{
    enum { N = 600 };
    static const size_t at[] = {0, 100, 400, 599};
    static const float values[] = {-1, 0, NAN};
    for (size_t k = 0; k < 4; k++) {
        for (size_t v = 0; v < 3; v++) {
            float *a = positive(N, 3);
            a[at[k] * N + at[k]] = values[v];
            cr_assert(!oc_cholesky_factor(N, a, NULL), "%zu: %g", at[k], (double)values[v]);
            oc_free(a);
        }
    }
}
