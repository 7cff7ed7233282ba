/* Labels that look like a mistake: keys, notes, and those that a test has and training has not. */
#include "src/dataset/label_key.h"

#include "src/base/memory.h"
#include "tests/unit/dataset/files.h"

#include <ocellus/model.h>

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

TestSuite(labels, .init = make_test_folder, .fini = remove_test_folder);

static void expect_key(const char *label, unsigned folds, const char *expected)
{
    char *key = oc_label_key(label, folds);
    cr_assert(key && strcmp(key, expected) == 0, "'%s': '%s' where '%s' is right", label, key, expected);
    oc_free(key);
}

Test(labels, keys)
{
    expect_key(" \tBig  Cat\r\n", OC_FOLD_BLANKS, "Big Cat");
    expect_key("Big Cat", OC_FOLD_CASE, "big cat");
    expect_key("\xc3\x89t\xc3\xa9", OC_FOLD_CASE, "\xc3\xa9t\xc3\xa9");
    expect_key("cafe\xcc\x81", OC_FOLD_FORM, "caf\xc3\xa9");
    expect_key("\xef\xbc\xa3\xef\xbd\x81t", OC_FOLD_ALL, "cat"); /* wide letters */
    expect_key("\xc2\xa0"
               "cat\xe2\x80\x8b\xe3\x80\x80",
               OC_FOLD_ALL, "cat"); /* no-break, zero-width, wide space */
    expect_key("\xef\xbb\xbf"
               "cat",
               OC_FOLD_ALL, "cat");
    expect_key("Stra\xc3\x9f"
               "e",
               OC_FOLD_ALL, "strasse");
    expect_key(" A\xff", OC_FOLD_ALL, "a\xff"); /* no UTF-8 */
    expect_key("", OC_FOLD_ALL, "");
    expect_key("   ", OC_FOLD_ALL, "");
}

static void expect_pair(const char *a, const char *b, const char *expected)
{
    oc_string text = {0};
    oc_label_add_pair(&text, a, " and ", b);
    cr_assert(!text.failed && strcmp(text.data, expected) == 0, "%s where %s is right", text.data, expected);
    oc_string_free(&text);
}

Test(labels, pairs_say_what_differs)
{
    expect_pair("Cat ", "cat", "'Cat ' and 'cat' (case, blanks)");
    expect_pair("Cat", "cat", "'Cat' and 'cat' (case)");
    expect_pair("caf\xc3\xa9", "cafe\xcc\x81", "'caf<U+00E9>' and 'cafe<U+0301>' (Unicode form)");
    expect_pair("\xff", "\xff ", "'\xff' and '\xff ' (blanks)");
}

/* Everything that the listener heard, one note a line. */
static char heard[4000];

static void hear(void *context, const char *message)
{
    (void)context;
    size_t length = strlen(heard);
    snprintf(heard + length, sizeof heard - length, "%s\n", message);
}

static const char *notes_of(const char *list)
{
    oc_listener listener = {.note = hear};
    oc_job *job = NULL;
    oc_error err;
    put_text("list.csv", list);
    oc_dataset *dataset = open_set(at("list.csv"));
    heard[0] = '\0';
    cr_assert(oc_job_create(1, &listener, &job, NULL) == OC_OK);
    cr_assert(oc_dataset_note_labels(dataset, "list.csv", job, &err) == OC_OK);
    oc_job_free(job);
    oc_dataset_free(dataset);
    return heard;
}

Test(labels, notes)
{
    cr_assert_str_eq(notes_of("path,label\n1,a\n2,a\n3,b\n4,b\n5,\n"), "");
    cr_assert_str_eq(notes_of("path,label\n1,a\n2,a\n3,b\n"),
                     "list.csv: 1 of 2 classes has only one image or row: 'b'\n");
    cr_assert_str_eq(notes_of("path,label\n1,cat\n2,cat\n3,Cat\n4,Cat\n5,dog\n6,dog\n"),
                     "list.csv: labels that look alike are different classes: 'Cat' and 'cat' (case)\n");
    char many[4000] = "path,label\n";
    for (int i = 0; i < 20; i++) {
        size_t length = strlen(many);
        snprintf(many + length, sizeof many - length, "%d,c%d\n%d,c%d \n%d,c%d\n%d,c%d \n", i, i, i, i, i, i, i, i);
    }
    const char *notes = notes_of(many);
    cr_assert(strstr(notes, " and 15 more\n") && strchr(notes, '\n') == strrchr(notes, '\n'), "%s", notes);
}

