/* Data sets in folders, and single images. */
#include "tests/unit/dataset/files.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

TestSuite(dataset, .init = make_test_folder, .fini = remove_test_folder);

static void expect_item(const oc_dataset *dataset, size_t i, const char *path, int label)
{
    cr_assert(i < oc_dataset_count(dataset));
    cr_assert(strcmp(oc_dataset_path(dataset, i), path) == 0, "item %zu is %s, not %s", i, oc_dataset_path(dataset, i),
              path);
    cr_assert(oc_dataset_label(dataset, i) == label, "%s has label %d", path, oc_dataset_label(dataset, i));
}

Test(dataset, class_folders_and_files_are_sorted_by_bytes)
{
    put_png("set/a/2.png", 4);
    put_png("set/a/10.png", 3);
    put_png("set/B/x.png", 1);
    put_png("set/B/Y.png", 2);
    oc_dataset *dataset = open_set(at("set"));
    cr_assert(oc_dataset_count(dataset) == 4);
    cr_assert(oc_dataset_classes(dataset) == 2);
    cr_assert(strcmp(oc_dataset_class(dataset, 0), "B") == 0);
    cr_assert(strcmp(oc_dataset_class(dataset, 1), "a") == 0);
    expect_item(dataset, 0, "B/Y.png", 0);
    expect_item(dataset, 1, "B/x.png", 0);
    expect_item(dataset, 2, "a/10.png", 1);
    expect_item(dataset, 3, "a/2.png", 1);
    for (size_t i = 0; i < 4; i++) {
        static const int values[] = {2, 1, 3, 4};
        cr_assert(first_gray(dataset, i) == values[i]);
    }
    oc_dataset_free(dataset);
}

Test(dataset, a_slash_at_the_end_changes_nothing)
{
    put_png("set/a/1.png", 9);
    oc_dataset *dataset = open_set(at("set/"));
    expect_item(dataset, 0, "a/1.png", 0);
    cr_assert(first_gray(dataset, 0) == 9);
    oc_dataset_free(dataset);
}

Test(dataset, classes_keep_their_order_when_one_name_begins_with_another)
{
    put_png("set/a/1.png", 0);
    put_png("set/a-b/1.png", 0); /* '-' sorts before '/' */
    oc_dataset *dataset = open_set(at("set"));
    expect_item(dataset, 0, "a/1.png", 0);
    expect_item(dataset, 1, "a-b/1.png", 1);
    oc_dataset_free(dataset);
}

Test(dataset, images_are_found_at_any_depth_below_a_class)
{
    put_png("set/cat/b/c/1.png", 1);
    put_png("set/cat/2.png", 2);
    put_png("set/dog/b/3.png", 3);
    oc_dataset *dataset = open_set(at("set"));
    cr_assert(oc_dataset_classes(dataset) == 2);
    expect_item(dataset, 0, "cat/2.png", 0);
    expect_item(dataset, 1, "cat/b/c/1.png", 0);
    expect_item(dataset, 2, "dog/b/3.png", 1);
    cr_assert(first_gray(dataset, 1) == 1);
    oc_dataset_free(dataset);
}

Test(dataset, a_flat_folder_is_unlabelled)
{
    put_png("flat/b.png", 2);
    put_png("flat/a.PNG", 1);
    put_folder("flat/nothing");
    oc_dataset *dataset = open_set(at("flat"));
    cr_assert(oc_dataset_count(dataset) == 2);
    cr_assert(oc_dataset_classes(dataset) == 0);
    cr_assert(oc_dataset_empty_folders(dataset) == 1);
    expect_item(dataset, 0, "a.PNG", -1);
    expect_item(dataset, 1, "b.png", -1);
    oc_dataset_free(dataset);
}

Test(dataset, images_beside_class_folders_are_refused)
{
    put_png("set/stray.png", 0);
    put_png("set/cat/1.png", 0);
    cr_assert(refused(at("set")) == OC_BAD_DATA);
    cr_assert(strstr(refusal.message, "stray.png") && strstr(refusal.message, "cat"), "%s", refusal.message);
}

Test(dataset, candidates_are_recognised_by_name_or_by_content)
{
    static const char *const names[] = {"a.JPG", "b.Jpeg", "c.jpe", "d.png"};
    for (size_t i = 0; i < 4; i++) {
        char name[40];
        snprintf(name, sizeof name, "set/cat/%s", names[i]);
        put_text(name, "no image at all"); /* found out when it is read */
    }
    put_png("set/cat/e.txt", 1);
    put("set/cat/f", "\xff\xd8\xff\xe0....", 8);
    put_text("set/cat/g.txt", "text");
    put_text("set/cat/png", "text");
    put_text("set/cat/empty", "");
    oc_dataset *dataset = open_set(at("set"));
    cr_assert(oc_dataset_count(dataset) == 6, "%zu", oc_dataset_count(dataset));
    cr_assert(oc_dataset_ignored(dataset) == 3, "%zu", oc_dataset_ignored(dataset));
    expect_item(dataset, 4, "cat/e.txt", 0);
    expect_item(dataset, 5, "cat/f", 0);
    oc_dataset_free(dataset);
}

