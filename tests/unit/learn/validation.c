/* Hold-outs, folds, the choice of penalties, mirrored rows. */
#include "src/base/memory.h"
#include "src/base/random.h"
#include "src/learn/loss.h"
#include "src/learn/shuffle.h"
#include "src/learn/split.h"
#include "tests/unit/learn/support.h"

#include <ocellus/job.h>

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CLASSES = 5, ROWS = 203 };
/* Rows of each class: one single, one pair. */
static const size_t members[CLASSES] = {100, 1, 2, 67, 33};
static int labels[ROWS];

static void make_labels(void)
{
    size_t at = 0;
    for (size_t c = 0; c < CLASSES; c++) {
        for (size_t i = 0; i < members[c]; i++) {
            labels[at++] = (int)c;
        }
    }
    oc_random random = oc_random_stream(1, 2, 3);
    oc_random_shuffle(&random, (uint32_t *)(void *)labels, ROWS);
}

TestSuite(validation, .init = make_labels);

Test(validation, every_fold_has_its_share_of_every_class)
{
    enum { FOLDS = 4 };
    uint16_t fold[ROWS];
    size_t count[FOLDS][CLASSES] = {{0}}, of_fold[FOLDS] = {0};
    oc_folds folds = {.fold = fold};
    cr_assert(oc_split(labels, ROWS, CLASSES, &(oc_split_options){FOLDS, 0.1, 7}, &folds, NULL) == OC_OK);
    size_t held = folds.held;
    cr_assert(held == ROWS - 1);
    for (size_t i = 0; i < ROWS; i++) {
        cr_assert((fold[i] == OC_FOLD_NONE) == (labels[i] == 1), "row %zu", i);
        if (fold[i] != OC_FOLD_NONE) {
            cr_assert(fold[i] < FOLDS);
            count[fold[i]][labels[i]]++;
            of_fold[fold[i]]++;
        }
    }
    for (size_t f = 0; f < FOLDS; f++) {
        cr_assert(of_fold[f] == held / FOLDS || of_fold[f] == held / FOLDS + 1);
        for (size_t c = 0; c < CLASSES; c++) {
            size_t share = members[c] == 1 ? 0 : members[c] / FOLDS;
            cr_assert(count[f][c] == share || count[f][c] == share + 1, "fold %zu has %zu of class %zu", f, count[f][c],
                      c);
            cr_assert(count[f][c] < members[c], "class %zu has nothing to train on", c);
        }
    }
}

Test(validation, a_hold_out_takes_its_part_of_every_class_and_never_all)
{
    static const double fractions[] = {0.1, 1.0 / 3, 0.5};
    for (size_t k = 0; k < 3; k++) {
        uint16_t fold[ROWS];
        size_t count[CLASSES] = {0};
        oc_folds folds = {.fold = fold};
        cr_assert(oc_split(labels, ROWS, CLASSES, &(oc_split_options){1, fractions[k], 7}, &folds, NULL) == OC_OK);
        cr_assert(fabs((double)folds.held - fractions[k] * (ROWS - 1)) <= 1);
        for (size_t i = 0; i < ROWS; i++) {
            count[labels[i]] += fold[i] == 0;
        }
        for (size_t c = 0; c < CLASSES; c++) {
            cr_assert(fabs((double)count[c] - fractions[k] * (double)members[c]) <= 1 && count[c] < members[c]);
        }
    }
    cr_assert(oc_split_fraction(50000) == 0.1 && oc_split_fraction(5000) == 0.2 && oc_split_fraction(90) == 1.0 / 3);
}

Test(validation, what_cannot_be_split_is_said)
{
    static const int each_alone[] = {0, 1, 2}, few[] = {0, 0, 1, 1, 2};
    uint16_t fold[5];
    oc_folds folds = {.fold = fold};
    oc_error err;
    cr_assert(oc_split(each_alone, 3, 3, &(oc_split_options){1, 0.5, 0}, &folds, &err) == OC_BAD_DATA);
    cr_assert(strstr(err.message, "no class has more than one row"), "%s", err.message);
    cr_assert(oc_split(few, 5, 3, &(oc_split_options){5, 0.5, 0}, &folds, &err) == OC_BAD_DATA);
    cr_assert(strstr(err.message, "5 folds"), "%s", err.message);
    cr_assert(oc_split(few, 5, 3, &(oc_split_options){1, 0.1, 0}, &folds, &err) == OC_BAD_DATA);
    cr_assert(strstr(err.message, "less than one row"), "%s", err.message);
}

