/* Each scaling is rated by the leave-one-out error of ridge regression (leave_one_out.h). On the thirteen sets of
 * tests/bench/classifier.md, this chooses as well as the cross-validated log loss of softmax, at a fraction of the
 * cost.
 *
 * Scaling matters when rows are few compared with columns. With many rows the penalty is weak, and a linear classifier
 * is nearly the same for every scale: more than SMALL_N rows, and more than ROWS_PER_COLUMN per column, are
 * standardised.
 *
 * The ridge of least squares, whose curvature is 2, is multiplied by the ratio of the curvatures to become the penalty
 * of the loss. For another number of rows, the sum of squared residuals, not their mean, has the same penalty. */
#include "src/learn/scale_choice.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/threads.h"
#include "src/learn/equal_rows.h"
#include "src/learn/leave_one_out.h"
#include "src/learn/loss.h"
#include "src/learn/scaler.h"
#include "src/learn/split.h"

#include <math.h>
#include <stdatomic.h>

enum { SAMPLE = 1024, SMALL_N = 4096, ROWS_PER_COLUMN = 4, MAX_CANDIDATES = 8 };

typedef struct candidate {
    oc_scale scale;
    oc_stage_weight weight;
    oc_left_out found;
    oc_status status;
    oc_error err;
} candidate;

typedef struct choice {
    const oc_subset *sample; /* of different rows */
    size_t classes;
    oc_job *job;
    atomic_size_t done;
    size_t count;
    candidate candidates[MAX_CANDIDATES];
} choice;

static void judge(void *context, size_t index, size_t worker)
{
    (void)worker;
    choice *c = context;
    candidate *k = &c->candidates[index];
    oc_rows view = c->sample->rows;
    size_t d = view.dimension;
    float *columns = oc_alloc(d, 3 * sizeof *columns);
    oc_scaling scaling = {columns, columns + d, columns + 2 * d, 0};
    k->status = columns ? oc_scaler_fit(&view, k->scale, k->weight, &scaling, NULL, &k->err)
                        : oc_fail_memory(&k->err, "the choice of the scale");
    view.unit = k->scale == OC_SCALE_UNIT;
    oc_problem problem = {.rows = &view,
                          .labels = c->sample->labels,
                          .classes = c->classes,
                          .center = scaling.mean,
                          .scale = scaling.scale};
    if (k->status == OC_OK) {
        k->status = oc_leave_one_out(&problem, &k->found, &k->err);
    }
    oc_free(columns);
    oc_job_progress(c->job, "choosing the scale", atomic_fetch_add(&c->done, 1) + 1, c->count);
}

/* Lists the candidates; of equally good ones the first is chosen. */
static void list_candidates(choice *c, const oc_rows *rows, const oc_train_options *options)
{
    static const oc_scale scales[] = {OC_SCALE_STANDARD, OC_SCALE_CENTER, OC_SCALE_PARETO, OC_SCALE_UNIT};
    bool compare = rows->count <= SMALL_N || rows->count < ROWS_PER_COLUMN * rows->dimension;
    bool any = options->scale == OC_SCALE_AUTO, either = options->stage_weight == OC_STAGE_WEIGHT_AUTO;
    size_t weights = either && compare && rows->blocks > 1 ? 2 : 1;
    for (size_t s = 0; s < (any && compare ? sizeof scales / sizeof *scales : 1); s++) {
        for (size_t w = 0; w < weights; w++) {
            c->candidates[c->count++] = (candidate){.scale = any ? scales[s] : options->scale,
                                                    .weight = either ? (oc_stage_weight)w : options->stage_weight};
        }
    }
}

/* Takes all rows, or a stratified sample of SAMPLE rows, or of twice as many with mirrored ones. */
static oc_status take_sample(const oc_examples *examples, uint64_t seed, oc_subset *sample, oc_error *err)
{
    size_t count = examples->rows->count, most = examples->rows->mirrored ? 2 * SAMPLE : SAMPLE;
    if (count <= most) {
        return oc_subset_take(examples->rows, examples->labels, &(oc_subset_choice){.fold = NULL}, sample, err);
    }
    oc_split_options split = {.folds = 1, .fraction = (double)most / (double)count, .seed = seed};
    oc_folds folds = {.fold = oc_alloc(count, sizeof *folds.fold)};
    oc_status status = folds.fold ? oc_split(examples->labels, count, examples->classes, &split, &folds, err)
                                  : oc_fail_memory(err, "the choice of the scale");
    if (status == OC_OK) {
        status = oc_subset_take(examples->rows, examples->labels, &(oc_subset_choice){.fold = folds.fold}, sample, err);
    }
    oc_free(folds.fold);
    return status;
}

/* Takes one of equal rows: a copy or mirror image of the row that is left out would give its class away. */
static oc_status take_different(const oc_subset *rows, oc_subset *different, oc_error *err)
{
    size_t count = rows->rows.count, found;
    uint32_t *first = oc_alloc(count, sizeof *first);
    uint16_t *fold = oc_alloc(count, sizeof *fold);
    oc_status status = first && fold ? oc_find_equal_rows(&rows->rows, first, &found, err)
                                     : oc_fail_memory(err, "the choice of the scale");
    for (size_t i = 0; status == OC_OK && i < count; i++) {
        fold[i] = first[i] == i ? 0 : OC_FOLD_NONE;
    }
    if (status == OC_OK) {
        status = oc_subset_take(&rows->rows, rows->labels, &(oc_subset_choice){.fold = fold}, different, err);
    }
    oc_free(first);
    oc_free(fold);
    return status;
}

oc_status oc_scale_choose(const oc_examples *examples, oc_train_options *options, oc_job *job, oc_error *err)
{
    oc_subset sample = {0}, different = {0};
    choice c = {.sample = &different, .classes = examples->classes, .job = job};
    list_candidates(&c, examples->rows, options);
    const candidate *best = &c.candidates[0];
    if (c.count == 1 && !isnan(options->l2)) {
        options->scale = best->scale;
        options->stage_weight = best->weight;
        return OC_OK;
    }
    oc_status status = take_sample(examples, options->seed, &sample, err);
    status = status ? status : take_different(&sample, &different, err);
    if (status != OC_OK) {
        oc_subset_free(&sample);
        return status;
    }
    oc_parallel(job, c.count, judge, &c);
    double sampled = (double)sample.rows.count; /* copies do not change the mean of the losses */
    oc_subset_free(&different);
    oc_subset_free(&sample);
    for (size_t k = 0; k < c.count; k++) {
        const candidate *other = &c.candidates[k];
        if (other->status != OC_OK) {
            return oc_fail(err, other->status, "%s", other->err.message);
        }
        best = other->found.error < best->found.error ? other : best;
    }
    if (oc_job_cancelled(job)) {
        return oc_fail(err, OC_CANCELLED, "cancelled");
    }
    options->scale = best->scale;
    options->stage_weight = best->weight;
    if (isnan(options->l2)) {
        double curvature = oc_loss_types[options->loss].curvature(examples->classes).usual;
        options->l2 = best->found.ridge * curvature / 2 * sampled / (double)examples->rows->count;
    }
    return OC_OK;
}
