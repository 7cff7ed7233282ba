/* Distances to tiles of training rows, for blocks of rows that stay in the cache:
 *
 *     |z - x|^2 / 2 = |z|^2 / 2 + (|x|^2 / 2 - z . x)
 * The bracket orders the neighbours of z and needs one matrix product. In single precision it is a difference of large
 * numbers, so k + SPARE neighbours are kept. Their distances are computed again from z - x in double precision, and
 * sorted. There is never an array of all Q x N distances. */
#include "src/learn/nearest.h"

#include "src/base/dispatch.h"
#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/threads.h"
#include "src/learn/nearest_kernels.h"
#include "src/learn/scaler.h"
#include "src/matrix/blas.h"
#include "src/matrix/vector.h"

#include <float.h>
#include <math.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>

/* BLOCK, SMALL_BLOCK: rows per block, if there are enough rows for all threads, and otherwise. TILE: training rows per
 * tile. */
enum { BLOCK = 256, SMALL_BLOCK = 32, TILE = 512, SPARE = 8 };

OC_KERNEL_GETTER(static, oc_nearest_kernels, kernel_table)

void oc_nearest_free(oc_nearest *nearest)
{
    if (nearest) {
        oc_free(nearest->rows);
        oc_free(nearest->labels);
        oc_free(nearest->half_norms);
        oc_free(nearest);
    }
}

static oc_status create(const oc_learner *learner, size_t count, size_t dimension, oc_nearest **out, oc_error *err)
{
    size_t size;
    if ((uint64_t)learner->k > count) {
        return oc_fail(err, OC_USAGE, "%lld nearest neighbours of %zu rows: k is at most the number of rows",
                       (long long)learner->k, count);
    }
    oc_nearest *n = oc_alloc(1, sizeof *n);
    if (n) {
        *n = (oc_nearest){.learner = *learner, .count = count, .dimension = dimension};
        n->rows = oc_multiply(count, dimension, &size) ? oc_alloc(size, sizeof *n->rows) : NULL;
        n->labels = oc_alloc(count, sizeof *n->labels);
        n->half_norms = oc_alloc(count, sizeof *n->half_norms);
    }
    if (!n || !n->rows || !n->labels || !n->half_norms) {
        oc_nearest_free(n);
        return oc_fail_memory(err, "the neighbours");
    }
    *out = n;
    return OC_OK;
}

/* Computes the norms of the rows and the largest norm; infinite on overflow. */
static void find_norms(oc_nearest *n)
{
    for (size_t i = 0; i < n->count; i++) {
        const float *x = n->rows + i * n->dimension;
        n->half_norms[i] = (float)(oc_vector_dot(x, x, n->dimension) / 2);
        n->longest = fmaxf(n->longest, n->half_norms[i]);
    }
}

typedef struct keeping {
    const oc_rows *rows;
    const oc_classifier *classifier;
    oc_nearest *nearest;
} keeping;

static void keep_row(void *context, size_t i, size_t worker)
{
    (void)worker;
    const keeping *k = context;
    oc_scaler_row(k->rows, i, k->classifier->shift, k->classifier->scale, k->nearest->rows + i * k->nearest->dimension);
}

oc_status oc_nearest_learn(oc_classifier *classifier, const oc_learner *learner, const oc_examples *examples,
                           oc_job *job, oc_error *err)
{
    const oc_rows *rows = examples->rows;
    keeping k = {.rows = rows, .classifier = classifier};
    oc_status status = create(learner, rows->count, rows->dimension, &k.nearest, err);
    if (status == OC_OK) {
        memcpy(k.nearest->labels, examples->labels, rows->count * sizeof *examples->labels);
        oc_parallel(job, rows->count, keep_row, &k);
        find_norms(k.nearest);
        classifier->nearest = k.nearest;
    }
    return status;
}

