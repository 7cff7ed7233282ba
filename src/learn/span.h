/* Training on few, wide rows.
 *
 * With N rows of D > N values the weights that minimise an L2-penalised loss are combinations of the rows: W
 * = A Z. In coordinates of the rows' span, U U^T = Z Z^T with U (N,N), the same objective has N columns
 * instead of D: |V| = |W| and V u_i = W z_i for W = V U^-1 Z. */
#ifndef OC_LEARN_SPAN_H
#define OC_LEARN_SPAN_H

#include "src/learn/problem.h"

typedef struct oc_span {
    size_t count;          /* N */
    float *rows;           /* U (N,N): lower triangular, the Cholesky factor of Z Z^T */
    float *center, *scale; /* (N): 0 and 1, so that U can stand for scaled rows */
} oc_span;

/* OC_NO_MEMORY, OC_CANCELLED; OC_BAD_DATA when rounding leaves Z Z^T indefinite. N^2 floats. */
oc_status oc_span_fit(const oc_problem *problem, oc_span *span, oc_job *job, oc_error *err);
void oc_span_free(oc_span *span);

/* Z Z^T (N,N) of the scaled rows: the lower triangle alone. OC_NO_MEMORY. */
oc_status oc_span_gram(const oc_problem *problem, float *gram, oc_job *job, oc_error *err);

/* W (C,D) from V (C,N), which is overwritten. OC_NO_MEMORY. */
oc_status oc_span_expand(const oc_problem *problem, const oc_span *span, float *v, float *weights, oc_job *job,
                         oc_error *err);

#endif
