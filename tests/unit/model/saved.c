/* What is saved loads: values that training chose, options as they were given, and files that are read before they take
 * their name. Settings without an effect are refused by the library too. */
#include "src/learn/optimizer.h"
#include "src/learn/precondition.h"
#include "src/matrix/safetensors.h"
#include "src/model/model.h"
#include "tests/unit/model/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(saved, .init = make_test_folder, .fini = remove_test_folder);

static oc_model *small_model(void)
{
    put_stripes("in", 4, 6, 6, 1);
    oc_set *set = extracted(at("in"), "pixels:size=3", NULL, NULL, NULL);
    oc_model *model = model_of(set, OC_LOSS_SOFTMAX, NULL);
    oc_set_free(set);
    return model;
}

static oc_model *loaded(const char *path)
{
    oc_model *model = NULL;
    oc_error err = {0};
    cr_assert(oc_model_load(path, &model, &err) == OC_OK, "%s", err.message);
    return model;
}

Test(saved, chosen_values_outside_of_the_ranges_load_and_given_ones_stay_auto)
{
    oc_model *model = small_model();
    oc_error err = {0};
    model->options.l2 = 58206427.4;
    model->options.rate = 799999999999.9;
    model->options.batch = 5000000;
    cr_assert(isnan(model->given.l2) && model->given.batch == OC_AUTO && model->given.epochs == model->options.epochs);
    cr_assert(oc_model_save(model, at("model"), &err) == OC_OK, "%s", err.message);
    oc_model *back = loaded(at("model"));
    oc_train_options used = oc_model_train_options(back), given = oc_model_given_options(back);
    cr_assert(!(fabs(used.l2 - 58206427.4) > 0) && !(fabs(used.rate - 799999999999.9) > 0) && used.batch == 5000000);
    cr_assert(isnan(given.l2) && isnan(given.rate) && given.batch == OC_AUTO);
    oc_model_free(back);
    oc_model_free(model);
}

/* Copies the saved model with one string changed, and without what older programs did not write. */
static void alter(const char *key, const char *value)
{
    static const char *const keys[] = {"format", "version", "spec", "size", "fit", "classes", "train.l2", "train.rate"};
    oc_archive *archive = NULL, *changed = NULL;
    cr_assert(oc_archive_read(at("model"), &archive, NULL) == OC_OK && oc_archive_create(&changed, NULL) == OC_OK);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const char *text = strcmp(keys[i], key) == 0 ? value : oc_archive_get(archive, keys[i]);
        cr_assert(!text || oc_archive_set(changed, keys[i], text, NULL) == OC_OK);
    }
    for (size_t i = 0; i < oc_archive_count(archive); i++) {
        oc_tensor tensor = oc_archive_tensor(archive, i);
        cr_assert(oc_archive_add(changed, tensor.name, tensor, NULL) == OC_OK);
    }
    cr_assert(oc_archive_write(changed, at("altered"), NULL, NULL) == OC_OK);
    oc_archive_free(changed);
    oc_archive_free(archive);
}

Test(saved, older_models_load_and_save_and_values_must_be_finite_and_not_negative)
{
    oc_model *model = small_model();
    cr_assert(oc_model_save(model, at("model"), NULL) == OC_OK);
    oc_model_free(model);
    alter("train.l2", "58206427.4");
    model = loaded(at("altered"));
    cr_assert(!(fabs(oc_model_train_options(model).l2 - 58206427.4) > 0));
    cr_assert(!(fabs(oc_model_given_options(model).l2 - 58206427.4) > 0));
    oc_error err = {0};
    cr_assert(oc_model_save(model, at("again"), &err) == OC_OK, "%s", err.message);
    oc_model_free(model);
    static const char *const bad[] = {"-1", "inf", "1e400", "much"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        alter("train.rate", bad[i]);
        cr_assert(oc_model_load(at("altered"), &model, &err) == OC_BAD_FILE, "%s", bad[i]);
        cr_assert(strstr(err.message, "rate") && strstr(err.message, bad[i]), "%s", err.message);
    }
}

Test(saved, a_model_that_could_not_be_loaded_does_not_replace_the_older_one)
{
    oc_model *model = small_model();
    oc_error err = {0};
    size_t size, after;
    cr_assert(oc_model_save(model, at("model"), NULL) == OC_OK);
    char *before = contents(at("model"), &size), *now;
    float *weights = model->classifier->weights, kept = weights[3];
    for (int fault = 0; fault < 3; fault++) {
        weights[3] = fault == 0 ? NAN : fault == 1 ? INFINITY : kept;
        model->options.l2 = fault == 2 ? INFINITY : 0.5;
        cr_assert(oc_model_save(model, at("model"), &err) == OC_BAD_DATA, "fault %d", fault);
        cr_assert(strstr(err.message, "could not be read again") && strstr(err.message, fault == 2 ? "l2" : "weights"),
                  "%s", err.message);
        now = contents(at("model"), &after);
        cr_assert(size == after && memcmp(before, now, size) == 0);
        free(now);
    }
    cr_assert(oc_archive_read(at("model.partial"), NULL, NULL) == OC_NOT_FOUND);
    free(before);
    oc_model_free(model);
}

