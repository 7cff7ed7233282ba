/* Evaluation: accuracy, metrics of each class, confusion matrix; the comparison of features; reports and JSON.
 *
 * Thread-safe: any number of threads may call these functions at the same time, each with results and a job of its
 * own. */
#ifndef OCELLUS_EVALUATE_H
#define OCELLUS_EVALUATE_H

#include <ocellus/model.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct oc_class_metrics {
    size_t count;                 /* test images of this class */
    size_t predicted;             /* images that were assigned to this class */
    double precision, recall, f1; /* NaN where undefined: nothing predicted, or no image of the class */
} oc_class_metrics;

typedef struct oc_evaluation {
    size_t images, correct, classes;
    double accuracy;
    double ci_low, ci_high;    /* 95 % Wilson interval of the accuracy */
    double macro_f1;           /* mean over classes that have test images */
    double balanced_accuracy;  /* mean of the recalls of these classes */
    oc_class_metrics *metrics; /* (C) */
    size_t *confusion;         /* (C, C): confusion[true * C + predicted] */
    int *predicted;            /* (images): predicted class of each labelled row, in row order */
    int *expected;             /* (images) */
    uint32_t *row;             /* (images): the row of each in the set */
    bool has_probabilities;    /* predicted_score and true_score are probabilities; else scores */
    float *predicted_score;    /* (images): of the predicted class */
    float *true_score;         /* (images): of the expected class */
} oc_evaluation;

OC_API void oc_evaluation_clear(oc_evaluation *evaluation);

/* The 95 % interval of Wilson (1927) for `correct` of `count`. */
OC_API void oc_wilson(size_t correct, size_t count, double *low, double *high);

/* McNemar's exact two-sided test of two classifiers on the same images, from the number that only the first
 * and only the second got right; the probability of a difference at least as large under equal accuracy. */
OC_API double oc_mcnemar(size_t only_first, size_t only_second);

/* Scores the labelled rows of a set that the model's stages made. OC_BAD_DATA: no labels; labels that the
 * model does not know (they are named); features that are NaN or infinite. OC_NO_MEMORY. The caller frees
 * *evaluation with oc_evaluation_clear. */
OC_API oc_status oc_evaluate(const oc_model *model, const oc_set *set, oc_job *job, oc_evaluation *evaluation,
                             oc_error *err);

/* Training loss against passes over the rows, as oc_listener reports it. */
typedef struct oc_curve {
    size_t count;
    double *passes, *loss; /* (count) */
} oc_curve;

typedef struct oc_comparison_row {
    char *features; /* as typed */
    size_t dimension;
    double extract_seconds, train_seconds; /* extraction includes fitting the stages, train and test images together */
    double train_accuracy, test_accuracy, ci_low, ci_high;
    double test_mean, test_std; /* over the seeds, set when all are done; the standard deviation of one seed is NaN */
    double p_value;             /* McNemar's test against the first row; NaN for the first row */
    oc_validation validation;   /* on parts of the training rows, if validated */
    oc_evaluation evaluation;   /* of the test images */
    oc_curve curve;             /* of the training loss; empty where it is not reported */
} oc_comparison_row;

/* The test images of a comparison: given images; a fifth of the images; or, in folds, each image once, by classifiers
 * trained on the images of the other folds. */
typedef enum oc_split_kind { OC_SPLIT_GIVEN, OC_SPLIT_FIFTH, OC_SPLIT_FOLDS } oc_split_kind;

typedef struct oc_comparison {
    oc_split_kind split;
    size_t folds;              /* of OC_SPLIT_FOLDS; else 0 */
    size_t train, test, count; /* train: of folds, the images of the first training; count: of the rows */
    oc_class_list classes;
    char **class_names;      /* (classes.count): those of `classes`, owned */
    oc_comparison_row *rows; /* (count), in the order of the specs */
    size_t train_skipped, test_skipped;
    size_t seeds;     /* that test_mean is the mean over */
    size_t best;      /* the row that is best by validation; 0 when not asked */
    bool chosen;      /* best was chosen by validation */
    size_t test_rows; /* test images that were read, with or without a label */
    size_t *items;    /* (test_rows): which item of the test data set, or of the images that were split, each is */
    oc_image_options image; /* the options by which images were read */
} oc_comparison;

