/* Data sets given as lists. */
#include "tests/unit/dataset/files.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

TestSuite(dataset_list, .init = make_test_folder, .fini = remove_test_folder);

static bool item_is(const oc_dataset *dataset, size_t i, const char *path, const char *label)
{
    int at_label = oc_dataset_label(dataset, i);
    return strcmp(oc_dataset_path(dataset, i), path) == 0 &&
           (label ? at_label >= 0 && strcmp(oc_dataset_class(dataset, (size_t)at_label), label) == 0 : at_label == -1);
}

/* Opens "-" with these bytes on standard input. */
static oc_status open_stdin(const void *bytes, size_t size, oc_dataset **dataset)
{
    put("stdin", bytes, size);
    int file = open(at("stdin"), O_RDONLY);
    cr_assert(file >= 0 && dup2(file, STDIN_FILENO) == STDIN_FILENO);
    close(file);
    return oc_dataset_open("-", dataset, &refusal);
}

Test(dataset_list, the_order_is_kept_and_classes_are_sorted_by_bytes)
{
    put_png("images/z.png", 1);
    put_png("images/a.png", 2);
    put_text("list.csv", "path,label\nimages/z.png,a\nimages/a.png,B\nimages/z.png,a\n");
    oc_dataset *dataset = open_set(at("list.csv"));
    cr_assert(oc_dataset_count(dataset) == 3);
    cr_assert(oc_dataset_classes(dataset) == 2);
    cr_assert(strcmp(oc_dataset_class(dataset, 0), "B") == 0);
    cr_assert(item_is(dataset, 0, "images/z.png", "a"));
    cr_assert(item_is(dataset, 1, "images/a.png", "B"));
    cr_assert(item_is(dataset, 2, "images/z.png", "a"));
    cr_assert(first_gray(dataset, 0) == 1);
    cr_assert(first_gray(dataset, 1) == 2);
    oc_dataset_free(dataset);
}

Test(dataset_list, labels_that_are_not_looked_at_may_be_spelled_in_any_way)
{
    oc_dataset *dataset;
    oc_error err = {0};
    put_text("list.csv", "path, Label \na.png,x\n");
    cr_assert(oc_dataset_open_unlabelled(at("list.csv"), &dataset, &err) == OC_OK, "%s", err.message);
    oc_dataset_free(dataset);
}

Test(dataset_list, columns_may_be_in_any_order_among_others)
{
    put_text("list.csv", "\xef\xbb\xbfrow,label,width,path\r\n0,x,28,1.png\r\n1,,28,2.png\r\n");
    oc_dataset *dataset = open_set(at("list.csv"));
    cr_assert(item_is(dataset, 0, "1.png", "x"));
    cr_assert(item_is(dataset, 1, "2.png", NULL));
    cr_assert(oc_dataset_classes(dataset) == 1);
    oc_dataset_free(dataset);
}

Test(dataset_list, labels_may_be_missing_altogether)
{
    put_text("a-list", "path\n1.png\n2.png"); /* told by its first line; no line break at the end */
    oc_dataset *dataset = open_set(at("a-list"));
    cr_assert(oc_dataset_count(dataset) == 2);
    cr_assert(item_is(dataset, 1, "2.png", NULL));
    cr_assert(oc_dataset_classes(dataset) == 0);
    oc_dataset_free(dataset);
}

Test(dataset_list, quoted_fields_hold_anything)
{
    put_png("od,d \"name\"\n.png", 3);
    put_text("list.csv", "label,path\n\"T-shirt/top, \"\"new\"\"\",\"od,d \"\"name\"\"\n.png\"\n\xff,b.png\n");
    oc_dataset *dataset = open_set(at("list.csv"));
    cr_assert(item_is(dataset, 0, "od,d \"name\"\n.png", "T-shirt/top, \"new\""));
    cr_assert(item_is(dataset, 1, "b.png", "\xff"));
    cr_assert(first_gray(dataset, 0) == 3);
    oc_dataset_free(dataset);
}

Test(dataset_list, absolute_paths_stand_and_a_dash_is_a_file)
{
    char text[600];
    put_png("elsewhere/1.png", 4);
    put_png("-", 5);
    snprintf(text, sizeof text, "path\n%s\n-\n", at("elsewhere/1.png"));
    put_text("list.csv", text);
    oc_dataset *dataset = open_set(at("list.csv"));
    cr_assert(first_gray(dataset, 0) == 4);
    cr_assert(first_gray(dataset, 1) == 5);
    oc_dataset_free(dataset);
    cr_assert(chdir(at("")) == 0);
    dataset = open_set("list.csv");
    cr_assert(first_gray(dataset, 1) == 5);
    oc_dataset_free(dataset);
}