static void expect_test(const char *test_list, const char *train_list, const char *expected)
{
    oc_error err = {.message = ""};
    put_text("test.csv", test_list);
    put_text("train.csv", train_list);
    oc_dataset *test = open_set(at("test.csv")), *train = open_set(at("train.csv"));
    oc_image_options image = oc_image_defaults();
    image.max_pixels = 4;
    oc_status status = oc_dataset_check_test(test, train, &image, &err);
    cr_assert(status == (*expected ? OC_BAD_DATA : OC_OK) && (!*expected || strcmp(err.message, expected) == 0), "%s",
              err.message);
    oc_dataset_free(test);
    oc_dataset_free(train);
}

Test(labels, all_unknown_ones_are_reported_at_once)
{
    static const char train[] = "path,label\n1,cat\n2,cat\n3,dog\n4,dog\n";
    for (char name[] = "1"; *name <= '9'; ++*name) {
        put_png(name, 9);
    }
    expect_test("path,label\n1,cat\n2,\n", train, "");
    expect_test("path,label\n8,Cat \n9,emu\n1,dog\n2,cat\n", train,
                "the test has 2 labels that training does not know: 'Cat ' where training has 'cat' (case, blanks), "
                "'emu' (first: 9)");
    expect_test(
        "path,label\n1,a\n2,b\n3,c\n4,d\n5,e\n6,f\n7,g\n", train,
        "the test has 7 labels that training does not know: 'a' (first: 1), 'b' (first: 2), 'c' (first: 3), 'd' "
        "(first: 4), 'e' (first: 5) and 2 more");
    /* a class of which no image can be read does not count: extraction leaves it out */
    expect_test("path,label\n1,cat\nnone,emu\ntest.csv,emu\n", train, "");
    expect_test("path,label\n1,cat\nnone,emu\n7,emu\n", train,
                "the test has 1 label that training does not know: 'emu' (first: 7)");
    uint8_t pixels[6] = {0}; /* more than the options allow */
    cr_assert_eq(oc_image_write_png(&(oc_pixels){pixels, 3, 2, 1, 0}, at("large"), NULL), OC_OK);
    expect_test("path,label\n1,cat\nlarge,emu\n", train, "");
    expect_test(
        "path,label\n1,\n", train,
        "the images have no labels: an accuracy needs one sub-folder for each class, or a list with path,label");
}

static void expect_check(const char *list, oc_train_options options, oc_status expected)
{
    oc_error err = {.message = ""};
    put_text("list.csv", list);
    oc_dataset *dataset = open_set(at("list.csv"));
    cr_assert(oc_model_check(dataset, &options, &err) == expected, "%s: %s", list, err.message);
    oc_dataset_free(dataset);
}

Test(labels, what_a_training_cannot_do_is_known_before_an_image_is_read)
{
    oc_train_options linear = oc_train_defaults(), nearest = linear, folds = linear;
    nearest.classifier.kind = OC_NEAREST;
    nearest.classifier.k = 3;
    folds.folds = 5;
    expect_check("path,label\n1,a\n2,b\n", linear, OC_OK);
    expect_check("path,label\n1,a\n2,b\n3,c\n", linear, OC_BAD_DATA); /* a label for each image */
    expect_check("path,label\n1,a\n2,b\n3,c\n", nearest, OC_OK);      /* single templates are some use */
    expect_check("path,label\n1,a\n2,b\n", nearest, OC_USAGE);        /* 3 neighbours of 2 */
    expect_check("path,label\n1,a\n2,b\n3,b\n4,a\n", folds, OC_BAD_DATA);
    expect_check("path,label\n1,a\n2,b\n3,b\n4,a\n5,a\n", folds, OC_OK);
}
