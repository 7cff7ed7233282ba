/* The classifier object, its training options as a table, and scores. */
#include <ocellus/classifier.h>

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/threads.h"
#include "src/learn/best_score.h"
#include "src/learn/nearest.h"
#include "src/learn/scaler.h"
#include "src/matrix/blas.h"
#include "src/matrix/rows.h"

#include <math.h>

static const char *const losses[] = {"softmax", "hinge", "squared-hinge", "ovr-squared-hinge", "square", NULL};
static const char *const optimizers[] = {"sgd", "gd", "random-search", "local-search", NULL};
static const char *const class_weights[] = {"none", "balanced", NULL};
static const char *const schedules[] = {"cosine", "constant", NULL};
static const char *const augments[] = {"none", "mirror", NULL};
static const char *const scales[] = {"none", "center", "range", "standard", "auto", NULL};

#define FIELD(name) offsetof(oc_train_options, name)
const oc_param oc_train_params[] = {
    {"classifier", OC_LEARNER, FIELD(classifier), "linear", 1, 1000, NULL,
     "what learns from the rows; of the other training options nearest neighbours take --scale, --augment, --holdout "
     "and --folds"},
    {"loss", OC_CHOICE, FIELD(loss), "softmax", 0, 0, losses, "what is minimised over the training rows"},
    {"l2", OC_REAL, FIELD(l2), "auto", 0, INFINITY, NULL, "L2 penalty: weight of the sum of squared weights"},
    {"score-l2", OC_REAL, FIELD(score_l2), "auto", 0, INFINITY, NULL,
     "penalty on the mean squared scores; 0 where --l2 is given"},
    {"l1", OC_REAL, FIELD(l1), "0", 0, INFINITY, NULL,
     "L1 penalty: weight of the sum of absolute weights; makes many of them exactly 0; with --l2: elastic net"},
    {"max-norm", OC_REAL, FIELD(max_norm), "0", 0, INFINITY, NULL,
     "upper limit of the length of the weights of each class; 0: none"},
    {"class-weight", OC_CHOICE, FIELD(class_weight), "none", 0, 0, class_weights,
     "balanced: the fewer images a class has, the more each of them counts"},
    {"optimizer", OC_CHOICE, FIELD(optimizer), "sgd", 0, 0, optimizers,
     "how it is minimised: minibatch gradient descent, full-batch gradient descent, or for comparison random search: "
     "with --loss hinge and --scale center, guesses get about 16 % of CIFAR-10's raw pixels right, random steps 21 %"},
    {"batch", OC_INTEGER, FIELD(batch), "auto", 1, 1 << 20, NULL,
     "rows in a step; 1: one-sample gradient descent (auto: 256, more for wide rows)"},
    {"epochs", OC_INTEGER, FIELD(epochs), "auto", 1, 1e6, NULL,
     "passes over the training rows: steps of gd, tries of a search (auto: 1; gd 100, searches 1000)"},
    {"finish", OC_INTEGER, FIELD(finish), "auto", 0, 1e6, NULL,
     "sgd: passes by a quasi-Newton method after the epochs, at most; it ends as soon as little is left to gain (auto: "
     "19, with --l1 or --max-norm 100)"},
    {"rate", OC_REAL, FIELD(rate), "auto", 1e-300, INFINITY, NULL, "first step size"},
    {"schedule", OC_CHOICE, FIELD(schedule), "cosine", 0, 0, schedules, "how the step size falls"},
    {"momentum", OC_REAL, FIELD(momentum), "0.9", 0, 0.999, NULL, "momentum of the steps"},
    {"scale", OC_CHOICE, FIELD(scale), "auto", 0, 0, scales,
     "scaling of the feature columns: none, center (less their mean), range (to -1..1), standard (deviation 1), or "
     "auto: standard, but center where few wide rows are predicted better so"},
    {"augment", OC_CHOICE, FIELD(augment), "none", 0, 0, augments,
     "mirror: train on the rows of the mirrored images too, which are told from the rows of the images"},
    {"holdout", OC_REAL, FIELD(holdout), "auto", 0.001, 0.5, NULL,
     "validate: train on the rest of the rows, tell the accuracy on this part (auto: none, or what --tune needs)"},
    {"folds", OC_INTEGER, FIELD(folds), "auto", 2, 1000, NULL,
     "validate on each of so many parts, trained on the others (auto: none)"},
    {"tune", OC_FLAG, FIELD(tune), "0", 0, 1, NULL,
     "choose the penalties by validation, on a tenth of the rows where neither --holdout nor --folds is given"},
};
#undef FIELD
const size_t oc_train_param_count = sizeof oc_train_params / sizeof *oc_train_params;