static sample data;

static oc_train_options quick(void)
{
    oc_train_options options = oc_train_defaults();
    options.seed = 3;
    return options;
}

/* Fraction of rows that a classifier trained on the others gets right, with copied rows. */
static double validate_by_hand(const uint16_t *fold, uint16_t which, const oc_train_options *options)
{
    static sample kept, held;
    kept = held = (sample){.d = data.d, .classes = data.classes};
    for (size_t i = 0; i < data.n; i++) {
        sample *to = fold[i] == which ? &held : &kept;
        memcpy(to->x + to->n * data.d, data.x + i * data.d, data.d * sizeof *data.x);
        to->y[to->n++] = data.y[i];
    }
    kept.rows = oc_rows_of(kept.x, kept.n, kept.d);
    held.rows = oc_rows_of(held.x, held.n, held.d);
    oc_classifier *classifier = trained(&kept, options, NULL, NULL);
    int predicted[MAX_ROWS];
    size_t right = 0;
    cr_assert(oc_predict(classifier, &held.rows, NULL, predicted, NULL) == OC_OK);
    for (size_t i = 0; i < held.n; i++) {
        right += predicted[i] == held.y[i];
    }
    oc_classifier_free(classifier);
    return (double)right / (double)held.n;
}

/* Scaling and coordinates are those of all rows, so a row may fall to the other side here and there. */
Test(validation, a_hold_out_is_training_on_the_rest)
{
    uint16_t fold[MAX_ROWS];
    oc_folds folds = {.fold = fold};
    oc_train_report report;
    make_sample(&data, 400, 6, 4, 2, 5);
    oc_train_options options = quick();
    options.l2 = 0.01;
    oc_train_options plain = options;
    options.holdout = 0.25;
    plain.folds = 0;
    oc_classifier *classifier = trained(&data, &options, NULL, &report), *alone = trained(&data, &plain, NULL, NULL);
    cr_assert(oc_split(data.y, data.n, data.classes, &(oc_split_options){1, 0.25, options.seed}, &folds, NULL) ==
              OC_OK);
    cr_assert(report.validation.held == folds.held && report.validation.folds == 1 && report.validation.count == 1);
    double accuracy = oc_validation_accuracy(&report.validation), by_hand = validate_by_hand(fold, 0, &plain);
    cr_assert(fabs(accuracy - by_hand) <= 0.021 && accuracy > 0.5, "%g, not %g", accuracy, by_hand);
    cr_assert(isnan(report.validation.trial[0].deviation));
    cr_assert(memcmp(classifier->weights, alone->weights, 4 * 7 * sizeof(float)) == 0,
              "the classifier itself is that of all rows");
    cr_assert(oc_classifier_probable(classifier) && !oc_classifier_probable(alone));
    oc_classifier_free(classifier);
    oc_classifier_free(alone);
}

Test(validation, folds_give_mean_deviation_and_balanced_accuracy)
{
    enum { FOLDS = 3 };
    uint16_t fold[MAX_ROWS];
    oc_folds folds = {.fold = fold};
    oc_train_report report;
    make_sample(&data, 300, 6, 3, 1, 6);
    oc_train_options options = quick();
    options.l2 = 0.01;
    oc_train_options plain = options;
    plain.folds = 0;
    options.folds = FOLDS;
    oc_classifier_free(trained(&data, &options, NULL, &report));
    cr_assert(oc_split(data.y, data.n, data.classes, &(oc_split_options){FOLDS, 0.1, options.seed}, &folds, NULL) ==
              OC_OK);
    double mean = 0;
    for (uint16_t f = 0; f < FOLDS; f++) {
        mean += validate_by_hand(fold, f, &plain) / FOLDS;
    }
    const oc_trial *trial = &report.validation.trial[0];
    cr_assert(report.validation.held == 300 && fabs(trial->accuracy - mean) <= 0.021, "%g, not %g", trial->accuracy,
              mean);
    cr_assert(trial->deviation > 0 && trial->deviation < 0.1);
    /* The classes have 100 rows each. */
    cr_assert(fabs(report.validation.balanced_accuracy - trial->accuracy) <= 1e-12);
    cr_assert(report.validation.log_loss > 0 && report.validation.log_loss < log(3));
}

