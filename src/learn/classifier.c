/* The classifier object, its scores and probabilities. */
#include <ocellus/classifier.h>

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/threads.h"
#include "src/learn/nearest.h"
#include "src/learn/scaler.h"
#include "src/matrix/blas.h"
#include "src/matrix/rows.h"
#include "src/matrix/vector.h"

#include <math.h>

void oc_classifier_free(oc_classifier *classifier)
{
    if (classifier) {
        oc_free(classifier->weights);
        oc_free(classifier->shift);
        oc_free(classifier->scale);
        oc_nearest_free(classifier->nearest);
        oc_free(classifier);
    }
}

bool oc_classifier_probable(const oc_classifier *classifier)
{
    return !classifier->nearest && classifier->calibration > 0;
}

void oc_classifier_probabilities(const oc_classifier *classifier, const float *scores, float *probabilities)
{
    double highest = (double)scores[0];
    for (size_t c = 1; c < classifier->classes; c++) {
        highest = fmax(highest, (double)scores[c]);
    }
    for (size_t c = 0; c < classifier->classes; c++) {
        probabilities[c] = (float)(classifier->calibration * ((double)scores[c] - highest));
    }
    oc_softmax(probabilities, classifier->classes, probabilities);
}

enum { TILE = 64 }; /* rows scored in one product */

typedef struct scoring {
    const oc_classifier *classifier;
    const oc_rows *rows;
    float *scaled; /* (threads, TILE, D) */
    float *scores; /* (N, C) */
} scoring;

static void score_tile(void *context, size_t index, size_t worker)
{
    scoring *work = context;
    const oc_classifier *c = work->classifier;
    size_t d = c->dimension, first = index * TILE;
    size_t count = work->rows->count - first < TILE ? work->rows->count - first : TILE;
    float *z = work->scaled + worker * TILE * d;
    float *scores = work->scores + first * c->classes;
    for (size_t i = 0; i < count; i++) {
        oc_scaler_row(work->rows, first + i, c->shift, c->scale, z + i * d);
        for (size_t j = 0; j < c->classes; j++) {
            scores[i * c->classes + j] = c->weights[j * (d + 1) + d];
        }
    }
    oc_matmul_nt(1, oc_packed(z, count, d), oc_view(c->weights, c->classes, d, d + 1), 1, scores, c->classes);
}

oc_status oc_scores(const oc_classifier *classifier, const oc_rows *rows, oc_job *job, float *scores, oc_error *err)
{
    if (rows->dimension != classifier->dimension) {
        return oc_fail(err, OC_USAGE, "rows of %zu values; the classifier was trained on %zu", rows->dimension,
                       classifier->dimension);
    }
    oc_rows view = *rows;
    view.unit = classifier->unit;
    if (classifier->nearest) {
        return oc_nearest_scores(classifier, &view, scores, job, err);
    }
    size_t size;
    float *scaled = oc_multiply(oc_job_threads(job) * TILE, rows->dimension, &size) ? oc_alloc(size, sizeof *scaled)
                                                                                    : NULL;
    if (!scaled) {
        return oc_fail_memory(err, "scores");
    }
    scoring work = {classifier, &view, scaled, scores};
    oc_parallel(job, (rows->count + TILE - 1) / TILE, score_tile, &work);
    oc_free(scaled);
    return OC_OK;
}

oc_status oc_predict(const oc_classifier *classifier, const oc_rows *rows, oc_job *job, int *predicted, oc_error *err)
{
    size_t classes = classifier->classes, size;
    float *scores = oc_multiply(rows->count, classes, &size) ? oc_alloc(size, sizeof *scores) : NULL;
    oc_status status = scores ? oc_scores(classifier, rows, job, scores, err) : oc_fail_memory(err, "scores");
    for (size_t i = 0; status == OC_OK && i < rows->count; i++) {
        const float *s = scores + i * classes;
        size_t best = oc_vector_argmax(s, classes);
        predicted[i] = (int)best;
        if (best == classes) {
            bool mirrored;
            status = oc_fail(err, OC_BAD_DATA,
                             "row %zu has no finite scores: a feature is NaN, infinite or far too large",
                             oc_rows_place(rows, i, &mirrored));
        }
    }
    oc_free(scores);
    return status;
}
