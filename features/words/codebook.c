/* words: the codebook. The mean, the transform, the parity and the words are stored; the arrays that the inner loops
 * read are computed from them. */
#include "features/words/codebook.h"

#include "features/words/patch.h"
#include "src/base/fail.h"
#include "src/matrix/panel.h"

#include <math.h>
#include <string.h>

enum { TENSORS = 4, FISHER_TENSORS = 5 };

void oc_words_free(oc_words *words)
{
    oc_free(words->mean);
    oc_free(words->transform);
    oc_free(words->parity);
    oc_free(words->words);
    oc_free(words->spread);
    oc_free(words->transform_panels);
    oc_free(words->transform_bias);
    oc_free(words->even_panels);
    oc_free(words->odd_panels);
    oc_free(words->word_bias);
    oc_free(words->no_bias);
    *words = (oc_words){0};
}

oc_status oc_words_prepare(oc_words *w, bool mirror, oc_error *err)
{
    size_t d = w->depth, r = w->directions, panels = oc_panel_count(w->count);
    w->even = 0;
    while (w->even < r && (w->parity[w->even] > 0 || !mirror)) {
        w->even++;
    }
    size_t odd = r - w->even, direction_panels = oc_panel_count(r);
    w->transform_panels = oc_alloc(direction_panels * OC_PANEL, d * sizeof(float));
    w->transform_bias = oc_alloc(direction_panels * OC_PANEL, sizeof(float));
    w->even_panels = oc_alloc(panels * OC_PANEL, w->even * sizeof(float));
    w->odd_panels = oc_alloc(panels * OC_PANEL, odd * sizeof(float));
    w->word_bias = oc_alloc(panels * OC_PANEL, sizeof(float));
    w->no_bias = oc_alloc(OC_PANEL, sizeof(float));
    if (!w->transform_panels || !w->transform_bias || !w->even_panels || !w->odd_panels || !w->word_bias ||
        !w->no_bias) {
        return oc_fail_memory(err, "words");
    }
    oc_panel_pack(w->transform, r, d, d, 1, w->transform_panels);
    for (size_t i = 0; i < r; i++) {
        double sum = 0;
        for (size_t j = 0; j < d; j++) {
            sum -= (double)w->transform[i * d + j] * (double)w->mean[j];
        }
        w->transform_bias[i] = (float)sum;
    }
    oc_panel_pack(w->words, w->count, w->even, r, -2, w->even_panels);
    oc_panel_pack(w->words + w->even, w->count, odd, r, -2, w->odd_panels);
    for (size_t k = 0; k < w->count; k++) {
        double sum = 0;
        for (size_t j = 0; j < r; j++) {
            sum += (double)w->words[k * r + j] * (double)w->words[k * r + j];
        }
        w->word_bias[k] = (float)sum;
    }
    return OC_OK;
}

size_t oc_words_save(const oc_words *w, oc_tensor *out)
{
    out[0] = (oc_tensor){"mean", 1, w->depth, w->mean};
    out[1] = (oc_tensor){"transform", w->directions, w->depth, w->transform};
    out[2] = (oc_tensor){"parity", 1, w->directions, w->parity};
    out[3] = (oc_tensor){"words", w->count, w->directions, w->words};
    if (!w->spread) {
        return TENSORS;
    }
    out[4] = (oc_tensor){"spread", w->count, w->directions, w->spread};
    return FISHER_TENSORS;
}

/* Copies the values of the tensor that has the name of `wanted`, after checking that it has its shape and that its
 * values are finite. */
static oc_status copy(const oc_tensor *tensors, size_t count, oc_tensor wanted, float **values, oc_error *err)
{
    const oc_tensor *tensor = NULL;
    size_t size = wanted.rows * wanted.columns;
    for (size_t i = 0; i < count; i++) {
        tensor = strcmp(tensors[i].name, wanted.name) == 0 ? &tensors[i] : tensor;
    }
    if (!tensor) {
        return oc_fail(err, OC_BAD_FILE, "the array %s is missing", wanted.name);
    }
    if (tensor->rows != wanted.rows || tensor->columns != wanted.columns) {
        return oc_fail(err, OC_BAD_FILE, "the array %s is %zux%zu; it should be %zux%zu", wanted.name, tensor->rows,
                       tensor->columns, wanted.rows, wanted.columns);
    }
    for (size_t i = 0; i < size; i++) {
        if (!isfinite(tensor->values[i])) {
            return oc_fail(err, OC_BAD_FILE, "the array %s has a value that is not finite", wanted.name);
        }
    }
    *values = oc_alloc(size, sizeof(float));
    if (!*values) {
        return oc_fail_memory(err, "words");
    }
    memcpy(*values, tensor->values, size * sizeof(float));
    return OC_OK;
}

/* Even directions must come first, then odd ones. */
static bool parity_valid(const float *parity, size_t count)
{
    for (size_t j = 0; j < count; j++) {
        bool even = parity[j] >= 1 && parity[j] <= 1, odd = parity[j] >= -1 && parity[j] <= -1;
        if ((!even && !odd) || (j && even && parity[j - 1] < 0)) {
            return false;
        }
    }
    return true;
}

/* Of encode=fisher: rows are divided by these. */
static bool spread_valid(const oc_words *w)
{
    const float least = 1e-6F;
    bool valid = true;
    for (size_t j = 0; w->spread && j < w->count * w->directions; j++) {
        valid = valid && w->spread[j] >= least;
    }
    return valid;
}

oc_status oc_words_load(const oc_words_params *params, const oc_tensor *from, size_t count, oc_words *words,
                        oc_error *err)
{
    oc_words w = {.depth = oc_words_depth(params), .count = (size_t)params->count};
    for (size_t i = 0; i < count; i++) {
        w.directions = strcmp(from[i].name, "transform") == 0 ? from[i].rows : w.directions;
    }
    size_t limit = oc_words_most_directions(params), most = limit ? limit : w.depth;
    size_t needed = params->encode == OC_WORDS_FISHER ? FISHER_TENSORS : TENSORS;
    if (count != needed || w.directions == 0 || w.directions > most) {
        return oc_fail(err, OC_BAD_FILE, "%zu arrays and %zu directions of %zu", count, w.directions, most);
    }
    const oc_tensor wanted[] = {{"mean", 1, w.depth, NULL},
                                {"transform", w.directions, w.depth, NULL},
                                {"parity", 1, w.directions, NULL},
                                {"words", w.count, w.directions, NULL},
                                {"spread", w.count, w.directions, NULL}};
    float **const values[] = {&w.mean, &w.transform, &w.parity, &w.words, &w.spread};
    oc_status status = OC_OK;
    for (size_t i = 0; status == OC_OK && i < needed; i++) {
        status = copy(from, count, wanted[i], values[i], err);
    }
    if (status == OC_OK && !parity_valid(w.parity, w.directions)) {
        status = oc_fail(err, OC_BAD_FILE, "the array parity is not made of ones and minus ones");
    }
    if (status == OC_OK && !spread_valid(&w)) {
        status = oc_fail(err, OC_BAD_FILE, "the array spread has a value that is not above 0");
    }
    if (status == OC_OK) {
        status = oc_words_prepare(&w, params->mirror, err);
    }
    if (status != OC_OK) {
        oc_words_free(&w);
    }
    *words = w;
    return status;
}