Test(dataset, files_that_systems_create_are_neither_classes_nor_images)
{
    put_png("set/cat/1.png", 0);
    put_png("set/.hidden/1.png", 0);
    put_png("set/cat/.2.png", 0);
    put_png("set/cat/.trash/3.png", 0);
    put_text("set/.DS_Store", "x");
    put_text("set/cat/.DS_Store", "x");
    put_text("set/cat/Thumbs.db", "x");
    put_text("set/Thumbs.db", "x");
    put_text("set/docs/readme.txt", "x");
    oc_dataset *dataset = open_set(at("set"));
    cr_assert(oc_dataset_count(dataset) == 1);
    cr_assert(oc_dataset_classes(dataset) == 1);
    cr_assert(oc_dataset_ignored(dataset) == 8, "%zu", oc_dataset_ignored(dataset)); /* hidden ones too */
    cr_assert(oc_dataset_empty_folders(dataset) == 1);
    oc_dataset_free(dataset);
}

Test(dataset, any_file_name_is_possible)
{
    static const char *const names[] = {"comma, quote\" and\nnewline", "inv\xff\xfe-alid", " blank ", "-", "tab\t"};
    for (size_t i = 0; i < 5; i++) {
        char name[100];
        snprintf(name, sizeof name, "set/%s/%s.png", names[i], names[i]);
        put_png(name, (uint8_t)i);
    }
    oc_dataset *dataset = open_set(at("set"));
    cr_assert(oc_dataset_count(dataset) == 5);
    cr_assert(oc_dataset_classes(dataset) == 5);
    static const int order[] = {2, 3, 0, 1, 4};
    for (size_t i = 0; i < 5; i++) {
        cr_assert(strcmp(oc_dataset_class(dataset, i), names[order[i]]) == 0);
        cr_assert(first_gray(dataset, i) == order[i]);
    }
    oc_dataset_free(dataset);
}

Test(dataset, links_are_followed_and_loops_are_not)
{
    put_png("elsewhere/1.png", 7);
    put_png("set/cat/2.png", 8);
    cr_assert(symlink("../elsewhere", at("set/dog")) == 0);
    cr_assert(symlink("..", at("set/cat/back")) == 0);
    cr_assert(symlink(".", at("set/self")) == 0);
    cr_assert(symlink("2.png", at("set/cat/3.png")) == 0);
    cr_assert(symlink("nowhere", at("set/cat/4.png")) == 0); /* a candidate that cannot be read */
    cr_assert(symlink("nowhere", at("set/cat/5.txt")) == 0);
    oc_dataset *dataset = open_set(at("set"));
    cr_assert(oc_dataset_classes(dataset) == 2);
    cr_assert(oc_dataset_count(dataset) == 4, "%zu", oc_dataset_count(dataset));
    cr_assert(oc_dataset_ignored(dataset) == 1);
    expect_item(dataset, 1, "cat/3.png", 0);
    expect_item(dataset, 3, "dog/1.png", 1);
    cr_assert(first_gray(dataset, 1) == 8);
    cr_assert(first_gray(dataset, 3) == 7);
    oc_dataset_free(dataset);
}

Test(dataset, pipes_and_devices_named_like_images_are_not_opened_but_stay_in_the_list)
{
    put_png("set/cat/1.png", 0);
    cr_assert(mkfifo(at("set/cat/2.png"), 0666) == 0);
    cr_assert(symlink("/dev/zero", at("set/cat/3.png")) == 0);
    cr_assert(symlink("/dev/zero", at("set/cat/4.txt")) == 0);
    oc_dataset *dataset = open_set(at("set"));
    cr_assert(oc_dataset_count(dataset) == 3);
    cr_assert(oc_dataset_ignored(dataset) == 1);
    oc_dataset_free(dataset);
}

Test(dataset, a_file_that_cannot_be_opened_may_be_an_image)
{
    put_png("set/cat/1.png", 0);
    put_png("set/cat/2", 0);
    put_text("set/notes", "beside the class folders");
    cr_assert(chmod(at("set/cat/2"), 0) == 0 && chmod(at("set/notes"), 0) == 0 && chmod(at("."), 0755) == 0);
    if (geteuid() == 0 && seteuid(65534) != 0) {
        cr_skip_test("root may read every file");
    }
    oc_dataset *dataset = open_set(at("set"));
    cr_assert(oc_dataset_count(dataset) == 2 && oc_dataset_ignored(dataset) == 1, "beside class folders it is none");
    expect_item(dataset, 1, "cat/2", 0);
    oc_dataset_free(dataset);
    cr_assert(seteuid(getuid()) == 0);
}

