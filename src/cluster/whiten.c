/* Covariance in fixed groups of tiles, and its eigenvectors by LAPACK.
 *
 * With a symmetry, the basis (x_j + x_m(j)) / sqrt 2, (x_j - x_m(j)) / sqrt 2 splits C into an even and an odd block.
 * Each is diagonalised on its own, so that equal eigenvalues cannot mix the two kinds. */
#include "src/cluster/whiten.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/threads.h"
#include "src/matrix/blas.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
    TILE = 1024, /* points that are centred and multiplied at once */
    GROUPS = 16  /* partial sums; group g has the tiles g, g + GROUPS, ... */
};

typedef struct moments {
    const float *x, *mean;
    size_t n, d;
    double *sums;    /* (GROUPS,D) */
    float *products; /* (GROUPS,D,D) */
    float *centered; /* (threads,TILE,D) */
} moments;

static size_t tile_rows(const moments *m, size_t tile)
{
    return m->n - tile * TILE < TILE ? m->n - tile * TILE : TILE;
}

static void sum_group(void *context, size_t group, size_t worker)
{
    (void)worker;
    moments *m = context;
    double *sum = m->sums + group * m->d;
    for (size_t tile = group; tile * TILE < m->n; tile += GROUPS) {
        const float *x = m->x + tile * TILE * m->d;
        for (size_t i = 0; i < tile_rows(m, tile); i++, x += m->d) {
            for (size_t j = 0; j < m->d; j++) {
                sum[j] += (double)x[j];
            }
        }
    }
}

static void multiply_group(void *context, size_t group, size_t worker)
{
    moments *m = context;
    size_t d = m->d;
    float *centered = m->centered + worker * TILE * d;
    for (size_t tile = group; tile * TILE < m->n; tile += GROUPS) {
        const float *x = m->x + tile * TILE * d;
        size_t rows = tile_rows(m, tile);
        for (size_t i = 0; i < rows; i++) {
            for (size_t j = 0; j < d; j++) {
                centered[i * d + j] = x[i * d + j] - m->mean[j];
            }
        }
        oc_matmul_tn(1 / (float)m->n, oc_packed(centered, rows, d), oc_packed(centered, rows, d), 1,
                     m->products + group * d * d, d);
    }
}

/* mean (D) and covariance (D,D), both averaged under the symmetry. */
static oc_status covariance(oc_matrix points, const uint32_t *symmetry, float *mean, double *cov, oc_job *job,
                            oc_error *err)
{
    oc_status status = OC_OK;
    size_t n = points.rows, d = points.columns;
    moments m = {.x = points.data, .mean = mean, .n = n, .d = d};
    m.sums = oc_alloc(GROUPS * d, sizeof *m.sums);
    m.products = oc_alloc(GROUPS * d, d * sizeof *m.products);
    m.centered = oc_alloc(oc_job_threads(job) * TILE, d * sizeof *m.centered);
    if (!m.sums || !m.products || !m.centered) {
        status = oc_fail_memory(err, "a covariance");
        goto cleanup;
    }
    oc_parallel(job, GROUPS, sum_group, &m);
    for (size_t j = 0; j < d; j++) {
        double sum = 0;
        for (size_t g = 0; g < GROUPS; g++) {
            size_t other = symmetry ? symmetry[j] : j;
            sum += (m.sums[g * d + j] + m.sums[g * d + other]) / 2;
        }
        mean[j] = (float)(sum / (double)n);
    }
    oc_parallel(job, GROUPS, multiply_group, &m);
    for (size_t g = 0; g < GROUPS; g++) {
        const float *part = m.products + g * d * d;
        for (size_t i = 0; i < d; i++) {
            for (size_t j = 0; j < d; j++) {
                size_t a = symmetry ? symmetry[i] : i, b = symmetry ? symmetry[j] : j;
                cov[i * d + j] += ((double)part[i * d + j] + (double)part[a * d + b]) / 2;
            }
        }
    }
cleanup:
    oc_free(m.sums);
    oc_free(m.products);
    oc_free(m.centered);
    return status;
}

/* A basis vector of the even or the odd part: weight times x_a, plus sign * weight times x_b when b differs from a. */
typedef struct pair {
    size_t a, b;
    double weight, sign;
} pair;

