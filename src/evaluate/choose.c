/* Chooses features for new images. Size and colour of the images decide which candidates are compared; cross-validation
 * on a sample of the images decides which candidate is best.
 *
 * Candidates of one image size are extracted together, so that a stage of several candidates is extracted once. The
 * rows of a candidate are a view of the columns of its stages. */
#include "src/evaluate/stage_rows.h"

#include <ocellus/evaluate.h>

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/threads.h"
#include "src/dataset/dataset.h"
#include "src/learn/validation.h"
#include "src/pipeline/pipeline.h"
#include "src/pipeline/store.h"

#include <math.h>

/* The kinds of images. */
enum {
    SMALL = 1, /* all of one size, of at most SMALL_SIDE pixels a side */
    HUGE = 32, /* all of one size, of more than OWN_PIXELS pixels: each stage brings them to 256x256 */
    LARGE = 2, /* all others */
    TINY = 16, /* all of one size, a side of which is shorter than the cells of hog */
    GRAY = 4,  /* R = G = B, except for a few images */
    COLOR = 8, /* all others */
};

/* A candidate is compared if the images have one of its sizes and one of its colours. Candidates are compared in this
 * order, until the time is over. Of one kind of images the first is the fallback when none can be compared, and the last
 * takes longest. */
#define SIFT "words:descriptor=sift"
#define DEVIATIONS "words:descriptor=sift,encode=fisher"
#define OPPONENTS "words:descriptor=opponent-sift,encode=fisher"
#define SIZED ",size=256"

static const struct {
    unsigned kinds;
    const char *features;
} candidates[] = {
    {SMALL | LARGE | GRAY | COLOR, "hog+color"},
    {LARGE | GRAY | COLOR, SIFT},
    {LARGE | COLOR, OPPONENTS},
    {LARGE | COLOR, SIFT "+" OPPONENTS},
    {LARGE | COLOR, DEVIATIONS "+" OPPONENTS},
    {LARGE | GRAY | COLOR, SIFT "+" DEVIATIONS},
    {LARGE | COLOR, SIFT "+" DEVIATIONS "+" OPPONENTS "+color"},
    {HUGE | GRAY | COLOR, "hog:size=256+color:size=256"},
    {HUGE | GRAY | COLOR, SIFT SIZED},
    {HUGE | COLOR, OPPONENTS SIZED},
    {HUGE | COLOR, SIFT SIZED "+" OPPONENTS SIZED},
    {HUGE | COLOR, DEVIATIONS SIZED "+" OPPONENTS SIZED},
    {HUGE | GRAY | COLOR, SIFT SIZED "+" DEVIATIONS SIZED},
    {HUGE | COLOR, SIFT SIZED "+" DEVIATIONS SIZED "+" OPPONENTS SIZED "+color:size=256"},
    {SMALL | COLOR, "hog:cell=4+color"},
    {SMALL | GRAY, "hog:cell=4"},
    {SMALL | COLOR, "words:mirror=1"},
    {SMALL | GRAY, "words:gray=1"},
    {SMALL | COLOR, "words:mirror=1+hog:cell=4"},
    {SMALL | GRAY, "words:gray=1+hog:cell=4"},
    {TINY | COLOR, "color"},
    {TINY | COLOR, "pixels"},
    {TINY | GRAY, "pixels:gray=1"},
};

enum {
    CANDIDATES = sizeof candidates / sizeof *candidates, /* those of one kind of images are at most OC_MAX_CANDIDATES */
    SMALL_SIDE = 64,
    OWN_PIXELS = 512 * 512,
    CELL = 8,       /* of hog by default */
    LOOKED_AT = 64, /* images that are read to find their kind */
    FOLDS = 5,
};
static const double COLORFUL =
    6; /* mean difference of the channels in gray levels; JPEG causes smaller differences in gray images */
static const double MEASURING =
    0.02; /* estimated seconds of all stages of the candidates for one image on one thread */

/* The stages of all candidates with one image size, separately for stages that learn from images and those that do not.
 * They are extracted together. */
typedef struct stage_pool {
    size_t side; /* of the square to which images of different sizes are resized */
    bool learns;
    oc_string stages; /* as a spec, each stage once */
    oc_set *set;      /* NULL before the first of the candidates is compared */
    oc_status failed;
} stage_pool;

typedef struct choosing {
    const oc_choose_options *options;
    oc_job *job;
    oc_dataset sample;
    unsigned kinds;
    double started, slowest; /* processor_seconds at the start, and of the slowest validation so far */
    double merit;            /* of the best candidate so far */
    size_t pools;
    stage_pool pool[CANDIDATES];
    stage_pool *pool_of[CANDIDATES]; /* by candidate; NULL if it does not suit the images */
    oc_choice *choice;
} choosing;

