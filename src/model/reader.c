/* Classifying single images. The scaling is folded into the weights once, so that a row costs one product:
 * W ((x - shift) * scale) + b = (W * scale) x + (b - (W * scale) shift). */
#include "src/model/reader.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/model/model.h"

#include <string.h>

struct oc_reader {
    const oc_model *model;
    oc_decoder *decoder;
    oc_workspace *workspace;
    float *weights; /* (C, D) */
    float *bias;    /* (C) */
    float *row;     /* (D) */
    float *scores, *probabilities; /* (C) */
};

static void fold(oc_reader *reader)
{
    const oc_classifier *c = reader->model->classifier;
    size_t d = c->dimension;
    for (size_t k = 0; !c->nearest && k < c->classes; k++) {
        const float *from = c->weights + k * (d + 1);
        double bias = (double)from[d];
        for (size_t j = 0; j < d; j++) {
            double weight = (double)from[j] * (double)c->scale[j];
            reader->weights[k * d + j] = (float)weight;
            bias -= weight * (double)c->shift[j];
        }
        reader->bias[k] = (float)bias;
    }
}

oc_status oc_reader_create(const oc_model *model, oc_reader **out, oc_error *err)
{
    size_t classes = model->classifier->classes, d = model->classifier->dimension;
    oc_reader *reader = oc_alloc(1, sizeof *reader);
    if (!reader) {
        return oc_fail_memory(err, "the classifier");
    }
    reader->model = model;
    reader->weights = oc_alloc(model->classifier->nearest ? 0 : classes, d * sizeof(float));
    reader->bias = oc_alloc(classes, sizeof(float));
    reader->row = oc_alloc(d, sizeof(float));
    reader->scores = oc_alloc(classes, sizeof(float));
    reader->probabilities = oc_alloc(classes, sizeof(float));
    oc_status status = OC_OK;
    if (!reader->weights || !reader->bias || !reader->row || !reader->scores || !reader->probabilities) {
        status = oc_fail_memory(err, "the classifier");
    } else {
        fold(reader);
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

void oc_reader_free(oc_reader *reader)
{
    if (reader) {
        oc_decoder_free(reader->decoder);
        oc_workspace_free(reader->workspace);
        oc_free(reader->weights);
        oc_free(reader->bias);
        oc_free(reader->row);
        oc_free(reader->scores);
        oc_free(reader->probabilities);
        oc_free(reader);
    }
}

static void score(oc_reader *reader)
{
    const oc_classifier *c = reader->model->classifier;
    for (size_t k = 0; k < c->classes; k++) {
        const float *weights = reader->weights + k * c->dimension;
        float sum = 0;
#pragma omp simd reduction(+ : sum)
        for (size_t j = 0; j < c->dimension; j++) {
            sum += weights[j] * reader->row[j];
        }
        reader->scores[k] = sum + reader->bias[k];
    }
}

static oc_status classify(oc_reader *reader, const oc_image *image, oc_result *result, oc_error *err)
{
    const oc_classifier *c = reader->model->classifier;
    oc_status status = oc_features_extract(reader->model->features, image, reader->workspace, reader->row, err);
    if (status != OC_OK) {
        return status;
    }
    if (c->nearest) {
        oc_rows row = oc_rows_of(reader->row, 1, c->dimension);
        status = oc_scores(c, &row, reader->scores, NULL, err);
    } else {
        score(reader);
    }
    if (status != OC_OK) {
        return status;
    }
    size_t best = 0;
    for (size_t k = 1; k < c->classes; k++) {
        best = reader->scores[k] > reader->scores[best] ? k : best;
    }
    bool probable = oc_classifier_probable(c);
    if (probable) {
        oc_softmax(reader->scores, c->classes, reader->probabilities);
    }
    *result = (oc_result){best, reader->scores, probable ? reader->probabilities : NULL};
    return OC_OK;
}

const oc_model *oc_reader_model(const oc_reader *reader)
{
    return reader->model;
}

oc_status oc_reader_classify(oc_reader *reader, const char *path, unsigned planes, oc_image *image, oc_result *result,
                             oc_error *err)
{
    oc_image_options options = reader->model->image;
    options.planes |= planes;
    oc_status status = oc_decode_file(reader->decoder, path, &options, image, err);
    return status == OC_OK ? classify(reader, image, result, err) : status;
}

oc_status oc_classify_file(oc_reader *reader, const char *path, oc_result *result, oc_error *err)
{
    oc_image image;
    return oc_reader_classify(reader, path, 0, &image, result, err);
}

oc_status oc_classify_memory(oc_reader *reader, const void *bytes, size_t size, oc_result *result, oc_error *err)
{
    oc_image image;
    oc_image_options options = reader->model->image;
    oc_status status = oc_decode_memory(reader->decoder, bytes, size, &options, &image, err);
    return status == OC_OK ? classify(reader, &image, result, err) : status;
}
