/* Training: check the rows, choose the scaling, validate, descend on all rows, report. */
#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/threads.h"
#include "src/learn/loss.h"
#include "src/learn/scale_choice.h"
#include "src/learn/split.h"
#include "src/learn/trainer.h"
#include "src/learn/validation.h"

#include <math.h>

static const double BEYOND_CHANCE = 2;  /* standard errors of a difference */
static const double UNCONVERGED = 0.02; /* a note is sent when gap > UNCONVERGED * objective */

static oc_status check_labels(const oc_examples *examples, oc_error *err)
{
    const oc_rows *rows = examples->rows;
    size_t classes = examples->classes, used = 0;
    if (rows->count == 0 || rows->dimension == 0) {
        return oc_fail(err, OC_BAD_DATA, "%zu rows of %zu values: nothing to learn from", rows->count, rows->dimension);
    }
    if (rows->count > UINT32_MAX) {
        return oc_fail(err, OC_TOO_LARGE, "%zu rows: at most %u are possible", rows->count, UINT32_MAX);
    }
    size_t *count = oc_alloc(classes, sizeof *count);
    if (!count) {
        return oc_fail_memory(err, "the class counts");
    }
    oc_status status = OC_OK;
    for (size_t i = 0; i < rows->count && status == OC_OK; i++) {
        int label = examples->labels[i];
        if (label < 0 || (size_t)label >= classes) {
            status = oc_fail(err, OC_BAD_DATA, "row %zu has the label %d; with %zu classes labels are 0..%zu", i, label,
                             classes, classes - 1);
        } else {
            used += count[label]++ == 0;
        }
    }
    oc_free(count);
    if (status == OC_OK && used < 2) {
        status = oc_fail(err, OC_BAD_DATA, "all rows (%zu) are of one class: a classifier needs two or more",
                         rows->count);
    }
    return status;
}

/* Replaces auto in scale, stage weight and penalties; of searches and neighbours, the scale of auto is standard. Sets
 * plan->path (l2 is a guess, from which validation starts) and plan->score_path. */
static oc_status resolve(const oc_examples *examples, oc_train_options *used, oc_validation_plan *plan, oc_job *job,
                         oc_error *err)
{
    bool linear = used->classifier.kind == OC_LINEAR, searches = oc_optimizer_types[used->optimizer].searches;
    bool descends = linear && !searches, guess = descends && !oc_train_nonsmooth(used) && isnan(used->l2);
    /* gd is slow: the guess is used without validation */
    plan->path = guess && oc_optimizer_types[used->optimizer].preconditioned;
    plan->score_path = plan->path && isnan(used->score_l2);
    used->score_l2 = isnan(used->score_l2) ? 0 : used->score_l2;
    used->l2 = linear && !guess && isnan(used->l2) ? 0 : used->l2;
    if (descends) {
        return oc_scale_choose(examples, used, job, err);
    }
    used->scale = used->scale == OC_SCALE_AUTO ? OC_SCALE_STANDARD : used->scale;
    used->stage_weight = used->stage_weight == OC_STAGE_WEIGHT_AUTO ? OC_STAGE_WEIGHT_NONE : used->stage_weight;
    return OC_OK;
}

/* A training on all rows (with those of mirrored images for --augment mirror) and its validation. */
typedef struct attempt {
    oc_train_options used;
    oc_trainer *trainer;
    oc_validated validated;
} attempt;

static oc_status prepare(const oc_examples *all, oc_validation_plan *plan, attempt *a, oc_job *job, oc_error *err)
{
    a->validated.calibration = NAN;
    oc_status status = resolve(all, &a->used, plan, job, err);
    if (status == OC_OK) {
        status = oc_trainer_create(all, &a->used, job, &a->trainer, err);
    }
    if (status == OC_OK && plan->folds->folds) {
        status = oc_validate(a->trainer, plan, &a->used, &a->validated, job, err);
    }
    if (status == OC_OK && plan->folds->folds) {
        a->used.l2 = a->validated.report.trial[a->validated.report.best].l2;
        a->used.score_l2 = a->validated.report.trial[a->validated.report.best].score_l2;
    }
    return status;
}