/* The processor time of this process, in seconds of two processors: other programs on the machine do not change the
 * choice. */
static double processor_seconds(void)
{
    return oc_processor_seconds() / 2;
}

/* Makes a part of a data set, which has its own items and shares the texts of the whole. */
static oc_status take_part(const oc_dataset *whole, size_t count, oc_dataset *part, oc_error *err)
{
    oc_item *items = oc_alloc(whole->count, sizeof *items);
    uint32_t *origins = oc_alloc(whole->count, sizeof *origins);
    if (!items || !origins) {
        oc_free(items);
        oc_free(origins);
        return oc_fail_memory(err, "a sample of the images");
    }
    for (size_t i = 0; i < whole->count; i++) {
        items[i] = whole->items[i];
        origins[i] = (uint32_t)oc_dataset_origin(whole, i);
    }
    *part = *whole;
    part->items = items;
    part->origins = origins;
    part->capacity = whole->count;
    return oc_dataset_sample(part, count, err);
}

static void free_part(oc_dataset *part)
{
    oc_free(part->items);
    oc_free(part->origins);
    part->items = NULL;
    part->origins = NULL;
}

static oc_status extract(const choosing *c, const oc_dataset *images, const char *spec, oc_set **set, oc_error *err)
{
    oc_extract_options options = c->options->extract;
    oc_features *features = NULL;
    options.suppress_warnings = true;        /* the extraction that follows the choice warns */
    options.resume = options.mirror = false; /* validation mirrors the rows of a candidate by itself */
    options.output = NULL;
    oc_status status = oc_features_parse(spec, &features, err);
    if (status == OC_OK) {
        status = oc_set_extract(images, features, &options, c->job, set, err);
    }
    oc_features_free(features);
    return status;
}

/* rows (N,D): pixels in R G B order. True when at least a tenth of the rows have colour. */
static bool colorful(const oc_rows *rows)
{
    size_t count = 0, pixels = rows->dimension / 3;
    for (size_t i = 0; i < rows->count; i++) {
        const float *row = rows->block[0].values + i * rows->block[0].stride;
        double sum = 0;
        for (size_t j = 0; j < rows->dimension; j += 3) {
            sum += fabs((double)row[j] - (double)row[j + 1]) + fabs((double)row[j + 2] - (double)row[j + 1]);
        }
        count += sum / (2 * (double)pixels) > COLORFUL;
    }
    return 10 * count >= rows->count;
}

/* Finds the kind of the images, and how long it takes to read one. */
static oc_status look(choosing *c, const oc_dataset *images, double *reading, oc_error *err)
{
    oc_dataset few;
    oc_set *set = NULL;
    oc_status status = take_part(images, LOOKED_AT, &few, err);
    if (status != OC_OK) {
        return status;
    }
    double started = processor_seconds();
    status = extract(c, &few, "pixels:size=16", &set, err);
    if (status == OC_OK) {
        oc_extent size = oc_set_image_options(set).size;
        bool small = size.width <= SMALL_SIDE && size.height <= SMALL_SIDE;
        bool tiny = size.width < CELL || size.height < CELL;
        bool huge = size.width * size.height > OWN_PIXELS && !c->options->extract.image.size.width;
        c->kinds = (tiny ? TINY : small ? SMALL : huge ? HUGE : LARGE) | (colorful(oc_set_rows(set)) ? COLOR : GRAY);
        *reading = (processor_seconds() - started) / (double)few.count;
    }
    oc_set_free(set);
    free_part(&few);
    return status;
}

/* The number of images to compare the candidates on: what half of the time suffices for, but two of each class, or
 * there is nothing to hold out. */
static size_t sample_size(const choosing *c, const oc_dataset *images, double reading)
{
    double affordable = c->options->seconds / 2 / (2 * reading + MEASURING / 2);
    size_t count = affordable < (double)c->options->images ? (size_t)affordable : c->options->images;
    size_t least = 2 * oc_dataset_classes(images);
    least = least > LOOKED_AT ? least : LOOKED_AT;
    return count > least ? count : least;
}

static bool suits(const choosing *c, size_t candidate)
{
    unsigned kinds = candidates[candidate].kinds & c->kinds;
    return (kinds & (TINY | SMALL | LARGE | HUGE)) && (kinds & (GRAY | COLOR));
}

