/* Large symmetric positive definite matrices: A = L L^T by tiles, on all threads of a job.
 *
 * Matrices are (n,n), row-major and contiguous. Tiles depend on n alone, so a result has the same bytes on any number
 * of threads. Cost: n^3 / 3 multiply-adds for a factor, n^2 for each row of a solution. */
#ifndef OC_MATRIX_CHOLESKY_H
#define OC_MATRIX_CHOLESKY_H

#include <ocellus/job.h>
#include <stdbool.h>
#include <stddef.h>

/* Replaces the lower triangle of A by L; the values above the diagonal are neither read nor written. False when A is
 * not positive definite in float32, or the job was cancelled; the lower triangle is then undefined. */
bool oc_cholesky_factor(size_t n, float *a, oc_job *job);

/* Copies the values above the diagonal of A to the places below it. */
void oc_symmetric_reflect(size_t n, float *a, oc_job *job);

/* Replaces rows B (count,n) by the X of X L^T = B, of X L = B, and of X A = B. */
void oc_cholesky_forward(size_t n, const float *l, size_t count, float *b, oc_job *job);
void oc_cholesky_backward(size_t n, const float *l, size_t count, float *b, oc_job *job);
void oc_cholesky_solve(size_t n, const float *l, size_t count, float *b, oc_job *job);

#endif
