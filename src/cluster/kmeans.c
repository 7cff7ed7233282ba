/* Lloyd's iterations: assign every point to its nearest centre, move every centre to the mean of its points.
 *
 *     argmin_k |x - c_k|^2 = argmax_k (x . c_k - |c_k|^2 / 2)
 *
 * X (N,D), centres C (K,D) packed in panels of 32. Points are processed in tiles, and tiles in blocks that fit into the
 * second-level cache; the scores of a block are used while they are in the first-level cache, and never stored. The new
 * centres come from a second pass over the points sorted by centre: each centre is one sum in the order of its points,
 * on any number of threads, and there are no partial sums. */
#include "src/cluster/kmeans.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/threads.h"
#include "src/cluster/kmeans_head.h"
#include "src/cluster/kmeans_kernels.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum {
    TILE = 16 * OC_PANEL_BLOCK, /* points of one task of the assignment */
    CENTER_GROUP = 16           /* centres of one task of the update */
};

typedef struct lloyd {
    const float *x;
    size_t n, d, k, panel_count, tiles;
    float *centers;       /* (K,D) */
    float *panels, *bias; /* (panels, D, 32), (panels, 32) */
    oc_kmeans_head head;  /* bounds, where they save time */
    float *trial;         /* (2, OC_KMEANS_TRIAL, K + D): scratch of oc_kmeans_head_prepare */
    float *heads;         /* (threads, OC_PANEL_BLOCK, D): heads of a block */
    uint32_t *nearest;    /* (N): centre of each point */
    uint32_t *order;      /* (N): points sorted by centre */
    float *score, *norm;  /* (N): x . c - |c|^2 / 2 of the nearest centre; |x|^2 */
    size_t *first;        /* (K+1): where each centre's points begin in order */
    double *tile_sum;     /* (tiles): sum of squared distances */
    size_t *tile_changed; /* (tiles): points that changed their centre */
    float *packed;        /* (threads, OC_PANEL_BLOCK, D) */
    double *sum;          /* (threads, D) */
} lloyd;

static void lloyd_free(lloyd *l)
{
    oc_free(l->centers);
    oc_free(l->panels);
    oc_free(l->bias);
    oc_free(l->trial);
    oc_free(l->heads);
    oc_kmeans_head_free(&l->head);
    oc_free(l->nearest);
    oc_free(l->order);
    oc_free(l->score);
    oc_free(l->norm);
    oc_free(l->first);
    oc_free(l->tile_sum);
    oc_free(l->tile_changed);
    oc_free(l->packed);
    oc_free(l->sum);
}

static oc_status lloyd_create(lloyd *l, size_t threads, oc_error *err)
{
    size_t values, packed;
    l->panel_count = oc_panel_count(l->k);
    l->tiles = l->n / TILE + (l->n % TILE != 0);
    if (!oc_multiply(l->panel_count * OC_PANEL, l->d, &values) ||
        !oc_multiply(threads * OC_PANEL_BLOCK, l->d, &packed)) {
        return oc_fail_memory(err, "k-means");
    }
    l->centers = oc_alloc(values, sizeof *l->centers);
    l->panels = oc_alloc(values, sizeof *l->panels);
    l->bias = oc_alloc(l->panel_count * OC_PANEL, sizeof *l->bias);
    l->nearest = oc_alloc(l->n, sizeof *l->nearest);
    l->order = oc_alloc(l->n, sizeof *l->order);
    l->score = oc_alloc(l->n, sizeof *l->score);
    l->norm = oc_alloc(l->n, sizeof *l->norm);
    l->first = oc_alloc(l->k + 1, sizeof *l->first);
    l->tile_sum = oc_alloc(l->tiles, sizeof *l->tile_sum);
    l->tile_changed = oc_alloc(l->tiles, sizeof *l->tile_changed);
    l->packed = oc_alloc(packed, sizeof *l->packed);
    l->sum = oc_alloc(threads, l->d * sizeof *l->sum);
    l->trial = oc_alloc(l->k + l->d, 2 * OC_KMEANS_TRIAL * sizeof *l->trial);
    l->heads = oc_alloc(packed, sizeof *l->heads);
    bool complete = l->trial && l->heads && l->centers && l->panels && l->bias && l->nearest && l->order && l->score &&
                    l->norm && l->first && l->tile_sum && l->tile_changed && l->packed && l->sum;
    return complete ? oc_kmeans_head_create(&l->head, l->n, l->d, l->k, err) : oc_fail_memory(err, "k-means");
}

static double squared_norm(const float *x, size_t d)
{
    double sum = 0;
#pragma omp simd reduction(+ : sum)
    for (size_t j = 0; j < d; j++) {
        sum += (double)x[j] * (double)x[j];
    }
    return sum;
}

static void norm_tile(void *context, size_t tile, size_t worker)
{
    (void)worker;
    lloyd *l = context;
    size_t end = (tile + 1) * TILE < l->n ? (tile + 1) * TILE : l->n;
    for (size_t i = tile * TILE; i < end; i++) {
        l->norm[i] = (float)squared_norm(l->x + i * l->d, l->d);
        l->nearest[i] = UINT32_MAX;
    }
}

