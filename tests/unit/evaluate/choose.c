/* Choosing features by cross-validation: each row is its candidate alone, and the best of them is taken. */
#include "tests/unit/model/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

TestSuite(choose, .init = make_test_folder, .fini = remove_test_folder);

static oc_choose_options defaults(void)
{
    oc_choose_options options = oc_choose_defaults();
    options.extract = extract_defaults();
    return options;
}

static oc_choice chosen(const char *images, const oc_choose_options *options)
{
    oc_dataset *dataset = open_set(at(images));
    oc_choice choice = {0};
    oc_error err = {0};
    cr_assert(oc_choose(dataset, options, NULL, &choice, &err) == OC_OK, "%s", err.message);
    oc_dataset_free(dataset);
    return choice;
}

/* The accuracy that cross-validation on the rows of this spec, extracted alone, comes to. */
static double accuracy_of(const char *images, const char *spec)
{
    oc_set *set = extracted(at(images), spec, NULL, NULL, NULL);
    oc_train_options options = oc_train_defaults();
    oc_train_report report;
    oc_classifier *classifier = NULL;
    options.folds = 5;
    cr_assert(oc_train(&(oc_examples){oc_set_rows(set), oc_set_labels(set), oc_set_classes(set)}, &options, NULL,
                       &classifier, &report, NULL) == OC_OK);
    oc_classifier_free(classifier);
    oc_set_free(set);
    return oc_validation_accuracy(&report.validation);
}

Test(choose, each_row_is_its_candidate_alone_and_the_best_wins)
{
    put_stripes("in", 12, 18, 18, 1);
    oc_choose_options options = defaults();
    oc_choice choice = chosen("in", &options);
    cr_assert(choice.images == 36 && choice.count >= 3);
    for (size_t r = 0; r < choice.count; r++) {
        const oc_choice_row *row = &choice.rows[r];
        double alone = accuracy_of("in", row->features);
        cr_assert(fabs(row->accuracy - alone) <= 1e-12, "%s: %g, alone %g", row->features, row->accuracy, alone);
        cr_assert(row->accuracy <= choice.rows[choice.best].accuracy && row->dimension > 0 && row->seconds > 0);
    }
    cr_assert_str_eq(oc_features_spec(choice.features), choice.rows[choice.best].features);
    cr_assert(!oc_features_unfitted(choice.features), "all images were in the sample");
    oc_features_free(choice.features);
}

Test(choose, a_sample_teaches_nothing_to_the_features)
{
    put_stripes("in", 40, 18, 18, 1);
    oc_choose_options options = defaults();
    options.images = 70;
    oc_choice choice = chosen("in", &options);
    cr_assert_eq(choice.images, 70);
    cr_assert_eq(oc_features_dimension(choice.features), 0);
    oc_features_free(choice.features);
}

static void none_compared(const oc_choice *choice, const char *features)
{
    cr_assert(choice->count == 1 && choice->best == 0 && isnan(choice->rows[0].accuracy));
    cr_assert_str_eq(oc_features_spec(choice->features), features);
    oc_features_free(choice->features);
}

Test(choose, without_time_or_folds_the_first_candidate_is_chosen)
{
    put_stripes("in", 4, 18, 18, 1);
    put_stripes("single", 1, 18, 18, 1);
    oc_choose_options options = defaults();
    options.seconds = 0;
    oc_choice choice = chosen("in", &options);
    none_compared(&choice, "hog+color");
    options = defaults();
    choice = chosen("single", &options);
    none_compared(&choice, "hog+color");
}

Test(choose, candidates_are_validated_with_the_augmentation_of_the_training)
{
    put_stripes("in", 12, 16, 16, 1);
    oc_choose_options options = defaults();
    oc_choice plain = chosen("in", &options);
    options.extract.mirror = true;
    options.train.augment = OC_AUGMENT_MIRROR;
    oc_choice mirrored = chosen("in", &options);
    bool differ = false;
    cr_assert_eq(mirrored.count, plain.count, "all candidates for small images can be mirrored");
    for (size_t r = 0; r < plain.count; r++) {
        cr_assert(isfinite(mirrored.rows[r].accuracy));
        differ = differ || !(fabs(mirrored.rows[r].log_loss - plain.rows[r].log_loss) < 1e-9);
    }
    cr_assert(differ);
    oc_features_free(plain.features);
    oc_features_free(mirrored.features);
}

Test(choose, features_that_cannot_be_mirrored_are_left_out_with_a_note)
{
    put_stripes("in", 12, 6, 6, 1);
    oc_choose_options options = defaults();
    oc_choice choice = chosen("in", &options);
    cr_assert_eq(choice.count, 2);
    oc_features_free(choice.features);
    options.extract.mirror = true;
    options.train.augment = OC_AUGMENT_MIRROR;
    choice = chosen("in", &options);
    cr_assert_eq(choice.count, 1);
    cr_assert_str_eq(choice.rows[0].features, "color");
    oc_features_free(choice.features);
}

Test(choose, balanced_class_weights_choose_by_balanced_accuracy)
{
    put_stripes("in", 12, 18, 18, 1);
    oc_choose_options options = defaults();
    options.train.class_weight = OC_CLASS_WEIGHT_BALANCED;
    oc_choice choice = chosen("in", &options);
    for (size_t r = 0; r < choice.count; r++) {
        cr_assert_leq(choice.rows[r].balanced_accuracy, choice.rows[choice.best].balanced_accuracy);
    }
    oc_features_free(choice.features);
}

static size_t rows_done;

static void count_rows(void *context, const oc_choice *so_far)
{
    (void)context;
    rows_done++;
    cr_assert_eq(so_far->count, rows_done);
}

Test(choose, large_images_have_gradient_words_and_each_row_is_reported)
{
    put_stripes("in", 4, 80, 70, 1);
    oc_choose_options options = defaults();
    options.row_done = count_rows;
    oc_choice choice = chosen("in", &options);
    bool sift = false;
    for (size_t r = 0; r < choice.count; r++) {
        sift = sift || strcmp(choice.rows[r].features, "words:descriptor=sift") == 0;
        cr_assert(!strstr(choice.rows[r].features, "words:mirror=1"));
    }
    cr_assert(sift && rows_done == choice.count);
    oc_features_free(choice.features);
}

static const char *largest_for(const char *folder, size_t width, size_t height)
{
    put_stripes(folder, 4, width, height, 1);
    oc_dataset *dataset = open_set(at(folder));
    oc_extract_options options = extract_defaults();
    const char *features = NULL;
    cr_assert(oc_choose_largest(dataset, &options, NULL, &features, NULL) == OC_OK);
    oc_dataset_free(dataset);
    return features;
}

Test(choose, the_largest_candidate_suits_the_images)
{
    cr_assert(strstr(largest_for("photos", 80, 70), "opponent-sift"));
    cr_assert(strstr(largest_for("icons", 18, 18), "hog:cell=4") && !strstr(largest_for("icons", 18, 18), "sift"));
    cr_assert_str_eq(largest_for("dots", 6, 6), "pixels");
}

Test(choose, without_time_the_first_candidate_that_suits_the_images_is_chosen)
{
    put_stripes("in", 4, 6, 6, 1);
    oc_choose_options options = defaults();
    options.seconds = 0;
    oc_choice choice = chosen("in", &options);
    none_compared(&choice, "color");
}
