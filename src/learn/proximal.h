/* Full passes that finish training where a penalty has no gradient: l1, max_norm, or both. */
#ifndef OC_LEARN_PROXIMAL_H
#define OC_LEARN_PROXIMAL_H

#include "src/learn/problem.h"
#include "src/learn/quasi_newton.h"

/* Improves weights (C,D) and bias (C) from where they are. covariance (D,D): of the rows, both triangles; or NULL, and
 * `largest`, its largest eigenvalue, is used. The rest as in oc_quasi_newton. 6 C D floats. */
oc_status oc_proximal(const oc_problem *problem, const float *covariance, double largest, oc_finish *finish,
                      float *weights, float *bias, oc_objective *objective, double *gap, oc_job *job, oc_error *err);

#endif
