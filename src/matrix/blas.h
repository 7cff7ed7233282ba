/* Dense products and factorisations: the one door to BLAS and LAPACK. All matrices are row-major with a leading
 * dimension (stride) in floats. Each call runs on the calling thread alone; parallel work calls them on tiles. */
#ifndef OC_MATRIX_BLAS_H
#define OC_MATRIX_BLAS_H

#include <ocellus/error.h>
#include <stdbool.h>
#include <stddef.h>

/* C (m,n) = alpha A (m,k) B^T (n,k) + beta C */
void oc_gemm_nt(size_t m, size_t n, size_t k, float alpha, const float *a, size_t lda, const float *b,
                size_t ldb, float beta, float *c, size_t ldc);
/* C (m,n) = alpha A (m,k) B (k,n) + beta C */
void oc_gemm_nn(size_t m, size_t n, size_t k, float alpha, const float *a, size_t lda, const float *b,
                size_t ldb, float beta, float *c, size_t ldc);
/* C (m,n) = alpha A^T (k,m) B (k,n) + beta C */
void oc_gemm_tn(size_t m, size_t n, size_t k, float alpha, const float *a, size_t lda, const float *b,
                size_t ldb, float beta, float *c, size_t ldc);

/* Eigenvalues (n, ascending) and eigenvectors of a symmetric matrix A (n,n), contiguous: row i of A becomes
 * the vector of value i. OC_BAD_DATA when LAPACK did not converge, OC_NO_MEMORY. */
oc_status oc_eigen_symmetric(size_t n, float *a, float *values);

/* Solves A X^T = B^T for a symmetric positive definite A (n,n) and rows B (count,n), both contiguous and both
 * overwritten: B by the rows X. False when A is not positive definite to rounding. */
bool oc_cholesky_solve(size_t n, float *a, size_t count, float *b);

/* The lower triangular L with A = L L^T, in place, zeros above, from the lower triangle of A (n,n). False
 * when A is not positive definite to rounding; A is then spoilt. */
bool oc_cholesky_factor(size_t n, float *a);
/* Replaces rows V (count,n) by the X of X L = V, L (n,n) lower triangular. */
void oc_solve_lower(size_t count, size_t n, const float *l, float *v);

/* The inverse of a symmetric positive definite matrix A (n,n), contiguous, in place, both triangles. False
 * when A is not positive definite to rounding; A is then spoilt. */
bool oc_cholesky_inverse(size_t n, float *a);

#endif