static size_t make_basis(size_t d, const uint32_t *symmetry, double sign, pair *basis)
{
    size_t count = 0;
    for (size_t a = 0; a < d; a++) {
        size_t b = symmetry ? symmetry[a] : a;
        if (a < b) {
            basis[count++] = (pair){a, b, sqrt(0.5), sign};
        } else if (a == b && sign > 0) {
            basis[count++] = (pair){a, a, 1, 0};
        }
    }
    return count;
}

/* u^T C v */
static double project(const double *cov, size_t d, pair u, pair v)
{
    double aa = cov[u.a * d + v.a], ab = cov[u.a * d + v.b];
    double ba = cov[u.b * d + v.a], bb = cov[u.b * d + v.b];
    return u.weight * v.weight * (aa + v.sign * ab + u.sign * (ba + v.sign * bb));
}

/* The even or the odd directions: rows first .. first + count - 1 of the transform. */
typedef struct part {
    double sign; /* 1: even, -1: odd */
    size_t first, count;
} part;

/* Stores the eigenvectors of a part, in the coordinates of the points, by decreasing eigenvalue, in its rows of T. */
static oc_status diagonalize(const double *cov, const uint32_t *symmetry, part *p, oc_whitening *w, oc_error *err)
{
    oc_status status = OC_OK;
    size_t d = w->d;
    float *vectors = w->transform + p->first * d, *values = w->variance + p->first;
    pair *basis = oc_alloc(d, sizeof *basis);
    float *block = oc_alloc(d, d * sizeof *block), *ascending = oc_alloc(d, sizeof *ascending);
    if (!basis || !block || !ascending) {
        status = oc_fail_memory(err, "eigenvectors");
        goto cleanup;
    }
    size_t size = p->count = make_basis(d, symmetry, p->sign, basis);
    for (size_t i = 0; i < size; i++) {
        for (size_t j = 0; j < size; j++) {
            block[i * size + j] = (float)project(cov, d, basis[i], basis[j]);
        }
    }
    status = size ? oc_eigen_symmetric(size, block, ascending) : OC_OK;
    if (status != OC_OK) {
        oc_fail(err, status, "the covariance of %zu values: %s", d,
                status == OC_NO_MEMORY ? "out of memory for its eigenvectors" : "its eigenvectors cannot be found");
        goto cleanup;
    }
    memset(vectors, 0, size * d * sizeof *vectors);
    for (size_t i = 0; i < size; i++) {
        const float *from = block + (size - 1 - i) * size;
        values[i] = ascending[size - 1 - i] > 0 ? ascending[size - 1 - i] : 0;
        for (size_t j = 0; j < size; j++) {
            float value = from[j] * (float)basis[j].weight;
            vectors[i * d + basis[j].a] = value;
            if (basis[j].a != basis[j].b) {
                vectors[i * d + basis[j].b] = value * (float)basis[j].sign;
            }
        }
    }
cleanup:
    oc_free(basis);
    oc_free(block);
    oc_free(ascending);
    return status;
}

