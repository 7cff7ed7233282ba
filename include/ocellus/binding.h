/* For bindings to other languages (src/python is one): options by name, and arrays where a C program has structs, so
 * that a binding needs the layout of few of them.
 *
 * Thread-safe; settings that a thread changes belong to that thread. */
#ifndef OCELLUS_BINDING_H
#define OCELLUS_BINDING_H

#include <ocellus/model.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The options of extraction and training, with the defaults of the command. */
typedef struct oc_settings oc_settings;
OC_API oc_status oc_settings_create(oc_settings **settings, oc_error *err);
OC_API void oc_settings_free(oc_settings *settings);
/* Names are those of oc_image_params, oc_limit_params and oc_train_params, "seed", and for extraction "output" (a
 * set folder), "strict" and "resume" (0 or 1). OC_USAGE for another name, or a value out of range. */
OC_API oc_status oc_settings_set(oc_settings *settings, const char *name, const char *value, oc_error *err);
/* The value as it would be typed; returns its length, and truncates, like snprintf. 0 for a name without a value. */
OC_API size_t oc_settings_get(oc_settings *settings, const char *name, char *text, size_t size);
/* The structs that hold them; they belong to the settings. */
OC_API oc_image_options *oc_settings_image(oc_settings *settings);
OC_API const oc_extract_options *oc_settings_extract(const oc_settings *settings);
OC_API const oc_train_options *oc_settings_train(const oc_settings *settings);
/* Copies the image options of a model or a set; of a model also the training options as they were used. */
OC_API void oc_settings_use_model(oc_settings *settings, const oc_model *model);
OC_API void oc_settings_use_set(oc_settings *settings, const oc_set *set);

/* oc_set_of_rows for one contiguous array (count, dimension), which must outlive the set. */
OC_API oc_status oc_set_of_array(const float *values, size_t count, size_t dimension, const char *const *labels,
                                 oc_set **set, oc_error *err);
/* The rows (N, D) of a set as one contiguous array that belongs to it; NULL where they are not one. */
OC_API const float *oc_set_array(const oc_set *set);

/* The arrays of a model's classifier, which belong to it: weights (C, D+1) on scaled rows, bias last, NULL for nearest
 * neighbours; shift and scale (D). */
OC_API const float *oc_model_weights(const oc_model *model);
OC_API const float *oc_model_shift(const oc_model *model);
OC_API const float *oc_model_scale(const oc_model *model);

/* Arrays for the answers to N images or rows; each pointer may be NULL. An image without a result or probabilities
 * leaves its part of an array as it was. */
typedef struct oc_answer_arrays {
    float *scores;        /* (N, C) */
    float *probabilities; /* (N, C) */
    int *status;          /* (N): oc_status */
    /* Called with the error of image i, which has no result, on the calling thread. */
    void (*failed)(void *context, size_t i, const char *message);
    void *context;
} oc_answer_arrays;

/* Classifies all images of a data set, or all rows of a set, on all threads of the job: an oc_batch. Uses fail_on and
 * the limits of `limits`. Errors: OC_CANCELLED, OC_NO_MEMORY; OC_USAGE for a set that other stages made
 * (oc_model_matches). */
OC_API oc_status oc_classify_dataset(const oc_model *model, const oc_dataset *dataset, const oc_image_options *limits,
                                     oc_job *job, const oc_answer_arrays *arrays, oc_error *err);
OC_API oc_status oc_classify_set(const oc_model *model, const oc_set *set, oc_job *job, const oc_answer_arrays *arrays,
                                 oc_error *err);

#ifdef __cplusplus
}
#endif
#endif
