/* Unpacking binary data sets into class folders. */
#include "tests/unit/dataset/files.h"

#include "src/base/memory.h"
#include "src/dataset/dataset.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

TestSuite(unpack, .init = make_test_folder, .fini = remove_test_folder);

/* Gray images of 1 x 1 pixel: image i has the value i % 251 and, when labelled, the label i % 3. */
static oc_dataset *open_small(size_t count, bool labelled)
{
    uint8_t *bytes = calloc(1, 16 + count);
    cr_assert(bytes != NULL);
    memcpy(bytes, (const uint8_t[]){0, 0, 8, 3, 0, (uint8_t)(count >> 16), (uint8_t)(count >> 8), (uint8_t)count}, 8);
    bytes[11] = bytes[15] = 1;
    for (size_t i = 0; i < count; i++) {
        bytes[16 + i] = (uint8_t)(i % 251);
    }
    put("images-idx3", bytes, 16 + count);
    bytes[3] = 1;
    for (size_t i = 0; i < count; i++) {
        bytes[8 + i] = (uint8_t)(i % 3);
    }
    if (labelled) {
        put("labels-idx1", bytes, 8 + count);
    }
    free(bytes);
    return open_set(at("images-idx3"));
}

static bool exists(const char *name)
{
    return access(at(name), F_OK) == 0;
}

/* The number of entries in the test's folder. */
static size_t entries(void)
{
    DIR *folder = opendir(at(""));
    size_t count = 0;
    while (readdir(folder)) {
        count++;
    }
    closedir(folder);
    return count - 2;
}

static void expect_round_trip(size_t threads)
{
    enum { COUNT = 300 };
    oc_dataset *source = open_small(COUNT, true);
    put_text("names", "T-shirt/top\n.hidden\n100%25\n");
    oc_error err;
    cr_assert(oc_dataset_name_classes(source, at("names"), &err) == OC_OK, "%s", err.message);
    oc_job *job = NULL;
    cr_assert(oc_job_create(threads, NULL, &job, &err) == OC_OK);
    size_t written = 0;
    cr_assert(oc_unpack(source, at("out"), job, &written, &err) == OC_OK, "%s", err.message);
    cr_assert(written == COUNT);
    cr_assert(exists("out/T-shirt%2Ftop/00000.png"));
    cr_assert(exists("out/%2Ehidden/00001.png"));
    cr_assert(exists("out/100%2525/00299.png"));
    oc_dataset *copy = open_set(at("out"));
    cr_assert(oc_dataset_count(copy) == COUNT);
    cr_assert(oc_dataset_classes(copy) == 3);
    for (size_t i = 0; i < COUNT; i++) {
        int number = atoi(strchr(oc_dataset_path(copy, i), '/') + 1);
        cr_assert(first_gray(copy, i) == number % 251);
    }
    oc_dataset_free(copy);
    oc_job_free(job);
    oc_dataset_free(source);
}

Test(unpack, what_is_written_reads_back_on_one_thread)
{
    expect_round_trip(1);
}

Test(unpack, what_is_written_reads_back_on_three_threads)
{
    expect_round_trip(3);
}

Test(unpack, unlabelled_images_make_a_flat_folder)
{
    oc_dataset *source = open_small(12, false);
    cr_assert(oc_unpack(source, at("out"), NULL, NULL, NULL) == OC_OK);
    oc_dataset *copy = open_set(at("out"));
    cr_assert(oc_dataset_count(copy) == 12);
    cr_assert(oc_dataset_classes(copy) == 0);
    cr_assert(strcmp(oc_dataset_path(copy, 10), "00010.png") == 0);
    cr_assert(first_gray(copy, 10) == 10);
    oc_dataset_free(copy);
    oc_dataset_free(source);
}

Test(unpack, a_part_of_a_data_set_keeps_its_pixels_and_numbers)
{
    oc_dataset *source = open_small(12, true);
    cr_assert(oc_dataset_shard(source, 2, 3, NULL) == OC_OK && oc_dataset_count(source) == 4);
    cr_assert(oc_unpack(source, at("out"), NULL, NULL, NULL) == OC_OK);
    oc_dataset *copy = open_set(at("out"));
    cr_assert(oc_dataset_count(copy) == 4);
    for (size_t i = 0; i < 4; i++) {
        int number = atoi(strchr(oc_dataset_path(copy, i), '/') + 1);
        cr_assert(number >= 4 && number < 8 && first_gray(copy, i) == number);
        cr_assert(atoi(oc_dataset_class(copy, (size_t)oc_dataset_label(copy, i))) == number % 3);
    }
    oc_dataset_free(copy);
    oc_dataset_free(source);
}

