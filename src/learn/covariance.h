/* Z^T Z / N of centred, scaled rows. */
#ifndef OC_LEARN_COVARIANCE_H
#define OC_LEARN_COVARIANCE_H

#include "src/learn/problem.h"

/* matrix (D,D), both triangles, and sums (C,D): of the rows of each class, over N. OC_NO_MEMORY,
 * OC_CANCELLED. 1,024 rows at a time; each tile of the result is summed by one task in the order of the rows.
 * */
oc_status oc_covariance(const oc_problem *problem, float *matrix, float *sums, oc_job *job, oc_error *err);

#endif
