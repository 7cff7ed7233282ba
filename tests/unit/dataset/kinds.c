/* Files of kinds that are not read, among those of a data set. */
#include "tests/unit/dataset/files.h"

#include <criterion/criterion.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

TestSuite(dataset_kinds, .init = make_test_folder, .fini = remove_test_folder);

#define TIFF "II*\0\x08\0\0\0"

/* The message of an item that cannot be read. */
static const char *reason(const oc_dataset *dataset, size_t i)
{
    oc_image_options options = {.planes = OC_GRAY};
    oc_decoder *decoder;
    oc_image image;
    cr_assert(oc_decoder_create(&decoder, NULL) == OC_OK);
    cr_assert(oc_dataset_read(dataset, i, decoder, &options, &image, &refusal) == OC_BAD_IMAGE);
    oc_decoder_free(decoder);
    return refusal.message;
}

Test(dataset_kinds, foreign_images_are_candidates_by_content_or_name)
{
    put_png("set/ant/0.png", 1);
    put("set/ant/1.tif", TIFF, 8);
    put("set/ant/2", TIFF, 8);
    put("set/ant/3.jpg", TIFF, 8);
    put_text("set/ant/4.TGA", "whatever");
    put_text("set/ant/notes.txt", "P1 is the first patient");
    put("set/bee/0.webp", "RIFF\x24\0\0\0WEBPVP8 ", 16);
    oc_dataset *dataset = open_set(at("set"));
    cr_assert(oc_dataset_count(dataset) == 6, "%zu", oc_dataset_count(dataset));
    cr_assert(oc_dataset_ignored(dataset) == 1);
    cr_assert(oc_dataset_classes(dataset) == 2);
    cr_assert(first_gray(dataset, 0) == 1);
    static const char *const kinds[] = {"ant/1.tif: a TIFF", "ant/2: a TIFF", "ant/3.jpg: a TIFF",
                                        "ant/4.TGA: by its name a TGA", "bee/0.webp: a WebP"};
    for (size_t i = 0; i < 5; i++) {
        cr_assert(strstr(reason(dataset, i + 1), kinds[i]) == refusal.message, "%s", refusal.message);
    }
    oc_dataset_free(dataset);
}

Test(dataset_kinds, png_content_is_read_under_any_name)
{
    put_png("set/ant/scan.tif", 3);
    put_png("set/ant/x.dat", 4);
    oc_dataset *dataset = open_set(at("set"));
    cr_assert(oc_dataset_count(dataset) == 2);
    cr_assert(first_gray(dataset, 0) == 3);
    cr_assert(first_gray(dataset, 1) == 4);
    oc_dataset_free(dataset);
}

Test(dataset_kinds, files_named_like_images_are_not_opened_by_the_listing)
{
    put("set/ant/0.tif", TIFF, 8);
    put_png("set/ant/1.png", 0);
    cr_assert(mkfifo(at("set/ant/2.tif"), 0666) == 0);
    cr_assert(chmod(at("set/ant/0.tif"), 0) == 0 && chmod(at("set/ant/1.png"), 0) == 0);
    cr_assert(symlink("nowhere", at("set/ant/3.webp")) == 0);
    oc_dataset *dataset = open_set(at("set"));
    cr_assert(oc_dataset_count(dataset) == 4);
    cr_assert(oc_dataset_ignored(dataset) == 0);
    oc_dataset_free(dataset);
}

Test(dataset_kinds, a_single_file_of_a_foreign_kind_is_an_image_that_cannot_be_read)
{
    put("x.tif", TIFF, 8);
    put_text("path.svg", "<svg path='0'/>"); /* no list, though its first line says path */
    static const char *const names[] = {"x.tif", "path.svg"}, *const kinds[] = {"TIFF", "SVG"};
    for (size_t i = 0; i < 2; i++) {
        oc_dataset *dataset = open_set(at(names[i]));
        cr_assert(oc_dataset_count(dataset) == 1);
        cr_assert(strstr(reason(dataset, 0), kinds[i]));
        oc_dataset_free(dataset);
    }
}
