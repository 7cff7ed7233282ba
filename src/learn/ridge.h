/* Choosing a penalty without held-out rows: ridge regression of the classes on the features, its penalty chosen by
 * generalised cross-validation.
 *
 * Least squares on the same rows has a closed form, so a handful of penalties cost a factorisation between them, and
 * the one that predicts best is a good guess at how strongly any loss should be held back on these features:
 * raw pixels want a thousand times the ridge of visual words. */
#ifndef OC_LEARN_RIDGE_H
#define OC_LEARN_RIDGE_H

#include "src/learn/covariance.h"
#include "src/learn/problem.h"

typedef struct oc_ridge {
    double ridge;   /* lambda of min mean |t - W z|^2 + lambda |W|^2 */
    double freedom; /* effective degrees of freedom, tr C (C + lambda I)^-1 */
    double score;   /* of generalised cross-validation: what the mean squared residual of new rows may be */
} oc_ridge;

/* From the covariance, which is factored on the way, and class sums (C,D) of oc_covariance_fit. OC_NO_MEMORY,
 * OC_CANCELLED, OC_BAD_DATA when there is no factor. */
oc_status oc_ridge_choose(const oc_problem *problem, oc_covariance *covariance, const float *sums, oc_ridge *chosen,
                          oc_job *job, oc_error *err);

#endif
