/* What the levels of folders mean: parts of a data set, classes, folders below classes, folders without images; and
 * files that a list names and that are not there. */
#include "tests/unit/dataset/files.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

TestSuite(dataset_folders, .init = make_test_folder, .fini = remove_test_folder);

/* Opens a folder of these images (names separated by blanks). */
static oc_dataset *open_with(const char *folder, const char *names)
{
    for (const char *at = names; *at; at += strcspn(at, " "), at += *at == ' ') {
        char name[200];
        snprintf(name, sizeof name, "%s/%.*s", folder, (int)strcspn(at, " "), at);
        put_png(name, 1);
    }
    return open_set(at(folder));
}

Test(dataset_folders, parts_with_class_folders_are_no_classes)
{
    static const struct {
        const char *images, *train, *test;
    } cases[] = {
        {"train/a/1.png train/b/1.png test/a/1.png test/b/1.png", "train", "test"},
        {"Train/a/1.png VAL/a/1.png", "Train", "VAL"},
        {"train/a/1.png test/a/1.png valid/a/1.png", "train", "test"},
        {"train/a/1.png test/1.png test/2.png", "train", NULL}, /* the test images have no labels */
        {"training_set/a/1.png testing-images/a/1.png", "training_set", "testing-images"},
        {"train2017/a/1.png val2017/a/1.png", "train2017", "val2017"},
        {"seg_pred/1.png seg_test/seg_test/sea/1.png seg_train/seg_train/sea/1.png", "seg_train", "seg_test"},
        {"train/a/1.png", "train", NULL},
        {"test/a/1.png", "test", NULL},
        {"train/a/1.png test/a/1.png extra/a/1.png", "train", "test"},
        {"dev/a/1.png training/a/b/c/1.png", "training", "dev"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char folder[20];
        oc_parts parts;
        oc_error err;
        snprintf(folder, sizeof folder, "parts%zu", i);
        oc_dataset *dataset = open_with(folder, cases[i].images);
        cr_assert(oc_dataset_parts(dataset, &parts), "%s", cases[i].images);
        cr_assert(strcmp(parts.train, cases[i].train) == 0, "%s: %s", cases[i].images, parts.train);
        cr_assert(!parts.test == !cases[i].test && (!parts.test || strcmp(parts.test, cases[i].test) == 0), "%s: %s",
                  cases[i].images, parts.test ? parts.test : "none");
        cr_assert(oc_dataset_check_labels(dataset, &err) == OC_BAD_DATA);
        cr_assert(strstr(err.message, folder) && strstr(err.message, cases[i].train), "%s", err.message);
        oc_dataset_free(dataset);
    }
}

Test(dataset_folders, classes_may_have_the_names_of_parts)
{
    static const char *const images[] = {
        "test/1.png train/1.png",             /* classes of these names, with images */
        "test/1.png test/more/2.png a/1.png", /* images of its own beside a folder */
        "train/steam/1.png train/diesel/2.png ship/1.png car/1.png",
        "testament/a/1.png trainer/a/1.png",
        "train_test/a/1.png cat/1.png",
        "animals/cat/1.png plants/rose/1.png",
        "test_tube/big/1.png test_strip/1.png",
    };
    for (size_t i = 0; i < sizeof images / sizeof *images; i++) {
        char folder[20];
        oc_parts parts;
        snprintf(folder, sizeof folder, "classes%zu", i);
        oc_dataset *dataset = open_with(folder, images[i]);
        cr_assert(!oc_dataset_parts(dataset, &parts), "%s", images[i]);
        cr_assert(oc_dataset_check_labels(dataset, NULL) == OC_OK, "%s", images[i]);
        oc_dataset_free(dataset);
    }
}

Test(dataset_folders, a_list_or_a_flat_folder_has_no_parts)
{
    oc_parts parts;
    put_png("set/train/a/1.png", 1);
    put_png("set/test/a/1.png", 1);
    put_text("set/list.csv", "path,label\ntrain/a/1.png,train\ntest/a/1.png,test\n");
    oc_dataset *dataset = open_set(at("set/list.csv"));
    cr_assert(!oc_dataset_parts(dataset, &parts));
    cr_assert(oc_dataset_nested(dataset, NULL) == 0);
    oc_dataset_free(dataset);
    dataset = open_set(at("set/train/a"));
    cr_assert(!oc_dataset_parts(dataset, &parts));
    oc_dataset_free(dataset);
}

Test(dataset_folders, images_deeper_than_the_class_folders_are_counted)
{
    const char *example;
    oc_dataset *dataset = open_with("set", "animals/cat/1.png fungi/0.png plants/rose/red/2.png");
    cr_assert(oc_dataset_nested(dataset, &example) == 2);
    cr_assert(strcmp(example, "animals/cat/1.png") == 0);
    oc_dataset_free(dataset);
    dataset = open_set(at("set/animals"));
    cr_assert(oc_dataset_nested(dataset, &example) == 0 && !example);
    oc_dataset_free(dataset);
}

Test(dataset_folders, folders_without_images_are_named)
{
    put_folder("set/zebra");
    put_folder("set/cow/old");
    put_text("set/docs/readme.txt", "text");
    oc_dataset *dataset = open_with("set", "ant/1.png bee/1.png");
    static const char *const names[] = {"cow", "docs", "zebra"};
    cr_assert(oc_dataset_empty_folders(dataset) == 3);
    for (size_t i = 0; i < 3; i++) {
        cr_assert(strcmp(oc_dataset_empty_folder(dataset, i), names[i]) == 0);
    }
    oc_dataset_free(dataset);
}

static void expect_missing(const oc_dataset *dataset, size_t i, const char *where)
{
    oc_image_options options = {.planes = OC_GRAY};
    oc_decoder *decoder;
    oc_image image;
    cr_assert(oc_decoder_create(&decoder, NULL) == OC_OK);
    cr_assert(oc_dataset_read(dataset, i, decoder, &options, &image, &refusal) == OC_NOT_FOUND);
    cr_assert(strstr(refusal.message, where), "%s: not '%s'", refusal.message, where);
    cr_assert(oc_dataset_read(dataset, i, decoder, &options, &image, NULL) == OC_NOT_FOUND);
    oc_decoder_free(decoder);
}

Test(dataset_folders, a_missing_file_of_a_list_has_line_and_folder)
{
    char place[400];
    put_png("lists/there.png", 1);
    put_text("lists/l.csv", "path,label\nthere.png,a\n\"two\nlines.png\",b\ngone/1.png,c\n/gone/2.png,c\n");
    oc_dataset *dataset = open_set(at("lists/l.csv"));
    cr_assert(first_gray(dataset, 0) == 1);
    snprintf(place, sizeof place, "(line 5 of the list, looked up from the list's folder %s)", at("lists/"));
    expect_missing(dataset, 2, place);
    expect_missing(dataset, 3, "(line 6 of the list)");
    oc_dataset_free(dataset);
    put_text("plain", "\ngone.png\r\n");
    cr_assert(oc_dataset_open_list(at("plain"), &dataset, NULL) == OC_OK);
    expect_missing(dataset, 0,
                   "gone.png: cannot be opened: No such file or directory (line 2 of the list, looked up "
                   "from the current folder)");
    oc_dataset_free(dataset);
}

Test(dataset_folders, a_selection_names_the_line_that_it_cannot_find)
{
    oc_dataset *dataset = open_with("set", "a/1.png b/1.png");
    put_text("chosen", "a/1.png\n\nb/2.png\n");
    cr_assert(oc_dataset_select(dataset, at("chosen"), &refusal) == OC_BAD_DATA);
    cr_assert(strstr(refusal.message, "b/2.png: is not among the images (line 3 of the list)"), "%s", refusal.message);
    oc_dataset_free(dataset);
}
