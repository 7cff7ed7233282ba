/* IDX and CIFAR-10 files. */
#include "tests/unit/dataset/files.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

TestSuite(dataset_binary, .init = make_test_folder, .fini = remove_test_folder);

enum { RECORD = 3073 };

static void put_gz(const char *name, const void *bytes, size_t size)
{
    put(name, "", 0);
    gzFile file = gzopen(at(name), "wb");
    cr_assert(file && gzwrite(file, bytes, (unsigned)size) == (int)size && gzclose(file) == Z_OK);
}

/* Two gray images of 2 rows and 3 columns: 1 2 3 / 4 5 6 and 11 12 13 / 14 15 16, and their labels. */
static const uint8_t images[] = {0, 0, 8, 3, 0, 0, 0, 2, 0,  0,  0,  2,  0,  0,
                                 0, 3, 1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16};
static const uint8_t labels[] = {0, 0, 8, 1, 0, 0, 0, 2, 2, 0};

static void expect_two(const oc_dataset *dataset, bool labelled)
{
    cr_assert(oc_dataset_count(dataset) == 2);
    cr_assert(oc_dataset_classes(dataset) == (labelled ? 3 : 0));
    cr_assert(oc_dataset_label(dataset, 0) == (labelled ? 2 : -1));
    cr_assert(oc_dataset_label(dataset, 1) == (labelled ? 0 : -1));
    cr_assert(first_gray(dataset, 0) == 1);
    cr_assert(first_gray(dataset, 1) == 11);
}

Test(dataset_binary, idx_images_have_rows_before_columns)
{
    put("set-images-idx3-ubyte", images, sizeof images);
    oc_dataset *dataset = open_set(at("set-images-idx3-ubyte"));
    oc_decoder *decoder = NULL;
    oc_image image;
    oc_image_options options = {.planes = OC_GRAY, .max_pixels = 1000};
    cr_assert(oc_decoder_create(&decoder, NULL) == OC_OK);
    cr_assert(oc_dataset_read(dataset, 1, decoder, &options, &image, NULL) == OC_OK);
    cr_assert(image.width == 3 && image.height == 2);
    cr_assert(memcmp(image.gray, images + 22, 6) == 0);
    cr_assert(strcmp(oc_dataset_path(dataset, 1), "set-images-idx3-ubyte#1") == 0);
    options.max_pixels = 5;
    oc_error err;
    cr_assert(oc_dataset_read(dataset, 1, decoder, &options, &image, &err) == OC_TOO_LARGE);
    cr_assert(strncmp(err.message, "set-images-idx3-ubyte#1: ", 25) == 0, "%s", err.message);
    oc_decoder_free(decoder);
    oc_dataset_free(dataset);
}

Test(dataset_binary, idx_labels_are_found_plain_or_compressed)
{
    for (int compressed = 0; compressed < 4; compressed++) {
        const char *images_name = compressed & 1 ? "train-images-idx3-ubyte.gz" : "train-images-idx3-ubyte";
        const char *labels_name = compressed & 2 ? "train-labels-idx1-ubyte.gz" : "train-labels-idx1-ubyte";
        (compressed & 1 ? put_gz : put)(images_name, images, sizeof images);
        (compressed & 2 ? put_gz : put)(labels_name, labels, sizeof labels);
        oc_dataset *dataset = open_set(at(images_name));
        expect_two(dataset, true);
        cr_assert(strcmp(oc_dataset_class(dataset, 2), "2") == 0);
        oc_dataset_free(dataset);
        cr_assert(unlink(at(images_name)) == 0 && unlink(at(labels_name)) == 0);
    }
}

Test(dataset_binary, idx_without_labels_is_unlabelled)
{
    put("pictures", images, sizeof images);
    put("t10k-images.idx3-ubyte", images, sizeof images);
    oc_dataset *dataset = open_set(at("pictures"));
    expect_two(dataset, false);
    oc_dataset_free(dataset);
    dataset = open_set(at("t10k-images.idx3-ubyte"));
    expect_two(dataset, false);
    oc_dataset_free(dataset);
    put("t10k-labels.idx1-ubyte", labels, sizeof labels);
    dataset = open_set(at("t10k-images.idx3-ubyte"));
    expect_two(dataset, true);
    oc_dataset_free(dataset);
}

