/* k-means++: each next centre is a point drawn with a probability proportional to its squared distance from the nearest
 * centre so far (Arthur and Vassilvitskii, 2007), on a sample of the points. */
#include "src/cluster/kmeans.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/random.h"
#include "src/base/threads.h"
#include "src/cluster/kmeans_kernels.h"

#include <float.h>
#include <string.h>

enum {
    SAMPLE_PER_CENTER = 20,
    TILE = 1024,                 /* points of one task */
    PURPOSE_SAMPLE = 0x6b6d2b01, /* streams of random numbers */
    PURPOSE_DRAW = 0x6b6d2b02
};

oc_status oc_kmeans_check(size_t n, size_t d, size_t k, oc_error *err)
{
    size_t values;
    if (k == 0 || d == 0) {
        return oc_fail(err, OC_USAGE, "k-means with %zu centres of %zu values", k, d);
    }
    if (k > n) {
        return oc_fail(err, OC_BAD_DATA, "%zu centres cannot be learned from %zu points", k, n);
    }
    if (n >= UINT32_MAX || !oc_multiply(n, d, &values)) {
        return oc_fail(err, OC_TOO_LARGE, "k-means on %zu points: at most %u are possible", n, UINT32_MAX - 1);
    }
    return OC_OK;
}

typedef struct seeding {
    const float *points, *center; /* (N,D), (D) */
    size_t n, d;
    float *nearest;   /* (N): squared distance to the nearest centre so far */
    double *tile_sum; /* (tiles) */
} seeding;

static void shrink_tile(void *context, size_t tile, size_t worker)
{
    (void)worker;
    seeding *s = context;
    size_t start = tile * TILE, count = s->n - start < TILE ? s->n - start : TILE;
    s->tile_sum[tile] = oc_kmeans()->shrink(s->points + start * s->d, count, s->d, s->center, s->nearest + start);
}

/* Returns the point at which the running sum of the squared distances exceeds a random fraction of their total. */
static size_t draw(const seeding *s, size_t tiles, oc_random *random)
{
    double total = 0;
    for (size_t tile = 0; tile < tiles; tile++) {
        total += s->tile_sum[tile];
    }
    if (!(total > 0)) {
        return oc_random_below(random, s->n); /* all points lie on centres */
    }
    double left = oc_random_unit(random) * total;
    size_t tile = 0;
    while (tile + 1 < tiles && left >= s->tile_sum[tile]) {
        left -= s->tile_sum[tile++];
    }
    size_t end = (tile + 1) * TILE < s->n ? (tile + 1) * TILE : s->n, last = tile * TILE;
    for (size_t i = tile * TILE; i < end; i++) {
        if (s->nearest[i] > 0) {
            last = i; /* Rounding may leave a positive remainder after the last point; then choose that one. */
            left -= (double)s->nearest[i];
            if (left < 0) {
                break;
            }
        }
    }
    return last;
}

static oc_status choose(seeding *s, const oc_kmeans_options *options, float *centers, oc_job *job, oc_error *err)
{
    size_t k = options->count;
    size_t tiles = s->n / TILE + (s->n % TILE != 0);
    oc_random random = oc_random_stream(options->seed, PURPOSE_DRAW, 0);
    size_t next = oc_random_below(&random, s->n);
    for (size_t i = 0; i < s->n; i++) {
        s->nearest[i] = FLT_MAX;
    }
    for (size_t chosen = 0; chosen < k; chosen++) {
        if (oc_job_cancelled(job)) {
            return oc_fail(err, OC_CANCELLED, "cancelled while choosing %zu first centres", k);
        }
        s->center = s->points + next * s->d;
        memcpy(centers + chosen * s->d, s->center, s->d * sizeof *centers);
        oc_job_progress(job, "first centres", chosen + 1, k);
        if (chosen + 1 < k) {
            oc_parallel(job, tiles, shrink_tile, s);
            next = draw(s, tiles, &random);
        }
    }
    return OC_OK;
}

/* Draws `count` of n indices at random; every subset is equally likely. */
static void sample(uint32_t *index, size_t n, size_t count, uint64_t seed)
{
    oc_random random = oc_random_stream(seed, PURPOSE_SAMPLE, 0);
    for (size_t i = 0; i < n; i++) {
        index[i] = (uint32_t)i;
    }
    for (size_t i = 0; i < count && count < n; i++) {
        size_t j = i + oc_random_below(&random, n - i);
        uint32_t swap = index[i];
        index[i] = index[j];
        index[j] = swap;
    }
}

oc_status oc_kmeans_seed(oc_matrix points, const oc_kmeans_options *options, float *centers, oc_job *job, oc_error *err)
{
    size_t n = points.rows, d = points.columns, k = options->count;
    oc_status status = oc_kmeans_check(n, d, k, err);
    if (status != OC_OK) {
        return status;
    }
    size_t count = k < n / SAMPLE_PER_CENTER ? k * SAMPLE_PER_CENTER : n;
    uint32_t *index = oc_alloc(n, sizeof *index);
    float *drawn = oc_alloc(count * d, sizeof *drawn);
    float *chosen = oc_alloc(k * d, sizeof *chosen);
    seeding s = {.points = drawn, .n = count, .d = d};
    s.nearest = oc_alloc(count, sizeof *s.nearest);
    s.tile_sum = oc_alloc(count / TILE + 1, sizeof *s.tile_sum);
    if (!index || !drawn || !chosen || !s.nearest || !s.tile_sum) {
        status = oc_fail_memory(err, "the first centres");
        goto cleanup;
    }
    sample(index, n, count, options->seed);
    for (size_t i = 0; i < count; i++) {
        memcpy(drawn + i * d, points.data + index[i] * d, d * sizeof *drawn);
    }
    status = choose(&s, options, chosen, job, err);
    if (status == OC_OK) {
        memcpy(centers, chosen, k * d * sizeof *centers);
    }
cleanup:
    oc_free(index);
    oc_free(drawn);
    oc_free(chosen);
    oc_free(s.nearest);
    oc_free(s.tile_sum);
    return status;
}
