/* The loss around the weights of a classifier. Scores are linear in the weights: with S, P and Q the scores of W, U and
 * V, the scores at W + a U + b V are S + a P + b Q, so three matrix products are enough for a whole plane. */
#include <ocellus/show.h>

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/random.h"
#include "src/base/threads.h"
#include "src/evaluate/evaluate.h"
#include "src/learn/scaler.h"
#include "src/model/object.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum {
    MAX_ROWS = 2000,
    RAY = 101,
    PLANE = 61,
    PER_DECADE = 16,
    FIRST_DECADE = -6,
    LAST_DECADE = 2,
    STEPS = (LAST_DECADE - FIRST_DECADE) * PER_DECADE + 1,
    PURPOSE_ROWS = 0x73686f77,
    PURPOSE_WEIGHTS = 0x73686f78
};
static const double REACH = 2, START_DEVIATION = 1e-4;

/* The rows, and their scores (N, C), from which the losses are computed. */
typedef struct around {
    const oc_classifier *classifier;
    oc_rows rows;
    uint32_t *chosen; /* (N) */
    int *labels;      /* (N) */
    float *weights;   /* (C, D+1): W, U or V, for the next product */
    float *scores[3]; /* (N, C) */
    double *s;        /* (threads, C) */
    oc_job *job;
    oc_losses *losses;
    size_t points;      /* to measure */
    atomic_size_t done; /* points that are measured */
} around;

/* A random sample of at most MAX_ROWS labelled rows. */
static oc_status choose_rows(around *a, const oc_model *model, const oc_set *set, uint64_t seed, oc_error *err)
{
    int *labels = NULL;
    oc_status status = oc_map_labels(set, oc_model_class_list(model), &labels, err);
    size_t all = oc_set_count(set), count = 0;
    a->chosen = oc_alloc(all, sizeof *a->chosen);
    a->labels = oc_alloc(MAX_ROWS, sizeof *a->labels);
    if (status == OC_OK && (!a->chosen || !a->labels)) {
        status = oc_fail_memory(err, "the rows");
    }
    for (size_t i = 0; status == OC_OK && i < all; i++) {
        if (labels[i] >= 0) {
            a->chosen[count++] = (uint32_t)i;
        }
    }
    if (status == OC_OK && count == 0) {
        status = oc_fail(err, OC_BAD_DATA, "the images have no labels, which a loss needs");
    }
    if (status == OC_OK) {
        oc_random random = oc_random_stream(seed, PURPOSE_ROWS, 0);
        oc_random_shuffle(&random, a->chosen, count);
        a->rows = *oc_set_rows(set);
        a->rows.count = count < MAX_ROWS ? count : MAX_ROWS;
        a->rows.chosen = a->chosen;
        a->rows.unit = oc_model_classifier(model)->unit;
        for (size_t i = 0; i < a->rows.count; i++) {
            a->labels[i] = labels[a->chosen[i]];
        }
    }
    oc_free(labels);
    return status;
}

static oc_status take_memory(around *a, oc_error *err)
{
    size_t classes = a->classifier->classes, scores;
    bool done = oc_multiply(a->rows.count, classes, &scores);
    a->weights = oc_alloc(classes, (a->classifier->dimension + 1) * sizeof *a->weights);
    a->s = oc_alloc(oc_job_threads(a->job), classes * sizeof *a->s);
    for (size_t i = 0; done && i < 3; i++) {
        a->scores[i] = oc_alloc(scores, sizeof(float));
        done = a->scores[i] != NULL;
    }
    return done && a->weights && a->s ? OC_OK : oc_fail_memory(err, "the losses");
}

/* scores[which] = the scores of a->weights. */
static oc_status score(around *a, size_t which, oc_error *err)
{
    oc_classifier c = *a->classifier;
    c.weights = a->weights;
    return oc_scores(&c, &a->rows, a->job, a->scores[which], err);
}

/* Draws normally distributed weights of this standard deviation; 0: with the norm of W. */
static void draw_weights(around *a, uint64_t seed, uint64_t stream, double deviation)
{
    const oc_classifier *c = a->classifier;
    size_t count = c->classes * (c->dimension + 1);
    oc_random random = oc_random_stream(seed, PURPOSE_WEIGHTS, stream);
    double ours = 0, theirs = 0;
    for (size_t i = 0; i < count; i++) {
        a->weights[i] = (float)oc_random_normal(&random);
        ours += (double)a->weights[i] * (double)a->weights[i];
        theirs += (double)c->weights[i] * (double)c->weights[i];
    }
    float factor = (float)(deviation > 0 ? deviation : sqrt(theirs / ours));
    for (size_t i = 0; i < count; i++) {
        a->weights[i] *= factor;
    }
}

/* The mean loss at scores S + a P + b Q. */
static double loss_at(const around *all, double a, double b, double *s)
{
    size_t classes = all->classifier->classes;
    double sum = 0;
    for (size_t i = 0; i < all->rows.count; i++) {
        for (size_t c = 0; c < classes; c++) {
            size_t at = i * classes + c;
            s[c] = (double)all->scores[0][at] + a * (double)all->scores[1][at] +
                   (b != 0 ? b * (double)all->scores[2][at] : 0);
        }
        sum += oc_loss_value(all->classifier->loss, s, classes, (size_t)all->labels[i], NULL);
    }
    return sum / (double)all->rows.count;
}