Test(dataset_binary, idx_of_four_dimensions_is_rgb)
{
    static const uint8_t color[] = {0, 0, 8, 4, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6};
    put("color", color, sizeof color);
    oc_dataset *dataset = open_set(at("color"));
    oc_decoder *decoder = NULL;
    oc_image image;
    oc_image_options options = {.planes = OC_RGB, .max_pixels = 1000};
    cr_assert(oc_decoder_create(&decoder, NULL) == OC_OK);
    cr_assert(oc_dataset_read(dataset, 0, decoder, &options, &image, NULL) == OC_OK);
    cr_assert(image.width == 2 && image.height == 1);
    cr_assert(memcmp(image.rgb, color + 20, 6) == 0);
    oc_decoder_free(decoder);
    oc_dataset_free(dataset);
}

Test(dataset_binary, every_cut_of_an_idx_file_is_refused)
{
    for (size_t size = 4; size < sizeof images; size++) {
        put("images", images, size);
        cr_assert(refused(at("images")) == OC_BAD_FILE, "%zu bytes", size);
        put_gz("images.gz", images, size);
        cr_assert(refused(at("images.gz")) == OC_BAD_FILE, "%zu bytes compressed", size);
    }
    cr_assert(strstr(refusal.message, "12") && strstr(refusal.message, "11"), "%s", refusal.message);
}

Test(dataset_binary, idx_with_bytes_after_the_end_is_refused)
{
    uint8_t longer[sizeof images + 1] = {0};
    memcpy(longer, images, sizeof images);
    put("images", longer, sizeof longer);
    cr_assert(refused(at("images")) == OC_BAD_FILE);
    cr_assert(strstr(refusal.message, "12") && strstr(refusal.message, "13"), "%s", refusal.message);
    put_gz("images.gz", longer, sizeof longer);
    cr_assert(refused(at("images.gz")) == OC_BAD_FILE);
}

Test(dataset_binary, damaged_compression_is_refused)
{
    put_gz("images.gz", images, sizeof images);
    char bytes[200];
    FILE *file = fopen(at("images.gz"), "rb");
    size_t size = fread(bytes, 1, sizeof bytes, file);
    fclose(file);
    bytes[size - 6] ^= 1; /* the sum */
    put("images.gz", bytes, size);
    cr_assert(refused(at("images.gz")) == OC_BAD_FILE, "%s", refusal.message);
    bytes[size - 6] ^= 1;
    put("images.gz", bytes, size - 12);
    cr_assert(refused(at("images.gz")) == OC_BAD_FILE, "%s", refusal.message);
}

/* Refused from the header, before memory is taken. */
Test(dataset_binary, idx_that_promises_too_much_is_refused)
{
    uint8_t header[21] = {0, 0, 8, 4};
    memset(header + 4, 0xff, 16);
    put("images", header, sizeof header);
    cr_assert(refused(at("images")) == OC_BAD_FILE);
    cr_assert(strstr(refusal.message, "overflow"), "%s", refusal.message);
    put_gz("images.gz", header, sizeof header);
    cr_assert(refused(at("images.gz")) == OC_BAD_FILE);
    memset(header + 12, 0, 8);
    header[15] = header[19] = 1; /* 2^64 - 2^33 + 1 bytes */
    put("images", header, sizeof header);
    cr_assert(refused(at("images")) == OC_BAD_FILE);
    put_gz("images.gz", header, sizeof header);
    cr_assert(refused(at("images.gz")) == OC_BAD_FILE);
    cr_assert(strstr(refusal.message, SIZE_MAX > UINT32_MAX ? "compressed" : "overflow"), "%s", refusal.message);
}

Test(dataset_binary, idx_of_another_kind_is_refused)
{
    uint8_t other[sizeof images];
    memcpy(other, images, sizeof images);
    other[2] = 0x0D; /* floats */
    put("images", other, sizeof other);
    cr_assert(refused(at("images")) == OC_BAD_FILE);
    cr_assert(strstr(refusal.message, "0x0D"), "%s", refusal.message);
    other[2] = 0x07; /* no type of IDX */
    put("images", other, sizeof other);
    cr_assert(refused(at("images")) == OC_BAD_FILE);
    put("labels", labels, sizeof labels);
    cr_assert(refused(at("labels")) == OC_BAD_FILE);
    static const uint8_t two_channels[] = {0, 0, 8, 4, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 1, 2};
    put("images", two_channels, sizeof two_channels);
    cr_assert(refused(at("images")) == OC_BAD_FILE);
    static const uint8_t flat[] = {0, 0, 8, 3, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 2};
    put("images", flat, sizeof flat);
    cr_assert(refused(at("images")) == OC_BAD_FILE);
    static const uint8_t none[] = {0, 0, 8, 3, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 2};
    put("none", none, sizeof none);
    cr_assert(refused(at("none")) == OC_BAD_DATA);
}

