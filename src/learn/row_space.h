/* Training on few, wide rows in coordinates of their row space (the kernel trick for a linear model).
 *
 * With N rows z of D > N values, the weights that minimise an L2-penalised loss are combinations of the rows: W = A Z.
 * With the Cholesky factor U (N,N) of the Gram matrix, U U^T = Z Z^T, the same objective has N columns instead of D:
 * for W = V U^-1 Z, |V| = |W| and V u_i = W z_i. */
#ifndef OC_LEARN_ROW_SPACE_H
#define OC_LEARN_ROW_SPACE_H

#include "src/learn/problem.h"

typedef struct oc_row_space {
    size_t count;          /* N */
    float *rows;           /* U (N,N): lower triangular, the Cholesky factor of Z Z^T */
    float *center, *scale; /* (N): 0 and 1, because U is made of scaled rows */
} oc_row_space;

/* Needs N^2 floats. OC_NO_MEMORY, OC_CANCELLED; OC_BAD_DATA when Z Z^T is indefinite because of rounding. */
oc_status oc_row_space_fit(const oc_problem *problem, oc_row_space *space, oc_job *job, oc_error *err);
void oc_row_space_free(oc_row_space *space);

/* Computes the lower triangle of Z Z^T (N,N) of the scaled rows. OC_NO_MEMORY. */
oc_status oc_row_space_gram(const oc_problem *problem, float *gram, oc_job *job, oc_error *err);

/* Computes W (C,D) from V (C,N); overwrites V. OC_NO_MEMORY. */
oc_status oc_row_space_expand(const oc_problem *problem, const oc_row_space *space, float *v, float *weights,
                              oc_job *job, oc_error *err);

#endif