Test(validation, the_penalty_is_that_of_least_log_loss_and_can_be_typed)
{
    for (int loss = 0; loss < (int)oc_loss_count; loss++) {
        oc_train_report report;
        make_sample(&data, 300, 20, 3, 1, 7);
        oc_train_options options = quick();
        options.loss = (oc_loss)loss;
        oc_classifier *classifier = trained(&data, &options, NULL, &report);
        const oc_validation *v = &report.validation;
        cr_assert(v->count > 2 && v->folds == 5 && v->held == 300 && v->best + 1 < v->count);
        for (size_t k = 0; k < v->count && v->trial[k].score_l2 == 0; k++) {
            cr_assert(k == 0 || fabs(v->trial[k - 1].l2 / v->trial[k].l2 - 4) <= 1e-9, "from strong to weak");
            cr_assert(!(v->trial[k].log_loss < 0.995 * v->trial[v->best].log_loss), "trial %zu", k);
        }
        cr_assert(v->trial[v->count - 1].score_l2 > 0, "then penalties on the scores");
        cr_assert(report.used.l2 == v->trial[v->best].l2 && report.used.score_l2 == v->trial[v->best].score_l2);
        oc_train_options by_hand = report.used;
        by_hand.folds = 0;
        oc_classifier *same = trained(&data, &by_hand, NULL, NULL);
        cr_assert(memcmp(classifier->weights, same->weights, 3 * 21 * sizeof(float)) == 0, "loss %d", loss);
        oc_classifier_free(classifier);
        oc_classifier_free(same);
    }
}

/* Few separable rows: weights that grew under a weak penalty do not return by themselves when one on the scores is added,
 * and the factor of the probabilities would be wrong. */
Test(validation, penalties_on_the_scores_are_tried_as_if_typed)
{
    oc_train_report report, typed;
    size_t compared = 0;
    make_sample(&data, 60, 20, 3, 3, 9);
    oc_train_options options = quick();
    oc_classifier_free(trained(&data, &options, NULL, &report));
    for (size_t k = 0; k < report.validation.count; k++) {
        const oc_trial *trial = &report.validation.trial[k];
        if (trial->score_l2 > 0) {
            options.l2 = trial->l2;
            options.score_l2 = trial->score_l2;
            options.scale = report.used.scale;
            oc_classifier_free(trained(&data, &options, NULL, &typed));
            double alone = typed.validation.trial[0].log_loss;
            cr_assert(typed.validation.count == 1 && fabs(trial->log_loss / alone - 1) <= 1e-3, "%g, %g alone",
                      trial->log_loss, alone);
            compared++;
        }
    }
    cr_assert(compared > 0);
}

/* The class is the side of a circle that a row lies on, told by one column that is its square: the square loss pays for
 * being too right, hinges do not. */
Test(validation, tuning_takes_another_loss_where_it_is_clearly_better_and_keeps_the_default_else)
{
    oc_train_report report, plain;
    size_t changed = 0;
    for (uint64_t seed = 1; seed <= 10; seed++) {
        make_sample(&data, 400, 6, 4, 1, seed);
        oc_train_options options = quick();
        oc_classifier_free(trained(&data, &options, NULL, &plain));
        options.tune = true;
        oc_classifier_free(trained(&data, &options, NULL, &report));
        double ahead = oc_validation_accuracy(&report.validation) - oc_validation_accuracy(&plain.validation);
        cr_assert(report.used.loss == OC_LOSS_SOFTMAX ? fabs(ahead) <= 1e-12 : ahead > 0);
        changed += report.used.loss != OC_LOSS_SOFTMAX;
    }
    cr_assert(changed <= 3, "%zu of 10 changes are more than chance makes", changed);
    make_sample(&data, 400, 6, 2, 0, 3);
    for (size_t i = 0; i < data.n; i++) { /* far rows of one class draw the line of the square loss to them */
        float away = i % 2 ? (i % 20 == 1 ? 60.0F : 1.0F) : -1.0F;
        data.x[i * 6] = away + 0.3F * (data.x[i * 6] - 3);
    }
    oc_train_options options = quick();
    options.loss = OC_LOSS_SQUARE;
    options.tune = true;
    oc_classifier_free(trained(&data, &options, NULL, &report));
    cr_assert(report.used.loss != OC_LOSS_SQUARE);
}