Test(dataset_list, damaged_lists_are_refused_with_the_line)
{
    static const struct {
        const char *text, *message;
        size_t size;
        oc_status status;
    } cases[] = {
        {"file,label\na.png,x\n", "begins with 'file'", 0, OC_BAD_FILE},
        {"path;label\na.png;x\n", "begins with 'path;label'", 0, OC_BAD_FILE},
        {"Path,label\na.png,x\n", "'Path' must be written path", 0, OC_BAD_FILE},
        {"path, label\na.png, x\n", "' label' must be written label", 0, OC_BAD_FILE},
        {"path,label,path\na,b,c\n", "two columns", 0, OC_BAD_FILE},
        {"path,label\na.png,x\nb.png\n", "line 3", 0, OC_BAD_FILE},
        {"path,label\na.png,x,y\n", "line 2", 0, OC_BAD_FILE},
        {"path,label\n\"a.png,x\n", "line 2", 0, OC_BAD_FILE},
        {"path,label\n\"a\"b,x\n", "line 2", 0, OC_BAD_FILE},
        {"path,label\n,x\n", "line 2", 0, OC_BAD_FILE},
        {"", "is empty", 0, OC_BAD_FILE},
        {"\n\n", "path", 0, OC_BAD_FILE},
        {"path,label\n", "no image", 0, OC_BAD_DATA},
        {"path,label\na\0b.png,x\n", "NUL", 21, OC_BAD_FILE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        put("list.csv", cases[i].text, cases[i].size ? cases[i].size : strlen(cases[i].text));
        oc_status status = refused(at("list.csv"));
        cr_assert(status == cases[i].status, "case %zu: %s", i, refusal.message);
        cr_assert(strstr(refusal.message, cases[i].message), "case %zu: %s", i, refusal.message);
        cr_assert(strstr(refusal.message, "list.csv"), "case %zu: %s", i, refusal.message);
    }
}

static void put_many_labels(size_t count)
{
    char *text = malloc(count * 20 + 20), *end = text;
    cr_assert(text != NULL);
    end += sprintf(end, "path,label\n");
    for (size_t i = 0; i < count; i++) {
        end += sprintf(end, "x,%zu\n", i);
    }
    put_text("list.csv", text);
    free(text);
}

Test(dataset_list, a_label_for_every_file_is_refused_past_the_limit)
{
    put_many_labels(OC_MAX_CLASSES);
    oc_dataset *dataset = open_set(at("list.csv"));
    cr_assert(oc_dataset_classes(dataset) == OC_MAX_CLASSES);
    cr_assert(item_is(dataset, 65000, "x", "65000"));
    oc_dataset_free(dataset);
    put_many_labels(OC_MAX_CLASSES + 1);
    cr_assert(refused(at("list.csv")) == OC_BAD_DATA);
    cr_assert(strstr(refusal.message, "65536") && strstr(refusal.message, "list.csv"), "%s", refusal.message);
}

Test(dataset_list, more_columns_than_possible_are_refused)
{
    char text[4000] = "path";
    for (size_t i = 0; i < 1100; i++) {
        strcat(text, ",x");
    }
    put_text("list.csv", text);
    cr_assert(refused(at("list.csv")) == OC_BAD_FILE);
    cr_assert(strstr(refusal.message, "1101 columns"), "%s", refusal.message);
}

Test(dataset_list, standard_input_has_one_path_a_line)
{
    static const char text[] = "b.png\n\na, \"b\".jpg\r\nlast";
    oc_dataset *dataset = NULL;
    cr_assert(open_stdin(text, sizeof text - 1, &dataset) == OC_OK);
    cr_assert(oc_dataset_count(dataset) == 3);
    cr_assert(oc_dataset_classes(dataset) == 0);
    cr_assert(item_is(dataset, 0, "b.png", NULL));
    cr_assert(item_is(dataset, 1, "a, \"b\".jpg", NULL));
    cr_assert(item_is(dataset, 2, "last", NULL));
    oc_dataset_free(dataset);
}

Test(dataset_list, standard_input_may_be_separated_by_nul)
{
    static const char text[] = "new\nline.png\0b.png\r\0";
    oc_dataset *dataset = NULL;
    cr_assert(open_stdin(text, sizeof text - 1, &dataset) == OC_OK);
    cr_assert(oc_dataset_count(dataset) == 2);
    cr_assert(item_is(dataset, 0, "new\nline.png", NULL));
    cr_assert(item_is(dataset, 1, "b.png\r", NULL));
    oc_dataset_free(dataset);
}

Test(dataset_list, a_path_on_standard_input_is_relative_to_the_current_folder)
{
    put_png("-", 6);
    oc_dataset *dataset = NULL;
    cr_assert(chdir(at("")) == 0);
    cr_assert(open_stdin("-\n", 2, &dataset) == OC_OK);
    cr_assert(first_gray(dataset, 0) == 6);
    oc_dataset_free(dataset);
}

Test(dataset_list, empty_standard_input_is_an_error)
{
    oc_dataset *dataset = NULL;
    cr_assert(open_stdin("", 0, &dataset) == OC_BAD_DATA);
    cr_assert(strstr(refusal.message, "standard input"));
    cr_assert(open_stdin("\n\n", 2, &dataset) == OC_BAD_DATA);
}

Test(dataset_list, a_sample_has_its_share_of_each_class)
{
    enum { CLASSES = 10, EACH = 30, SAMPLE = 200 };
    char text[16 + CLASSES * EACH * 24] = "path,label\n";
    size_t length = strlen(text), count[CLASSES] = {0};
    for (size_t i = 0; i < CLASSES * EACH; i++) {
        length += (size_t)snprintf(text + length, sizeof text - length, "%03zu.png,%zu\n", i, i / EACH);
    }
    put_text("list.csv", text);
    oc_dataset *images = open_set(at("list.csv"));
    cr_assert(oc_dataset_sample(images, SAMPLE, NULL) == OC_OK && oc_dataset_count(images) == SAMPLE);
    for (size_t i = 0; i < SAMPLE; i++) {
        count[oc_dataset_label(images, i)]++;
        cr_assert(i == 0 || strcmp(oc_dataset_path(images, i - 1), oc_dataset_path(images, i)) < 0);
    }
    for (size_t c = 0; c < CLASSES; c++) {
        cr_assert_eq(count[c], SAMPLE / CLASSES, "%zu of class %zu", count[c], c);
    }
    oc_dataset_free(images);
}
