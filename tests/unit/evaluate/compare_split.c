/* Comparisons that split the images themselves. */
#include "src/base/memory.h"
#include "src/dataset/dataset.h"
#include "src/evaluate/split_images.h"
#include "src/learn/split.h"
#include "tests/unit/model/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

TestSuite(compare_split, .init = make_test_folder, .fini = remove_test_folder);

static const char *const two[] = {"pixels:size=2", "hog:cell=6+pixels:size=2"};

static oc_compare_options options_of(size_t folds)
{
    oc_compare_options options = {
        .specs = two, .count = 2, .extract = extract_defaults(), .train = oc_train_defaults(), .folds = folds};
    options.train.epochs = 2;
    return options;
}

/* 21 images of three classes. */
Test(compare_split, groups_stay_together_and_classes_give_their_share)
{
    put_stripes("in", 7, 12, 12, 3);
    oc_dataset *images = open_set(at("in"));
    size_t n = oc_dataset_count(images), tested = 0, of_class[3] = {0};
    uint32_t group[40];
    uint16_t fold[40];
    cr_assert(n == 21);
    for (size_t i = 0; i < n; i++) {
        group[i] = (uint32_t)i;
    }
    group[3] = group[7] = 1;
    group[5] = OC_UNREADABLE;
    for (uint64_t seed = 0; seed < 20; seed++) {
        cr_assert(oc_split_images(images, group, 1, seed, fold, NULL) == OC_OK);
        cr_assert(fold[1] == fold[3] && fold[1] == fold[7] && fold[5] == OC_FOLD_NONE);
    }
    cr_assert(oc_split_images(images, group, 4, 1, fold, NULL) == OC_OK);
    for (size_t i = 0; i < n; i++) {
        cr_assert(i == 5 ? fold[i] == OC_FOLD_NONE : fold[i] < 4);
        if (group[i] == i && fold[i] == 0) {
            of_class[oc_dataset_label(images, i)]++;
            tested++;
        }
    }
    cr_assert(tested >= 4 && of_class[0] >= 1 && of_class[1] >= 1 && of_class[2] >= 1);
    oc_dataset_free(images);
}

Test(compare_split, a_part_shares_the_whole)
{
    put_stripes("in", 2, 12, 12, 3);
    oc_dataset *images = open_set(at("in")), *part = NULL, *inner = NULL;
    const uint32_t chosen[] = {3, 1}, last[] = {1};
    cr_assert(oc_dataset_part(images, chosen, 2, &part, NULL) == OC_OK && oc_dataset_count(part) == 2);
    cr_assert(oc_dataset_path(part, 0) == oc_dataset_path(images, 3));
    cr_assert(oc_dataset_classes(part) == oc_dataset_classes(images));
    cr_assert(oc_dataset_part(part, last, 1, &inner, NULL) == OC_OK && oc_dataset_origin(inner, 0) == 1);
    oc_dataset_free(inner);
    oc_dataset_free(part);
    cr_assert(oc_dataset_count(images) == 6);
    oc_dataset_free(images);
}

/* Folds against the long way: the rows of an evaluation are all images, in order, and the figures are those of its
 * predictions. */
Test(compare_split, folds_are_one_test_of_all_images)
{
    put_stripes("in", 5, 12, 12, 5);
    oc_dataset *images = open_set(at("in"));
    oc_compare_options options = options_of(3);
    oc_comparison *c = NULL;
    oc_error err = {0};
    cr_assert(oc_compare(images, NULL, &options, NULL, &c, &err) == OC_OK, "%s", err.message);
    cr_assert(c->split == OC_SPLIT_FOLDS && c->folds == 3 && c->count == 2 && c->test == 15);
    for (size_t r = 0; r < 2; r++) {
        const oc_evaluation *e = &c->rows[r].evaluation;
        size_t right = 0, of[3] = {0}, all[3] = {0};
        for (size_t i = 0; i < e->images; i++) {
            cr_assert(c->items[e->row[i]] == i && e->expected[i] == oc_dataset_label(images, i));
            right += e->predicted[i] == e->expected[i];
            of[e->expected[i]] += e->predicted[i] == e->expected[i];
            all[e->expected[i]]++;
        }
        double balanced = 0;
        for (size_t k = 0; k < 3; k++) {
            balanced += (double)of[k] / (double)all[k] / 3;
        }
        cr_assert(e->images == 15 && e->correct == right && c->rows[r].test_accuracy == (double)right / 15);
        cr_assert(fabs(e->balanced_accuracy - balanced) < 1e-12);
    }
    oc_comparison_free(c);
    oc_dataset_free(images);
}

