/* Models: fitted stages, scaler, weights and class names in one object and one file, so that classifying an image needs
 * only that file and the image.
 *
 * The file is safetensors: 8 bytes of header length, a JSON header, then the arrays as little-endian float32.
 * Its __metadata__ (strings) holds format ("ocellus-model"), version, spec, size and fit of the images (without
 * limits), classes (a CSV column), seed, every training option with the value that was used ("train.<name>") and as it
 * was given ("given.<name>", which may be auto), counts (training rows of each class), accuracy (on the training rows),
 * validation (accuracies on held-out rows as CSV) and calibration (a factor of the scores); the last four only where
 * they are known. Arrays: weights (C, D+1), or the scaled rows neighbours (N, D) and neighbour_labels
 * (N) for nearest neighbours; shift (D), scale (D), and the stages' own as "stage.<i>.<name>".
 *
 * A model may also be trained on external rows (oc_set_of_rows, oc_set_open_rows): its spec is then empty, "dimension"
 * replaces size and fit, and it classifies rows, not images.
 *
 * Thread-safe: any number of threads may use one model at the same time; a predictor, a batch or a file of answers
 * belongs to one thread at a time. */
#ifndef OCELLUS_MODEL_H
#define OCELLUS_MODEL_H

#include <ocellus/classifier.h>
#include <ocellus/set.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct oc_model oc_model;

/* Checks before the first image is read that a training can succeed: oc_train_check, oc_dataset_check_labels,
 * oc_dataset_check_repeats (not for nearest neighbours) and oc_train_check_labels. oc_model_train checks the same of
 * its set. */
OC_API oc_status oc_model_check(const oc_dataset *dataset, const oc_train_options *options, oc_error *err);

/* Trains on the rows of a set. Errors: those of oc_train; OC_BAD_DATA when labels are missing, or all rows
 * are of one class. */
OC_API oc_status oc_model_train(const oc_set *set, const oc_train_options *options, oc_job *job, oc_model **model,
                                oc_train_report *report, oc_error *err);
OC_API void oc_model_free(oc_model *model);

/* A model of features (planned and fitted), of a classifier that was trained on their rows, and of its class names (C),
 * which are UTF-8: for images that no data set holds, such as those of a camera (examples/camera.c). A model gets
 * another classifier by this function too, called with the old model's features and image options. Everything is
 * copied. image: how classify brings images to size; its size is that of the plan, or 0 x 0, which stands for the same.
 * OC_USAGE for parts that do not fit together, OC_NO_MEMORY. */
OC_API oc_status oc_model_create(const oc_features *features, const oc_classifier *classifier, const char *const *names,
                                 const oc_image_options *image, oc_model **model, oc_error *err);
/* Records in such a model how it was trained: the options, the report of oc_train, and the number of rows of each
 * class, counted in their labels (count). The file is then the same as oc_model_train would have made it. OC_BAD_DATA
 * for a label out of range, OC_NO_MEMORY. */
OC_API oc_status oc_model_note_training(oc_model *model, const oc_train_options *given, const oc_train_report *report,
                                        const int *labels, size_t count, oc_error *err);

/* Loading checks every length against the file's before memory is taken, and that all values are finite.
 * OC_BAD_FILE with the reason, OC_NOT_FOUND, OC_IO, OC_NO_MEMORY. Saving replaces the file whole or not at
 * all, and only after what was written has been loaded again: OC_BAD_DATA when it cannot be. */
OC_API oc_status oc_model_load(const char *path, oc_model **model, oc_error *err);
OC_API oc_status oc_model_save(const oc_model *model, const char *path, oc_error *err);
/* The same in memory. Saving writes the bytes that oc_model_save writes to `bytes`, which has `room` for so many; bytes
 * NULL only sets *size. OC_USAGE, with the number needed, where there is too little room. Loading copies the bytes. */
OC_API oc_status oc_model_load_memory(const void *bytes, size_t size, oc_model **model, oc_error *err);
OC_API oc_status oc_model_save_memory(const oc_model *model, void *bytes, size_t room, size_t *size, oc_error *err);
/* True when the file begins like a safetensors file. */
OC_API bool oc_model_recognise(const char *path);

/* The fitted stages, for oc_set_extract, which copies them. */
OC_API const oc_features *oc_model_features(const oc_model *model);
OC_API const oc_classifier *oc_model_classifier(const oc_model *model);
OC_API oc_image_options oc_model_image_options(const oc_model *model);
/* The training options as they were used, and as they were given. A value that training chose may lie outside the range
 * of its option. */
