/* Rows, weights and answers as plain arrays. */
#include <ocellus/binding.h>

#include <string.h>

oc_status oc_set_of_array(const float *values, size_t count, size_t dimension, const char *const *labels, oc_set **set,
                          oc_error *err)
{
    oc_rows rows = oc_rows_of(values, count, dimension);
    return oc_set_of_rows(&rows, labels, set, err);
}

const float *oc_set_array(const oc_set *set)
{
    const oc_rows *rows = oc_set_rows(set);
    bool plain = rows->blocks == 1 && !rows->chosen && !rows->mirrored && rows->block[0].stride == rows->dimension;
    return plain ? rows->block[0].values : NULL;
}

const float *oc_model_weights(const oc_model *model)
{
    return oc_model_classifier(model)->weights;
}

const float *oc_model_shift(const oc_model *model)
{
    return oc_model_classifier(model)->shift;
}

const float *oc_model_scale(const oc_model *model)
{
    return oc_model_classifier(model)->scale;
}

/* Where the next answer goes. */
typedef struct filling {
    const oc_answer_arrays *arrays;
    size_t classes, next;
} filling;

static oc_status take_answer(void *context, const oc_answer *answer, oc_error *err)
{
    filling *f = context;
    const oc_answer_arrays *arrays = f->arrays;
    size_t i = f->next++, bytes = f->classes * sizeof(float);
    (void)err;
    if (arrays->status) {
        arrays->status[i] = (int)answer->status;
    }
    if (answer->status != OC_OK) {
        if (arrays->failed) {
            arrays->failed(arrays->context, i, answer->message);
        }
        return OC_OK;
    }
    if (arrays->scores) {
        memcpy(arrays->scores + i * f->classes, answer->prediction.scores, bytes);
    }
    if (arrays->probabilities && answer->prediction.probabilities) {
        memcpy(arrays->probabilities + i * f->classes, answer->prediction.probabilities, bytes);
    }
    return OC_OK;
}

oc_status oc_classify_dataset(const oc_model *model, const oc_dataset *dataset, const oc_image_options *limits,
                              oc_job *job, const oc_answer_arrays *arrays, oc_error *err)
{
    filling f = {arrays, oc_model_classes(model), 0};
    oc_batch_options options = {.image = *limits, .answer = take_answer, .context = &f};
    oc_batch *batch = NULL;
    oc_status status = oc_batch_create(model, &options, job, &batch, err);
    if (status == OC_OK) {
        oc_batch_expect(batch, oc_dataset_count(dataset));
        status = oc_batch_add_dataset(batch, dataset, err);
    }
    if (status == OC_OK) {
        status = oc_batch_flush(batch, err);
    }
    oc_batch_free(batch);
    return status;
}

oc_status oc_classify_set(const oc_model *model, const oc_set *set, oc_job *job, const oc_answer_arrays *arrays,
                          oc_error *err)
{
    filling f = {arrays, oc_model_classes(model), 0};
    oc_batch_options options = {.answer = take_answer, .context = &f};
    oc_batch *batch = NULL;
    oc_status status = oc_model_matches(model, set, err);
    if (status == OC_OK) {
        status = oc_batch_create(model, &options, job, &batch, err);
    }
    if (status == OC_OK) {
        oc_batch_expect(batch, oc_set_count(set));
        status = oc_batch_add_set(batch, set, err);
    }
    oc_batch_free(batch);
    return status;
}
