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

void oc_matmul_nt(float alpha, oc_matrix a, oc_matrix b, float beta, float *c, size_t stride)
{
    for (size_t i = 0; i < a.rows; i++, c += stride) {
        scale(b.rows, beta, c);
        for (size_t j = 0; j < b.rows; j++) {
            c[j] += alpha * dot(a.columns, a.data + i * a.stride, b.data + j * b.stride);
        }
    }
}

void oc_matmul_nn(float alpha, oc_matrix a, oc_matrix b, float beta, float *c, size_t stride)
{
    for (size_t i = 0; i < a.rows; i++, c += stride) {
        scale(b.columns, beta, c);
        for (size_t p = 0; p < a.columns; p++) {
            add(b.columns, alpha * a.data[i * a.stride + p], b.data + p * b.stride, c);
        }
    }
}

void oc_matmul_tn(float alpha, oc_matrix a, oc_matrix b, float beta, float *c, size_t stride)
{
    for (size_t i = 0; i < a.columns; i++, c += stride) {
        scale(b.columns, beta, c);
        for (size_t p = 0; p < a.rows; p++) {
            add(b.columns, alpha * a.data[p * a.stride + i], b.data + p * b.stride, c);
        }
    }
}

void oc_syrk_lower(float alpha, oc_matrix a, float beta, float *c, size_t stride)
{
    for (size_t i = 0; i < a.rows; i++) {
        oc_matrix row = oc_view(a.data + i * a.stride, 1, a.columns, a.stride);
        oc_matmul_nt(alpha, row, oc_view(a.data, i + 1, a.columns, a.stride), beta, c + i * stride, stride);
    }
}

void oc_syrk_upper(float alpha, oc_matrix a, float beta, float *c, size_t stride)
{
    for (size_t i = 0; i < a.columns; i++) {
        oc_matrix column = oc_view(a.data + i, a.rows, 1, a.stride);
        oc_matrix rest = oc_view(a.data + i, a.rows, a.columns - i, a.stride);
        oc_matmul_tn(alpha, column, rest, beta, c + i * stride + i, stride);
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

void oc_solve_lower(oc_matrix l, float *b, size_t count, size_t stride)
{
    for (size_t i = 0; i < count; i++, b += stride) {
        for (size_t j = l.rows; j-- > 0;) {
            b[j] /= l.data[j * l.stride + j];
            add(j, -b[j], l.data + j * l.stride, b);
        }
    }
}

void oc_solve_lower_transposed(oc_matrix l, float *b, size_t count, size_t stride)
{
    for (size_t i = 0; i < count; i++, b += stride) {
        for (size_t j = 0; j < l.rows; j++) {
            b[j] = (b[j] - dot(j, b, l.data + j * l.stride)) / l.data[j * l.stride + j];
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
