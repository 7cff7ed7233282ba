/* Distances to tiles of training rows, for blocks of rows that stay in the cache:
 *
 *     |z - x|^2 / 2 = |z|^2 / 2 + (|x|^2 / 2 - z . x)
 *
 * The bracket orders the neighbours of z and takes one matrix product. In single precision it is a difference
 * of large numbers, so SPARE more neighbours are kept than were asked for, measured again from their
 * differences in double precision, and put in order. No array of Q x N distances ever exists. */
#include "src/learn/nearest.h"

#include "src/base/dispatch.h"
#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/threads.h"
#include "src/learn/nearest_kernels.h"
#include "src/learn/scaler.h"
#include "src/matrix/blas.h"

#include <float.h>
#include <math.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>

/* Rows a block, when there are enough for all threads, else; training rows a tile. */
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
        return oc_fail(err, OC_USAGE, "%lld nearest neighbours of %zu rows", (long long)learner->k, count);
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

typedef struct keeping {
    oc_nearest *nearest;
    const oc_rows *rows;
    const float *shift, *scale;
} keeping;

static void find_norms(oc_nearest *n, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++) {
        const float *x = n->rows + i * n->dimension;
        double sum = 0;
        for (size_t j = 0; j < n->dimension; j++) {
            sum += (double)x[j] * (double)x[j];
        }
        n->half_norms[i] = (float)(sum / 2);
    }
}

/* Of the longest row, infinite where it is no float. */
static void find_longest(oc_nearest *n)
{
    for (size_t i = 0; i < n->count; i++) {
        n->longest = fmaxf(n->longest, n->half_norms[i]);
    }
}

static void keep_tile(void *context, size_t index, size_t worker)
{
    (void)worker;
    const keeping *kept = context;
    oc_nearest *n = kept->nearest;
    size_t first = index * TILE, end = n->count - first < TILE ? n->count : first + TILE;
    for (size_t i = first; i < end; i++) {
        oc_scaler_row(kept->rows, i, kept->shift, kept->scale, n->rows + i * n->dimension);
    }
    find_norms(n, first, end);
}

oc_status oc_nearest_learn(const oc_learner *learner, const oc_rows *rows, const int *labels, const float *shift,
                           const float *scale, oc_job *job, oc_nearest **out, oc_error *err)
{
    oc_status status = create(learner, rows->count, rows->dimension, out, err);
    if (status == OC_OK) {
        keeping kept = {*out, rows, shift, scale};
        memcpy((*out)->labels, labels, rows->count * sizeof *labels);
        oc_parallel(job, (rows->count + TILE - 1) / TILE, keep_tile, &kept);
        find_longest(*out);
    }
    return status;
}

oc_status oc_nearest_restore(const oc_learner *learner, const float *rows, const float *labels, size_t count,
                             size_t dimension, size_t classes, oc_nearest **out, oc_error *err)
{
    oc_nearest *n;
    oc_status status = create(learner, count, dimension, &n, err);
    if (status != OC_OK) {
        return status;
    }
    memcpy(n->rows, rows, count * dimension * sizeof *rows);
    find_norms(n, 0, count);
    find_longest(n);
    for (size_t i = 0; i < count && status == OC_OK; i++) {
        if (!(labels[i] >= 0 && labels[i] < (float)classes && floorf(labels[i]) >= labels[i])) {
            status = oc_fail(err, OC_BAD_FILE, "neighbour %zu has the label %g; with %zu classes labels are 0..%zu", i,
                             (double)labels[i], classes, classes - 1);
        } else {
            n->labels[i] = (int)labels[i];
        }
    }
    if (status != OC_OK) {
        oc_nearest_free(n);
        return status;
    }
    *out = n;
    return OC_OK;
}

/* The nearest so far of one row, nearest first. */
typedef struct candidates {
    float *distance;
    uint32_t *index;
    size_t count, room;
} candidates;

static void insert(candidates *found, float distance, size_t index)
{
    size_t place = found->count < found->room ? found->count++ : found->room - 1;
    for (; place && found->distance[place - 1] > distance; place--) {
        found->distance[place] = found->distance[place - 1];
        found->index[place] = found->index[place - 1];
    }
    found->distance[place] = distance;
    found->index[place] = (uint32_t)index;
}

typedef struct scratch {
    float *z;          /* (block, D) */
    float *tile;       /* (block, TILE) */
    float *distance;   /* (block, room) */
    uint32_t *index;   /* (block, room) */
    candidates *found; /* (block) */
    double *exact;     /* (room) */
} scratch;

typedef struct finding {
    const oc_classifier *classifier;
    const oc_nearest *nearest;
    const oc_rows *rows;
    float *scores;
    size_t block, room;
    scratch *scratch; /* (workers) */
    oc_job *job;
    atomic_size_t done;
} finding;

/* tile (count, TILE): what orders training rows first .. first + width - 1 by distance from each row of z. */
static void measure(const oc_nearest *n, const float *z, size_t count, size_t first, size_t width, float *tile)
{
    size_t d = n->dimension;
    const float *x = n->rows + first * d;
    if (n->learner.metric == OC_METRIC_L2) {
        for (size_t i = 0; i < count; i++) {
            memcpy(tile + i * TILE, n->half_norms + first, width * sizeof *tile);
        }
        oc_matmul_nt(-1, oc_packed(z, count, d), oc_packed(x, width, d), 1, tile, TILE);
        return;
    }
    const oc_nearest_kernels *kernels = kernel_table();
    for (size_t j = 0; j < width; j += OC_NEAREST_GROUP) {
        size_t group = width - j < OC_NEAREST_GROUP ? width - j : OC_NEAREST_GROUP;
        for (size_t i = 0; i < count; i++) {
            kernels->l1(z + i * d, x + j * d, group, d, tile + i * TILE + j);
        }
    }
}

