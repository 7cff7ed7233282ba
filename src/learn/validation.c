/* The path of L2 penalties goes from strong to weak by factors of 4. Penalties on the scores follow, from weak to
 * strong, then weaker L2 penalties with the best penalty on the scores. Every descent starts from the weights of the
 * previous one, so a penalty costs only a few passes; if rows are few, a penalty on the scores begins again from strong
 * L2 penalties. Scaling, coordinates and covariance are those of all rows, for all folds and penalties. The chosen
 * penalties have the least log loss on the held-out rows: log loss is a smooth function of a penalty, accuracy is not.
 * The scores are calibrated first, for every loss, so that a common factor of the scores does not matter. Balanced class
 * weights weigh the log loss too.
 *
 * A penalty is relative to the sum of the losses: for a part of N' of N rows it is l2 N / N'. */
#include "src/learn/validation.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/threads.h"
#include "src/learn/calibration.h"
#include "src/learn/split.h"
#include "src/matrix/vector.h"

#include <math.h>
#include <string.h>

/* A weaker penalty must reduce the log loss by this fraction of it; at the first that does not, the path ends. The
 * constants of training were checked on the rows of hog+color and words of thirteen sets of images:
 * tests/bench/classifier.md has the sets and what other values give. */
static const double WORTH = 0.005;
static const double WEAKEST_SCORES = 0.01; /* penalty on the scores that is tried first */

double oc_validation_accuracy(const oc_validation *validation)
{
    return validation->held ? validation->trial[validation->best].accuracy : NAN;
}

double oc_validation_merit(const oc_validation *validation, const oc_train_options *options)
{
    double balanced = validation->held ? validation->balanced_accuracy : NAN;
    return options->class_weight == OC_CLASS_WEIGHT_BALANCED ? balanced : oc_validation_accuracy(validation);
}

/* One split into training rows and held-out rows. */
typedef struct part {
    oc_subset kept, held;
    oc_problem problem; /* of the kept rows */
    float *w;           /* (C M + C) */
    size_t first;       /* index of its first held-out row among those of all parts */
} part;

typedef struct validator {
    oc_trainer *trainer;
    const oc_problem *whole;
    size_t parts, held, classes, copies; /* copies of an image: 2 with its mirrored row */
    part *part;
    double *importance;         /* (C): weights of held-out rows with balanced classes, else NULL */
    int *labels;                /* (held) */
    float *scores, *best;       /* (held,C): of the last trial, and of the best */
    double factor, best_factor; /* that calibrate them; NaN for nearest neighbours */
    bool warm, nearest;
    oc_validation *out;
} validator;

static void free_validator(validator *v)
{
    for (size_t f = 0; v->part && f < v->parts; f++) {
        oc_subset_free(&v->part[f].kept);
        oc_subset_free(&v->part[f].held);
        oc_free(v->part[f].w);
    }
    oc_free(v->part);
    oc_free(v->importance);
    oc_free(v->labels);
    oc_free(v->scores);
    oc_free(v->best);
}

/* Makes the parts. fold (N'); seen (N'): the same, but OC_FOLD_NONE for mirrored rows, which are not validated on. */
static oc_status take_parts(validator *v, const uint16_t *fold, const uint16_t *seen, oc_error *err)
{
    size_t at = 0;
    for (size_t f = 0; f < v->parts; f++) {
        part *p = &v->part[f];
        oc_subset_choice outside = {.fold = fold, .which = (uint16_t)f, .outside = true};
        oc_subset_choice inside = {.fold = seen, .which = (uint16_t)f};
        oc_status status = oc_subset_take(v->whole->rows, v->whole->labels, &outside, &p->kept, err);
        if (status == OC_OK) {
            status = oc_subset_take(v->whole->rows, v->whole->labels, &inside, &p->held, err);
        }
        if (status != OC_OK) {
            return status;
        }
        p->problem = *v->whole;
        p->problem.rows = &p->kept.rows;
        p->problem.labels = p->kept.labels;
        p->first = at;
        memcpy(v->labels + at, p->held.labels, p->held.rows.count * sizeof *v->labels);
        at += p->held.rows.count;
        p->w = oc_alloc(oc_problem_parameters(v->whole), sizeof *p->w);
        if (!p->w) {
            return oc_fail_memory(err, "the validation");
        }
    }
    return OC_OK;
}

