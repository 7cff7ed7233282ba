/* The plain products of the web page do what BLAS and LAPACK do. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

#define oc_matmul_nt plain_matmul_nt
#define oc_matmul_nn plain_matmul_nn
#define oc_matmul_tn plain_matmul_tn
#define oc_eigen_symmetric plain_eigen_symmetric
#define oc_syrk_lower plain_syrk_lower
#define oc_syrk_upper plain_syrk_upper
#define oc_cholesky_block plain_cholesky_block
#define oc_solve_lower plain_solve_lower
#define oc_solve_lower_transposed plain_solve_lower_transposed
#include "examples/web/products.c"
#undef oc_matmul_nt
#undef oc_matmul_nn
#undef oc_matmul_tn
#undef oc_eigen_symmetric
#undef oc_syrk_lower
#undef oc_syrk_upper
#undef oc_cholesky_block
#undef oc_solve_lower
#undef oc_solve_lower_transposed
#undef OC_MATRIX_BLAS_H
#include "src/base/random.h"
#include "src/matrix/blas.h"

enum { M = 7, N = 13, K = 29, STRIDE = 31 };

typedef struct operands {
    float a[STRIDE * STRIDE], b[STRIDE * STRIDE], want[STRIDE * STRIDE], got[STRIDE * STRIDE];
} operands;

static operands random_operands(void)
{
    operands o;
    oc_random random = oc_random_stream(7, 0, 0);
    for (size_t i = 0; i < STRIDE * STRIDE; i++) {
        o.a[i] = (float)oc_random_normal(&random);
        o.b[i] = (float)oc_random_normal(&random);
        o.want[i] = o.got[i] = (float)oc_random_normal(&random);
    }
    return o;
}

/* All of both arrays, so that what must not be written counts too. */
static void expect_equal(const operands *o)
{
    for (size_t i = 0; i < STRIDE * STRIDE; i++) {
        cr_assert(!(fabsf(o->got[i] - o->want[i]) > 2e-5F) && isfinite(o->got[i]), "%zu, %zu: %g for %g", i / STRIDE,
                  i % STRIDE, (double)o->got[i], (double)o->want[i]);
    }
}

Test(plain_products, products_equal_those_of_blas)
{
    operands o = random_operands();
    oc_matmul_nt(0.5F, oc_view(o.a, M, K, STRIDE), oc_view(o.b, N, K, STRIDE), -2, o.want, STRIDE);
    plain_matmul_nt(0.5F, oc_view(o.a, M, K, STRIDE), oc_view(o.b, N, K, STRIDE), -2, o.got, STRIDE);
    expect_equal(&o);
    oc_matmul_nn(0.5F, oc_view(o.a, M, K, STRIDE), oc_view(o.b, K, N, STRIDE), 1, o.want, STRIDE);
    plain_matmul_nn(0.5F, oc_view(o.a, M, K, STRIDE), oc_view(o.b, K, N, STRIDE), 1, o.got, STRIDE);
    expect_equal(&o);
    oc_matmul_tn(-1, oc_view(o.a, K, M, STRIDE), oc_view(o.b, K, N, STRIDE), 0.25F, o.want, STRIDE);
    plain_matmul_tn(-1, oc_view(o.a, K, M, STRIDE), oc_view(o.b, K, N, STRIDE), 0.25F, o.got, STRIDE);
    expect_equal(&o);
    oc_syrk_lower(0.5F, oc_view(o.a, N, K, STRIDE), 0.5F, o.want, STRIDE);
    plain_syrk_lower(0.5F, oc_view(o.a, N, K, STRIDE), 0.5F, o.got, STRIDE);
    expect_equal(&o);
    oc_syrk_upper(0.5F, oc_view(o.a, K, N, STRIDE), 0.5F, o.want, STRIDE);
    plain_syrk_upper(0.5F, oc_view(o.a, K, N, STRIDE), 0.5F, o.got, STRIDE);
    expect_equal(&o);
}

Test(plain_products, with_beta_0_what_was_there_does_not_count)
{
    operands o = random_operands();
    o.got[0] = o.want[0] = NAN;
    oc_matmul_nt(1, oc_view(o.a, M, K, STRIDE), oc_view(o.b, N, K, STRIDE), 0, o.want, STRIDE);
    plain_matmul_nt(1, oc_view(o.a, M, K, STRIDE), oc_view(o.b, N, K, STRIDE), 0, o.got, STRIDE);
    expect_equal(&o);
}

Test(plain_products, factors_and_solutions_equal_those_of_lapack)
{
    operands o = random_operands();
    oc_syrk_lower(0.1F, oc_view(o.a, N, K, STRIDE), 0, o.want, STRIDE);
    memcpy(o.got, o.want, sizeof o.got);
    cr_assert(oc_cholesky_block(N, o.want, STRIDE));
    cr_assert(plain_cholesky_block(N, o.got, STRIDE));
    expect_equal(&o);

    memcpy(o.a, o.want, sizeof o.a);
    memcpy(o.want, o.b, sizeof o.b);
    memcpy(o.got, o.b, sizeof o.b);
    oc_solve_lower(oc_view(o.a, N, N, STRIDE), o.want, M, STRIDE);
    plain_solve_lower(oc_view(o.a, N, N, STRIDE), o.got, M, STRIDE);
    expect_equal(&o);
    oc_solve_lower_transposed(oc_view(o.a, N, N, STRIDE), o.want, M, STRIDE);
    plain_solve_lower_transposed(oc_view(o.a, N, N, STRIDE), o.got, M, STRIDE);
    expect_equal(&o);
}

Test(plain_products, a_matrix_that_is_not_positive_has_no_factor)
{
    float indefinite[] = {1, 0, 2, 1}, bad[] = {1, 0, NAN, 1};
    cr_assert(!plain_cholesky_block(2, indefinite, 2));
    cr_assert(!plain_cholesky_block(2, bad, 2));
}

/* (n, n) symmetric of `rank`: values ascend, A v = value v, and vectors are orthonormal. */
static void check_eigenvectors(size_t rank)
{
    operands o = random_operands();
    float a[N * N], lapack[N * N], values[N], expected[N];
    oc_matmul_nt(1, oc_view(o.a, N, rank, STRIDE), oc_view(o.a, N, rank, STRIDE), 0, a, N);
    memcpy(lapack, a, sizeof a);
    memcpy(o.want, a, sizeof a);
    cr_assert_eq(oc_eigen_symmetric(N, lapack, expected), OC_OK);
    cr_assert_eq(plain_eigen_symmetric(N, a, values), OC_OK);
    for (size_t i = 0; i < N; i++) {
        cr_assert(!(fabsf(values[i] - expected[i]) > 1e-4F), "%g for %g", (double)values[i], (double)expected[i]);
        for (size_t j = 0; j < N; j++) {
            double product = 0, inner = 0;
            for (size_t k = 0; k < N; k++) {
                product += (double)o.want[j * N + k] * (double)a[i * N + k];
                inner += (double)a[i * N + k] * (double)a[j * N + k];
            }
            cr_assert(!(fabs(product - (double)values[i] * (double)a[i * N + j]) > 1e-4));
            cr_assert(!(fabs(inner - (i == j)) > 1e-5));
        }
    }
}

Test(plain_products, eigenvectors_are_those_of_the_matrix)
{
    check_eigenvectors(K);
    check_eigenvectors(3); /* with many values that are 0 */
}
