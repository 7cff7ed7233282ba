/* src/matrix/blas.h in plain C, for a build without OpenBLAS. Each function is its formula; sums run in the order of k,
 * rows of C in the innermost loop, so that the compiler vectorises them. The eigenvectors are Jacobi's (Golub and Van
 * Loan, Matrix Computations, 2013, section 8.5.5). */
#include "src/matrix/blas.h"

#include "src/base/memory.h"

#include <math.h>

static void scale(size_t n, float beta, float *restrict c)
{
    for (size_t j = 0; j < n; j++) {
        c[j] = beta != 0 ? beta * c[j] : 0; /* what was there may be NaN when beta is 0 */
    }
}

static void add(size_t n, float times, const float *restrict b, float *restrict c)
{
    for (size_t j = 0; j < n; j++) {
        c[j] += times * b[j];
    }
}

static float dot(size_t k, const float *restrict a, const float *restrict b)
{
    float sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t p = 0; p < k; p++) {
        sum += a[p] * b[p];
    }
    return sum;
}

void oc_gemm_nt(size_t m, size_t n, size_t k, float alpha, const float *a, size_t lda, const float *b, size_t ldb,
                float beta, float *c, size_t ldc)
{
    for (size_t i = 0; i < m; i++) {
        scale(n, beta, c + i * ldc);
        for (size_t j = 0; j < n; j++) {
            c[i * ldc + j] += alpha * dot(k, a + i * lda, b + j * ldb);
        }
    }
}

void oc_gemm_nn(size_t m, size_t n, size_t k, float alpha, const float *a, size_t lda, const float *b, size_t ldb,
                float beta, float *c, size_t ldc)
{
    for (size_t i = 0; i < m; i++) {
        scale(n, beta, c + i * ldc);
        for (size_t p = 0; p < k; p++) {
            add(n, alpha * a[i * lda + p], b + p * ldb, c + i * ldc);
        }
    }
}

void oc_gemm_tn(size_t m, size_t n, size_t k, float alpha, const float *a, size_t lda, const float *b, size_t ldb,
                float beta, float *c, size_t ldc)
{
    for (size_t i = 0; i < m; i++) {
        scale(n, beta, c + i * ldc);
        for (size_t p = 0; p < k; p++) {
            add(n, alpha * a[p * lda + i], b + p * ldb, c + i * ldc);
        }
    }
}

void oc_syrk_lower(size_t n, size_t k, float alpha, const float *a, size_t lda, float beta, float *c, size_t ldc)
{
    for (size_t i = 0; i < n; i++) {
        oc_gemm_nt(1, i + 1, k, alpha, a + i * lda, lda, a, lda, beta, c + i * ldc, ldc);
    }
}

void oc_syrk_upper(size_t n, size_t k, float alpha, const float *a, size_t lda, float beta, float *c, size_t ldc)
{
    for (size_t i = 0; i < n; i++) {
        oc_gemm_tn(1, n - i, k, alpha, a + i, lda, a + i, lda, beta, c + i * ldc + i, ldc);
    }
}

bool oc_cholesky_block(size_t n, float *a, size_t lda)
{
    for (size_t i = 0; i < n; i++) {
        float *row = a + i * lda;
        for (size_t j = 0; j < i; j++) {
            row[j] = (row[j] - dot(j, row, a + j * lda)) / a[j * lda + j];
        }
        float square = row[i] - dot(i, row, row);
        if (!(square > 0)) {
            return false;
        }
        row[i] = sqrtf(square);
    }
    return true;
}

void oc_solve_lower(size_t count, size_t n, const float *l, size_t ldl, float *b, size_t ldb)
{
    for (size_t i = 0; i < count; i++) {
        float *x = b + i * ldb;
        for (size_t j = n; j-- > 0;) {
            x[j] /= l[j * ldl + j];
            add(j, -x[j], l + j * ldl, x);
        }
    }
}