static oc_status make_validator(validator *v, const oc_validation_plan *plan, oc_error *err)
{
    size_t rows = v->whole->rows->count, copies = plan->mirrored ? 2 : 1;
    bool balanced = v->whole->importance != NULL;
    uint16_t *fold = oc_alloc(rows, 2 * sizeof *fold), *seen = fold ? fold + rows : NULL;
    v->parts = plan->folds->folds;
    v->held = plan->folds->held;
    v->classes = v->whole->classes;
    v->copies = copies;
    v->importance = balanced ? oc_alloc(v->classes, sizeof *v->importance) : NULL;
    v->part = oc_alloc(v->parts, sizeof *v->part);
    v->labels = oc_alloc(v->held, sizeof *v->labels);
    v->scores = oc_alloc(v->held, v->classes * sizeof *v->scores);
    v->best = oc_alloc(v->held, v->classes * sizeof *v->best);
    bool enough = fold && v->part && v->labels && v->scores && v->best && (!balanced || v->importance);
    oc_status status = enough ? OC_OK : oc_fail_memory(err, "the validation");
    for (size_t i = 0; status == OC_OK && i < rows; i++) {
        fold[i] = plan->folds->fold[i / copies];
        seen[i] = i % copies ? (uint16_t)OC_FOLD_NONE : fold[i];
    }
    if (status == OC_OK) {
        status = take_parts(v, fold, seen, err);
    }
    if (status == OC_OK && balanced) {
        oc_problem_balance(v->labels, v->held, v->classes, v->importance);
    }
    oc_free(fold);
    return status;
}

/* Computes the scores of the held-out rows of one part. */
static oc_status try_part(validator *v, part *p, double l2, oc_job *job, oc_error *err)
{
    float *scores = v->scores + p->first * v->classes;
    if (v->nearest) {
        return oc_trainer_nearest_scores(v->trainer, &p->problem, &p->held.rows, scores, job, err);
    }
    double fewer = (double)v->whole->rows->count / (double)p->kept.rows.count;
    p->problem.score_l2 = v->whole->score_l2 * fewer; /* that of the trial */
    p->problem.l2 = l2 * fewer;
    oc_descent descent = {.problem = &p->problem, .w = p->w};
    oc_status status = oc_trainer_descend(v->trainer, &descent, true, v->warm, job, err);
    oc_problem held = p->problem;
    held.rows = &p->held.rows;
    return status == OC_OK ? oc_problem_scores(&held, p->w, scores, job, err) : status;
}

/* Computes the accuracy, and its standard deviation over the parts. */
static void count_right(const validator *v, oc_trial *trial)
{
    double sum = 0, squares = 0, parts = (double)v->parts;
    trial->accuracy = 0;
    for (size_t f = 0; f < v->parts; f++) {
        const part *p = &v->part[f];
        size_t right = 0, count = p->held.rows.count;
        for (size_t i = p->first; i < p->first + count; i++) {
            right += oc_vector_argmax(v->scores + i * v->classes, v->classes) == (size_t)v->labels[i];
        }
        double accuracy = count ? (double)right / (double)count : 0;
        trial->accuracy += (double)right / (double)v->held;
        sum += accuracy;
        squares += accuracy * accuracy;
    }
    trial->deviation = v->parts > 1 ? sqrt(fmax(squares - sum * sum / parts, 0) / (parts - 1)) : NAN;
}

static oc_scored scored_of(const validator *v)
{
    return (oc_scored){v->scores, v->labels, v->held, v->classes, v->importance};
}

static void judge(validator *v, oc_trial *trial)
{
    oc_scored scored = scored_of(v);
    v->factor = v->nearest ? NAN : oc_calibrate(&scored);
    count_right(v, trial);
    trial->log_loss = v->nearest ? NAN : oc_log_loss(&scored, v->factor);
}

/* Computes the scores of all held-out rows under the penalties of a trial, then its accuracy and log loss. */
static oc_status try_penalties(validator *v, oc_trial *trial, oc_job *job, oc_error *err)
{
    oc_status status = v->nearest ? OC_OK : oc_trainer_penalise(v->trainer, trial->l2, trial->score_l2, job, err);
    for (size_t f = 0; f < v->parts && status == OC_OK; f++) {
        status = try_part(v, &v->part[f], trial->l2, job, err);
    }
    v->warm = true;
    if (status == OC_OK) {
        judge(v, trial);
    }
    return status;
}

/* Numbers of one class: rows, held-out rows, correctly classified ones of these, and held-out rows predicted as this
 * class. */
typedef struct tally {
    size_t rows, held, right, given;
} tally;

static void count_classes(const validator *v, tally *classes)
{
    for (size_t i = 0; i < v->whole->rows->count; i++) {
        classes[v->whole->labels[i]].rows++;
    }
    for (size_t i = 0; i < v->held; i++) {
        size_t best = oc_vector_argmax(v->best + i * v->classes, v->classes), label = (size_t)v->labels[i];
        classes[label].held++;
        classes[label].right += best == label;
        if (best < v->classes) { /* else the scores are not finite */
            classes[best].given++;
        }
    }
}