Test(dataset, a_folder_that_cannot_be_read_is_an_error)
{
    put_png("set/cat/1.png", 0);
    put_png("set/dog/1.png", 0);
    cr_assert(chmod(at("set/dog"), 0) == 0 && chmod(at("."), 0755) == 0);
    if (geteuid() == 0 && seteuid(65534) != 0) {
        cr_skip_test("root may read every folder");
    }
    oc_status status = refused(at("set"));
    cr_assert(seteuid(getuid()) == 0);
    chmod(at("set/dog"), 0777);
    cr_assert(status == OC_IO);
    cr_assert(strstr(refusal.message, "set/dog/"), "%s", refusal.message);
}

Test(dataset, a_path_longer_than_the_system_allows_is_an_error)
{
    char name[256];
    memset(name, 'd', 250);
    name[250] = '\0';
    put_png("set/cat/1.png", 0);
    char before[PATH_MAX];
    cr_assert(getcwd(before, sizeof before) != NULL);
    cr_assert(chdir(at("set/cat")) == 0);
    for (size_t depth = 0; depth < 20; depth++) {
        cr_assert(mkdir(name, 0777) == 0 && chdir(name) == 0);
    }
    cr_assert(refused(at("set")) == OC_IO);
    cr_assert(strstr(refusal.message, strerror(ENAMETOOLONG)) || strlen(refusal.message) > 900);
    for (size_t depth = 0; depth < 20; depth++) {
        cr_assert(chdir("..") == 0 && rmdir(name) == 0);
    }
    cr_assert(chdir(before) == 0);
}

Test(dataset, hundreds_of_nested_folders_need_no_more_open_files)
{
    char name[2048] = "set/cat";
    for (size_t depth = 0; depth < 900; depth++) {
        strcat(name, "/d");
    }
    strcat(name, "/1.png");
    put_png(name, 5);
    oc_dataset *dataset = open_set(at("set"));
    cr_assert(oc_dataset_count(dataset) == 1);
    cr_assert(first_gray(dataset, 0) == 5);
    oc_dataset_free(dataset);
}

Test(dataset, nothing_to_read_is_an_error)
{
    put_folder("empty");
    put_text("text/cat/readme.txt", "x");
    cr_assert(refused(at("empty")) == OC_BAD_DATA);
    cr_assert(refused(at("text")) == OC_BAD_DATA);
    cr_assert(refused(at("missing")) == OC_NOT_FOUND);
    cr_assert(strstr(refusal.message, "missing"));
    cr_assert(refused("") == OC_NOT_FOUND);
}

Test(dataset, one_image_is_a_data_set)
{
    put_png("photo.png", 11);
    put_png("without-ending", 12);
    oc_dataset *dataset = open_set(at("photo.png"));
    cr_assert(oc_dataset_count(dataset) == 1);
    expect_item(dataset, 0, at("photo.png"), -1);
    cr_assert(first_gray(dataset, 0) == 11);
    oc_dataset_free(dataset);
    dataset = open_set(at("without-ending"));
    cr_assert(first_gray(dataset, 0) == 12);
    oc_dataset_free(dataset);
}

Test(dataset, messages_begin_with_the_path_in_the_data_set)
{
    put_text("set/cat/1.png", "no image");
    oc_dataset *dataset = open_set(at("set"));
    oc_decoder *decoder = NULL;
    oc_image image;
    oc_error err;
    oc_image_options options = {.planes = OC_GRAY, .max_pixels = 1000};
    cr_assert(oc_decoder_create(&decoder, &err) == OC_OK);
    cr_assert(oc_dataset_read(dataset, 0, decoder, &options, &image, &err) == OC_BAD_IMAGE);
    cr_assert(strncmp(err.message, "cat/1.png: ", 11) == 0, "%s", err.message);
    oc_decoder_free(decoder);
    oc_dataset_free(dataset);
}

Test(dataset, other_files_are_refused_with_what_would_do)
{
    put_text("note.txt", "just text\n");
    put_text("empty", "");
    cr_assert(refused(at("note.txt")) == OC_BAD_FILE);
    cr_assert(strstr(refusal.message, "IDX") && strstr(refusal.message, "CSV"));
    cr_assert(refused(at("empty")) == OC_BAD_FILE);
    cr_assert(strstr(refusal.message, "empty"));
}