void oc_solve_lower_transposed(size_t count, size_t n, const float *l, size_t ldl, float *b, size_t ldb)
{
    for (size_t i = 0; i < count; i++) {
        float *x = b + i * ldb;
        for (size_t j = 0; j < n; j++) {
            x[j] = (x[j] - dot(j, x, l + j * ldl)) / l[j * ldl + j];
        }
    }
}

/* Turns rows p and q of v, and rows and columns p and q of the symmetric s, so that s_pq becomes 0. */
static void rotate(size_t n, size_t p, size_t q, double *s, double *v)
{
    double ratio = (s[q * n + q] - s[p * n + p]) / (2 * s[p * n + q]);
    double tangent = (ratio < 0 ? -1 : 1) / (fabs(ratio) + sqrt(1 + ratio * ratio));
    double c = 1 / sqrt(1 + tangent * tangent), sine = tangent * c;
    for (size_t j = 0; j < n; j++) {
        double first = s[j * n + p], second = s[j * n + q];
        s[j * n + p] = c * first - sine * second;
        s[j * n + q] = sine * first + c * second;
    }
    for (size_t j = 0; j < n; j++) {
        double first = s[p * n + j], second = s[q * n + j];
        s[p * n + j] = c * first - sine * second;
        s[q * n + j] = sine * first + c * second;
        first = v[p * n + j];
        second = v[q * n + j];
        v[p * n + j] = c * first - sine * second;
        v[q * n + j] = sine * first + c * second;
    }
}

/* Sweeps over all pairs until nothing is left beside the diagonal of s, whose eigenvectors are then rows of v. */
static bool diagonalise(size_t n, double *s, double *v)
{
    enum { SWEEPS = 60 };
    for (size_t sweep = 0; sweep < SWEEPS; sweep++) {
        double beside = 0, all = 0;
        for (size_t i = 0; i < n * n; i++) {
            all += s[i] * s[i];
            beside += i % (n + 1) ? s[i] * s[i] : 0;
        }
        if (beside <= 1e-22 * all) {
            return true;
        }
        for (size_t p = 0; p < n; p++) {
            for (size_t q = p + 1; q < n; q++) {
                if (fabs(s[p * n + q]) > 0) {
                    rotate(n, p, q, s, v);
                }
            }
        }
    }
    return false;
}

/* Puts the smallest of the values on the diagonal first, and so on. */
static void sort(size_t n, double *s, double *v)
{
    for (size_t i = 0; i < n; i++) {
        size_t smallest = i;
        for (size_t j = i + 1; j < n; j++) {
            smallest = s[j * n + j] < s[smallest * n + smallest] ? j : smallest;
        }
        double value = s[i * n + i];
        s[i * n + i] = s[smallest * n + smallest];
        s[smallest * n + smallest] = value;
        for (size_t j = 0; j < n && smallest != i; j++) {
            value = v[i * n + j];
            v[i * n + j] = v[smallest * n + j];
            v[smallest * n + j] = value;
        }
    }
}

oc_status oc_eigen_symmetric(size_t n, float *a, float *values)
{
    size_t size;
    double *s = oc_multiply(n, n, &size) ? oc_alloc(size, 2 * sizeof *s) : NULL;
    if (!s) {
        return OC_NO_MEMORY;
    }
    double *v = s + size;
    for (size_t i = 0; i < n; i++) {
        v[i * n + i] = 1;
        for (size_t j = 0; j < n; j++) {
            s[i * n + j] = (double)a[i < j ? j * n + i : i * n + j]; /* the triangle that LAPACK reads */
        }
    }
    bool converged = diagonalise(n, s, v);
    if (converged) {
        sort(n, s, v);
        for (size_t i = 0; i < n; i++) {
            values[i] = (float)s[i * n + i];
        }
        for (size_t i = 0; i < size; i++) {
            a[i] = (float)v[i];
        }
    }
    oc_free(s);
    return converged ? OC_OK : OC_BAD_DATA;
}