OC_API oc_train_options oc_model_train_options(const oc_model *model);
OC_API oc_train_options oc_model_given_options(const oc_model *model);
/* The trials on held-out rows during training; held is 0 without any. */
OC_API oc_validation oc_model_validation(const oc_model *model);
OC_API size_t oc_model_classes(const oc_model *model);
OC_API const char *oc_model_class(const oc_model *model, size_t label);
OC_API oc_class_list oc_model_class_list(const oc_model *model);
/* The number of training rows of each class (C), NULL when unknown; and the accuracy on the training rows, NaN when
 * unknown and for nearest neighbours, where every row finds itself. */
OC_API const size_t *oc_model_class_counts(const oc_model *model);
OC_API double oc_model_train_accuracy(const oc_model *model);
/* Weights and biases of the classifier (for nearest neighbours the values of the rows it keeps), and learned
 * values of the stages. */
OC_API size_t oc_model_parameters(const oc_model *model);
OC_API size_t oc_model_stage_parameters(const oc_model *model);

/* Checks, before features are extracted, that a data set can test the model. OC_BAD_DATA when it has no label at all,
 * or labels that are not classes of the model. The message lists them, and points out a label that differs from a class
 * only by case, blanks or Unicode form. Images of unknown classes are decoded with `image` (its fail_on and limits): a
 * class of which no image can be read does not count, because extraction leaves it out. */
OC_API oc_status oc_model_check_test(const oc_model *model, const oc_dataset *test, const oc_image_options *image,
                                     oc_error *err);

/* OC_OK when the set was extracted by the model's stages (the same to the bit), size and fit; else OC_USAGE with the
 * difference. */
OC_API oc_status oc_model_matches(const oc_model *model, const oc_set *set, oc_error *err);

/* Classifies single images, any number of them, on one thread. */
typedef struct oc_predictor oc_predictor;
OC_API oc_status oc_predictor_create(const oc_model *model, oc_predictor **predictor, oc_error *err);
OC_API void oc_predictor_free(oc_predictor *predictor);
/* Sets fail_on and the limits from `options`; before this call they are the defaults. */
OC_API void oc_predictor_limit(oc_predictor *predictor, const oc_image_options *options);

typedef struct oc_prediction {
    size_t label;               /* the class of the highest score */
    const float *scores;        /* (C); valid until the predictor's next use */
    const float *probabilities; /* (C); NULL where the scores were not calibrated */
    size_t warnings;            /* of the decoder */
    const char *warning;        /* the first of them, or NULL */
} oc_prediction;

/* Reads, extracts and scores one file ("-" is standard input), an encoded image in memory, or pixels as
 * oc_decode_pixels takes them. Errors as oc_decode_file; OC_BAD_DATA when scores are not finite; OC_USAGE for a
 * model that was trained on rows of another program, which has no image stages. */
OC_API oc_status oc_classify_file(oc_predictor *predictor, const char *path, oc_prediction *prediction, oc_error *err);
OC_API oc_status oc_classify_memory(oc_predictor *predictor, const void *bytes, size_t size, oc_prediction *prediction,
                                    oc_error *err);
OC_API oc_status oc_classify_pixels(oc_predictor *predictor, const oc_pixels *pixels, oc_prediction *prediction,
                                    oc_error *err);

/* Scores one row (D) of features. OC_BAD_DATA for values that give no finite scores, OC_NO_MEMORY. */
OC_API oc_status oc_classify_row(oc_predictor *predictor, const float *row, oc_prediction *prediction, oc_error *err);

/* The class that follows `label` when classes are sorted by falling score, equal scores in the order of the classes.
 * The first one is prediction->label; the one after the last is oc_model_classes. */
OC_API size_t oc_prediction_next(const oc_model *model, const oc_prediction *prediction, size_t label);

/* Classifying many images, or rows, on all threads of a job. Items are added one after the other and classified a batch
 * at a time; the answers come in the order in which items were added, each equal to the bit to that of oc_classify_file
 * or oc_classify_row, whatever the number of threads. Memory does not grow with the number of items. */
typedef struct oc_batch oc_batch;

typedef struct oc_answer {
    const char *path;         /* the file; of a row or of an image in a binary file, its name in the set or data set */
    oc_status status;         /* OC_OK, or why there is no result */
    const char *message;      /* the error message, which begins with the path, if there is no result; else NULL */
    oc_prediction prediction; /* scores are NULL for an item that was passed over (oc_batch_options.done) */
} oc_answer;

typedef struct oc_batch_options {
    oc_image_options image; /* fail_on and the limits are used, as by oc_predictor_limit */
    size_t done;            /* the first `done` items are not classified: an earlier run has done so */
    /* Called with each answer, on the thread that adds items; the answer is valid during the call. Any status but OC_OK
     * ends the work. */
    oc_status (*answer)(void *context, const oc_answer *answer, oc_error *err);
    void *context;
} oc_batch_options;

