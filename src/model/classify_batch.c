/* Classifies many images. Items are collected until a batch is full; then all threads of the job classify it, each with
 * its own predictor, and the answers are returned in order. The size of a batch adapts so that it takes 0.1 to 0.5 s:
 * the answers come soon, and threads rarely wait for the last item of a batch. */
#include "src/model/classify_batch.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/threads.h"
#include "src/dataset/dataset.h"
#include "src/model/predictor.h"

#include <string.h>

enum { FIRST_BATCH = 64, MAX_BATCH = 4096, MIN_PER_THREAD = 8 };
static const size_t SCORE_BYTES = (size_t)4 << 20; /* of all scores and probabilities of a batch */
static const double SHORT_BATCH_SECONDS = 0.1, LONG_BATCH_SECONDS = 0.5;

typedef struct item {
    char *path;                /* owned */
    const oc_dataset *dataset; /* of image `index` in a binary file, or NULL */
    const oc_set *set;         /* of row `index`, or NULL */
    size_t index;
    bool failed; /* the item was added as a failure: it is not classified */
    bool worked; /* the item is answered */
    oc_status status;
    oc_prediction prediction;
    char *message; /* owned: the error, or the decoder's warning */
} item;

struct oc_batch {
    const oc_model *model;
    oc_batch_options options;
    oc_job *job;
    oc_predictor **predictors; /* (threads) */
    item *items;               /* (most) */
    size_t count, size, most;  /* items in the batch; items of a full batch; maximum of that */
    size_t answered, total;
    float *scores; /* (most, 2, C): scores, then probabilities, of each item */
};

static oc_status create_predictors(oc_batch *batch, oc_error *err)
{
    size_t threads = oc_job_threads(batch->job);
    batch->predictors = oc_alloc(threads, sizeof *batch->predictors);
    oc_status status = batch->predictors ? oc_predictor_create(batch->model, &batch->predictors[0], err)
                                         : oc_fail_memory(err, "the classifiers");
    if (status == OC_OK) {
        oc_predictor_limit(batch->predictors[0], &batch->options.image);
    }
    for (size_t i = 1; status == OC_OK && i < threads; i++) {
        status = oc_predictor_copy(batch->predictors[0], &batch->predictors[i], err);
    }
    return status;
}

oc_batch_options oc_batch_defaults(void)
{
    return (oc_batch_options){.image = oc_image_defaults()};
}

oc_status oc_batch_create(const oc_model *model, const oc_batch_options *options, oc_job *job, oc_batch **out,
                          oc_error *err)
{
    size_t answer_size = 2 * oc_model_classes(model) * sizeof(float), least = MIN_PER_THREAD * oc_job_threads(job);
    size_t most = SCORE_BYTES / answer_size < MAX_BATCH ? SCORE_BYTES / answer_size : MAX_BATCH;
    oc_batch *batch = oc_alloc(1, sizeof *batch);
    if (!batch) {
        return oc_fail_memory(err, "the batch");
    }
    batch->model = model;
    batch->options = *options;
    batch->job = job;
    batch->most = most > least ? most : least;
    batch->size = batch->most < FIRST_BATCH ? batch->most : FIRST_BATCH;
    batch->items = oc_alloc(batch->most, sizeof *batch->items);
    batch->scores = oc_alloc(batch->most, answer_size);
    oc_status status = batch->items && batch->scores ? create_predictors(batch, err) : oc_fail_memory(err, "the batch");
    if (status != OC_OK) {
        oc_batch_free(batch);
        return status;
    }
    *out = batch;
    return OC_OK;
}

static void clear_items(oc_batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        oc_free(batch->items[i].path);
        oc_free(batch->items[i].message);
    }
    batch->count = 0;
}

void oc_batch_free(oc_batch *batch)
{
    if (!batch) {
        return;
    }
    clear_items(batch);
    for (size_t i = oc_job_threads(batch->job); batch->predictors && i-- > 0;) {
        oc_predictor_free(batch->predictors[i]);
    }
    oc_free(batch->predictors);
    oc_free(batch->items);
    oc_free(batch->scores);
    oc_free(batch);
}

void oc_batch_expect(oc_batch *batch, size_t total)
{
    batch->total = total;
}

oc_job *oc_batch_job(const oc_batch *batch)
{
    return batch->job;
}

/* Copies a result, because the predictor overwrites it with the next item. */
static void keep_prediction(oc_batch *batch, size_t index, oc_prediction prediction)
{
    size_t classes = oc_model_classes(batch->model);
    float *scores = batch->scores + 2 * classes * index, *probabilities = scores + classes;
    item *it = &batch->items[index];
    memcpy(scores, prediction.scores, classes * sizeof *scores);
    if (prediction.probabilities) {
        memcpy(probabilities, prediction.probabilities, classes * sizeof *probabilities);
    }
    it->message = prediction.warning ? oc_strdup(prediction.warning) : NULL;
    it->prediction = prediction;
    it->prediction.scores = scores;
    it->prediction.probabilities = prediction.probabilities ? probabilities : NULL;
    it->prediction.warning = it->message;
}