static int ascending_floats(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

/* The contribution of a direction to the variance of the whitened points. */
static double share(float variance, const oc_whiten_options *options)
{
    return variance > 0 && options->scale ? variance / (variance + options->ridge) : (double)variance;
}

/* The smallest eigenvalue to keep; sorted (D) is scratch. Eigenvalues below a millionth of the largest are rounding. */
static float threshold(const float *values, size_t d, const oc_whiten_options *options, float *sorted)
{
    memcpy(sorted, values, d * sizeof *sorted);
    qsort(sorted, d, sizeof *sorted, ascending_floats);
    double total = 0, dropped = 0;
    for (size_t i = 0; i < d; i++) {
        total += share(sorted[i], options);
    }
    float noise = 1e-6F * sorted[d - 1], least = options->most && options->most < d ? sorted[d - 1 - options->most] : 0;
    for (size_t i = 0; i < d; i++) {
        dropped += share(sorted[i], options);
        if (sorted[i] > noise && sorted[i] > least && dropped > (1 - options->keep) * total) {
            return sorted[i];
        }
    }
    return INFINITY;
}

/* Moves the kept rows of a part to row `to` and scales them; returns the row after them. */
static size_t keep_rows(oc_whitening *w, const part *p, size_t to, float least, const oc_whiten_options *options)
{
    for (size_t i = p->first; i < p->first + p->count; i++) {
        if (!(w->variance[i] >= least)) {
            continue;
        }
        float scale = options->scale ? (float)(1 / sqrt(w->variance[i] + options->ridge)) : 1;
        for (size_t j = 0; j < w->d; j++) {
            w->transform[to * w->d + j] = scale * w->transform[i * w->d + j];
        }
        w->variance[to++] = w->variance[i];
    }
    return to;
}

static oc_status learn(oc_matrix points, const oc_whiten_options *options, oc_whitening *w, double *cov, oc_job *job,
                       oc_error *err)
{
    size_t d = w->d;
    part even = {.sign = 1}, odd = {.sign = -1};
    oc_status status = covariance(points, options->symmetry, w->mean, cov, job, err);
    if (status != OC_OK) {
        return status;
    }
    for (size_t i = 0; i < d * d; i++) {
        if (!isfinite(cov[i])) {
            return oc_fail(err, OC_BAD_DATA, "whitening: a value is not finite");
        }
    }
    status = diagonalize(cov, options->symmetry, &even, w, err);
    if (status == OC_OK && options->symmetry) {
        odd.first = even.count;
        status = diagonalize(cov, options->symmetry, &odd, w, err);
    }
    float *sorted = oc_alloc(d, sizeof *sorted);
    if (status != OC_OK || !sorted) {
        oc_free(sorted);
        return status != OC_OK ? status : oc_fail_memory(err, "whitening");
    }
    float least = threshold(w->variance, d, options, sorted);
    oc_free(sorted);
    w->even = keep_rows(w, &even, 0, least, options);
    w->r = keep_rows(w, &odd, w->even, least, options);
    return w->r ? OC_OK : oc_fail(err, OC_BAD_DATA, "whitening: all %zu points are equal", points.rows);
}

oc_status oc_whiten_fit(oc_matrix points, const oc_whiten_options *options, oc_whitening *whitening, oc_job *job,
                        oc_error *err)
{
    size_t n = points.rows, d = points.columns;
    if (n == 0 || d == 0 || d > UINT32_MAX) {
        return oc_fail(err, OC_BAD_DATA, "whitening needs points, but there are %zu points of %zu values", n, d);
    }
    oc_whitening w = {.d = d};
    w.mean = oc_alloc(d, sizeof *w.mean);
    w.transform = oc_alloc(d, d * sizeof *w.transform);
    w.variance = oc_alloc(d, sizeof *w.variance);
    double *cov = oc_alloc(d, d * sizeof *cov);
    oc_status status = w.mean && w.transform && w.variance && cov ? learn(points, options, &w, cov, job, err)
                                                                  : oc_fail_memory(err, "whitening");
    oc_free(cov);
    if (status != OC_OK) {
        oc_whiten_free(&w);
        return status;
    }
    *whitening = w;
    return OC_OK;
}

oc_status oc_whiten_apply(const oc_whitening *w, const float *x, size_t n, float *y, oc_error *err)
{
    size_t rows = n < TILE ? n : TILE;
    float *centered = oc_alloc(rows, w->d * sizeof *centered);
    if (!centered) {
        return oc_fail_memory(err, "whitening");
    }
    for (size_t start = 0; start < n; start += TILE) {
        size_t count = n - start < TILE ? n - start : TILE;
        for (size_t i = 0; i < count; i++) {
            for (size_t j = 0; j < w->d; j++) {
                centered[i * w->d + j] = x[(start + i) * w->d + j] - w->mean[j];
            }
        }
        oc_matmul_nt(1, oc_packed(centered, count, w->d), oc_packed(w->transform, w->r, w->d), 0, y + start * w->r,
                     w->r);
    }
    oc_free(centered);
    return OC_OK;
}

void oc_whiten_free(oc_whitening *whitening)
{
    oc_free(whitening->mean);
    oc_free(whitening->transform);
    oc_free(whitening->variance);
    *whitening = (oc_whitening){0};
}
