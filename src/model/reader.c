/* Classifying single images: z = (x - shift) * scale, then W z + b. The scaling is not folded into the weights, for in
 * single precision W * scale may leave the range of a float, and (W * scale) x may lose all of x - shift. */
#include "src/model/reader.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/learn/scaler.h"
#include "src/matrix/vector.h"
#include "src/model/model.h"

#include <string.h>

struct oc_reader {
    const oc_model *model;
    oc_image_options image;
    oc_decoder *decoder;
    oc_workspace *workspace;
    float *row, *z;                /* (D): features, and scaled */
    float *scores, *probabilities; /* (C) */
};

oc_status oc_reader_create(const oc_model *model, oc_reader **out, oc_error *err)
{
    size_t classes = model->classifier->classes, d = model->classifier->dimension;
    oc_reader *reader = oc_alloc(1, sizeof *reader);
    if (!reader) {
        return oc_fail_memory(err, "the classifier");
    }
    reader->model = model;
    reader->image = model->image;
    reader->row = oc_alloc(d, sizeof(float));
    reader->z = oc_alloc(d, sizeof(float));
    reader->scores = oc_alloc(classes, sizeof(float));
    reader->probabilities = oc_alloc(classes, sizeof(float));
    oc_status status = OC_OK;
    if (!reader->row || !reader->z || !reader->scores || !reader->probabilities) {
        status = oc_fail_memory(err, "the classifier");
    } else {
        status = oc_decoder_create(&reader->decoder, err);
    }
    if (status == OC_OK) {
        status = oc_workspace_create(&reader->workspace, err);
    }
    if (status != OC_OK) {
        oc_reader_free(reader);
        return status;
    }
    *out = reader;
    return OC_OK;
}

oc_status oc_reader_twin(const oc_reader *reader, oc_reader **twin, oc_error *err)
{
    oc_status status = oc_reader_create(reader->model, twin, err);
    if (status == OC_OK) {
        (*twin)->image = reader->image;
    }
    return status;
}

void oc_reader_free(oc_reader *reader)
{
    if (reader) {
        oc_decoder_free(reader->decoder);
        oc_workspace_free(reader->workspace);
        oc_free(reader->row);
        oc_free(reader->z);
        oc_free(reader->scores);
        oc_free(reader->probabilities);
        oc_free(reader);
    }
}

void oc_reader_limit(oc_reader *reader, const oc_image_options *options)
{
    oc_image_options image = *options;
    image.size = reader->model->image.size;
    image.fit = reader->model->image.fit;
    image.depth = reader->model->image.depth;
    image.planes = reader->model->image.planes;
    reader->image = image;
}

static void score(oc_reader *reader, const float *row)
{
    const oc_classifier *c = reader->model->classifier;
    size_t d = c->dimension;
    oc_rows rows = oc_rows_of(row, 1, d);
    rows.unit = c->unit;
    const float *z = reader->z;
    oc_scaler_row(&rows, 0, c->shift, c->scale, reader->z);
    for (size_t k = 0; k < c->classes; k++) {
        const float *weights = c->weights + k * (d + 1);
        float sum = 0;
#pragma omp simd reduction(+ : sum)
        for (size_t j = 0; j < d; j++) {
            sum += weights[j] * z[j];
        }
        reader->scores[k] = sum + weights[d];
    }
}

oc_status oc_classify_row(oc_reader *reader, const float *row, oc_result *result, oc_error *err)
{
    const oc_classifier *c = reader->model->classifier;
    oc_status status = OC_OK;
    if (c->nearest) {
        oc_rows rows = oc_rows_of(row, 1, c->dimension);
        status = oc_scores(c, &rows, reader->scores, NULL, err);
    } else {
        score(reader, row);
    }
    if (status != OC_OK) {
        return status;
    }
    size_t best = oc_vector_argmax(reader->scores, c->classes);
    if (best == c->classes) {
        return oc_fail(err, OC_BAD_DATA, "no finite scores: a feature is NaN, infinite or far too large");
    }
    bool probable = oc_classifier_probable(c);
    if (probable) {
        oc_classifier_probabilities(c, reader->scores, reader->probabilities);
    }
    *result = (oc_result){
        .label = best, .scores = reader->scores, .probabilities = probable ? reader->probabilities : NULL};
    return OC_OK;
}

