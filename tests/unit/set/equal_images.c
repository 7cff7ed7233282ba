/* Hashes of pixels, and equal images in sets. */
#include "src/image/pixel_hash.h"

#include "tests/unit/dataset/files.h"

#include <ocellus/set.h>

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

TestSuite(equal_images, .init = make_test_folder, .fini = remove_test_folder);

static oc_pixel_hash hash_of(const uint8_t *pixels, size_t width, size_t height, bool colour)
{
    oc_image image = {.width = width, .height = height};
    *(colour ? &image.rgb : &image.gray) = (uint8_t *)(uintptr_t)pixels;
    return oc_hash_pixels(&image);
}

static bool equal(oc_pixel_hash a, oc_pixel_hash b)
{
    return a.low == b.low && a.high == b.high;
}

Test(equal_images, every_byte_of_a_small_image_counts_and_its_shape)
{
    enum { SIDE = 32 };
    uint8_t pixels[SIDE * SIDE * 3];
    for (size_t i = 0; i < sizeof pixels; i++) {
        pixels[i] = (uint8_t)(i * i >> 3);
    }
    oc_pixel_hash hash = hash_of(pixels, SIDE, SIDE, true);
    for (size_t i = 0; i < sizeof pixels; i++) {
        pixels[i] ^= 1;
        cr_assert(!equal(hash, hash_of(pixels, SIDE, SIDE, true)), "byte %zu", i);
        pixels[i] ^= 1;
    }
    cr_assert(equal(hash, hash_of(pixels, SIDE, SIDE, true)));
    cr_assert(!equal(hash, hash_of(pixels, SIDE / 2, 2 * SIDE, true)));
}

Test(equal_images, every_kernel_gives_the_same_hash_and_large_images_are_read_within_their_bounds)
{
    static const char *const kernels[] = {"plain", "avx2", "avx512"};
    enum { WIDTH = 301, HEIGHT = 257 };
    uint8_t *pixels = malloc(WIDTH * HEIGHT * 3); /* to the byte, for the sanitizer */
    for (size_t i = 0; i < WIDTH * HEIGHT * 3; i++) {
        pixels[i] = (uint8_t)(i * 7 >> 2);
    }
    oc_pixel_hash hash = hash_of(pixels, WIDTH, HEIGHT, true);
    pixels[0] ^= 1;
    cr_assert(!equal(hash, hash_of(pixels, WIDTH, HEIGHT, true)));
    pixels[0] ^= 1;
    for (size_t k = 0; k < 3; k++) {
        setenv("OCELLUS_KERNELS", kernels[k], 1);
        cr_assert(equal(hash, hash_of(pixels, WIDTH, HEIGHT, true)), "%s", kernels[k]);
    }
    cr_assert(!equal(hash, hash_of(pixels, HEIGHT, WIDTH, true)));
    free(pixels);
}

static char heard[2000];

static void hear(void *context, const char *message)
{
    (void)context;
    size_t length = strlen(heard);
    snprintf(heard + length, sizeof heard - length, "%s\n", message);
}

static oc_set *extracted(const char *from, const char *folder, size_t threads)
{
    oc_dataset *dataset = open_set(from);
    oc_features *features = NULL;
    oc_set *set = NULL;
    oc_job *job = NULL;
    oc_error err = {.message = ""};
    oc_extract_options options = {.output = folder, .seed = 1};
    cr_assert(oc_features_parse("pixels:size=2", &features, &err) == OC_OK);
    cr_assert(oc_job_create(threads, NULL, &job, NULL) == OC_OK);
    cr_assert(oc_set_extract(dataset, features, &options, job, &set, &err) == OC_OK, "%s", err.message);
    oc_job_free(job);
    oc_features_free(features);
    oc_dataset_free(dataset);
    return set;
}

static const char *notes_of(const oc_set *set, bool same_label)
{
    oc_listener listener = {.note = hear};
    oc_job *job = NULL;
    heard[0] = '\0';
    cr_assert(oc_job_create(1, &listener, &job, NULL) == OC_OK);
    cr_assert(oc_set_note_equal(set, same_label, job, NULL) == OC_OK);
    oc_job_free(job);
    return heard;
}

Test(equal_images, are_counted_with_the_first_pair_on_any_number_of_threads_in_memory_and_in_a_folder)
{
    static const char other[] = "2 of 8 images have the same pixels as an earlier image with another label; the first: "
                                "a/1.png ('a') and b/0.png ('b')\n";
    static const char same[] =
        "1 of 8 images have the same pixels as an earlier image with the same label, and count more "
        "than once; the first: a/1.png and a/3.png\n";
    static const uint8_t gray[2][4] = {{10, 20, 30, 20}, {20, 40, 10, 50}};
    for (size_t c = 0; c < 2; c++) {
        for (size_t i = 0; i < 4; i++) {
            char name[40];
            snprintf(name, sizeof name, "in/%c/%zu.png", c ? 'b' : 'a', i);
            put_png(name, gray[c][i]);
        }
    }
    char both[1000];
    snprintf(both, sizeof both, "%s%s", other, same);
    for (size_t threads = 1; threads <= 4; threads++) {
        oc_set *memory = extracted(at("in"), NULL, threads), *folder = extracted(at("in"), at("set"), threads);
        oc_set *opened = NULL;
        cr_assert_str_eq(notes_of(memory, true), both);
        cr_assert_str_eq(notes_of(folder, true), both);
        cr_assert_str_eq(notes_of(folder, false), other);
        cr_assert(oc_set_open(at("set"), &opened, NULL) == OC_OK);
        cr_assert_str_eq(notes_of(opened, true), both);
        oc_set_free(opened);
        oc_set_free(folder);
        oc_set_free(memory);
    }
    /* sets of older programs have no hashes, and are read all the same; damaged ones are not */
    oc_set *opened = NULL;
    cr_assert(unlink(at("set/hashes.npy")) == 0 && oc_set_open(at("set"), &opened, NULL) == OC_OK);
    cr_assert_str_eq(notes_of(opened, true), "");
    oc_set_free(opened);
    put_text("set/hashes.npy", "short");
    cr_assert(oc_set_open(at("set"), &opened, NULL) == OC_BAD_FILE);
}