static void measure_point(void *context, size_t index, size_t worker)
{
    around *a = context;
    oc_losses *l = a->losses;
    double *s = a->s + worker * a->classifier->classes;
    double across = l->at[index % l->count];
    double down = l->kind == OC_LANDSCAPE_PLANE ? l->at[index / l->count] : 0;
    l->loss[index] = loss_at(a, l->kind == OC_LANDSCAPE_STEPS ? -across : across, down, s);
    oc_job_progress(a->job, "losses", atomic_fetch_add(&a->done, 1) + 1, a->points);
}

/* a->weights = the gradient of the mean loss with respect to the weights, at the scores S. */
static oc_status gradient(around *a, oc_error *err)
{
    const oc_classifier *c = a->classifier;
    size_t d = c->dimension, classes = c->classes, n = a->rows.count;
    float *z = oc_alloc(d, sizeof *z);
    double *sum = oc_alloc(classes, (d + 1) * sizeof *sum), *s = oc_alloc(classes, 2 * sizeof *s);
    bool done = z && sum && s;
    for (size_t i = 0; done && i < n; i++) {
        oc_scaler_row(&a->rows, i, c->shift, c->scale, z);
        for (size_t k = 0; k < classes; k++) {
            s[k] = (double)a->scores[0][i * classes + k];
        }
        oc_loss_value(c->loss, s, classes, (size_t)a->labels[i], s + classes);
        for (size_t k = 0; k < classes; k++) {
            double g = s[classes + k] / (double)n, *row = sum + k * (d + 1);
            for (size_t j = 0; g != 0 && j < d; j++) {
                row[j] += g * (double)z[j];
            }
            row[d] += g;
        }
    }
    for (size_t j = 0; done && j < classes * (d + 1); j++) {
        a->weights[j] = (float)sum[j];
    }
    oc_free(z);
    oc_free(sum);
    oc_free(s);
    return done ? OC_OK : oc_fail_memory(err, "the gradient");
}

/* Computes the scores S, P and Q of the landscape. */
static oc_status prepare(around *a, uint64_t seed, oc_error *err)
{
    const oc_classifier *c = a->classifier;
    size_t bytes = c->classes * (c->dimension + 1) * sizeof(float);
    bool steps = a->losses->kind == OC_LANDSCAPE_STEPS;
    if (steps) {
        draw_weights(a, seed, 2, START_DEVIATION);
    } else {
        memcpy(a->weights, c->weights, bytes);
    }
    oc_status status = score(a, 0, err);
    for (size_t i = 1; status == OC_OK && i < 3; i++) {
        if (steps) {
            status = i == 1 ? gradient(a, err) : OC_OK;
        } else {
            draw_weights(a, seed, i - 1, 0);
        }
        if (status == OC_OK) {
            status = score(a, i, err);
        }
    }
    return status;
}

static oc_status start(oc_losses *l, oc_landscape kind, oc_error *err)
{
    bool steps = kind == OC_LANDSCAPE_STEPS, plane = kind == OC_LANDSCAPE_PLANE;
    *l = (oc_losses){.kind = kind, .count = steps ? STEPS : plane ? PLANE : RAY, .reach = steps ? 0 : REACH};
    l->decade = steps ? PER_DECADE : 0;
    l->at = oc_alloc(l->count, sizeof *l->at);
    l->loss = oc_alloc(plane ? l->count * l->count : l->count, sizeof *l->loss);
    if (!l->at || !l->loss) {
        return oc_fail_memory(err, "the losses");
    }
    for (size_t i = 0; i < l->count; i++) {
        l->at[i] = steps ? pow(10, FIRST_DECADE + (double)i / PER_DECADE)
                         : l->reach * (2 * (double)i / (double)(l->count - 1) - 1);
    }
    return OC_OK;
}

oc_status oc_losses_measure(const oc_model *model, const oc_set *set, const oc_losses_options *options, oc_job *job,
                            oc_losses *out, oc_error *err)
{
    oc_losses losses;
    around a = {.classifier = oc_model_classifier(model), .job = job, .losses = &losses};
    if (a.classifier->nearest) {
        return oc_fail(err, OC_USAGE, "nearest neighbours have no weights, so there is no loss around them");
    }
    oc_status status = start(&losses, options->kind, err);
    if (status == OC_OK) {
        status = choose_rows(&a, model, set, options->seed, err);
    }
    if (status == OC_OK) {
        status = take_memory(&a, err);
    }
    if (status == OC_OK) {
        status = prepare(&a, options->seed, err);
    }
    if (status == OC_OK) {
        losses.rows = a.rows.count;
        losses.start = loss_at(&a, 0, 0, a.s);
        a.points = losses.kind == OC_LANDSCAPE_PLANE ? losses.count * losses.count : losses.count;
        oc_parallel(job, a.points, measure_point, &a);
    }
    oc_free(a.chosen);
    oc_free(a.labels);
    oc_free(a.weights);
    oc_free(a.s);
    for (size_t i = 0; i < 3; i++) {
        oc_free(a.scores[i]);
    }
    if (status != OC_OK) {
        oc_losses_clear(&losses);
        return status;
    }
    *out = losses;
    return OC_OK;
}

void oc_losses_clear(oc_losses *losses)
{
    oc_free(losses->at);
    oc_free(losses->loss);
    *losses = (oc_losses){.count = 0};
}