typedef struct oc_compare_options {
    const char *const *specs; /* (count): the features that are compared, one row of the result each */
    size_t count;
    oc_extract_options extract; /* its output is not used */
    oc_train_options train;
    size_t folds;      /* without test images: 2 or more folds test each image once; 0 or 1: a fifth is the test set */
    bool checked;      /* oc_compare_check was called with these images and options: it is not repeated */
    bool choose;       /* validate each spec to choose the best row, by a hold-out where train does not say how */
    size_t seeds;      /* repeat it all, fitting and training, with so many seeds from the given one on, for mean and
                             deviation of the test accuracy; all else is that of the first; 0 as 1 */
    const char *model; /* file for the model of the best row, or NULL; implies choose */
    /* Called after each row is done, for a table that grows; may be NULL. */
    void (*row_done)(void *context, const oc_comparison *so_far);
    /* Called once, before the first row, when images could not be read: the sets name them; may be NULL. */
    void (*skipped)(void *context, const oc_set *train, const oc_set *test);
    void *context;
} oc_compare_options;

/* The defaults of oc_extract_defaults and oc_train_defaults, one seed, nothing chosen or saved. */
OC_API oc_compare_options oc_compare_defaults(void);

/* Checks before features are extracted that a comparison can succeed: oc_model_check of `train`, and, where `test` is
 * not NULL, oc_dataset_check_test. oc_compare checks the same, unless options->checked is set. */
OC_API oc_status oc_compare_check(const oc_dataset *train, const oc_dataset *test, const oc_compare_options *options,
                                  oc_error *err);

/* The stages of all specs (count), each once, which oc_compare extracts. The caller frees *features. OC_USAGE for a
 * spec that cannot be read, OC_NO_MEMORY. */
OC_API oc_status oc_compare_stages(const char *const *specs, size_t count, oc_features **features, oc_error *err);

/* Trains and tests one classifier for each spec on the same split. Each distinct stage is fitted and extracted once and
 * shared by the specs that name it. The result is freed with oc_comparison_free.
 *
 * With `test` NULL, some images of `train` are tested on. The split is stratified by label and drawn by
 * options->extract.seed, for each of options->seeds again; images with the same pixels are on one side of it, for which
 * all images are read once more. Of a class of one image nothing is tested. Of folds, seconds are sums, train_accuracy
 * is a mean, the curve is that of the first fold, and with `choose` the row that is best on the test images is chosen;
 * it is then trained on all images and saved as options->model. OC_BAD_DATA also when an image can be read in one pass
 * over the images and not in another: it changed, or extract.image.max_memory is too small for some features. */
OC_API oc_status oc_compare(const oc_dataset *train, const oc_dataset *test, const oc_compare_options *options,
                            oc_job *job, oc_comparison **comparison, oc_error *err);
OC_API void oc_comparison_free(oc_comparison *comparison);
/* The row that is best on the test images: of the highest accuracy, of equal ones that of the highest balanced
 * accuracy. */
OC_API size_t oc_comparison_best(const oc_comparison *comparison);

/* Choosing features: what the command does for "-f auto". */
typedef struct oc_choice_row {
    const char *features; /* the spec of a candidate: static */
    size_t dimension;
    double accuracy; /* by cross-validation on the sample; NaN: it was not compared */
    double balanced_accuracy;
    double log_loss; /* of the same; NaN where there are no probabilities */
    double
        seconds; /* to validate; and to measure its stages, with those of the candidates after it, if none before did */
} oc_choice_row;

enum { OC_MAX_CANDIDATES = 16 };
typedef struct oc_choice {
    size_t images; /* in the sample */
    size_t count, best;
    oc_choice_row rows[OC_MAX_CANDIDATES]; /* (count), in the order of the comparison */
    oc_features *features; /* the best; where the sample is all there is, planned, and fitted as it would be by them */
} oc_choice;

typedef struct oc_choose_options {
    oc_extract_options extract; /* its output is not used */
    oc_train_options train;
    size_t images;  /* in the sample, at most */
    double seconds; /* of two processors: no comparison begins that may end later, judged by those before it, and one
                     * that takes longer is broken off where there is a job */
    /* Called after each candidate; may be NULL. */
    void (*row_done)(void *context, const oc_choice *so_far);
    void *context;
} oc_choose_options;

/* At most 2,000 images and 120 seconds, with the defaults of oc_train_defaults. */
OC_API oc_choose_options oc_choose_defaults(void);

/* Of the candidates for such images, the one whose extraction takes longest; static. Looks at a few images. Errors: those
 * of reading under `strict`; OC_IO, OC_NO_MEMORY, OC_CANCELLED. */
OC_API oc_status oc_choose_largest(const oc_dataset *images, const oc_extract_options *extract, oc_job *job,
                                   const char **features, oc_error *err);