oc_status oc_nearest_restore(const oc_learner *learner, oc_matrix rows, const float *labels, size_t classes,
                             oc_nearest **out, oc_error *err)
{
    oc_nearest *n;
    oc_status status = create(learner, rows.rows, rows.columns, &n, err);
    if (status != OC_OK) {
        return status;
    }
    memcpy(n->rows, rows.data, rows.rows * rows.columns * sizeof *n->rows);
    find_norms(n);
    for (size_t i = 0; i < rows.rows; i++) {
        if (!(labels[i] >= 0 && labels[i] < (float)classes && floorf(labels[i]) >= labels[i])) {
            oc_nearest_free(n);
            return oc_fail(err, OC_BAD_FILE, "neighbour %zu has the label %g; with %zu classes labels are 0..%zu", i,
                           (double)labels[i], classes, classes - 1);
        }
        n->labels[i] = (int)labels[i];
    }
    *out = n;
    return OC_OK;
}

typedef struct neighbour {
    double distance;
    uint32_t index; /* of the training row */
} neighbour;

/* The nearest neighbours of one row so far, nearest first. */
typedef struct shortlist {
    neighbour *list; /* (room) */
    size_t count, room;
} shortlist;

static bool nearer(neighbour a, neighbour b)
{
    return a.distance < b.distance || (!(a.distance > b.distance) && a.index < b.index);
}

static void insert(shortlist *s, neighbour new)
{
    if (s->count == s->room && !nearer(new, s->list[s->room - 1])) {
        return;
    }
    size_t place = s->count < s->room ? s->count++ : s->room - 1;
    for (; place && nearer(new, s->list[place - 1]); place--) {
        s->list[place] = s->list[place - 1];
    }
    s->list[place] = new;
}

typedef struct finding {
    const oc_classifier *classifier;
    const oc_nearest *nearest;
    const oc_rows *rows;
    float *scores;
    size_t block, room;
    /* Of each thread: */
    float *z;         /* (threads, block, D) */
    float *tile;      /* (threads, block, TILE) */
    neighbour *lists; /* (threads, block + 1, room) */
    oc_job *job;
    atomic_size_t done;
} finding;

/* tile (count, TILE): for each row of z and each of the training rows first .. first + width - 1 a number that
 * increases with their distance. */
static void measure(const oc_nearest *n, oc_matrix z, size_t first, size_t width, float *tile)
{
    size_t d = n->dimension;
    const float *x = n->rows + first * d;
    if (n->learner.metric == OC_METRIC_L2) {
        for (size_t i = 0; i < z.rows; i++) {
            memcpy(tile + i * TILE, n->half_norms + first, width * sizeof *tile);
        }
        oc_matmul_nt(-1, z, oc_packed(x, width, d), 1, tile, TILE);
        return;
    }
    const oc_nearest_kernels *kernels = kernel_table();
    for (size_t j = 0; j < width; j += OC_NEAREST_GROUP) {
        size_t group = width - j < OC_NEAREST_GROUP ? width - j : OC_NEAREST_GROUP;
        for (size_t i = 0; i < z.rows; i++) {
            kernels->l1(z.data + i * d, x + j * d, group, d, tile + i * TILE + j);
        }
    }
}

/* True when the numbers of `measure` can overflow for this row. |z . x| is at most |z| |x|; a sum of differences is at
 * most 2 D times the largest value. */
static bool overflows(const oc_nearest *n, const float *z)
{
    double largest = 0;
    for (size_t j = 0; j < n->dimension; j++) {
        largest = fmax(largest, fabs((double)z[j]));
    }
    double length = sqrt(oc_vector_dot(z, z, n->dimension)), longest = sqrt(2 * (double)n->longest);
    return n->learner.metric == OC_METRIC_L2 ? !(longest * (length + longest) < (double)FLT_MAX / 2)
                                             : !((double)n->dimension * (largest + longest) < (double)FLT_MAX / 2);
}

static double exact_distance(const oc_nearest *n, const float *z, size_t index)
{
    const float *x = n->rows + index * n->dimension;
    double sum = 0;
    bool squared = n->learner.metric == OC_METRIC_L2;
#pragma omp simd reduction(+ : sum)
    for (size_t j = 0; j < n->dimension; j++) {
        double difference = (double)z[j] - (double)x[j];
        sum += squared ? difference * difference : fabs(difference);
    }
    return sum;
}