oc_train_options oc_train_defaults(void)
{
    oc_train_options options = {.seed = 0};
    oc_params_default(oc_train_params, oc_train_param_count, &options);
    return options;
}

void oc_classifier_free(oc_classifier *classifier)
{
    if (classifier) {
        oc_free(classifier->weights);
        oc_free(classifier->shift);
        oc_free(classifier->scale);
        oc_nearest_free(classifier->nearest);
        oc_free(classifier);
    }
}

bool oc_classifier_probable(const oc_classifier *classifier)
{
    return !classifier->nearest && classifier->loss == OC_LOSS_SOFTMAX;
}

enum { TILE = 64 }; /* rows scored in one product */

typedef struct scoring {
    const oc_classifier *classifier;
    const oc_rows *rows;
    float *scaled; /* (threads, TILE, D) */
    float *scores; /* (N, C) */
} scoring;

static void score_tile(void *context, size_t index, size_t worker)
{
    scoring *work = context;
    const oc_classifier *c = work->classifier;
    size_t d = c->dimension, first = index * TILE;
    size_t count = work->rows->count - first < TILE ? work->rows->count - first : TILE;
    float *z = work->scaled + worker * TILE * d;
    float *scores = work->scores + first * c->classes;
    for (size_t i = 0; i < count; i++) {
        oc_scaler_row(work->rows, first + i, c->shift, c->scale, z + i * d);
        for (size_t j = 0; j < c->classes; j++) {
            scores[i * c->classes + j] = c->weights[j * (d + 1) + d];
        }
    }
    oc_gemm_nt(count, c->classes, d, 1, z, d, c->weights, d + 1, 1, scores, c->classes);
}

oc_status oc_scores(const oc_classifier *classifier, const oc_rows *rows, float *scores, oc_job *job, oc_error *err)
{
    if (rows->dimension != classifier->dimension) {
        return oc_fail(err, OC_USAGE, "rows of %zu values; the classifier was trained on %zu", rows->dimension,
                       classifier->dimension);
    }
    if (classifier->nearest) {
        return oc_nearest_scores(classifier, rows, scores, job, err);
    }
    size_t size;
    float *scaled = oc_multiply(oc_job_threads(job) * TILE, rows->dimension, &size) ? oc_alloc(size, sizeof *scaled)
                                                                                    : NULL;
    if (!scaled) {
        return oc_fail_memory(err, "scores");
    }
    scoring work = {classifier, rows, scaled, scores};
    oc_parallel(job, (rows->count + TILE - 1) / TILE, score_tile, &work);
    oc_free(scaled);
    return OC_OK;
}

oc_status oc_predict(const oc_classifier *classifier, const oc_rows *rows, int *predicted, oc_job *job, oc_error *err)
{
    size_t classes = classifier->classes, size;
    float *scores = oc_multiply(rows->count, classes, &size) ? oc_alloc(size, sizeof *scores) : NULL;
    oc_status status = scores ? oc_scores(classifier, rows, scores, job, err) : oc_fail_memory(err, "scores");
    for (size_t i = 0; status == OC_OK && i < rows->count; i++) {
        const float *s = scores + i * classes;
        size_t best = oc_best_score(s, classes);
        predicted[i] = (int)best;
        if (best == classes) {
            bool mirrored;
            status = oc_fail(err, OC_BAD_DATA,
                             "row %zu has no finite scores: a feature is NaN, infinite or far too large",
                             oc_rows_place(rows, i, &mirrored));
        }
    }
    oc_free(scores);
    return status;
}