Test(validation, the_number_of_threads_changes_nothing)
{
    oc_train_report first, other;
    make_sample(&data, 600, 12, 4, 1, 8);
    oc_train_options options = quick();
    options.tune = true;
    options.folds = 3;
    oc_job *job;
    cr_assert(oc_job_create(2, NULL, &job, NULL) == OC_OK);
    oc_classifier *a = trained(&data, &options, NULL, &first), *b = trained(&data, &options, job, &other);
    cr_assert(memcmp(a->weights, b->weights, 4 * 13 * sizeof(float)) == 0);
    for (size_t k = 0; k < first.validation.count; k++) {
        cr_assert(memcmp(&first.validation.trial[k], &other.validation.trial[k], sizeof(oc_trial)) == 0);
    }
    oc_classifier_free(a);
    oc_classifier_free(b);
    oc_job_free(job);
}

/* The view of mirrored rows against rows that are stored twice; two blocks, and validation on what is not mirrored. */
Test(validation, mirrored_rows_are_as_good_as_stored_ones)
{
    enum { N = 150, D = 6 };
    static const uint32_t left[] = {1, 0}, right[] = {3, 1, 2, 0};
    static sample twice;
    make_sample(&data, N, D, 3, 1, 9);
    oc_rows rows = {.count = N, .dimension = D, .blocks = 2};
    rows.block[0] = (oc_block){.values = data.x, .columns = 2, .stride = D, .mirror = left};
    rows.block[1] = (oc_block){.values = data.x + 2, .columns = 4, .stride = D, .mirror = right};
    twice = (sample){.n = 2 * N, .d = D, .classes = 3};
    for (size_t i = 0; i < N; i++) {
        const float *x = data.x + i * D;
        float mirrored[D] = {x[1], x[0], x[5], x[3], x[4], x[2]};
        memcpy(twice.x + 2 * i * D, x, sizeof mirrored);
        memcpy(twice.x + (2 * i + 1) * D, mirrored, sizeof mirrored);
        twice.y[2 * i] = twice.y[2 * i + 1] = data.y[i];
    }
    twice.rows = oc_rows_of(twice.x, twice.n, D);
    oc_train_options options = quick(), plain = quick();
    options.l2 = plain.l2 = 0.01;
    options.scale = plain.scale = OC_SCALE_STANDARD;
    options.stage_weight = plain.stage_weight = OC_STAGE_WEIGHT_NONE;
    plain.folds = 0;
    oc_train_report report;
    oc_classifier *view = NULL, *stored = trained(&twice, &plain, NULL, NULL);
    options.augment = OC_AUGMENT_MIRROR;
    options.holdout = 0.2;
    cr_assert(oc_train(&(oc_examples){&rows, data.y, 3}, &options, NULL, &view, &report, NULL) == OC_OK);
    cr_assert(memcmp(view->weights, stored->weights, 3 * (D + 1) * sizeof(float)) == 0);
    cr_assert(report.validation.held == 30, "mirrored copies are not counted");
    oc_subset p;
    cr_assert(oc_subset_take(&rows, data.y, &(oc_subset_choice){.mirror = true}, &p, NULL) == OC_OK);
    for (size_t i = 0; i < p.rows.count; i++) {
        float copy[D];
        oc_rows_copy(&p.rows, i, copy);
        cr_assert(memcmp(copy, twice.x + i * D, sizeof copy) == 0 && p.labels[i] == twice.y[i]);
    }
    oc_subset_free(&p);
    oc_classifier_free(view);
    oc_classifier_free(stored);
}

