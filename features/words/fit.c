/* Learning the words: descriptors sampled evenly over all images, whitened, then k-means.
 *
 * Image i of n gives floor((i + 1) S / n) - floor(i S / n) of the S samples, places drawn without repetition from its
 * own stream of random numbers: neither the order of reading nor the number of threads matters. */
#include "features/words/fit.h"

#include "features/words/patch.h"
#include "src/base/fail.h"
#include "src/base/random.h"
#include "src/base/threads.h"
#include "src/cluster/kmeans.h"
#include "src/cluster/whiten.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>

enum { PURPOSE_PLACES = 0x776f7201 };

typedef struct sampling {
    const oc_words_plan *plan;
    const oc_words_params *params;
    const oc_source *source;
    oc_job *job;
    uint64_t seed;
    size_t samples, depth, place_count;
    float *x;               /* (samples, D) */
    uint32_t *taken;        /* (images): samples that image i gave; 0 when it could not be read */
    oc_words_place *places; /* (threads, place_count) */
    oc_arena *arenas;       /* (threads) */
    atomic_bool short_of_memory;
    atomic_size_t done;
} sampling;

/* image * samples / images, where the product could overflow; there are fewer than 2^32 images. */
static size_t first_sample(const sampling *s, size_t image)
{
    size_t images = s->source->count, each = s->samples / images, rest = s->samples % images;
    return image * each + (size_t)((uint64_t)image * rest / images);
}

/* Moves a random subset of `wanted` places to the front, in order; every subset is equally likely (Knuth, algorithm
 * S). */
static void choose_places(oc_words_place *places, size_t count, size_t wanted, oc_random *random)
{
    for (size_t i = 0, chosen = 0; chosen < wanted; i++) {
        if (oc_random_below(random, count - i) < wanted - chosen) {
            places[chosen++] = places[i];
        }
    }
}

static void sample_image(void *context, size_t index, size_t worker)
{
    sampling *s = context;
    size_t first = first_sample(s, index), wanted = first_sample(s, index + 1) - first;
    size_t count = s->place_count;
    oc_words_place *places = s->places + worker * count;
    wanted = wanted < count ? wanted : count;
    oc_image image;
    oc_status status = wanted && !oc_job_cancelled(s->job)
                           ? s->source->read(s->source->context, index, worker, &image, NULL)
                           : OC_CANCELLED;
    if (status == OC_NO_MEMORY) { /* leaving the image out would change the words */
        atomic_store(&s->short_of_memory, true);
    } else if (status == OC_OK) {
        oc_random random = oc_random_stream(s->seed, PURPOSE_PLACES, index);
        oc_words_view view;
        oc_arena_reset(&s->arenas[worker]);
        if (oc_words_view_create(&view, s->plan, &image, &s->arenas[worker], NULL) == OC_OK) {
            memcpy(places, s->plan->places, count * sizeof *places);
            choose_places(places, count, wanted, &random);
            oc_words_describe(&view, places, wanted, s->x + first * s->depth);
            s->taken[index] = (uint32_t)wanted;
        } else {
            atomic_store(&s->short_of_memory, true);
        }
    }
    oc_job_progress(s->job, "sampling patches", atomic_fetch_add(&s->done, 1) + 1, s->source->count);
}

/* Closes the gaps of images that could not be read; returns the number of samples. */
static size_t close_gaps(sampling *s)
{
    size_t count = 0;
    for (size_t i = 0; i < s->source->count; i++) {
        size_t first = first_sample(s, i);
        if (s->taken[i] && first != count) {
            memmove(s->x + count * s->depth, s->x + first * s->depth, s->taken[i] * s->depth * sizeof *s->x);
        }
        count += s->taken[i];
    }
    return count;
}

static oc_status sample(sampling *s, size_t *count, oc_error *err)
{
    size_t all, threads = oc_job_threads(s->job);
    s->place_count = s->plan->place_count;
    s->depth = oc_words_depth(s->params);
    s->samples = (size_t)s->params->samples;
    if (oc_multiply(s->source->count, s->place_count, &all) && all < s->samples) {
        s->samples = all;
    }
    s->x = oc_alloc(s->samples, s->depth * sizeof *s->x);
    s->taken = oc_alloc(s->source->count, sizeof *s->taken);
    s->places = oc_alloc(threads * s->place_count, sizeof *s->places);
    s->arenas = oc_alloc(threads, sizeof *s->arenas);
    if (!s->arenas || !s->x || !s->taken || !s->places) {
        return oc_fail(err, OC_NO_MEMORY, "out of memory for %zu sampled patches", s->samples);
    }
    oc_parallel(s->job, s->source->count, sample_image, s);
    if (oc_job_cancelled(s->job)) {
        return oc_fail(err, OC_CANCELLED, "cancelled while sampling");
    }
    if (atomic_load(&s->short_of_memory)) {
        return oc_fail_memory(err, "describing images");
    }
    *count = close_gaps(s);
    if (*count < (size_t)s->params->count) {
        return oc_fail(err, OC_BAD_DATA, "%lld words cannot be learned from %zu patches of %zu images",
                       (long long)s->params->count, *count, s->source->count);
    }
    return OC_OK;
}

