/* The basis consists of the eigenvectors of C^T C. The size of the head is chosen by counting the bounds that do not
 * rule out their centre. */
#include "src/cluster/kmeans_head.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/matrix/blas.h"
#include "src/matrix/panel.h"

#include <math.h>
#include <string.h>

enum {
    MIN_VALUES = 16,
    MAX_VALUES = 512, /* D for which heads are tried */
    MIN_CENTERS = 64,
    CANDIDATE_COST = 600 /* multiply-adds that a mispredicted branch costs, for each full score */
};

/* Sizes of the head that are tried, as fractions of D. */
static const double parts[] = {0.1, 0.15, 0.2, 0.25, 0.3, 0.375, 0.45, 0.55, 0.65};
enum { PARTS = sizeof parts / sizeof *parts };

static size_t part_size(size_t d, size_t part)
{
    return (size_t)(parts[part] * (double)d) + 2;
}

oc_status oc_kmeans_head_create(oc_kmeans_head *head, size_t n, size_t d, size_t k, oc_error *err)
{
    *head = (oc_kmeans_head){.d = d, .k = k};
    if (d < MIN_VALUES || d > MAX_VALUES || k < MIN_CENTERS || n / 16 < k) {
        return OC_OK;
    }
    head->most = part_size(d, PARTS - 1);
    size_t direction_panels = oc_panel_count(head->most) * OC_PANEL;
    head->basis = oc_alloc(d, d * sizeof(float));
    head->directions = oc_alloc(direction_panels, d * sizeof(float));
    head->heads = oc_alloc(k, head->most * sizeof(float));
    head->panels = oc_alloc(oc_panel_count(k) * OC_PANEL, head->most * sizeof(float));
    head->no_bias = oc_alloc(direction_panels, sizeof(float));
    if (!head->basis || !head->directions || !head->heads || !head->panels || !head->no_bias) {
        oc_kmeans_head_free(head);
        return oc_fail_memory(err, "k-means");
    }
    return OC_OK;
}

void oc_kmeans_head_free(oc_kmeans_head *head)
{
    oc_free(head->basis);
    oc_free(head->directions);
    oc_free(head->heads);
    oc_free(head->panels);
    oc_free(head->no_bias);
    *head = (oc_kmeans_head){0};
}

/* Computes the basis (D,D): its rows are the directions, in order of decreasing energy. */
static bool make_basis(oc_kmeans_head *head, const float *centers)
{
    size_t d = head->d;
    float values[MAX_VALUES], row[MAX_VALUES];
    oc_matmul_tn(1 / (float)head->k, oc_packed(centers, head->k, d), oc_packed(centers, head->k, d), 0, head->basis, d);
    for (size_t i = 0; i < d * d; i++) {
        if (!isfinite(head->basis[i])) {
            return false;
        }
    }
    if (oc_eigen_symmetric(d, head->basis, values) != OC_OK) {
        return false;
    }
    for (size_t i = 0; i < d / 2; i++) {
        float *a = head->basis + i * d, *b = head->basis + (d - 1 - i) * d;
        memcpy(row, a, d * sizeof *row);
        memcpy(a, b, d * sizeof *row);
        memcpy(b, row, d * sizeof *row);
    }
    return true;
}

/* |rest(x)| for a head of m values, rounded up, because the bound must hold in float32 too. */
static float rest_norm(const float *head, size_t m, double squared_norm)
{
    double sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t j = 0; j < m; j++) {
        sum += (double)head[j] * (double)head[j];
    }
    double rest = squared_norm - sum;
    return (float)sqrt((rest > 0 ? rest : 0) + 1e-6 * squared_norm);
}

/* Computes heads (rows, stride) of V (rows, D): m values and the norm of the rest. */
static void head_rows(const oc_kmeans_head *head, const float *v, size_t rows, size_t m, size_t stride, float *heads)
{
    oc_matmul_nt(1, oc_packed(v, rows, head->d), oc_packed(head->basis, m, head->d), 0, heads, stride);
    for (size_t i = 0; i < rows; i++) {
        double norm = 0;
        for (size_t j = 0; j < head->d; j++) {
            norm += (double)v[i * head->d + j] * (double)v[i * head->d + j];
        }
        heads[i * stride + m] = rest_norm(heads + i * stride, m, norm);
    }
}