Test(validation, options_that_exclude_each_other_are_refused)
{
    make_sample(&data, 40, 3, 2, 1, 10);
    oc_train_options wrong[8];
    for (size_t i = 0; i < 8; i++) {
        wrong[i] = quick();
    }
    wrong[0].holdout = 0.2;
    wrong[0].folds = 3;
    wrong[1].classifier.kind = OC_NEAREST;
    wrong[1].tune = true;
    wrong[2].folds = 0;
    wrong[2].tune = true;
    wrong[3].folds = 1;
    wrong[4].augment = OC_AUGMENT_MIRROR; /* of rows whose mirror nobody knows */
    wrong[5].tune = wrong[6].tune = wrong[7].tune = true;
    wrong[5].l2 = 0.1;
    wrong[6].l1 = 0.1;
    wrong[7].optimizer = OC_OPTIMIZER_LOCAL_SEARCH;
    for (size_t i = 0; i < 8; i++) {
        oc_classifier *classifier = NULL;
        oc_error err = {0};
        cr_assert(oc_train(&(oc_examples){&data.rows, data.y, 2}, &wrong[i], NULL, &classifier, NULL, &err) == OC_USAGE,
                  "%zu: %s", i, err.message);
        cr_assert(classifier == NULL && err.message[0]);
    }
}

/* Whether it lies among the rows that are trained on or among those that are held out, and beside mirrored ones. */
Test(validation, a_bad_value_is_named_by_the_number_of_its_row)
{
    const uint32_t order[3] = {2, 1, 0};
    for (size_t bad = 0; bad < 40; bad += 3) {
        make_sample(&data, 40, 3, 2, 1, 10);
        data.rows.block[0].mirror = order;
        data.x[3 * bad + 1] = NAN;
        oc_train_options options = quick();
        options.folds = 4;
        options.augment = bad % 2 ? OC_AUGMENT_MIRROR : OC_AUGMENT_NONE;
        oc_classifier *classifier = NULL;
        oc_error err;
        char row[40];
        snprintf(row, sizeof row, "row %zu", bad);
        cr_assert(oc_train(&(oc_examples){&data.rows, data.y, 2}, &options, NULL, &classifier, NULL, &err) ==
                  OC_BAD_DATA);
        cr_assert(strncmp(err.message, row, strlen(row)) == 0 && strchr(", ", err.message[strlen(row)]), "%s is not %s",
                  err.message, row);
    }
}

Test(validation, options_out_of_range_are_refused)
{
    make_sample(&data, 40, 3, 2, 1, 10);
    oc_train_options zeros = {.seed = 0}, wrong[] = {zeros, quick(), quick(), quick(), quick()};
    wrong[1].loss = (oc_loss)oc_loss_count;
    wrong[2].batch = 0;
    wrong[3].l1 = -1;
    wrong[4].momentum = NAN;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        oc_classifier *classifier = NULL;
        double error;
        cr_assert(oc_train(&(oc_examples){&data.rows, data.y, 2}, &wrong[i], NULL, &classifier, NULL, NULL) == OC_USAGE,
                  "%zu", i);
        cr_assert(oc_check_gradient(&data.rows, data.y, 2, &wrong[i], &error, NULL) == OC_USAGE, "%zu", i);
    }
}

Test(validation, rows_that_are_mirrored_already_are_not_mirrored_again)
{
    make_sample(&data, 40, 3, 2, 1, 10);
    const uint32_t order[3] = {2, 1, 0};
    oc_rows rows = data.rows;
    rows.block[0].mirror = order;
    rows.mirrored = true;
    rows.count *= 2;
    int both[80] = {0};
    both[79] = 1;
    oc_train_options options = quick();
    oc_classifier *classifier = NULL;
    options.augment = OC_AUGMENT_MIRROR;
    cr_assert(oc_train(&(oc_examples){&rows, both, 2}, &options, NULL, &classifier, NULL, NULL) == OC_USAGE);
    options.augment = OC_AUGMENT_NONE;
    cr_assert(oc_train(&(oc_examples){&rows, both, 2}, &options, NULL, &classifier, NULL, NULL) == OC_OK);
    oc_classifier_free(classifier);
}

