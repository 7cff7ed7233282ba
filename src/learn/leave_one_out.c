/* With centred rows Z (N,D), Z Z^T = V^T diag(e) V and centred targets T (N,C), ridge regression predicts
 *
 *     F = H T,   H = V^T diag(e / (e + N lambda)) V,   leverage h_i = H_ii + 1/N (the 1/N is the bias)
 *
 * and the residual of a row that was left out is (T - F)_i / (1 - h_i) (Allen, "The relationship between variable
 * selection and data augmentation and a method for prediction", 1974). When there are fewer columns than rows, e comes
 * from Z^T Z = Q^T diag(e) Q, and V = diag(e)^-1/2 Q Z^T. */
#include "src/learn/leave_one_out.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/learn/row_space.h"
#include "src/learn/scaler.h"
#include "src/matrix/blas.h"
#include "src/matrix/vector.h"

#include <math.h>

enum { STRONGEST = 2, WEAKEST = -8 }; /* powers of 4 */

typedef struct regression {
    size_t rows, classes; /* N, C */
    size_t rank;          /* R = min(N, D) */
    float *vectors;       /* V (R,N) */
    float *values;        /* e (R), ascending */
    float *targets;       /* T (N,C) */
    float *parts;         /* V T (R,C) */
    float *shrunk;        /* (R,C): parts, each times its e / (e + N lambda) */
    float *predicted;     /* F (N,C) */
    double *leverage;     /* (N) */
} regression;

/* Targets 2 ([c = y_i] - share of class c), which are +-1 minus their means. */
static void fill_targets(regression *r, const int *labels)
{
    float *share = r->parts; /* (C): not used yet */
    for (size_t i = 0; i < r->rows; i++) {
        share[labels[i]] += 1 / (float)r->rows;
    }
    for (size_t i = 0; i < r->rows; i++) {
        for (size_t c = 0; c < r->classes; c++) {
            r->targets[i * r->classes + c] = 2 * ((c == (size_t)labels[i] ? 1.0F : 0.0F) - share[c]);
        }
    }
}

static oc_status decompose_rows(regression *r, const oc_problem *problem, oc_error *err)
{
    size_t n = r->rows;
    oc_status status = oc_row_space_gram(problem, r->vectors, NULL, err);
    for (size_t i = 0; status == OC_OK && i < n; i++) {
        for (size_t j = i + 1; j < n; j++) {
            r->vectors[i * n + j] = r->vectors[j * n + i];
        }
    }
    return status == OC_OK ? oc_eigen_symmetric(n, r->vectors, r->values) : status;
}

static oc_status decompose_columns(regression *r, const oc_problem *problem)
{
    size_t n = r->rows, d = r->rank;
    float *z = oc_alloc(n, d * sizeof *z), *q = oc_alloc(d, d * sizeof *q);
    oc_status status = z && q ? OC_OK : OC_NO_MEMORY;
    if (status != OC_OK) {
        goto cleanup;
    }
    for (size_t i = 0; i < n; i++) {
        oc_scaler_row(problem->rows, i, problem->center, problem->scale, z + i * d);
    }
    oc_matmul_tn(1, oc_packed(z, n, d), oc_packed(z, n, d), 0, q, d);
    status = oc_eigen_symmetric(d, q, r->values);
    if (status != OC_OK) {
        goto cleanup;
    }
    for (size_t k = 0; k < d; k++) {
        bool varies = r->values[k] > 1e-7F * r->values[d - 1]; /* else the direction has no variance */
        oc_vector_scale(q + k * d, varies ? 1 / sqrt((double)r->values[k]) : 0, d);
    }
    oc_matmul_nt(1, oc_packed(q, d, d), oc_packed(z, n, d), 0, r->vectors, n);
cleanup:
    oc_free(z);
    oc_free(q);
    return status;
}

static oc_status decompose(regression *r, const oc_problem *problem, oc_error *err)
{
    size_t n = r->rows;
    oc_status status = r->rank < n ? decompose_columns(r, problem) : decompose_rows(r, problem, err);
    if (status == OC_NO_MEMORY) {
        return oc_fail_memory(err, "the choice of the scale");
    }
    if (status == OC_BAD_DATA) {
        return oc_fail(err, OC_BAD_DATA, "the products of the rows have no eigenvectors: the rows are too large");
    }
    if (status == OC_OK) {
        oc_matmul_nn(1, oc_packed(r->vectors, r->rank, n), oc_packed(r->targets, n, r->classes), 0, r->parts,
                     r->classes);
    }
    return status;
}

/* The mean squared residual of left-out rows. */
static double judge(regression *r, double lambda)
{
    size_t n = r->rows, classes = r->classes;
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        r->leverage[i] = 1 / (double)n;
    }
    for (size_t k = 0; k < r->rank; k++) {
        double value = fmax((double)r->values[k], 0), kept = value / (value + (double)n * lambda);
        for (size_t c = 0; c < classes; c++) {
            r->shrunk[k * classes + c] = (float)kept * r->parts[k * classes + c];
        }
        for (size_t i = 0; i < n; i++) {
            double v = (double)r->vectors[k * n + i];
            r->leverage[i] += kept * v * v;
        }
    }
    oc_matmul_tn(1, oc_packed(r->vectors, r->rank, n), oc_packed(r->shrunk, r->rank, classes), 0, r->predicted,
                 classes);
    for (size_t i = 0; i < n; i++) {
        double left = fmax(1 - r->leverage[i], 1e-6);
        for (size_t c = 0; c < classes; c++) {
            double residual = (double)(r->targets[i * classes + c] - r->predicted[i * classes + c]) / left;
            sum += residual * residual;
        }
    }
    return sum / (double)n;
}

oc_status oc_leave_one_out(const oc_problem *problem, oc_left_out *found, oc_error *err)
{
    size_t n = problem->rows->count, d = problem->rows->dimension, classes = problem->classes;
    regression r = {.rows = n, .classes = classes, .rank = d < n ? d : n};
    double length = 0;
    r.vectors = oc_alloc(r.rank, n * sizeof *r.vectors);
    r.values = oc_alloc(r.rank, sizeof *r.values);
    r.targets = oc_alloc(n, 4 * classes * sizeof *r.targets);
    r.leverage = oc_alloc(n, sizeof *r.leverage);
    oc_status status = r.vectors && r.values && r.targets && r.leverage
                           ? OC_OK
                           : oc_fail_memory(err, "the choice of the scale");
    if (status == OC_OK) {
        r.parts = r.targets + n * classes;
        r.shrunk = r.parts + n * classes;
        r.predicted = r.shrunk + n * classes;
        fill_targets(&r, problem->labels);
        status = decompose(&r, problem, err);
    }
    for (size_t k = 0; status == OC_OK && k < r.rank; k++) {
        length += fmax((double)r.values[k], 0) / (double)n;
    }
    *found = (oc_left_out){length > 0 ? length : 1, INFINITY};
    for (int k = STRONGEST; status == OC_OK && length > 0 && k >= WEAKEST; k--) {
        double lambda = length * pow(4, k), error = judge(&r, lambda);
        if (error < found->error) {
            *found = (oc_left_out){lambda, error};
        }
    }
    oc_free(r.vectors);
    oc_free(r.values);
    oc_free(r.targets);
    oc_free(r.leverage);
    return status;
}