/* Limits as oc_image_defaults; the caller sets `answer`. */
OC_API oc_batch_options oc_batch_defaults(void);

/* The model and the job must outlive the batch. OC_NO_MEMORY. */
OC_API oc_status oc_batch_create(const oc_model *model, const oc_batch_options *options, oc_job *job, oc_batch **batch,
                                 oc_error *err);
/* Items that were added and not answered yet are dropped. */
OC_API void oc_batch_free(oc_batch *batch);
/* The total number of items that the job reports as progress; 0, the initial value, if it is unknown. */
OC_API void oc_batch_expect(oc_batch *batch, size_t total);

/* Each of these adds items and answers those that fill a batch. Images that cannot be read are answers. Errors:
 * OC_CANCELLED, OC_NO_MEMORY, or what `answer` returned; after an error the batch can only be freed.
 *   _file      an image file; "-" is standard input
 *   _failure   an input that the caller could not open: `why` becomes the answer
 *   _dataset   all images, by the paths that open them; may be freed after the call
 *   _set       all rows, which the model's stages must have made (oc_model_matches); may be freed after the call
 *   _list      the files whose paths a text file lists, as for oc_dataset_open_list, but read piece by piece, so that
 *              the list may be an endless pipe: while it waits for more, all earlier items are answered. Paths end with
 *              NUL bytes if the first piece has one, else with line feeds. OC_BAD_DATA without any path; OC_BAD_FILE
 *              for a path of more than 64 kB, or for a NUL byte among lines; OC_NOT_FOUND, OC_IO */
OC_API oc_status oc_batch_add_file(oc_batch *batch, const char *path, oc_error *err);
OC_API oc_status oc_batch_add_failure(oc_batch *batch, const char *path, const oc_error *why, oc_error *err);
OC_API oc_status oc_batch_add_dataset(oc_batch *batch, const oc_dataset *dataset, oc_error *err);
OC_API oc_status oc_batch_add_set(oc_batch *batch, const oc_set *set, oc_error *err);
OC_API oc_status oc_batch_add_list(oc_batch *batch, const char *path, oc_error *err);
/* Answers all items that are added but not yet answered. */
OC_API oc_status oc_batch_flush(oc_batch *batch, oc_error *err);

/* A CSV file of answers, which appears under its name whole or not at all: path,label,probability, or with `top` more
 * lines an image, best class first, and a column rank that counts from 1. The probability is empty for a model without
 * probabilities. An image that cannot be read has no line.
 *
 * The file is built as PATH.partial, with a journal beside it, so that a run that a full disk, a signal or a kill ended
 * can be resumed. */
typedef struct oc_answer_file oc_answer_file;

typedef struct oc_answer_file_options {
    size_t top;             /* lines an image, at most one a class; 0: one line, and no column rank */
    bool resume;            /* continue an interrupted run, if there was one; false: its files are removed */
    oc_image_options image; /* the limits that the images are read under: another run must have the same */
} oc_answer_file_options;

/* One line an image, nothing resumed, limits as oc_image_defaults. */
OC_API oc_answer_file_options oc_answer_file_defaults(void);

/* OC_USAGE when PATH cannot be a file, or the interrupted run had another model or other options; OC_IO,
 * OC_NO_MEMORY. */
OC_API oc_status oc_answer_file_create(const oc_model *model, const char *path, const oc_answer_file_options *options,
                                       oc_answer_file **file, oc_error *err);
/* How many items an interrupted run has answered already: oc_batch_options.done. */
OC_API size_t oc_answer_file_done(const oc_answer_file *file);
/* Items that were answered, those of the interrupted run among them, and how many of them could not be read. */
OC_API size_t oc_answer_file_count(const oc_answer_file *file);
OC_API size_t oc_answer_file_skipped(const oc_answer_file *file);
/* Writes an answer. OC_USAGE when the first `done` items are not those of the interrupted run; OC_IO, OC_NO_MEMORY. */
OC_API oc_status oc_answer_file_add(oc_answer_file *file, const oc_answer *answer, oc_error *err);
/* Puts the file in place when `status`, that of the work, is OC_OK. Else it is left to be resumed after OC_CANCELLED,
 * OC_IO and OC_NO_MEMORY, and the message in err says so, or removed. Frees it in any case and returns the status. */
OC_API oc_status oc_answer_file_close(oc_answer_file *file, oc_status status, oc_error *err);

#ifdef __cplusplus
}
#endif
#endif