/* The mean of the recalls; NaN when a class has rows but no held-out row. */
static double balanced_accuracy(const tally *classes, size_t count)
{
    double sum = 0, seen = 0;
    for (size_t c = 0; c < count; c++) {
        if (classes[c].rows && !classes[c].held) {
            return NAN;
        }
        sum += classes[c].held ? (double)classes[c].right / (double)classes[c].held : 0;
        seen += classes[c].held > 0;
    }
    return sum / seen;
}

/* Sends notes about classes without held-out rows, and classes that were predicted for no held-out row. */
static void note_absent(const validator *v, const tally *classes, oc_job *job)
{
    size_t absent = 0, unheld = 0, single = 0, least = SIZE_MAX, most = 0;
    for (size_t c = 0; c < v->classes; c++) {
        const tally *t = &classes[c];
        absent += t->held && !t->given;
        unheld += t->rows && !t->held;
        single += t->rows == v->copies;
        least = t->rows && t->rows < least ? t->rows : least;
        most = t->rows > most ? t->rows : most;
    }
    if (unheld) {
        bool small = v->parts == 1 && unheld > single; /* other classes have two images */
        oc_job_note(job,
                    small
                        ? "%zu of %zu classes have no image in the part held out: they do not count in the accuracy; "
                          "`folds` 2 or more holds out images of more classes"
                        : "%zu of %zu classes have too few different images for one to be held out: they do not count "
                          "in the accuracy",
                    unheld, v->classes);
    }
    if (absent) {
        oc_job_note(job,
                    most > 2 * least && !v->whole->importance
                        ? "%zu of %zu classes were predicted for none of the %zu images held out; `class_weight` "
                          "balanced makes rare classes count as much as frequent ones"
                        : "%zu of %zu classes were predicted for none of the %zu images held out",
                    absent, v->classes, v->held);
    }
}

/* True when the log loss of the last trial is below that of the best by more than the standard error of the difference
 * (after Breiman, Friedman, Olshen and Stone, "Classification and regression trees", 1984, chapter 3, who take that of
 * the lower loss alone). */
static bool clearly_less(const validator *v)
{
    oc_scored scored = scored_of(v);
    double sum = 0, squares = 0, rows = (double)v->held;
    for (size_t i = 0; i < v->held; i++) {
        size_t at = i * v->classes, y = (size_t)v->labels[i];
        double less = oc_row_log_loss(v->best + at, v->classes, y, v->best_factor) -
                      oc_row_log_loss(v->scores + at, v->classes, y, v->factor);
        less *= oc_scored_weight(&scored, i);
        sum += less;
        squares += less * less;
    }
    return sum > sqrt(fmax(squares - sum * sum / rows, 0));
}

/* Keeps the scores of the last trial if it is better than all before; `clearly`: by more than a standard error. */
static bool keep_better(validator *v, bool clearly)
{
    oc_validation *out = v->out;
    double last = out->trial[out->count].log_loss, best = out->trial[out->best].log_loss;
    bool better = out->count == 0 || last < best - WORTH * best;
    better = better && (!clearly || clearly_less(v));
    if (better) {
        float *scores = v->scores;
        v->scores = v->best;
        v->best = scores;
        v->best_factor = v->factor;
        out->best = out->count;
    }
    return better;
}

/* Adds a trial; *better: it is better than all before, clearly if its penalty on the scores is stronger than theirs. */
static oc_status add_trial(validator *v, double l2, double score_l2, bool *better, oc_job *job, oc_error *err)
{
    oc_trial *trial = &v->out->trial[v->out->count];
    bool stronger = v->out->count && score_l2 > v->out->trial[v->out->best].score_l2;
    *trial = (oc_trial){.l2 = l2, .score_l2 = score_l2};
    oc_status status = try_penalties(v, trial, job, err);
    *better = status == OC_OK && keep_better(v, stronger);
    v->out->count += status == OC_OK;
    return status;
}

/* Adds a trial as the last training would come to it: if rows are few, after stronger L2 penalties. */
static oc_status try_afresh(validator *v, double l2, double score_l2, bool *better, oc_job *job, oc_error *err)
{
    for (double penalty = oc_trainer_strongest(v->trainer, l2); penalty > 2 * l2; penalty /= OC_STAGE_FACTOR) {
        oc_trial passing = {.l2 = penalty, .score_l2 = score_l2};
        oc_status status = try_penalties(v, &passing, job, err);
        if (status != OC_OK) {
            return status;
        }
    }
    return add_trial(v, l2, score_l2, better, job, err);
}