static void pack_centers(lloyd *l)
{
    oc_panel_pack(l->centers, l->k, l->d, l->d, 1, l->panels);
    for (size_t k = 0; k < l->panel_count * OC_PANEL; k++) {
        /* Padding of the last panel gets bias -FLT_MAX, so it is never the nearest. */
        l->bias[k] = k < l->k ? (float)(-0.5 * squared_norm(l->centers + k * l->d, l->d)) : -FLT_MAX;
    }
}

/* Computes all scores of a block. */
static void score_block(lloyd *l, size_t start, size_t count, size_t worker)
{
    const oc_panel_kernels *panel = oc_panel();
    float *packed = l->packed + worker * OC_PANEL_BLOCK * l->d;
    float best[OC_PANEL_BLOCK];
    uint32_t center[OC_PANEL_BLOCK] = {0};
    float tile[OC_PANEL_MAX_ROWS * OC_PANEL] __attribute__((aligned(64)));
    size_t groups = oc_panel_pack_block(l->x + start * l->d, l->d, count, l->d, packed);
    for (size_t i = 0; i < OC_PANEL_BLOCK; i++) {
        best[i] = -FLT_MAX;
    }
    for (size_t p = 0; p < l->panel_count; p++) {
        for (size_t row = 0; row < groups * panel->rows; row += panel->rows) {
            panel->product(packed + row * l->d, l->panels + p * l->d * OC_PANEL, l->d, l->bias + p * OC_PANEL, tile);
            oc_kmeans()->track(tile, panel->rows, (uint32_t)p * OC_PANEL, best + row, center + row);
        }
    }
    memcpy(l->order + start, center, count * sizeof *center);
    memcpy(l->score + start, best, count * sizeof *best);
}

/* Computes bounds for a block, then the scores that the bounds do not rule out. Each point starts with the score of its
 * previous centre. */
static void bound_block(lloyd *l, size_t start, size_t count, size_t worker)
{
    const oc_panel_kernels *panel = oc_panel();
    const oc_kmeans_head *head = &l->head;
    const float *x = l->x + start * l->d;
    float *packed = l->packed + worker * OC_PANEL_BLOCK * l->d;
    float *heads = l->heads + worker * OC_PANEL_BLOCK * l->d;
    float best[OC_PANEL_BLOCK], slack[OC_PANEL_BLOCK];
    uint32_t center[OC_PANEL_BLOCK] = {0};
    float tile[OC_PANEL_MAX_ROWS * OC_PANEL] __attribute__((aligned(64)));
    const oc_kmeans_centers centers = {l->centers, l->bias, l->d};
    oc_kmeans_head_project(head, x, l->norm + start, count, packed, heads);
    oc_panel_pack_block(heads, head->size, count, head->size, packed);
    for (size_t i = 0; i < count; i++) {
        uint32_t k = l->nearest[start + i];
        slack[i] = 1e-5F * head->largest * (sqrtf(l->norm[start + i]) + head->largest);
        center[i] = k == UINT32_MAX ? 0 : k;
        best[i] = oc_kmeans()->dot(x + i * l->d, l->centers + center[i] * l->d, l->d) + l->bias[center[i]];
    }
    for (size_t p = 0; p < l->panel_count; p++) {
        for (size_t row = 0; row < count; row += panel->rows) {
            size_t rows = count - row < panel->rows ? count - row : panel->rows;
            panel->product(packed + row * head->size, head->panels + p * head->size * OC_PANEL, head->size,
                           l->bias + p * OC_PANEL, tile);
            oc_kmeans_rows tracked = {x + row * l->d, slack + row, best + row, center + row};
            oc_kmeans()->refine(tile, rows, (uint32_t)p * OC_PANEL, &centers, &tracked);
        }
    }
    memcpy(l->order + start, center, count * sizeof *center);
    memcpy(l->score + start, best, count * sizeof *best);
}

static double distance(const lloyd *l, size_t i)
{
    double squared = (double)l->norm[i] - 2 * (double)l->score[i];
    return squared > 0 ? squared : 0;
}

static void assign_tile(void *context, size_t tile, size_t worker)
{
    lloyd *l = context;
    size_t end = (tile + 1) * TILE < l->n ? (tile + 1) * TILE : l->n;
    double sum = 0;
    size_t changed = 0;
    for (size_t start = tile * TILE; start < end; start += OC_PANEL_BLOCK) {
        size_t count = end - start < OC_PANEL_BLOCK ? end - start : OC_PANEL_BLOCK;
        if (l->head.size) {
            bound_block(l, start, count, worker);
        } else {
            score_block(l, start, count, worker);
        }
        for (size_t i = start; i < start + count; i++) {
            changed += l->nearest[i] != l->order[i];
            l->nearest[i] = l->order[i];
            sum += distance(l, i);
        }
    }
    l->tile_sum[tile] = sum;
    l->tile_changed[tile] = changed;
}