Test(validation, short_memory_is_an_error_at_every_step)
{
    make_sample(&data, 12, 3, 2, 1, 11);
    oc_train_options options = quick();
    options.tune = true;
    options.folds = 2;
    size_t failures = 0;
    for (size_t n = 1;; n++) {
        oc_classifier *classifier = NULL;
        oc_memory_fail_after(n);
        oc_status status = oc_train(&(oc_examples){&data.rows, data.y, 2}, &options, NULL, &classifier, NULL, NULL);
        oc_memory_fail_after(0);
        oc_classifier_free(classifier);
        if (status == OC_OK) {
            break;
        }
        cr_assert(status == OC_NO_MEMORY && classifier == NULL, "allocation %zu: %s", n, oc_status_text(status));
        failures++;
    }
    cr_assert(failures > 50);
}

Test(validation, few_rows_are_visited_in_any_order_many_in_windows)
{
    enum { MANY = 4000, BYTES = 256 << 10, ROOM = OC_SHUFFLE_WINDOW / BYTES, WINDOWS = 4, PARTS = 10 };
    static bool seen[MANY];
    oc_shuffle shuffle;
    cr_assert(oc_shuffle_init(&shuffle, MANY, BYTES) && shuffle.windows == WINDOWS);
    for (uint64_t epoch = 0; epoch < 3; epoch++) {
        oc_shuffle_epoch(&shuffle, 5, epoch);
        memset(seen, 0, sizeof seen);
        for (size_t i = 0; i < MANY; i++) {
            cr_assert(shuffle.row[i] < MANY && !seen[shuffle.row[i]]);
            seen[shuffle.row[i]] = true;
        }
        for (size_t w = 0, first = 0; w < WINDOWS; first = shuffle.end[w++]) {
            size_t part[PARTS] = {0}, length = shuffle.end[w] - first;
            cr_assert(length <= ROOM, "a window of %zu rows", length);
            for (size_t i = first; i < shuffle.end[w]; i++) {
                part[shuffle.row[i] / (MANY / PARTS)]++;
            }
            for (size_t k = 0; k < PARTS; k++) { /* rows sorted by class: each window has as many of each */
                cr_assert(part[k] >= MANY / PARTS / WINDOWS - 1 && part[k] <= MANY / PARTS / WINDOWS + 1, "%zu",
                          part[k]);
            }
        }
    }
    uint32_t last = shuffle.row[0];
    oc_shuffle_epoch(&shuffle, 5, 2);
    cr_assert(shuffle.row[0] == last, "the same epoch, the same order");
    oc_shuffle_free(&shuffle);
    cr_assert(oc_shuffle_init(&shuffle, 100, 4) && shuffle.windows == 1);
    oc_shuffle_epoch(&shuffle, 5, 0);
    size_t moved = 0;
    for (size_t i = 0; i < 100; i++) {
        moved += shuffle.row[i] != i;
    }
    cr_assert(moved > 80);
    oc_shuffle_free(&shuffle);
}

/* More than 4,096 rows: one hold-out, L2 penalties from four times the guess on, then, if a weaker one is better,
 * penalties on the scores, each descent from the one before. Whatever is chosen predicts new rows as well as validation
 * says. */