/* Adds a candidate that suits the images to the pool of its size. */
static oc_status enter(choosing *c, size_t candidate, oc_error *err)
{
    oc_features *features = NULL;
    if (!suits(c, candidate)) {
        return OC_OK;
    }
    oc_status status = oc_features_parse(candidates[candidate].features, &features, err);
    if (status != OC_OK) {
        return status;
    }
    size_t side = oc_features_side(features), p = 0;
    bool learns = oc_features_unfitted(features);
    oc_features_free(features);
    while (p < c->pools && (c->pool[p].side != side || c->pool[p].learns != learns)) {
        p++;
    }
    if (p == c->pools) {
        c->pool[c->pools++] = (stage_pool){.side = side, .learns = learns};
    }
    c->pool_of[candidate] = &c->pool[p];
    return oc_add_stages(&c->pool[p].stages, candidates[candidate].features, err);
}

/* True when a failure means that the candidate does not suit the images or the options. */
static bool unsuited(oc_status status)
{
    return status == OC_TOO_SMALL || status == OC_BAD_DATA || status == OC_USAGE;
}

/* The rows of a candidate; *order is to be freed. */
static oc_status candidate_rows(const choosing *c, stage_pool *pool, const char *spec, oc_rows *rows, uint32_t **order,
                                oc_error *err)
{
    oc_features *features = NULL;
    oc_extent size = oc_features_size(oc_set_features(pool->set));
    oc_status status = oc_features_parse(spec, &features, err);
    if (status == OC_OK) {
        *rows = oc_stage_rows(features, &pool->set, 1);
        status = oc_features_plan(features, size.width, size.height, err);
    }
    if (status == OC_OK && c->options->train.augment == OC_AUGMENT_MIRROR) {
        status = oc_set_mirror_order(features, rows, order, err);
    }
    oc_features_free(features);
    return status;
}

static oc_status validate(choosing *c, stage_pool *pool, oc_choice_row *row, double *merit, oc_error *err)
{
    oc_train_options options = c->options->train;
    oc_train_report report;
    oc_classifier *classifier = NULL;
    oc_rows rows = {0};
    uint32_t *order = NULL;
    if (isnan(options.holdout) && (options.folds == OC_AUTO || options.folds == 0)) {
        options.folds = FOLDS;
    }
    oc_status status = candidate_rows(c, pool, row->features, &rows, &order, err);
    if (status == OC_OK) {
        oc_job_hush(c->job, true); /* the training on all images has the same to note */
        status = oc_train(&(oc_examples){&rows, oc_set_labels(pool->set), oc_set_classes(pool->set)}, &options, c->job,
                          &classifier, &report, err);
        oc_job_hush(c->job, false);
    }
    if (status == OC_OK) {
        row->dimension = rows.dimension;
        row->accuracy = oc_validation_accuracy(&report.validation);
        row->balanced_accuracy = report.validation.balanced_accuracy;
        row->log_loss = report.validation.log_loss;
        *merit = oc_validation_merit(&report.validation, &options);
        oc_classifier_free(classifier);
    }
    oc_free(order);
    return status;
}

/* Notes why a candidate is left out: once where the stages of several cannot be measured. */
static oc_status leave_out(choosing *c, const char *spec, oc_status status, const oc_error *why, oc_error *err)
{
    if (unsuited(status)) {
        oc_job_note(c->job, "choosing the features: %s cannot be compared: %s", spec, why->message);
        return OC_OK;
    }
    if (err) {
        *err = *why;
    }
    return status;
}

static oc_status compare(choosing *c, size_t candidate, oc_error *err)
{
    oc_choice *choice = c->choice;
    stage_pool *pool = c->pool_of[candidate];
    oc_choice_row *row = &choice->rows[choice->count];
    oc_error why = {0};
    double started = oc_seconds(), merit = NAN;
    *row = (oc_choice_row){
        .features = candidates[candidate].features, .accuracy = NAN, .balanced_accuracy = NAN, .log_loss = NAN};
    if (pool->failed) {
        return OC_OK;
    }
    if (!pool->set) {
        pool->failed = extract(c, &c->sample, pool->stages.data, &pool->set, &why);
        if (pool->failed) {
            return leave_out(c, pool->stages.data, pool->failed, &why, err);
        }
    }
    double validation = processor_seconds();
    oc_status status = validate(c, pool, row, &merit, &why);
    validation = processor_seconds() - validation;
    if (status != OC_OK) {
        return leave_out(c, row->features, status, &why, err);
    }
    row->seconds = oc_seconds() - started;
    c->slowest = validation > c->slowest ? validation : c->slowest;
    choice->images = oc_set_count(pool->set);
    if (choice->count == 0 || merit > c->merit) {
        choice->best = choice->count;
        c->merit = merit;
    }
    choice->count++;
    if (c->options->row_done) {
        c->options->row_done(c->options->context, choice);
    }
    return OC_OK;
}

