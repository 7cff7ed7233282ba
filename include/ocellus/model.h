/* Models: stages, what they learned, scaler, weights and class names in one object and one file, so that classifying
 * an image needs that file and the image, and nothing else.
 *
 * The file is safetensors: 8 bytes of header length, a JSON header, then the arrays as little-endian float32.
 * Its __metadata__ (strings) carries format ("ocellus-model"), version, spec, size and fit of the images (limits are
 * not the model's to set), classes (a CSV column), seed, every training option as "train.<name>", scaler and loss among
 * them, with the value that was used, and as "given.<name>" as it was given, "auto" where training chose it; counts (of training rows, one a class), accuracy (on those rows) and "validation", the accuracies on held-out
 * rows as CSV, and calibration, where there are any. Arrays: weights (C, D+1), or the scaled rows neighbours (N, D) and neighbour_labels
 * (N) for nearest neighbours; shift (D), scale (D), and the stages' own as "stage.<i>.<name>".
 *
 * A model may also be trained on rows that were made elsewhere (oc_set_of_rows, oc_set_open_rows): its spec is then
 * empty, "dimension" takes the place of size and fit, and it classifies rows, not images. */
#ifndef OCELLUS_MODEL_H
#define OCELLUS_MODEL_H

#include <ocellus/classifier.h>
#include <ocellus/set.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct oc_model oc_model;

/* Trains on the rows of a set. Errors: those of oc_train; OC_BAD_DATA when labels are missing, or all rows
 * are of one class. */
oc_status oc_model_train(const oc_set *set, const oc_train_options *options, oc_job *job, oc_model **model,
                         oc_train_report *report, oc_error *err);
void oc_model_free(oc_model *model);

/* Loading checks every length against the file's before memory is taken, and that all values are finite.
 * OC_BAD_FILE with the reason, OC_NOT_FOUND, OC_IO, OC_NO_MEMORY. Saving replaces the file whole or not at
 * all, and only after what was written has been loaded again: OC_BAD_DATA when it cannot be. */
oc_status oc_model_load(const char *path, oc_model **model, oc_error *err);
oc_status oc_model_save(const oc_model *model, const char *path, oc_error *err);
/* True when the file begins like a safetensors file. */
bool oc_model_recognise(const char *path);

/* The stages, fitted; as they are, they serve oc_set_extract, which copies them. */
const oc_features *oc_model_features(const oc_model *model);
const oc_classifier *oc_model_classifier(const oc_model *model);
oc_image_options oc_model_image_options(const oc_model *model);
/* The training options as they were used, and as they were given. A value that training chose may lie outside the range
 * of its option. */
oc_train_options oc_model_train_options(const oc_model *model);
oc_train_options oc_model_given_options(const oc_model *model);
/* What was tried on held-out rows when the model was trained; held is 0 when nothing was. */
oc_validation oc_model_validation(const oc_model *model);
size_t oc_model_classes(const oc_model *model);
const char *oc_model_class(const oc_model *model, size_t label);
/* How many rows of each class (C) it was trained on, NULL when the file does not say; and its accuracy on them, NaN for
 * nearest neighbours, each of which finds itself, and when the file does not say. */
const size_t *oc_model_class_counts(const oc_model *model);
double oc_model_train_accuracy(const oc_model *model);
/* Weights and biases of the classifier (for nearest neighbours the values of the rows it keeps), and learned
 * values of the stages. */
size_t oc_model_parameters(const oc_model *model);
size_t oc_model_stage_parameters(const oc_model *model);

/* OC_OK when the set was made by stages that are the same as the model's to the bit, at the same size and
 * fit; else OC_USAGE saying what differs. */
oc_status oc_model_matches(const oc_model *model, const oc_set *set, oc_error *err);

/* Classifying single images: one classifier for one thread, made once and used for any number. */
typedef struct oc_reader oc_reader;
oc_status oc_reader_create(const oc_model *model, oc_reader **reader, oc_error *err);
void oc_reader_free(oc_reader *reader);
/* Takes fail_on and the limits of `options`; without it they are the defaults. */
void oc_reader_limit(oc_reader *reader, const oc_image_options *options);

typedef struct oc_result {
    size_t label;               /* the class of the highest score */
    const float *scores;        /* (C); valid until the reader's next use */
    const float *probabilities; /* (C); NULL where the scores were not calibrated */
    size_t warnings;            /* of the decoder */
    const char *warning;        /* the first of them, or NULL */
} oc_result;

/* Reads, extracts and scores one file ("-" is standard input), an encoded image in memory, or pixels as
 * oc_decode_pixels takes them. Errors as oc_decode_file; OC_BAD_DATA when scores are not finite; OC_USAGE for a
 * model that was trained on rows of another program, which has no image stages. */
oc_status oc_classify_file(oc_reader *reader, const char *path, oc_result *result, oc_error *err);
oc_status oc_classify_memory(oc_reader *reader, const void *bytes, size_t size, oc_result *result, oc_error *err);
oc_status oc_classify_pixels(oc_reader *reader, const uint8_t *pixels, size_t stride, size_t width, size_t height,
                             size_t channels, oc_result *result, oc_error *err);

/* Scores one row (D) of features. OC_BAD_DATA for values that give no finite scores, OC_NO_MEMORY. */
oc_status oc_classify_row(oc_reader *reader, const float *row, oc_result *result, oc_error *err);

#ifdef __cplusplus
}
#endif
#endif