Test(dataset_binary, labels_must_be_as_many_as_images)
{
    static const uint8_t three[] = {0, 0, 8, 1, 0, 0, 0, 3, 1, 2, 3};
    put("images-idx3", images, sizeof images);
    put("labels-idx1", three, sizeof three);
    cr_assert(refused(at("images-idx3")) == OC_BAD_FILE);
    cr_assert(strstr(refusal.message, "3 labels for the 2 images"), "%s", refusal.message);
    put("labels-idx1", images, sizeof images);
    cr_assert(refused(at("images-idx3")) == OC_BAD_FILE);
    cr_assert(strstr(refusal.message, "labels-idx1"), "%s", refusal.message);
}

/* Record i: label i, red 10 i, green 10 i + 1, blue 10 i + 2. */
static void put_cifar(const char *name, uint8_t first, size_t records)
{
    uint8_t *bytes = malloc(records * RECORD);
    cr_assert(bytes != NULL);
    for (size_t i = 0; i < records; i++) {
        uint8_t label = (uint8_t)(first + i), *at_record = bytes + i * RECORD;
        *at_record = label;
        for (size_t plane = 0; plane < 3; plane++) {
            memset(at_record + 1 + 1024 * plane, (int)(10 * label + plane), 1024);
        }
    }
    put(name, bytes, records * RECORD);
    free(bytes);
}

static void expect_cifar_record(const oc_dataset *dataset, size_t i, int label)
{
    oc_decoder *decoder = NULL;
    oc_image image;
    oc_image_options options = {.planes = OC_RGB, .max_pixels = 2000};
    cr_assert(oc_dataset_label(dataset, i) == label);
    cr_assert(oc_decoder_create(&decoder, NULL) == OC_OK);
    cr_assert(oc_dataset_read(dataset, i, decoder, &options, &image, NULL) == OC_OK);
    cr_assert(image.width == 32 && image.height == 32);
    for (int k = 0; k < 3 * 1024; k++) {
        cr_assert(image.rgb[k] == 10 * label + k % 3);
    }
    oc_decoder_free(decoder);
}

Test(dataset_binary, cifar_planes_become_pixels)
{
    put_cifar("test_batch.bin", 3, 2);
    oc_dataset *dataset = open_set(at("test_batch.bin"));
    cr_assert(oc_dataset_count(dataset) == 2);
    cr_assert(oc_dataset_classes(dataset) == 10);
    cr_assert(strcmp(oc_dataset_class(dataset, 9), "9") == 0);
    cr_assert(strcmp(oc_dataset_path(dataset, 1), "test_batch.bin#1") == 0);
    expect_cifar_record(dataset, 0, 3);
    expect_cifar_record(dataset, 1, 4);
    oc_dataset_free(dataset);
}

Test(dataset_binary, a_folder_of_batches_is_joined_in_numeric_order)
{
    for (uint8_t batch = 1; batch <= 10; batch++) {
        char name[40];
        snprintf(name, sizeof name, "cifar/data_batch_%d.bin", batch);
        put_cifar(name, (uint8_t)(batch - 1), 1);
    }
    put_cifar("cifar/test_batch.bin", 9, 1);
    put_text("cifar/readme.html", "x");
    oc_dataset *dataset = open_set(at("cifar"));
    cr_assert(oc_dataset_count(dataset) == 10);
    cr_assert(oc_dataset_ignored(dataset) == 2);
    for (size_t i = 0; i < 10; i++) {
        expect_cifar_record(dataset, i, (int)i);
    }
    cr_assert(strcmp(oc_dataset_path(dataset, 9), "data_batch_10.bin#0") == 0);
    oc_dataset_free(dataset);
    cr_assert(unlink(at("cifar/data_batch_3.bin")) == 0);
    cr_assert(refused(at("cifar")) == OC_NOT_FOUND);
    cr_assert(strstr(refusal.message, "data_batch_3.bin"), "%s", refusal.message);
    put_text("cifar/data_batch_3.bin", "short");
    cr_assert(refused(at("cifar")) == OC_BAD_FILE);
}