/* Counts the bounds (rows, K) that are at least the best score (rows, K) of the same point. */
static size_t count_candidates(const oc_kmeans_head *head, const float *scores, const float *bounds, size_t rows,
                               const float *bias)
{
    size_t candidates = 0, k = head->k;
    for (size_t i = 0; i < rows; i++) {
        float best = scores[i * k] + bias[0];
        for (size_t c = 1; c < k; c++) {
            float score = scores[i * k + c] + bias[c];
            best = score > best ? score : best;
        }
        for (size_t c = 0; c < k; c++) {
            candidates += bounds[i * k + c] + bias[c] >= best;
        }
    }
    return candidates;
}

/* Multiply-adds per point, for the bounds and the remaining full scores. */
static double cost(const oc_kmeans_head *head, size_t m, size_t candidates, size_t rows)
{
    double d = (double)head->d;
    return (double)(m + 1) * (double)head->k + (double)m * d + (double)candidates / (double)rows * (d + CANDIDATE_COST);
}

void oc_kmeans_head_prepare(oc_kmeans_head *head, const float *x, size_t n, const float *centers, const float *bias,
                            float *scratch)
{
    size_t d = head->d, k = head->k, rows = n < OC_KMEANS_TRIAL ? n : OC_KMEANS_TRIAL;
    float *scores = scratch, *bounds = scores + OC_KMEANS_TRIAL * k;
    float *points = bounds + OC_KMEANS_TRIAL * k, *heads = points + OC_KMEANS_TRIAL * d;
    head->size = 0;
    head->largest = 0;
    if (head->most == 0 || !make_basis(head, centers)) {
        return;
    }
    for (size_t c = 0; c < k; c++) {
        head->largest = fmaxf(head->largest, sqrtf(-2 * bias[c]));
    }
    for (size_t i = 0; i < rows; i++) {
        memcpy(points + i * d, x + n / rows * i * d, d * sizeof *points);
    }
    oc_matmul_nt(1, oc_packed(points, rows, d), oc_packed(centers, k, d), 0, scores, k);
    double least = (double)d * (double)k;
    for (size_t part = 0; part < PARTS; part++) {
        size_t m = part_size(d, part) - 1;
        head_rows(head, points, rows, m, m + 1, heads);
        head_rows(head, centers, k, m, m + 1, head->heads);
        oc_matmul_nt(1, oc_packed(heads, rows, m + 1), oc_packed(head->heads, k, m + 1), 0, bounds, k);
        double price = cost(head, m, count_candidates(head, scores, bounds, rows, bias), rows);
        if (price < least) {
            least = price;
            head->size = m + 1;
        }
    }
    if (head->size) {
        size_t m = head->size - 1;
        head_rows(head, centers, k, m, m + 1, head->heads);
        oc_panel_pack(head->heads, k, m + 1, m + 1, 1, head->panels);
        oc_panel_pack(head->basis, m, d, d, 1, head->directions);
    }
}

void oc_kmeans_head_project(const oc_kmeans_head *head, const float *x, const float *norm, size_t count, float *packed,
                            float *heads)
{
    const oc_panel_kernels *panel = oc_panel();
    size_t d = head->d, m = head->size - 1, groups = oc_panel_pack_block(x, d, count, d, packed);
    float tile[OC_PANEL_MAX_ROWS * OC_PANEL] __attribute__((aligned(64)));
    for (size_t p = 0; p < oc_panel_count(m); p++) {
        size_t lanes = m - p * OC_PANEL < OC_PANEL ? m - p * OC_PANEL : OC_PANEL;
        for (size_t g = 0; g < groups; g++) {
            panel->product(packed + g * panel->rows * d, head->directions + p * OC_PANEL * d, d, head->no_bias, tile);
            for (size_t i = 0; i < panel->rows && g * panel->rows + i < count; i++) {
                memcpy(heads + (g * panel->rows + i) * head->size + p * OC_PANEL, tile + i * OC_PANEL,
                       lanes * sizeof *tile);
            }
        }
    }
    for (size_t i = 0; i < count; i++) {
        heads[i * head->size + m] = rest_norm(heads + i * head->size, m, (double)norm[i]);
    }
}