/* An image that appears or is damaged when a note begins with a word. */
typedef struct change {
    const char *when;
    bool damages;
} change;

static void change_image(void *context, const char *note)
{
    const change *c = context;
    if (strncmp(note, c->when, strlen(c->when)) == 0 && c->damages) {
        put_text("in/down/001.png", "damaged");
    } else if (strncmp(note, c->when, strlen(c->when)) == 0) {
        cr_assert(rename(at("kept.png"), at("in/down/001.png")) == 0);
    }
}

/* No image is left out of a fold, of a seed or of the saved model without a word. */
Test(compare_split, images_that_change_are_an_error)
{
    static const change changes[] = {{"fold 1", true},  {"fold 2", true},   {"fold 1", false},
                                     {"fold 2", false}, {"training", true}, {"seed 2", true}};
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        change c = changes[i];
        bool given = strcmp(c.when, "seed 2") == 0;
        put_stripes("in", 5, 12, 12, 5);
        if (!c.damages) {
            cr_assert(rename(at("in/down/001.png"), at("kept.png")) == 0);
            put_text("in/down/001.png", "damaged");
        }
        oc_dataset *images = open_set(at("in"));
        oc_listener listener = {.note = change_image, .context = &c};
        oc_compare_options options = options_of(given ? 0 : 3);
        oc_comparison *comparison = NULL;
        oc_job *job = NULL;
        oc_error err = {0};
        options.seeds = 2;
        options.model = given ? NULL : at("model");
        cr_assert(oc_job_create(1, &listener, &job, NULL) == OC_OK);
        cr_assert(oc_compare(images, given ? images : NULL, &options, job, &comparison, &err) == OC_BAD_DATA, "%s %d",
                  c.when, c.damages);
        cr_assert(strstr(err.message, "images changed during the comparison"), "%s", err.message);
        oc_job_free(job);
        oc_dataset_free(images);
    }
}

static void count_row(void *context, const oc_comparison *so_far)
{
    size_t *rows = context;
    cr_expect(so_far->count == ++*rows);
}

Test(compare_split, rows_are_reported_one_by_one)
{
    put_stripes("in", 5, 12, 12, 5);
    oc_dataset *images = open_set(at("in"));
    for (size_t folds = 0; folds <= 2; folds += 2) {
        size_t rows = 0;
        oc_compare_options options = options_of(folds);
        oc_comparison *c = NULL;
        options.row_done = count_row;
        options.context = &rows;
        cr_assert(oc_compare(images, NULL, &options, NULL, &c, NULL) == OC_OK);
        cr_assert(rows == 2 && c->count == 2 && c->split == (folds ? OC_SPLIT_FOLDS : OC_SPLIT_FIFTH));
        oc_comparison_free(c);
    }
    oc_dataset_free(images);
}

Test(compare_split, short_memory_is_an_error_at_every_step)
{
    put_stripes("in", 3, 12, 12, 9);
    oc_dataset *images = open_set(at("in"));
    oc_compare_options options = options_of(2);
    options.train.epochs = 1;
    options.train.folds = 0; /* validation has this test of its own */
    options.model = at("model");
    size_t failures = 0;
    for (size_t n = 1;; n++) {
        oc_comparison *comparison = NULL;
        oc_error err = {0};
        oc_memory_fail_after(n);
        oc_status status = oc_compare(images, NULL, &options, NULL, &comparison, &err);
        oc_memory_fail_after(0);
        if (status == OC_OK) {
            oc_comparison_free(comparison);
            break;
        }
        cr_assert(status == OC_NO_MEMORY && comparison == NULL, "allocation %zu: %s, %s", n, oc_status_text(status),
                  err.message);
        failures++;
    }
    cr_assert(failures > 200);
    oc_dataset_free(images);
}