/* True when b classifies significantly more rows correctly than a. Of two equally good classifiers, each is equally
 * likely to be the correct one on a row where exactly one of them is correct. */
static bool clearly_better(const bool *b, const bool *a, size_t rows)
{
    double won = 0, lost = 0;
    for (size_t i = 0; i < rows; i++) {
        won += b[i] && !a[i];
        lost += a[i] && !b[i];
    }
    return won - lost > BEYOND_CHANCE * sqrt(won + lost);
}

/* Replaces the attempt by one with another loss if that is better and classifies significantly more held-out rows
 * correctly than options->loss. */
static oc_status tune(const oc_examples *all, const oc_train_options *options, oc_validation_plan *plan, attempt *best,
                      oc_job *job, oc_error *err)
{
    size_t held = plan->folds->held;
    bool *base = plan->right, *right = oc_alloc(held, sizeof *right);
    oc_status status = right ? OC_OK : oc_fail_memory(err, "the validation");
    plan->right = right;
    for (oc_loss loss = 0; status == OC_OK && loss < oc_loss_count; loss++) {
        attempt other = {.used = *options};
        other.used.loss = loss;
        if (loss == options->loss) {
            continue;
        }
        oc_job_hush(job, true); /* it has the same to note, or concerns a loss that is not taken */
        status = prepare(all, plan, &other, job, err);
        oc_job_hush(job, false);
        bool more = oc_validation_merit(&other.validated.report, options) >
                    oc_validation_merit(&best->validated.report, options);
        if (status == OC_OK && more && clearly_better(right, base, held)) {
            oc_trainer *worse = best->trainer;
            *best = other;
            other.trainer = worse;
        }
        oc_trainer_free(other.trainer);
    }
    plan->right = base;
    oc_free(right);
    return status;
}

/* The results of oc_train, which are returned only after success. */
typedef struct trained {
    oc_classifier *classifier;
    oc_train_report report;
} trained;

static oc_status train_on(const oc_examples *all, const oc_train_options *options, oc_validation_plan *plan,
                          trained *out, oc_job *job, oc_error *err)
{
    attempt a = {.used = *options};
    double started = oc_seconds();
    oc_status status = prepare(all, plan, &a, job, err);
    bool equal = status == OC_OK && oc_trainer_equal_rows(a.trainer);
    if (equal) {
        oc_job_note(
            job,
            "all %zu rows are equal: only the frequencies of the classes can be learned; are the images blank, or "
            "all values constant?",
            all->rows->count);
    }
    if (status == OC_OK && oc_trainer_too_wide(a.trainer)) {
        oc_job_note(
            job,
            "rows of %zu values are trained without a preconditioner, which has at most %d: steps are slow, and the "
            "accuracy may suffer; fewer words or larger cells give fewer values",
            all->rows->dimension, OC_PRECONDITION_WIDEST);
    }
    if (status == OC_OK && options->tune) {
        status = tune(all, options, plan, &a, job, err);
    }
    if (status == OC_OK) {
        status = oc_trainer_run(a.trainer, &a.used, job, &out->classifier, &out->report, err);
    }
    oc_trainer_free(a.trainer);
    if (status == OC_OK) {
        out->classifier->calibration = a.validated.calibration;
        out->report.validation = a.validated.report;
        if (a.used.l1 > 0 && !equal && out->report.zeros == all->classes * all->rows->dimension) {
            oc_job_note(job, "all weights are 0: `l1` %g is too strong for these rows", a.used.l1);
        }
        out->report.seconds = oc_seconds() - started - a.validated.report.seconds;
    }
    return status;
}