/* Assigns all points; returns the mean squared distance and the number of points that changed their centre. */
static double assign(lloyd *l, size_t *changed, oc_job *job)
{
    pack_centers(l);
    oc_kmeans_head_prepare(&l->head, l->x, l->n, l->centers, l->bias, l->trial);
    oc_parallel(job, l->tiles, assign_tile, l);
    double sum = 0;
    *changed = 0;
    for (size_t tile = 0; tile < l->tiles; tile++) {
        sum += l->tile_sum[tile];
        *changed += l->tile_changed[tile];
    }
    return sum / (double)l->n;
}

/* Counting sort of the points by centre; the points of one centre keep their order. */
static void sort_points(lloyd *l)
{
    memset(l->first, 0, (l->k + 1) * sizeof *l->first);
    for (size_t i = 0; i < l->n; i++) {
        l->first[l->nearest[i] + 1]++;
    }
    for (size_t k = 0; k < l->k; k++) {
        l->first[k + 1] += l->first[k];
    }
    for (size_t i = 0; i < l->n; i++) {
        l->order[l->first[l->nearest[i]]++] = (uint32_t)i;
    }
    memmove(l->first + 1, l->first, l->k * sizeof *l->first);
    l->first[0] = 0;
}

static void update_group(void *context, size_t group, size_t worker)
{
    lloyd *l = context;
    double *sum = l->sum + worker * l->d;
    size_t end = (group + 1) * CENTER_GROUP < l->k ? (group + 1) * CENTER_GROUP : l->k;
    for (size_t k = group * CENTER_GROUP; k < end; k++) {
        size_t count = l->first[k + 1] - l->first[k];
        memset(sum, 0, l->d * sizeof *sum);
        for (size_t i = l->first[k]; i < l->first[k + 1]; i++) {
            oc_kmeans()->add(l->x + l->order[i] * l->d, l->d, sum);
        }
        for (size_t j = 0; count && j < l->d; j++) {
            l->centers[k * l->d + j] = (float)(sum[j] / (double)count);
        }
    }
}

/* Moves each centre without points to the point that is farthest from its own centre; returns the number of moved
 * centres. Moves none when every point is on its centre. */
static size_t reseed_empty(lloyd *l)
{
    size_t moved = 0;
    for (size_t k = 0; k < l->k; k++) {
        if (l->first[k + 1] > l->first[k]) {
            continue;
        }
        size_t farthest = 0;
        for (size_t i = 1; i < l->n; i++) {
            farthest = distance(l, i) > distance(l, farthest) ? i : farthest;
        }
        if (!(distance(l, farthest) > 1e-6 * (double)l->norm[farthest])) {
            break;
        }
        memcpy(l->centers + k * l->d, l->x + farthest * l->d, l->d * sizeof *l->centers);
        l->score[farthest] = l->norm[farthest] / 2; /* so that its distance is 0 */
        moved++;
    }
    return moved;
}

static size_t update(lloyd *l, oc_job *job)
{
    sort_points(l);
    oc_parallel(job, l->k / CENTER_GROUP + (l->k % CENTER_GROUP != 0), update_group, l);
    return reseed_empty(l);
}

static oc_status iterate(lloyd *l, const oc_kmeans_options *options, oc_kmeans_report *report, oc_job *job,
                         oc_error *err)
{
    oc_parallel(job, l->tiles, norm_tile, l);
    double before = 0;
    size_t moved = 0, changed;
    for (;; report->iterations++) {
        report->error = assign(l, &changed, job);
        if (oc_job_cancelled(job)) {
            return oc_fail(err, OC_CANCELLED, "cancelled while learning %zu centres", l->k);
        }
        oc_job_progress(job, "k-means", report->iterations, options->iterations);
        bool converged = changed == 0 && moved == 0;
        bool slow = report->iterations > 0 && moved == 0 && before - report->error < options->tolerance * before;
        if (converged || slow || report->iterations == options->iterations) {
            oc_job_progress(job, "k-means", options->iterations, options->iterations);
            return OC_OK;
        }
        before = report->error;
        moved = update(l, job);
        report->reseeded += moved;
    }
}

oc_status oc_kmeans_lloyd(oc_matrix points, const oc_kmeans_options *options, float *centers, oc_kmeans_report *report,
                          oc_job *job, oc_error *err)
{
    double start = oc_seconds();
    size_t d = points.columns, k = options->count;
    oc_status status = oc_kmeans_check(points.rows, d, k, err);
    if (status != OC_OK) {
        return status;
    }
    lloyd l = {.x = points.data, .n = points.rows, .d = d, .k = k};
    oc_kmeans_report done = {0};
    status = lloyd_create(&l, oc_job_threads(job), err);
    if (status == OC_OK) {
        memcpy(l.centers, centers, k * d * sizeof *centers);
        status = iterate(&l, options, &done, job, err);
    }
    if (status == OC_OK) {
        memcpy(centers, l.centers, k * d * sizeof *centers);
        done.seconds = oc_seconds() - start;
        if (report) {
            done.seeding_seconds = report->seeding_seconds;
            *report = done;
        }
    }
    lloyd_free(&l);
    return status;
}