/* Compares candidates by cross-validation (that of options->train, else 5 folds) on a sample that is spread evenly over
 * the images. Which candidates there are depends on what the images are: small (of one size, at most 64 pixels a side)
 * or not, or with a side below 8 pixels; gray or coloured (one image in ten or more). The best is the first of highest
 * accuracy, or with balanced class weights of highest balanced accuracy. A candidate whose stages the images or the
 * options do not suit is left out, with a note; with none left the choice is the first of them ("hog+color" for most
 * images), its accuracy NaN. All candidates see the same images, folds and seeds, so that the choice
 * depends on the time alone beside them. Errors: those of reading under `strict`; OC_IO, OC_NO_MEMORY, OC_CANCELLED.
 * The caller frees choice->features. */
OC_API oc_status oc_choose(const oc_dataset *images, const oc_choose_options *options, oc_job *job, oc_choice *choice,
                           oc_error *err);
/* The same within the default bounds, for the features alone, which the caller frees. */
OC_API oc_status oc_choose_features(const oc_dataset *images, const oc_extract_options *extract,
                                    const oc_train_options *train, oc_job *job, oc_features **features, oc_error *err);

/* Predictions as CSV, path,label,predicted,probability: a line for each image that has a label, in the order of the set
 * or of the test images. The path opens the image from the current folder; of a row in a set it is the one that the set
 * has, of an image in a binary file "name#i". oc_answer_file writes the same paths. The probability is that of the
 * predicted class, empty for a classifier without probabilities.
 *
 * Of an evaluation: one file, which is replaced whole or not at all. images: the data set that the set was extracted
 * from, or NULL for the paths of the set. OC_IO, OC_NO_MEMORY. */
OC_API oc_status oc_predictions_evaluation(const oc_model *model, const oc_evaluation *evaluation, const oc_set *set,
                                           const oc_dataset *images, const char *path, oc_error *err);
/* Of a comparison: a file a row in a folder, which is replaced whole or not at all; `test` is the data set that was
 * tested on. OC_USAGE, OC_IO, OC_NO_MEMORY. */
OC_API oc_status oc_predictions_comparison(const oc_comparison *comparison, const oc_dataset *test, const char *folder,
                                           oc_error *err);
/* The name of a row's file in that folder: the number of the row from 1 and its spec, in letters that are safe for a
 * file system ("02-hog-cell=4.csv"). To be freed with oc_json_free; NULL when memory is short. */
OC_API char *oc_predictions_name(const oc_comparison *comparison, size_t row);

/* A page of results: one self-contained HTML file, which needs no network. It shows the data of the JSON, which is
 * inside it, and thumbnails of the images. */
typedef struct oc_report_options {
    const char *path;         /* of the page; replaced whole or not at all */
    const char *command;      /* that makes the page again, shown as it is; may be NULL */
    oc_train_options train;   /* shown */
    const oc_dataset *images; /* the test images, for thumbnails; NULL leaves them out */
    const char *predictions;  /* file (of a comparison: folder) of predictions that is linked to, or NULL */
    size_t *unread; /* set to the number of images that have no thumbnail because they cannot be read; or NULL */
} oc_report_options;
/* Training options as oc_train_defaults, all else empty. */
OC_API oc_report_options oc_report_defaults(void);

/* OC_IO, OC_NO_MEMORY. */
OC_API oc_status oc_report_comparison(const oc_comparison *comparison, const oc_report_options *options, oc_error *err);
/* set: the rows that were evaluated; images, when given, must be the data set that they were extracted from. */
OC_API oc_status oc_report_evaluation(const oc_model *model, const oc_evaluation *evaluation, const oc_set *set,
                                      const oc_report_options *options, oc_error *err);

/* The results as JSON, one object on one line without line break, names as in the manual; the caller frees
 * the text with oc_json_free. NULL when memory is short. Paths and class names may be any bytes: a byte that is not
 * UTF-8 becomes a lone low surrogate, "\udc80" to "\udcff", as Python's surrogateescape has it. */
OC_API char *oc_json_comparison(const oc_comparison *comparison);
OC_API char *oc_json_evaluation(const oc_model *model, const oc_evaluation *evaluation);
OC_API char *oc_json_prediction(const oc_model *model, const char *path, const oc_prediction *prediction);
OC_API char *oc_json_failure(const char *path, const char *message);
OC_API char *oc_json_extraction(const oc_set *set);
/* Of a run of classify: the number of images that were classified and of those that could not be read. */
OC_API char *oc_json_classification(size_t images, size_t skipped, double seconds);
/* Of a model that was trained on this set. */
/* choice: of "-f auto", or NULL. */
OC_API char *oc_json_training(const oc_model *model, const oc_set *set, const oc_train_report *report,
                              const oc_choice *choice);
OC_API char *oc_json_info_model(const oc_model *model);
OC_API char *oc_json_info_set(const oc_set *set);
OC_API void oc_json_free(char *json);

#ifdef __cplusplus
}
#endif
#endif