size_t oc_train_memory(size_t rows, size_t dimension, size_t classes)
{
    enum { VECTORS = 28, COLUMNS = 8 }; /* copies of the weights in a descent; of a column of all rows */
    size_t narrow = dimension < rows ? dimension : rows;
    narrow = narrow < OC_PRECONDITION_WIDEST ? narrow : OC_PRECONDITION_WIDEST;
    size_t columns = rows < dimension && rows <= OC_PRECONDITION_WIDEST ? rows : dimension;
    double floats = 2 * (double)narrow * (double)narrow + (2 * (double)classes + COLUMNS) * (double)dimension +
                    VECTORS * (double)classes * (double)columns + oc_evaluator_floats(rows, columns, classes);
    return floats < (double)(SIZE_MAX / 8) ? sizeof(float) * (size_t)floats : SIZE_MAX / 2;
}

/* The reason why no row is held out, unless it is that no class has two, which the notes about labels report. */
static void note_unmeasured(const oc_learner *learner, size_t rows, oc_job *job)
{
    if (learner->kind == OC_NEAREST && learner->k > 1) {
        oc_job_note(job,
                    "no accuracy is measured: with %lld nearest neighbours, %zu rows are too few to hold any out; "
                    "take a smaller k",
                    (long long)learner->k, rows);
    }
}

static void note_unconverged(const oc_train_report *done, oc_job *job)
{
    if (done->gap > UNCONVERGED * done->objective) {
        bool passes = oc_train_uses(&done->used, "finish");
        oc_job_note(
            job,
            passes ? "training has not converged: the objective, %.4g, may be %.1f %% or more above its minimum; more "
                     "`finish` passes bring it down"
                   : "training has not converged: the objective, %.4g, may be %.1f %% or more above its minimum; more "
                     "`epochs` bring it down",
            done->objective, 100 * done->gap / done->objective);
    }
}

/* Few distinct rows, such as coarse histograms have: then the part held out has only rows that training never saw. */
static void note_equal(const oc_folds *folds, size_t rows, oc_job *job)
{
    if (folds->folds && 4 * folds->equal > rows) {
        oc_job_note(job,
                    "%zu of %zu rows are equal to an earlier one, and are held out together with it as copies: if they "
                    "are of different images, others are classified better than is measured here",
                    folds->equal, rows);
    }
}

oc_status oc_train(const oc_examples *examples, const oc_train_options *options, oc_job *job,
                   oc_classifier **classifier, oc_train_report *report, oc_error *err)
{
    oc_train_options used = *options;
    trained out = {0};
    oc_folds folds = {0};
    oc_subset all = {0};
    oc_validation_plan plan = {.folds = &folds, .mirrored = options->augment == OC_AUGMENT_MIRROR};
    oc_status status = oc_train_check(options, err);
    if (status == OC_OK) {
        status = check_labels(examples, err);
    }
    if (status == OC_OK) {
        status = oc_folds_choose(examples, &used, &folds, err);
    }
    if (status == OC_OK && folds.folds == 0 && options->folds == OC_AUTO) {
        note_unmeasured(&options->classifier, examples->rows->count, job);
    }
    if (status == OC_OK) {
        status = oc_subset_take(examples->rows, examples->labels, &(oc_subset_choice){.mirror = plan.mirrored}, &all,
                                err);
    }
    if (status == OC_OK && options->tune && folds.folds == 0) {
        status = oc_fail(err, OC_BAD_DATA,
                         "no class has more than one row: nothing can be held out to compare losses by");
    }
    if (status == OC_OK && options->tune) {
        plan.right = oc_alloc(folds.held, sizeof *plan.right);
        status = plan.right ? OC_OK : oc_fail_memory(err, "the validation");
    }
    if (status == OC_OK) {
        oc_examples taken = {&all.rows, all.labels, examples->classes};
        status = train_on(&taken, &used, &plan, &out, job, err);
    }
    if (status == OC_OK) {
        note_equal(&folds, examples->rows->count, job);
    }
    oc_free(plan.right);
    oc_subset_free(&all);
    oc_folds_free(&folds);
    if (status != OC_OK) {
        return status;
    }
    note_unconverged(&out.report, job);
    *classifier = out.classifier;
    if (report) {
        *report = out.report;
    }
    return OC_OK;
}