/* The log loss of the frequencies of the classes: what is known without a classifier. */
static double chance(const validator *v, oc_error *err)
{
    oc_scored scored = scored_of(v);
    double *members = oc_alloc(v->classes, sizeof *members);
    double loss = members ? 0 : NAN, all = 0;
    if (!members) {
        oc_fail_memory(err, "the validation");
    }
    for (size_t i = 0; members && i < v->held; i++) {
        double weight = oc_scored_weight(&scored, i);
        members[v->labels[i]] += weight;
        all += weight;
    }
    for (size_t c = 0; members && c < v->classes; c++) {
        double share = members[c] / all;
        loss -= members[c] > 0 ? share * log(share) : 0;
    }
    oc_free(members);
    return loss;
}

/* Tries L2 penalties from strong to weak until they get worse. If rows are few, the first penalty is so strong that
 * nothing can be learned; if many, it is four times the guess, and stronger ones follow when the second is worse. While
 * nothing is learned, and with few rows while the first penalty is the best, the path goes on. */
static oc_status follow_path(validator *v, double guess, oc_job *job, oc_error *err)
{
    bool few = oc_trainer_few(v->trainer), better = true, ignorant = true;
    double score_l2 = v->whole->score_l2, l2 = few ? oc_trainer_strongest(v->trainer, guess) : OC_STAGE_FACTOR * guess;
    double known = chance(v, err);
    oc_status status = isnan(known) ? OC_NO_MEMORY : OC_OK;
    for (; status == OC_OK && (better || ignorant) && v->out->count < OC_MAX_TRIALS; l2 /= OC_STAGE_FACTOR) {
        status = add_trial(v, l2, score_l2, &better, job, err);
        ignorant = v->out->best == 0 && (few || v->out->trial[0].log_loss > (1 - WORTH) * known);
    }
    const oc_trial *first = v->out->trial;
    better = !few && v->out->best == 0 && v->out->count > 1 && first[1].log_loss > first[0].log_loss;
    for (l2 = OC_STAGE_FACTOR * first->l2; status == OC_OK && better && v->out->count < OC_MAX_TRIALS;) {
        status = add_trial(v, l2, score_l2, &better, job, err);
        l2 *= OC_STAGE_FACTOR;
    }
    return status;
}

/* Tries penalties on the scores from weak to strong under the L2 penalty that was chosen; when one is better than none,
 * weaker L2 penalties with it. Each search goes on until it gets worse. */
static oc_status follow_scores(validator *v, oc_job *job, oc_error *err)
{
    const oc_trial *best = &v->out->trial[v->out->best];
    double l2 = best->l2, score_l2 = WEAKEST_SCORES;
    bool better = true;
    oc_status status = OC_OK;
    for (; status == OC_OK && better && v->out->count < OC_MAX_TRIALS; score_l2 *= OC_STAGE_FACTOR) {
        status = try_afresh(v, l2, score_l2, &better, job, err);
    }
    best = &v->out->trial[v->out->best];
    for (better = best->score_l2 > 0; status == OC_OK && better && v->out->count < OC_MAX_TRIALS;) {
        l2 /= OC_STAGE_FACTOR;
        status = try_afresh(v, l2, best->score_l2, &better, job, err);
    }
    return status;
}

oc_status oc_validate(oc_trainer *trainer, const oc_validation_plan *plan, const oc_train_options *options,
                      oc_validated *found, oc_job *job, oc_error *err)
{
    double started = oc_seconds();
    oc_validation out = {.folds = plan->folds->folds, .held = plan->folds->held};
    bool better;
    validator v = {.trainer = trainer,
                   .whole = oc_trainer_problem(trainer),
                   .nearest = options->classifier.kind == OC_NEAREST,
                   .out = &out};
    tally *classes = oc_alloc(v.whole->classes, sizeof *classes);
    oc_status status = classes ? make_validator(&v, plan, err) : oc_fail_memory(err, "the validation");
    if (status == OC_OK) {
        status = plan->path ? follow_path(&v, options->l2, job, err)
                            : try_afresh(&v, options->l2, v.whole->score_l2, &better, job, err);
    }
    /* Penalties on the scores replace some of an L2 penalty, where this has to be weaker than the first of the path. */
    if (status == OC_OK && plan->score_path && out.trial[out.best].l2 < out.trial[0].l2) {
        status = follow_scores(&v, job, err);
    }
    if (status == OC_OK) {
        found->calibration = v.best_factor;
        out.log_loss = out.trial[out.best].log_loss;
        count_classes(&v, classes);
        out.balanced_accuracy = balanced_accuracy(classes, v.classes);
        out.seconds = oc_seconds() - started;
        note_absent(&v, classes, job);
        for (size_t i = 0; plan->right && i < v.held; i++) {
            plan->right[i] = oc_vector_argmax(v.best + i * v.classes, v.classes) == (size_t)v.labels[i];
        }
        found->report = out;
    }
    free_validator(&v);
    oc_free(classes);
    return status;
}