Test(saved, settings_without_an_effect_are_refused)
{
    oc_train_options wrong[6];
    static const char *const names[] = {"batch", "finish", "rate", "momentum", "loss", "schedule"};
    for (size_t i = 0; i < 6; i++) {
        wrong[i] = oc_train_defaults();
        wrong[i].optimizer = i < 2 ? OC_OPTIMIZER_GD : i < 4 ? OC_OPTIMIZER_RANDOM_SEARCH : OC_OPTIMIZER_AUTO;
        wrong[i].classifier.kind = i < 4 ? OC_LINEAR : OC_NEAREST;
    }
    wrong[0].batch = 10;
    wrong[1].batch_passes = 0;
    wrong[2].rate = 0.1;
    wrong[3].momentum = 0.5;
    wrong[4].loss = OC_LOSS_HINGE;
    wrong[5].schedule = OC_SCHEDULE_CONSTANT;
    static const float x[] = {0, 1, 2, 3};
    static const int labels[] = {0, 1, 0, 1};
    oc_rows rows = oc_rows_of(x, 4, 1);
    for (size_t i = 0; i < 6; i++) {
        char expected[100];
        oc_classifier *classifier = NULL;
        oc_error err = {0};
        snprintf(expected, sizeof expected, "`%s` has no effect", names[i]);
        cr_assert(!oc_train_uses(&wrong[i], names[i]));
        cr_assert(oc_train(&(oc_examples){&rows, labels, 2}, &wrong[i], NULL, &classifier, NULL, &err) == OC_USAGE,
                  "%s", names[i]);
        cr_assert(strstr(err.message, expected), "'%s', not '%s'", err.message, expected);
    }
}

/* What a training reports as used can be given to the next, and chooses nothing anew. */
Test(saved, used_options_train_again_to_the_same_classifier)
{
    static const float x[] = {0, 1, 2, 3, 0, 2, 1, 5, 4, 4, 5, 7};
    static const int labels[] = {0, 1, 0, 1, 0, 1};
    oc_rows rows = oc_rows_of(x, 6, 2);
    for (int optimizer = 0; optimizer < (int)oc_optimizer_count; optimizer++) {
        oc_train_options options = oc_train_defaults();
        oc_train_report first, second;
        oc_classifier *a = NULL, *b = NULL;
        oc_error err = {0};
        options.optimizer = (oc_optimizer)optimizer;
        options.epochs = oc_train_uses(&options, "epochs") ? 20 : OC_AUTO;
        cr_assert(oc_train(&(oc_examples){&rows, labels, 2}, &options, NULL, &a, &first, &err) == OC_OK, "%s",
                  err.message);
        cr_assert(oc_train(&(oc_examples){&rows, labels, 2}, &first.used, NULL, &b, &second, &err) == OC_OK, "%s",
                  err.message);
        cr_assert(memcmp(a->weights, b->weights, 6 * sizeof *a->weights) == 0, "optimizer %d", optimizer);
        oc_classifier_free(a);
        oc_classifier_free(b);
    }
}

Test(saved, the_memory_of_training_follows_its_formula)
{
    /* 100 rows of 5,000 values, 3 classes, are trained on 100 columns, in 4 shares with tiles of 32 rows. */
    size_t shares = 4 * (32 * (100 + 3) + 3 * 100);
    cr_assert_eq(oc_train_memory(100, 5000, 3),
                 sizeof(float) * (2 * 100 * 100 + (6 + 8) * 5000 + 28 * 3 * 100 + shares));
    shares = 16 * (32 * (30000 + 10) + 10 * 30000);
    uint64_t widest = OC_PRECONDITION_WIDEST;
    uint64_t bytes = sizeof(float) * (2 * widest * widest + (20 + 8 + 280) * (uint64_t)30000 + shares);
    cr_assert_eq(oc_train_memory(1000000, 30000, 10), bytes < SIZE_MAX / 2 ? bytes : SIZE_MAX / 2);
    cr_assert(oc_train_memory(0, 0, 0) < 1000 && oc_train_memory(0, 5, 2) < 100000); /* known before there are rows */
    cr_assert(oc_train_memory(SIZE_MAX / 2, SIZE_MAX / 2, 65000) >= SIZE_MAX / 4);
}
