/* Dense products and factorisations: the one place that calls BLAS and LAPACK. Matrices are row-major float32. Each
 * call runs on the calling thread alone; parallel work calls these functions on tiles. During a call, OpenBLAS is set
 * to one thread in the whole process; after the call it has its former number of threads. Thread-safe. */
#ifndef OC_MATRIX_BLAS_H
#define OC_MATRIX_BLAS_H

#include "src/matrix/matrix.h"

#include <ocellus/error.h>
#include <stdbool.h>
#include <stddef.h>

/* C (m,n) = alpha A (m,k) B^T (n,k) + beta C; `stride` is that of C. With beta 0, C is not read. */
void oc_matmul_nt(float alpha, oc_matrix a, oc_matrix b, float beta, float *c, size_t stride);
/* C (m,n) = alpha A (m,k) B (k,n) + beta C */
void oc_matmul_nn(float alpha, oc_matrix a, oc_matrix b, float beta, float *c, size_t stride);
/* C (m,n) = alpha A^T (k,m) B (k,n) + beta C */
void oc_matmul_tn(float alpha, oc_matrix a, oc_matrix b, float beta, float *c, size_t stride);

/* C (n,n) = alpha A (n,k) A^T + beta C; only the lower triangle of C is read and written. */
void oc_syrk_lower(float alpha, oc_matrix a, float beta, float *c, size_t stride);
/* C (n,n) = alpha A^T (k,n) A + beta C; only the upper triangle of C is read and written. */
void oc_syrk_upper(float alpha, oc_matrix a, float beta, float *c, size_t stride);

/* Eigenvalues (n, ascending) and eigenvectors of a symmetric matrix A (n,n), contiguous: row i of A becomes
 * the vector of value i. OC_BAD_DATA when LAPACK did not converge, OC_NO_MEMORY. */
oc_status oc_eigen_symmetric(size_t n, float *a, float *values);

/* Replaces the lower triangle of a small A (n,n) by the L with A = L L^T; cholesky.h is for large matrices. False when
 * A is not positive definite in float32; its lower triangle is then undefined. */
bool oc_cholesky_block(size_t n, float *a, size_t lda);

/* Replaces the rows B (count,n) by the X of X L = B, or of X L^T = B, with L (n,n) lower triangular. */
void oc_solve_lower(oc_matrix l, float *b, size_t count, size_t stride);
void oc_solve_lower_transposed(oc_matrix l, float *b, size_t count, size_t stride);

#endif