static void classify_one(void *context, size_t index, size_t worker)
{
    oc_batch *batch = context;
    oc_predictor *predictor = batch->predictors[worker];
    item *it = &batch->items[index];
    oc_prediction prediction = {0};
    oc_error err;
    if (oc_job_cancelled(batch->job)) {
        return;
    }
    it->worked = true;
    if (it->failed || batch->answered + index < batch->options.done) {
        return;
    }
    it->status = it->dataset ? oc_predictor_classify_item(predictor, it->dataset, it->index, &prediction, &err)
                 : it->set   ? oc_predictor_classify_set_row(predictor, it->set, it->index, &prediction, &err)
                             : oc_classify_file(predictor, it->path, &prediction, &err);
    if (it->status == OC_OK) {
        keep_prediction(batch, index, prediction);
    } else {
        it->message = oc_strdup(err.message);
    }
}

static oc_status hand_out(oc_batch *batch, const item *it, oc_error *err)
{
    if (!it->worked) {
        return oc_fail(err, OC_CANCELLED, "cancelled");
    }
    if (it->status != OC_OK && (it->status == OC_NO_MEMORY || !it->message)) {
        return oc_fail(err, OC_NO_MEMORY, "%s", it->message ? it->message : "out of memory for a message");
    }
    oc_answer answer = {.path = it->path,
                        .status = it->status,
                        .message = it->status == OC_OK ? NULL : it->message,
                        .prediction = it->prediction};
    return batch->options.answer(batch->options.context, &answer, err);
}

static void adapt_size(oc_batch *batch, double seconds)
{
    if (seconds < SHORT_BATCH_SECONDS && batch->size <= batch->most / 2) {
        batch->size *= 2;
    } else if (seconds > LONG_BATCH_SECONDS && batch->size / 2 >= MIN_PER_THREAD * oc_job_threads(batch->job)) {
        batch->size /= 2;
    }
}

oc_status oc_batch_flush(oc_batch *batch, oc_error *err)
{
    oc_status status = OC_OK;
    double started = oc_seconds();
    oc_parallel(batch->job, batch->count, classify_one, batch);
    if (batch->count >= batch->size) {
        adapt_size(batch, oc_seconds() - started);
    }
    for (size_t i = 0; status == OC_OK && i < batch->count; i++) {
        status = hand_out(batch, &batch->items[i], err);
        batch->answered += status == OC_OK;
    }
    clear_items(batch);
    if (status == OC_OK) {
        bool known = batch->total >= batch->answered;
        oc_job_progress(batch->job, "classifying", batch->answered, known ? batch->total : 0);
    }
    return status;
}

/* Adds an item; the batch owns its path and message from now on. */
static oc_status add(oc_batch *batch, item it, oc_error *err)
{
    if (!it.path || (it.failed && !it.message)) {
        oc_free(it.path);
        oc_free(it.message);
        return oc_fail_memory(err, "a path");
    }
    batch->items[batch->count++] = it;
    return batch->count >= batch->size ? oc_batch_flush(batch, err) : OC_OK;
}

oc_status oc_batch_add_file(oc_batch *batch, const char *path, oc_error *err)
{
    return add(batch, (item){.path = oc_strdup(path)}, err);
}

oc_status oc_batch_add_failure(oc_batch *batch, const char *path, const oc_error *why, oc_error *err)
{
    return add(
        batch,
        (item){.path = oc_strdup(path), .failed = true, .status = why->status, .message = oc_strdup(why->message)},
        err);
}

oc_status oc_batch_add_dataset(oc_batch *batch, const oc_dataset *dataset, oc_error *err)
{
    oc_status status = OC_OK;
    bool held = oc_dataset_in_memory(dataset);
    for (size_t i = 0; status == OC_OK && i < oc_dataset_count(dataset); i++) {
        status = add(batch, (item){.path = oc_dataset_file(dataset, i), .dataset = held ? dataset : NULL, .index = i},
                     err);
    }
    return status == OC_OK && held ? oc_batch_flush(batch, err) : status;
}

oc_status oc_batch_add_set(oc_batch *batch, const oc_set *set, oc_error *err)
{
    oc_status status = OC_OK;
    for (size_t i = 0; status == OC_OK && i < oc_set_count(set); i++) {
        status = add(batch, (item){.path = oc_strdup(oc_set_path(set, i)), .set = set, .index = i}, err);
    }
    return status == OC_OK ? oc_batch_flush(batch, err) : status;
}

size_t oc_prediction_next(const oc_model *model, const oc_prediction *prediction, size_t label)
{
    size_t classes = oc_model_classes(model), next = classes;
    const float *scores = prediction->scores;
    for (size_t c = 0; c < classes; c++) {
        bool after = scores[c] < scores[label] || (!(scores[c] > scores[label]) && c > label);
        if (after && (next == classes || scores[c] > scores[next])) {
            next = c;
        }
    }
    return next;
}