Test(dataset_binary, cifar_of_another_size_or_label_is_refused)
{
    uint8_t *bytes = calloc(100, RECORD);
    cr_assert(bytes != NULL);
    bytes[99 * RECORD] = 10;
    put("batch", bytes, 100 * RECORD);
    cr_assert(refused(at("batch")) == OC_BAD_FILE);
    cr_assert(strstr(refusal.message, "record 99") && strstr(refusal.message, "10"), "%s", refusal.message);
    bytes[0] = 10;
    put("batch", bytes, RECORD);
    cr_assert(refused(at("batch")) == OC_BAD_FILE);
    bytes[0] = 1;
    put("batch", bytes, RECORD - 1);
    cr_assert(refused(at("batch")) == OC_BAD_FILE);
    free(bytes);
}

/* Label 0 and first pixels 0, 8, 3: the magic number of IDX. */
Test(dataset_binary, cifar_whose_pixels_look_like_idx_is_cifar)
{
    uint8_t record[RECORD] = {0, 0, 8, 3};
    put("batch", record, sizeof record);
    oc_dataset *dataset = open_set(at("batch"));
    cr_assert(oc_dataset_count(dataset) == 1);
    cr_assert(oc_dataset_classes(dataset) == 10);
    oc_dataset_free(dataset);
}

Test(dataset_binary, an_idx_file_as_long_as_a_cifar_record_is_idx)
{
    uint8_t bytes[RECORD] = {0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0x0b, 0xf1}; /* 1 x 1 x 3057 */
    put("images", bytes, sizeof bytes);
    oc_dataset *dataset = open_set(at("images"));
    cr_assert(oc_dataset_classes(dataset) == 0);
    oc_dataset_free(dataset);
}

Test(dataset_binary, classes_take_names_from_a_file)
{
    put("images-idx3", images, sizeof images);
    put("labels-idx1", labels, sizeof labels);
    oc_dataset *dataset = open_set(at("images-idx3"));
    oc_error err;
    static const struct {
        const char *text, *message;
    } wrong[] = {{"a\nb\n", "2 names for the 3 classes"},
                 {"a\nb\nc\nd\n", "4 names for the 3 classes"},
                 {"a\n\nb\n", "line 2"},
                 {"b\na\nb", "twice"},
                 {"", "0 names"}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        put_text("names", wrong[i].text);
        cr_assert(oc_dataset_name_classes(dataset, at("names"), &err) == OC_BAD_FILE);
        cr_assert(strstr(err.message, wrong[i].message), "%s", err.message);
        cr_assert(strcmp(oc_dataset_class(dataset, 2), "2") == 0);
    }
    cr_assert(oc_dataset_name_classes(dataset, at("none"), &err) == OC_NOT_FOUND);
    put_text("names", "z/1\r\na b\r\nc");
    cr_assert(oc_dataset_name_classes(dataset, at("names"), &err) == OC_OK, "%s", err.message);
    cr_assert(oc_dataset_classes(dataset) == 3);
    cr_assert(strcmp(oc_dataset_class(dataset, 0), "z/1") == 0);
    cr_assert(strcmp(oc_dataset_class(dataset, 1), "a b") == 0);
    cr_assert(strcmp(oc_dataset_class(dataset, 2), "c") == 0);
    expect_two(dataset, true);
    oc_dataset_free(dataset);
    put_png("set/a/1.png", 0);
    dataset = open_set(at("set"));
    cr_assert(oc_dataset_name_classes(dataset, at("names"), &err) == OC_USAGE);
    oc_dataset_free(dataset);
}

Test(dataset_binary, fashion_mnist_is_read_as_it_is_installed)
{
    static const char path[] = "/usr/share/datasets/fashion-mnist/t10k-images-idx3-ubyte.gz";
    if (access(path, R_OK) != 0) {
        cr_skip_test("Debian's dataset-fashion-mnist is not installed");
    }
    oc_dataset *dataset = open_set(path);
    cr_assert(oc_dataset_count(dataset) == 10000);
    cr_assert(oc_dataset_classes(dataset) == 10);
    size_t count[10] = {0};
    for (size_t i = 0; i < 10000; i++) {
        count[oc_dataset_label(dataset, i)]++;
    }
    for (size_t label = 0; label < 10; label++) {
        cr_assert(count[label] == 1000);
    }
    oc_dataset_free(dataset);
}