/* The score of a class: its number of neighbours among the k nearest (by exact distance), plus 1 / (2 + rank) of its
 * nearest one, rank counted from 0, which decides ties. */
static void vote(const finding *f, const float *z, const shortlist *found, neighbour *room, float *scores)
{
    const oc_nearest *n = f->nearest;
    shortlist exact = {.list = room, .room = found->count};
    for (size_t i = 0; i < found->count; i++) {
        uint32_t index = found->list[i].index;
        insert(&exact, (neighbour){exact_distance(n, z, index), index});
    }
    memset(scores, 0, f->classifier->classes * sizeof *scores);
    for (size_t rank = 0; rank < (size_t)n->learner.k; rank++) {
        float *score = &scores[n->labels[exact.list[rank].index]];
        *score += *score > 0 ? 1 : 1 + 1 / (float)(2 + rank);
    }
    if (overflows(n, z)) {
        scores[0] = NAN;
    }
}

static void find_block(void *context, size_t index, size_t worker)
{
    finding *f = context;
    const oc_nearest *n = f->nearest;
    size_t d = n->dimension, first = index * f->block, classes = f->classifier->classes;
    size_t count = f->rows->count - first < f->block ? f->rows->count - first : f->block;
    float *z = f->z + worker * f->block * d, *tile = f->tile + worker * f->block * TILE;
    neighbour *lists = f->lists + worker * (f->block + 1) * f->room;
    shortlist found[BLOCK];
    if (oc_job_cancelled(f->job)) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        oc_scaler_row(f->rows, first + i, f->classifier->shift, f->classifier->scale, z + i * d);
        found[i] = (shortlist){.list = lists + i * f->room, .room = f->room};
    }
    for (size_t left = 0; left < n->count; left += TILE) {
        size_t width = n->count - left < TILE ? n->count - left : TILE;
        measure(n, oc_packed(z, count, d), left, width, tile);
        for (size_t i = 0; i < count; i++) {
            const float *distance = tile + i * TILE;
            double farthest = found[i].count < f->room ? INFINITY : found[i].list[f->room - 1].distance;
            for (size_t j = 0; j < width; j++) {
                if ((double)distance[j] < farthest || found[i].count < f->room) {
                    insert(&found[i], (neighbour){(double)distance[j], (uint32_t)(left + j)});
                    farthest = found[i].list[found[i].count - 1].distance;
                }
            }
        }
    }
    for (size_t i = 0; i < count; i++) {
        vote(f, z + i * d, &found[i], lists + f->block * f->room, f->scores + (first + i) * classes);
    }
    size_t done = atomic_fetch_add(&f->done, count) + count;
    oc_job_progress(f->job, "nearest neighbours", done, f->rows->count);
}

oc_status oc_nearest_scores(const oc_classifier *classifier, const oc_rows *rows, float *scores, oc_job *job,
                            oc_error *err)
{
    const oc_nearest *n = classifier->nearest;
    size_t threads = oc_job_threads(job), room = (size_t)n->learner.k + SPARE;
    finding f = {.classifier = classifier, .nearest = n, .rows = rows, .scores = scores, .job = job};
    f.block = rows->count >= (size_t)4 * BLOCK ? BLOCK : rows->count < SMALL_BLOCK ? rows->count : SMALL_BLOCK;
    f.room = room < n->count ? room : n->count;
    f.z = oc_alloc(n->dimension, threads * f.block * sizeof *f.z);
    f.tile = oc_alloc(threads, f.block * TILE * sizeof *f.tile);
    f.lists = oc_alloc(f.room, threads * (f.block + 1) * sizeof *f.lists);
    oc_status status = OC_OK;
    if (!f.z || !f.tile || !f.lists) {
        status = oc_fail_memory(err, "the nearest neighbours");
    } else if (rows->count) {
        oc_parallel(job, (rows->count + f.block - 1) / f.block, find_block, &f);
        status = oc_job_cancelled(job) ? oc_fail(err, OC_CANCELLED, "cancelled") : OC_OK;
    }
    oc_free(f.z);
    oc_free(f.tile);
    oc_free(f.lists);
    return status;
}