/* Whitens the samples in place and stores the whitening in `words`. */
static oc_status whiten(const sampling *s, size_t count, oc_words *words, oc_error *err)
{
    uint32_t *order = oc_alloc(s->depth, sizeof *order);
    if (!order) {
        return oc_fail_memory(err, "words");
    }
    oc_words_mirror_order(s->params, order);
    oc_whiten_options options = {s->params->whiten, s->params->ridge, s->params->keep, s->params->mirror ? order : NULL,
                                 oc_words_most_directions(s->params)};
    oc_whitening map = {0};
    oc_status status = oc_whiten_fit(oc_packed(s->x, count, s->depth), &options, &map, s->job, err);
    oc_free(order);
    if (status == OC_OK) {
        status = oc_whiten_apply(&map, s->x, count, s->x, err);
    }
    words->parity = oc_alloc(map.r, sizeof *words->parity);
    if (status != OC_OK || !words->parity) {
        oc_whiten_free(&map);
        return status != OC_OK ? status : oc_fail_memory(err, "words");
    }
    for (size_t j = 0; j < map.r; j++) {
        words->parity[j] = j < map.even ? 1 : -1;
    }
    words->depth = map.d;
    words->directions = map.r;
    words->mean = map.mean;
    words->transform = map.transform;
    oc_free(map.variance);
    return OC_OK;
}

static oc_status cluster(const sampling *s, size_t count, oc_words *words, oc_error *err)
{
    size_t r = words->directions;
    words->count = (size_t)s->params->count;
    words->words = oc_alloc(words->count, r * sizeof *words->words);
    if (!words->words) {
        return oc_fail_memory(err, "words");
    }
    oc_kmeans_options options = {words->count, (size_t)s->params->iterations, 1e-4, s->seed};
    oc_matrix points = oc_packed(s->x, count, r);
    oc_status status = oc_kmeans_seed(points, &options, words->words, s->job, err);
    return status == OC_OK ? oc_kmeans_lloyd(points, &options, words->words, NULL, s->job, err) : status;
}

/* The spread around each word of the samples nearest to it; of few samples, nearly that of all. */
static oc_status spread(const sampling *s, size_t count, oc_words *w, oc_error *err)
{
    enum { PRIOR_SAMPLES = 10 };
    size_t r = w->directions;
    double *squares = oc_alloc((w->count + 1) * r, sizeof *squares), *all = squares ? squares + w->count * r : NULL;
    size_t *members = oc_alloc(w->count, sizeof *members);
    w->spread = oc_alloc(w->count, r * sizeof *w->spread);
    if (!squares || !members || !w->spread) {
        oc_free(squares);
        oc_free(members);
        return oc_fail_memory(err, "words");
    }
    for (size_t i = 0; i < count && !oc_job_cancelled(s->job); i++) {
        const float *y = s->x + i * r;
        size_t nearest = 0;
        float least = INFINITY;
        for (size_t k = 0; k < w->count; k++) {
            float sum = 0;
#pragma omp simd reduction(+ : sum)
            for (size_t d = 0; d < r; d++) {
                float difference = y[d] - w->words[k * r + d];
                sum += difference * difference;
            }
            nearest = sum < least ? k : nearest;
            least = sum < least ? sum : least;
        }
        members[nearest]++;
        for (size_t d = 0; d < r; d++) {
            double difference = (double)y[d] - (double)w->words[nearest * r + d];
            squares[nearest * r + d] += difference * difference;
            all[d] += difference * difference;
        }
    }
    for (size_t k = 0; k < w->count; k++) {
        for (size_t d = 0; d < r; d++) {
            double common = all[d] / (double)count;
            double own = (squares[k * r + d] + PRIOR_SAMPLES * common) / (double)(members[k] + PRIOR_SAMPLES);
            w->spread[k * r + d] = (float)sqrt(own + 1e-6);
        }
    }
    oc_free(squares);
    oc_free(members);
    return oc_job_cancelled(s->job) ? oc_fail(err, OC_CANCELLED, "cancelled") : OC_OK;
}

oc_status oc_words_fit(const oc_words_plan *plan, const oc_source *source, uint64_t seed, oc_words *words, oc_job *job,
                       oc_error *err)
{
    const oc_words_params *params = &plan->params;
    if (source->count == 0) {
        return oc_fail(err, OC_BAD_DATA, "no images to learn from");
    }
    sampling s = {.plan = plan, .params = params, .source = source, .job = job, .seed = seed};
    oc_words learned = {0};
    size_t count = 0;
    oc_status status = sample(&s, &count, err);
    if (status == OC_OK) {
        status = whiten(&s, count, &learned, err);
    }
    if (status == OC_OK) {
        status = cluster(&s, count, &learned, err);
    }
    if (status == OC_OK && params->encode == OC_WORDS_FISHER) {
        status = spread(&s, count, &learned, err);
    }
    if (status == OC_OK) {
        status = oc_words_prepare(&learned, params->mirror, err);
    }
    oc_free(s.x);
    oc_free(s.taken);
    oc_free(s.places);
    for (size_t t = 0; s.arenas && t < oc_job_threads(job); t++) {
        oc_arena_free(&s.arenas[t]);
    }
    oc_free(s.arenas);
    if (status != OC_OK) {
        oc_words_free(&learned);
        return status;
    }
    *words = learned;
    return OC_OK;
}
