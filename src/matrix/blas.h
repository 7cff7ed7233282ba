/* Dense products and factorisations: the one door to BLAS and LAPACK. All matrices are row-major with a leading
 * dimension (stride) in floats. Each call runs on the calling thread alone; parallel work calls them on tiles. */
#ifndef OC_MATRIX_BLAS_H
#define OC_MATRIX_BLAS_H

#include <ocellus/error.h>
#include <stdbool.h>
#include <stddef.h>

/* C (m,n) = alpha A (m,k) B^T (n,k) + beta C */
void oc_gemm_nt(size_t m, size_t n, size_t k, float alpha, const float *a, size_t lda, const float *b, size_t ldb,
                float beta, float *c, size_t ldc);
/* C (m,n) = alpha A (m,k) B (k,n) + beta C */
void oc_gemm_nn(size_t m, size_t n, size_t k, float alpha, const float *a, size_t lda, const float *b, size_t ldb,
                float beta, float *c, size_t ldc);
/* C (m,n) = alpha A^T (k,m) B (k,n) + beta C */
void oc_gemm_tn(size_t m, size_t n, size_t k, float alpha, const float *a, size_t lda, const float *b, size_t ldb,
                float beta, float *c, size_t ldc);

/* Eigenvalues (n, ascending) and eigenvectors of a symmetric matrix A (n,n), contiguous: row i of A becomes
 * the vector of value i. OC_BAD_DATA when LAPACK did not converge, OC_NO_MEMORY. */
oc_status oc_eigen_symmetric(size_t n, float *a, float *values);

/* C (n,n) = alpha A (n,k) A^T + beta C, the lower triangle of C alone; alpha A^T (k,n) A + beta C, the upper one. */
void oc_syrk_lower(size_t n, size_t k, float alpha, const float *a, size_t lda, float beta, float *c, size_t ldc);
void oc_syrk_upper(size_t n, size_t k, float alpha, const float *a, size_t lda, float beta, float *c, size_t ldc);

/* The lower triangular L with A = L L^T in place of the lower triangle of a small A (n,n); cholesky.h has large ones.
 * False when A is not positive definite to rounding; its lower triangle is then spoilt. */
bool oc_cholesky_block(size_t n, float *a, size_t lda);

/* Replaces rows B (count,n) by the X of X L = B, or of X L^T = B, with L (n,n) lower triangular. */
void oc_solve_lower(size_t count, size_t n, const float *l, size_t ldl, float *b, size_t ldb);
void oc_solve_lower_transposed(size_t count, size_t n, const float *l, size_t ldl, float *b, size_t ldb);

#endif