Test(validation, many_rows_are_validated_once_and_the_penalties_predict)
{
    enum { MANY = 4500, WIDE = 12, KINDS = 3, NEW = 1500 };
    static float x[(MANY + NEW) * WIDE];
    static int y[MANY + NEW], predicted[NEW];
    oc_random random = oc_random_stream(11, 12, 13);
    for (size_t i = 0; i < MANY + NEW; i++) {
        y[i] = (int)(i % KINDS);
        for (size_t j = 0; j < WIDE; j++) {
            x[i * WIDE + j] = (float)(oc_random_normal(&random) * (double)(j + 1) + (j % KINDS == i % KINDS ? 1.5 : 0));
        }
    }
    oc_rows rows = oc_rows_of(x, MANY, WIDE), new = oc_rows_of(x + MANY * WIDE, NEW, WIDE);
    for (int loss = 0; loss < (int)oc_loss_count; loss++) {
        oc_train_options options = quick();
        oc_train_report report;
        oc_classifier *classifier = NULL;
        oc_error err = {0};
        size_t right = 0;
        options.loss = (oc_loss)loss;
        options.holdout = 0.2;
        cr_assert(oc_train(&(oc_examples){&rows, y, KINDS}, &options, NULL, &classifier, &report, &err) == OC_OK, "%s",
                  err.message);
        cr_assert(oc_predict(classifier, &new, NULL, predicted, NULL) == OC_OK);
        for (size_t i = 0; i < NEW; i++) {
            right += predicted[i] == y[MANY + i];
        }
        const oc_validation *v = &report.validation;
        const oc_trial *best = &v->trial[v->best], *last = &v->trial[v->count - 1];
        cr_assert(v->held == MANY / 5 && v->count >= 2 && report.used.l2 == best->l2);
        cr_assert((last->score_l2 > 0) == (best->l2 < v->trial[0].l2) && report.used.score_l2 == best->score_l2);
        cr_assert(v->trial[0].score_l2 == 0);
        double accuracy = (double)right / NEW;
        cr_assert(accuracy > 0.6 && fabs(accuracy - oc_validation_accuracy(v)) < 0.06, "loss %d: %g, not %g", loss,
                  accuracy, oc_validation_accuracy(v));
        oc_train_options by_hand = report.used;
        by_hand.folds = 0;
        by_hand.holdout = NAN;
        oc_classifier *same = NULL;
        cr_assert(oc_train(&(oc_examples){&rows, y, KINDS}, &by_hand, NULL, &same, NULL, &err) == OC_OK, "%s",
                  err.message);
        cr_assert(memcmp(classifier->weights, same->weights, KINDS * (WIDE + 1) * sizeof(float)) == 0, "loss %d", loss);
        oc_classifier_free(same);
        oc_classifier_free(classifier);
    }
}

/* A sample of 1,024 rows cannot show the weak signal, so the guess is a penalty under which nothing is learned. */
Test(validation, the_path_of_many_rows_goes_on_while_nothing_is_learned)
{
    enum { MANY = 4500, WIDE = 400 };
    float *x = malloc(sizeof *x * MANY * WIDE);
    static int y[MANY];
    cr_assert(x);
    oc_random random = oc_random_stream(17, 18, 19);
    for (size_t i = 0; i < MANY; i++) {
        double sum = 0;
        for (size_t j = 0; j < WIDE; j++) {
            double value = oc_random_normal(&random);
            x[i * WIDE + j] = (float)value;
            sum += value / sqrt(WIDE);
        }
        y[i] = 0.25 * sum + oc_random_normal(&random) > 0;
    }
    oc_rows rows = oc_rows_of(x, MANY, WIDE);
    size_t stronger = 0;
    for (uint64_t seed = 0; seed < 8; seed++) {
        oc_train_options options = quick();
        oc_train_report report;
        oc_classifier *classifier = NULL;
        oc_error err = {0};
        options.seed = seed;
        cr_assert(oc_train(&(oc_examples){&rows, y, 2}, &options, NULL, &classifier, &report, &err) == OC_OK, "%s",
                  err.message);
        const oc_validation *v = &report.validation;
        stronger += v->count > 3 && v->trial[1].log_loss > 0.69;
        cr_assert(v->trial[v->best].accuracy > 0.52, "seed %d: %g", (int)seed, v->trial[v->best].accuracy);
        oc_classifier_free(classifier);
    }
    cr_assert(stronger > 0, "the guess was right with every seed");
    free(x);
}