/* Can what `measure` finds for this row overflow? |z . x| is at most |z| |x|, a sum of differences twice the largest value
 * a column. */
static bool overflows(const oc_nearest *n, const float *z)
{
    double square = 0, largest = 0;
    for (size_t j = 0; j < n->dimension; j++) {
        square += (double)z[j] * (double)z[j];
        largest = fmax(largest, fabs((double)z[j]));
    }
    double length = sqrt(square), longest = sqrt(2 * (double)n->longest);
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

/* Puts the candidates into the order of their exact distances, of equal ones into that of the training rows. */
static void sort_exactly(const oc_nearest *n, const float *z, candidates *found, double *exact)
{
    for (size_t i = 0; i < found->count; i++) {
        uint32_t index = found->index[i];
        double distance = exact_distance(n, z, index);
        size_t place = i;
        for (; place &&
               (exact[place - 1] > distance || (exact[place - 1] >= distance && found->index[place - 1] > index));
             place--) {
            exact[place] = exact[place - 1];
            found->index[place] = found->index[place - 1];
        }
        exact[place] = distance;
        found->index[place] = index;
    }
}

/* Votes, and 1 / (2 + rank) for the nearest neighbour of each class, the rank counted from 0: it settles ties. */
static void vote(const oc_nearest *n, const candidates *found, size_t classes, float *scores)
{
    size_t k = (size_t)n->learner.k;
    memset(scores, 0, classes * sizeof *scores);
    for (size_t rank = 0; rank < k; rank++) {
        float *score = &scores[n->labels[found->index[rank]]];
        *score += *score > 0 ? 1 : 1 + 1 / (float)(2 + rank);
    }
}

static void find_block(void *context, size_t index, size_t worker)
{
    finding *f = context;
    const oc_nearest *n = f->nearest;
    scratch *own = &f->scratch[worker];
    size_t d = n->dimension, first = index * f->block, classes = f->classifier->classes;
    size_t count = f->rows->count - first < f->block ? f->rows->count - first : f->block;
    if (oc_job_cancelled(f->job)) {
        return;
    }
    for (size_t i = 0; i < count; i++) {
        oc_scaler_row(f->rows, first + i, f->classifier->shift, f->classifier->scale, own->z + i * d);
        own->found[i] = (candidates){own->distance + i * f->room, own->index + i * f->room, 0, f->room};
    }
    for (size_t left = 0; left < n->count; left += TILE) {
        size_t width = n->count - left < TILE ? n->count - left : TILE;
        measure(n, own->z, count, left, width, own->tile);
        for (size_t i = 0; i < count; i++) {
            const float *distance = own->tile + i * TILE;
            candidates *found = &own->found[i];
            float farthest = found->count < found->room ? INFINITY : found->distance[found->room - 1];
            for (size_t j = 0; j < width; j++) {
                if (distance[j] < farthest || found->count < found->room) {
                    insert(found, distance[j], left + j);
                    farthest = found->distance[found->count - 1];
                }
            }
        }
    }
    for (size_t i = 0; i < count; i++) {
        float *row_scores = f->scores + (first + i) * classes;
        sort_exactly(n, own->z + i * d, &own->found[i], own->exact);
        vote(n, &own->found[i], classes, row_scores);
        if (overflows(n, own->z + i * d)) {
            row_scores[0] = NAN;
        }
    }
    size_t done = atomic_fetch_add(&f->done, count) + count;
    oc_job_progress(f->job, "nearest neighbours", done, f->rows->count);
}

static bool allocate(scratch *own, size_t block, size_t dimension, size_t room)
{
    own->z = oc_alloc(dimension, block * sizeof *own->z);
    own->tile = oc_alloc(block, TILE * sizeof *own->tile);
    own->distance = oc_alloc(room, block * sizeof *own->distance);
    own->index = oc_alloc(room, block * sizeof *own->index);
    own->found = oc_alloc(block, sizeof *own->found);
    own->exact = oc_alloc(room, sizeof *own->exact);
    return own->z && own->tile && own->distance && own->index && own->found && own->exact;
}

oc_status oc_nearest_scores(const oc_classifier *classifier, const oc_rows *rows, float *scores, oc_job *job,
                            oc_error *err)
{
    const oc_nearest *n = classifier->nearest;
    size_t threads = oc_job_threads(job), room = (size_t)n->learner.k + SPARE;
    finding f = {.classifier = classifier, .nearest = n, .rows = rows, .scores = scores, .job = job};
    f.block = rows->count >= (size_t)4 * BLOCK ? BLOCK : rows->count < SMALL_BLOCK ? rows->count : SMALL_BLOCK;
    f.room = room < n->count ? room : n->count;
    f.scratch = oc_alloc(threads, sizeof *f.scratch);
    bool enough = f.scratch != NULL;
    for (size_t t = 0; enough && t < threads; t++) {
        enough = allocate(&f.scratch[t], f.block, n->dimension, f.room);
    }
    if (enough && rows->count) {
        oc_parallel(job, (rows->count + f.block - 1) / f.block, find_block, &f);
    }
    for (size_t t = 0; f.scratch && t < threads; t++) {
        oc_free(f.scratch[t].z);
        oc_free(f.scratch[t].tile);
        oc_free(f.scratch[t].distance);
        oc_free(f.scratch[t].index);
        oc_free(f.scratch[t].found);
        oc_free(f.scratch[t].exact);
    }
    oc_free(f.scratch);
    if (!enough) {
        return oc_fail_memory(err, "the nearest neighbours");
    }
    return oc_job_cancelled(job) ? oc_fail(err, OC_CANCELLED, "cancelled") : OC_OK;
}