static oc_status compare_all(choosing *c, oc_error *err)
{
    oc_status status = OC_OK;
    for (size_t i = 0; status == OC_OK && i < CANDIDATES; i++) {
        status = enter(c, i, err);
    }
    for (size_t i = 0; status == OC_OK && i < CANDIDATES; i++) {
        if (!c->pool_of[i]) {
            continue;
        }
        double left = c->options->seconds - (processor_seconds() - c->started);
        bool over = left <= 0 || left < c->slowest;
        if (!over) {
            oc_job_limit(c->job, 2 * left);
            status = compare(c, i, err);
            oc_job_limit(c->job, 0);
            over = status == OC_CANCELLED && !oc_job_cancelled(c->job);
        }
        if (over) {
            oc_job_note(c->job,
                        "choosing the features: no time for %s and what follows; %.0f s of two processors are over",
                        candidates[i].features, processor_seconds() - c->started);
            return OC_OK;
        }
    }
    return status;
}

/* Chooses the first candidate that suits the images when none could be compared; its extraction then reports the error
 * of the images. */
static void fall_back(const choosing *c)
{
    oc_choice *choice = c->choice;
    size_t first = 0;
    if (choice->count && !isnan(choice->rows[choice->best].accuracy)) {
        return;
    }
    while (first < CANDIDATES && !c->pool_of[first]) {
        first++;
    }
    const char *features = candidates[first < CANDIDATES ? first : 0].features;
    choice->rows[0] = (oc_choice_row){.features = features, .accuracy = NAN, .balanced_accuracy = NAN, .log_loss = NAN};
    choice->count = 1;
    choice->best = 0;
}

/* Makes the features of the best candidate. They are fitted already when the sample consists of all images. */
static oc_status make_features(const choosing *c, const oc_dataset *images, oc_error *err)
{
    oc_choice *choice = c->choice;
    const oc_choice_row *best = &choice->rows[choice->best];
    oc_status status = oc_features_parse(best->features, &choice->features, err);
    for (size_t i = 0; i < CANDIDATES && status == OC_OK; i++) {
        const stage_pool *pool = c->pool_of[i];
        if (!pool || !pool->set || candidates[i].features != best->features || c->sample.count < images->count) {
            continue;
        }
        oc_extent size = oc_features_size(oc_set_features(pool->set));
        status = oc_features_plan(choice->features, size.width, size.height, err);
        status = status ? status : oc_adopt_features(choice->features, oc_set_features(pool->set), err);
    }
    if (status != OC_OK) {
        oc_features_free(choice->features);
    }
    return status;
}

oc_choose_options oc_choose_defaults(void)
{
    return (oc_choose_options){.train = oc_train_defaults(), .images = 2000, .seconds = 120};
}

oc_status oc_choose_largest(const oc_dataset *images, const oc_extract_options *extract, oc_job *job,
                            const char **features, oc_error *err)
{
    oc_choose_options options = oc_choose_defaults();
    options.extract = *extract;
    choosing c = {.options = &options, .job = job};
    double reading;
    oc_status status = look(&c, images, &reading, err);
    for (size_t i = 0; status == OC_OK && i < CANDIDATES; i++) {
        *features = suits(&c, i) ? candidates[i].features : *features;
    }
    return status;
}

oc_status oc_choose(const oc_dataset *images, const oc_choose_options *options, oc_job *job, oc_choice *out,
                    oc_error *err)
{
    oc_choice choice = {0};
    oc_error why = {0};
    double reading = 0;
    choosing c = {.options = options, .job = job, .started = processor_seconds(), .choice = &choice};
    oc_status status = look(&c, images, &reading, &why);
    status = status ? leave_out(&c, "the images", status, &why, err)
                    : take_part(images, sample_size(&c, images, reading), &c.sample, err);
    if (status == OC_OK && c.sample.count) {
        status = compare_all(&c, err);
    }
    if (status == OC_OK) {
        fall_back(&c);
        status = make_features(&c, images, err);
    }
    for (size_t p = 0; p < c.pools; p++) {
        oc_set_free(c.pool[p].set);
        oc_string_free(&c.pool[p].stages);
    }
    free_part(&c.sample);
    if (status == OC_OK) {
        *out = choice;
    }
    return status;
}

oc_status oc_choose_features(const oc_dataset *images, const oc_extract_options *extract, const oc_train_options *train,
                             oc_job *job, oc_features **features, oc_error *err)
{
    oc_choose_options options = oc_choose_defaults();
    oc_choice choice;
    options.extract = *extract;
    options.train = *train;
    oc_status status = oc_choose(images, &options, job, &choice, err);
    if (status == OC_OK) {
        *features = choice.features;
    }
    return status;
}