Test(unpack, an_older_folder_is_replaced_whole)
{
    put_png("out/old/1.png", 0);
    oc_dataset *source = open_small(3, true);
    cr_assert(oc_unpack(source, at("out"), NULL, NULL, NULL) == OC_OK);
    cr_assert(!exists("out/old"));
    cr_assert(exists("out/2/00002.png"));
    cr_assert(entries() == 3);
    oc_dataset_free(source);
}

Test(unpack, what_fails_leaves_the_older_folder)
{
    put_png("out/old/1.png", 0);
    char name[301];
    memset(name, 'n', 300);
    name[300] = '\0';
    char names[320] = "a\nb\n";
    strcat(names, name);
    put_text("names", names);
    oc_dataset *source = open_small(3, true);
    size_t before = entries(), written = 77;
    oc_error err;
    cr_assert(oc_dataset_name_classes(source, at("names"), NULL) == OC_OK);
    cr_assert(oc_unpack(source, at("out"), NULL, &written, &err) == OC_IO); /* too long a name */
    cr_assert(written == 77);
    cr_assert(exists("out/old/1.png"));
    cr_assert(entries() == before);
    oc_dataset_free(source);
}

static void cancel(void *context, const char *what, size_t done, size_t total)
{
    (void)what, (void)done, (void)total;
    oc_job_cancel(*(oc_job **)context);
}

Test(unpack, a_cancelled_job_leaves_nothing)
{
    oc_dataset *source = open_small(2000, true);
    size_t before = entries();
    oc_job *job = NULL;
    oc_listener listener = {.progress = cancel, .context = &job};
    cr_assert(oc_job_create(2, &listener, &job, NULL) == OC_OK);
    cr_assert(oc_unpack(source, at("out"), job, NULL, NULL) == OC_CANCELLED);
    cr_assert(!exists("out"));
    cr_assert(entries() == before);
    oc_job_free(job);
    oc_dataset_free(source);
}

Test(unpack, a_set_of_files_is_refused)
{
    put_png("set/a/1.png", 0);
    oc_dataset *source = open_set(at("set"));
    cr_assert(oc_unpack(source, at("out"), NULL, NULL, NULL) == OC_USAGE);
    cr_assert(!exists("out"));
    oc_dataset_free(source);
}

Test(unpack, numbers_have_five_digits_or_as_many_as_the_last_needs)
{
    cr_assert(oc_unpack_digits(1) == 5);
    cr_assert(oc_unpack_digits(100000) == 5);
    cr_assert(oc_unpack_digits(100001) == 6);
    cr_assert(oc_unpack_digits(1000000) == 6);
    cr_assert(oc_unpack_digits(SIZE_MAX) == (SIZE_MAX > UINT32_MAX ? 20 : 10));
}

/* Whichever allocation fails: an error, and nothing half done. */
Test(unpack, short_memory_is_an_error_at_every_step)
{
    oc_dataset *dataset = open_small(4, true);
    oc_dataset_free(dataset);
    put_text("names", "a\nb\nc\n");
    put_text("list.csv", "path,label\na.png,b\n");
    put_png("set/a/b/1.png", 0);
    bool all = false;
    for (size_t n = 1; !all; n++) {
        oc_dataset *binary = NULL, *list = NULL, *folder = NULL;
        oc_error err;
        const char *paths[] = {at("images-idx3"), at("names"), at("out"), at("list.csv"), at("set")};
        oc_memory_fail_after(n);
        oc_status status = oc_dataset_open(paths[0], &binary, &err);
        status = status ? status : oc_dataset_name_classes(binary, paths[1], &err);
        status = status ? status : oc_unpack(binary, paths[2], NULL, NULL, &err);
        status = status ? status : oc_dataset_open(paths[3], &list, &err);
        status = status ? status : oc_dataset_open(paths[4], &folder, &err);
        oc_memory_fail_after(0);
        cr_assert(status == OC_OK || status == OC_NO_MEMORY, "allocation %zu: %s", n, err.message);
        all = status == OC_OK;
        cr_assert(n < 1000);
        oc_dataset_free(binary);
        oc_dataset_free(list);
        oc_dataset_free(folder);
    }
    cr_assert(entries() == 6); /* and no partial folder */
}