/* Many wide rows: the preconditioner suits every penalty of the path, so that weak ones are reached. */
Test(validation, weak_penalties_of_many_wide_rows_are_reached)
{
    enum { MANY = 1050, WIDE = 1100 };
    float *x = malloc(sizeof *x * MANY * WIDE);
    static int y[MANY];
    cr_assert(x);
    oc_random random = oc_random_stream(14, 15, 16);
    for (size_t i = 0; i < MANY; i++) {
        y[i] = (int)(i % 2);
        for (size_t j = 0; j < WIDE; j++) {
            x[i * WIDE + j] = (float)((oc_random_normal(&random) + (y[i] ? 0.4 : 0)) / (double)(j + 1));
        }
    }
    oc_rows rows = oc_rows_of(x, MANY, WIDE);
    oc_train_options options = quick();
    options.holdout = 0.2;
    options.scale = OC_SCALE_CENTER;
    oc_train_report report;
    oc_classifier *classifier = NULL;
    oc_error err = {0};
    cr_assert(oc_train(&(oc_examples){&rows, y, 2}, &options, NULL, &classifier, &report, &err) == OC_OK, "%s",
              err.message);
    const oc_validation *v = &report.validation;
    cr_assert(v->best > 0 && v->trial[v->best].accuracy > 0.9, "%g", v->trial[v->best].accuracy);
    oc_classifier_free(classifier);
    free(x);
}

/* Rows around centres of classes that are at different distances from each other, some of them much. */
static void make_uneven(float *x, int *y, size_t rows, size_t columns, size_t classes)
{
    oc_random random = oc_random_stream(20, 21, rows);
    for (size_t i = 0; i < rows; i++) {
        y[i] = (int)(i % classes);
        for (size_t j = 0; j < columns; j++) {
            double centre = (double)((size_t)(y[i] + 1) * (j + 3) % 13) - 6;
            x[i * columns + j] = (float)(oc_random_normal(&random) + 0.2 * centre * fabs(centre));
        }
    }
}

/* Where a pass takes little time, training ends near the optimum. */
Test(validation, passes_of_many_rows_are_as_many_as_their_work_allows)
{
    enum { MANY = 4500, WIDE = 250, NARROW = 5, KINDS = 150, FEW = 12 };
    float *x = malloc(sizeof *x * MANY * WIDE);
    static int y[MANY];
    cr_assert(x);
    for (int narrow = 0; narrow < 2; narrow++) {
        oc_rows rows = oc_rows_of(x, MANY, narrow ? NARROW : WIDE);
        make_uneven(x, y, MANY, rows.dimension, narrow ? FEW : KINDS);
        oc_train_options options = oc_train_defaults();
        oc_train_report report;
        oc_classifier *classifier = NULL;
        oc_error err = {0};
        options.folds = narrow ? OC_AUTO : 0;
        cr_assert(oc_train(&(oc_examples){&rows, y, narrow ? FEW : KINDS}, &options, NULL, &classifier, &report,
                           &err) == OC_OK,
                  "%s", err.message);
        cr_assert(report.used.batch_passes == (narrow ? 100 : 20), "%d", (int)report.used.batch_passes);
        cr_assert(!narrow || report.gap < 0.001 * report.objective, "%g of %g", report.gap, report.objective);
        oc_classifier_free(classifier);
    }
    free(x);
}

/* The guess weighs all rows alike; balanced classes, one of which is rare, need stronger penalties than four times it. */
Test(validation, stronger_penalties_than_the_guess_are_tried)
{
    enum { MANY = 5000, WIDE = 60, RARE = 50 };
    float *x = malloc(sizeof *x * MANY * WIDE);
    static int y[MANY];
    cr_assert(x);
    oc_random random = oc_random_stream(23, 24, 25);
    for (size_t i = 0; i < MANY; i++) {
        y[i] = i % RARE == 0;
        for (size_t j = 0; j < WIDE; j++) {
            x[i * WIDE + j] = (float)(oc_random_normal(&random) + (j == 0 && y[i] ? 3 : 0));
        }
    }
    oc_rows rows = oc_rows_of(x, MANY, WIDE);
    oc_train_options options = oc_train_defaults();
    oc_train_report report;
    options.class_weight = OC_CLASS_WEIGHT_BALANCED;
    oc_classifier_free(trained_on(&(oc_examples){&rows, y, 2}, &options, NULL, &report));
    const oc_validation *v = &report.validation;
    const oc_trial *best = &v->trial[v->best];
    cr_assert(best->l2 > v->trial[0].l2 && best->log_loss < v->trial[0].log_loss && v->count < 12, "%zu trials",
              v->count);
    cr_assert(v->balanced_accuracy > 0.85, "%g", v->balanced_accuracy);
    free(x);
}
