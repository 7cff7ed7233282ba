/* Classifies single images: z = (x - shift) * scale, then W z + b. The scaling is not folded into the weights: in
 * single precision W * scale may overflow, and (W * scale) x may lose all digits of x - shift. */
#include "src/model/predictor.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/learn/scaler.h"
#include "src/matrix/vector.h"
#include "src/model/model.h"

#include <string.h>

struct oc_predictor {
    const oc_model *model;
    oc_image_options image;
    oc_decoder *decoder;
    oc_workspace *workspace;
    float *row, *z;                /* (D): features, and scaled */
    float *scores, *probabilities; /* (C) */
};

oc_status oc_predictor_create(const oc_model *model, oc_predictor **out, oc_error *err)
{
    size_t classes = model->classifier->classes, d = model->classifier->dimension;
    oc_predictor *predictor = oc_alloc(1, sizeof *predictor);
    if (!predictor) {
        return oc_fail_memory(err, "the classifier");
    }
    predictor->model = model;
    predictor->image = model->image;
    predictor->row = oc_alloc(d, sizeof(float));
    predictor->z = oc_alloc(d, sizeof(float));
    predictor->scores = oc_alloc(classes, sizeof(float));
    predictor->probabilities = oc_alloc(classes, sizeof(float));
    oc_status status = OC_OK;
    if (!predictor->row || !predictor->z || !predictor->scores || !predictor->probabilities) {
        status = oc_fail_memory(err, "the classifier");
    } else {
        status = oc_decoder_create(&predictor->decoder, err);
    }
    if (status == OC_OK) {
        status = oc_workspace_create(&predictor->workspace, err);
    }
    if (status != OC_OK) {
        oc_predictor_free(predictor);
        return status;
    }
    *out = predictor;
    return OC_OK;
}

oc_status oc_predictor_copy(const oc_predictor *predictor, oc_predictor **twin, oc_error *err)
{
    oc_status status = oc_predictor_create(predictor->model, twin, err);
    if (status == OC_OK) {
        (*twin)->image = predictor->image;
    }
    return status;
}

void oc_predictor_free(oc_predictor *predictor)
{
    if (predictor) {
        oc_decoder_free(predictor->decoder);
        oc_workspace_free(predictor->workspace);
        oc_free(predictor->row);
        oc_free(predictor->z);
        oc_free(predictor->scores);
        oc_free(predictor->probabilities);
        oc_free(predictor);
    }
}

void oc_predictor_limit(oc_predictor *predictor, const oc_image_options *options)
{
    oc_image_options image = *options;
    image.size = predictor->model->image.size;
    image.fit = predictor->model->image.fit;
    image.depth = predictor->model->image.depth;
    image.planes = predictor->model->image.planes;
    predictor->image = image;
}

static void score(oc_predictor *predictor, const float *row)
{
    const oc_classifier *c = predictor->model->classifier;
    size_t d = c->dimension;
    oc_rows rows = oc_rows_of(row, 1, d);
    rows.unit = c->unit;
    const float *z = predictor->z;
    oc_scaler_row(&rows, 0, c->shift, c->scale, predictor->z);
    for (size_t k = 0; k < c->classes; k++) {
        const float *weights = c->weights + k * (d + 1);
        float sum = 0;
#pragma omp simd reduction(+ : sum)
        for (size_t j = 0; j < d; j++) {
            sum += weights[j] * z[j];
        }
        predictor->scores[k] = sum + weights[d];
    }
}

oc_status oc_classify_row(oc_predictor *predictor, const float *row, oc_prediction *prediction, oc_error *err)
{
    const oc_classifier *c = predictor->model->classifier;
    oc_status status = OC_OK;
    if (c->nearest) {
        oc_rows rows = oc_rows_of(row, 1, c->dimension);
        status = oc_scores(c, &rows, NULL, predictor->scores, err);
    } else {
        score(predictor, row);
    }
    if (status != OC_OK) {
        return status;
    }
    size_t best = oc_vector_argmax(predictor->scores, c->classes);
    if (best == c->classes) {
        return oc_fail(err, OC_BAD_DATA, "no finite scores: a feature is NaN, infinite or far too large");
    }
    bool probable = oc_classifier_probable(c);
    if (probable) {
        oc_classifier_probabilities(c, predictor->scores, predictor->probabilities);
    }
    *prediction = (oc_prediction){
        .label = best, .scores = predictor->scores, .probabilities = probable ? predictor->probabilities : NULL};
    return OC_OK;
}