static oc_status classify(oc_reader *reader, const oc_image *image, oc_result *result, oc_error *err)
{
    oc_status status = oc_features_extract(reader->model->features, image, reader->workspace, reader->row, err);
    if (status == OC_OK) {
        status = oc_classify_row(reader, reader->row, result, err);
    }
    if (status == OC_OK) {
        result->warnings = image->warnings;
        result->warning = image->warning;
    }
    return status;
}

/* A model of another program's rows cannot take an image, whatever is in it. */
static oc_status check_stages(const oc_reader *reader, oc_error *err)
{
    return oc_features_count(reader->model->features)
               ? OC_OK
               : oc_fail(err, OC_USAGE,
                         "the model was trained on rows of %zu values that another program made; it classifies such "
                         "rows, not images",
                         reader->model->classifier->dimension);
}

const oc_model *oc_reader_model(const oc_reader *reader)
{
    return reader->model;
}

oc_status oc_reader_classify(oc_reader *reader, const char *path, unsigned planes, oc_image *image, oc_result *result,
                             oc_error *err)
{
    oc_image_options options = reader->image;
    oc_status status = check_stages(reader, err);
    options.planes |= planes;
    if (status == OC_OK) {
        status = oc_decode_file(reader->decoder, path, &options, image, err);
    }
    if (status != OC_OK) {
        return status;
    }
    status = classify(reader, image, result, err);
    return status == OC_OK ? OC_OK : oc_fail_at(err, status, strcmp(path, "-") == 0 ? "standard input" : path);
}

oc_status oc_classify_file(oc_reader *reader, const char *path, oc_result *result, oc_error *err)
{
    oc_image image;
    return oc_reader_classify(reader, path, 0, &image, result, err);
}

oc_status oc_classify_memory(oc_reader *reader, const void *bytes, size_t size, oc_result *result, oc_error *err)
{
    oc_image image;
    oc_status status = check_stages(reader, err);
    if (status == OC_OK) {
        status = oc_decode_memory(reader->decoder, bytes, size, &reader->image, &image, err);
    }
    return status == OC_OK ? classify(reader, &image, result, err) : status;
}

oc_status oc_classify_pixels(oc_reader *reader, const uint8_t *pixels, size_t stride, size_t width, size_t height,
                             size_t channels, oc_result *result, oc_error *err)
{
    oc_image image;
    oc_status status = check_stages(reader, err);
    if (status == OC_OK) {
        status = oc_decode_pixels(reader->decoder, pixels, stride, width, height, channels, &reader->image, &image,
                                  err);
    }
    return status == OC_OK ? classify(reader, &image, result, err) : status;
}

oc_status oc_reader_classify_item(oc_reader *reader, const oc_dataset *dataset, size_t i, oc_result *result,
                                  oc_error *err)
{
    oc_image image;
    oc_status status = check_stages(reader, err);
    if (status == OC_OK) {
        status = oc_dataset_read(dataset, i, reader->decoder, &reader->image, &image, err);
    }
    if (status != OC_OK) {
        return status;
    }
    status = classify(reader, &image, result, err);
    return status == OC_OK ? OC_OK : oc_fail_at(err, status, oc_dataset_path(dataset, i));
}

oc_status oc_reader_classify_set_row(oc_reader *reader, const oc_set *set, size_t i, oc_result *result, oc_error *err)
{
    oc_rows_copy(oc_set_rows(set), i, reader->row);
    oc_status status = oc_classify_row(reader, reader->row, result, err);
    return status == OC_OK ? OC_OK : oc_fail_at(err, status, oc_set_path(set, i));
}