static oc_status classify(oc_predictor *predictor, const oc_image *image, oc_prediction *prediction, oc_error *err)
{
    oc_status status = oc_features_extract(predictor->model->features, image, predictor->workspace, predictor->row,
                                           err);
    if (status == OC_OK) {
        status = oc_classify_row(predictor, predictor->row, prediction, err);
    }
    if (status == OC_OK) {
        prediction->warnings = image->warnings;
        prediction->warning = image->warning;
    }
    return status;
}

/* OC_USAGE for a model of rows made by another program, which cannot classify images. */
static oc_status check_stages(const oc_predictor *predictor, oc_error *err)
{
    return oc_features_count(predictor->model->features)
               ? OC_OK
               : oc_fail(err, OC_USAGE,
                         "the model was trained on rows of %zu values made by another program; it classifies such "
                         "rows, not images",
                         predictor->model->classifier->dimension);
}

const oc_model *oc_predictor_model(const oc_predictor *predictor)
{
    return predictor->model;
}

oc_status oc_predictor_classify(oc_predictor *predictor, const char *path, unsigned planes, oc_image *image,
                                oc_prediction *prediction, oc_error *err)
{
    oc_image_options options = predictor->image;
    oc_status status = check_stages(predictor, err);
    options.planes |= planes;
    if (status == OC_OK) {
        status = oc_decode_file(predictor->decoder, path, &options, image, err);
    }
    if (status != OC_OK) {
        return status;
    }
    status = classify(predictor, image, prediction, err);
    return status == OC_OK ? OC_OK : oc_fail_at(err, status, strcmp(path, "-") == 0 ? "standard input" : path);
}

oc_status oc_classify_file(oc_predictor *predictor, const char *path, oc_prediction *prediction, oc_error *err)
{
    oc_image image;
    return oc_predictor_classify(predictor, path, 0, &image, prediction, err);
}

oc_status oc_classify_memory(oc_predictor *predictor, const void *bytes, size_t size, oc_prediction *prediction,
                             oc_error *err)
{
    oc_image image;
    oc_status status = check_stages(predictor, err);
    if (status == OC_OK) {
        status = oc_decode_memory(predictor->decoder, bytes, size, &predictor->image, &image, err);
    }
    return status == OC_OK ? classify(predictor, &image, prediction, err) : status;
}

oc_status oc_classify_pixels(oc_predictor *predictor, const oc_pixels *pixels, oc_prediction *prediction, oc_error *err)
{
    oc_image image;
    oc_status status = check_stages(predictor, err);
    if (status == OC_OK) {
        status = oc_decode_pixels(predictor->decoder, pixels, &predictor->image, &image, err);
    }
    return status == OC_OK ? classify(predictor, &image, prediction, err) : status;
}

oc_status oc_predictor_classify_item(oc_predictor *predictor, const oc_dataset *dataset, size_t i,
                                     oc_prediction *prediction, oc_error *err)
{
    oc_image image;
    oc_status status = check_stages(predictor, err);
    if (status == OC_OK) {
        status = oc_dataset_read(dataset, i, predictor->decoder, &predictor->image, &image, err);
    }
    if (status != OC_OK) {
        return status;
    }
    status = classify(predictor, &image, prediction, err);
    return status == OC_OK ? OC_OK : oc_fail_at(err, status, oc_dataset_path(dataset, i));
}

oc_status oc_predictor_classify_set_row(oc_predictor *predictor, const oc_set *set, size_t i, oc_prediction *prediction,
                                        oc_error *err)
{
    oc_rows_copy(oc_set_rows(set), i, predictor->row);
    oc_status status = oc_classify_row(predictor, predictor->row, prediction, err);
    return status == OC_OK ? OC_OK : oc_fail_at(err, status, oc_set_path(set, i));
}
