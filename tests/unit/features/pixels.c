/* The raw-pixel baseline. */
#include "tests/unit/features/helpers.h"

#include <string.h>

Test(pixels, an_image_of_the_size_is_written_as_it_is)
{
    oc_image image = random_image(5, 3, 1);
    size_t n;
    float *row = row_of("pixels:size=5x3", &image, &n);
    cr_assert_eq(n, 45);
    for (size_t i = 0; i < n; i++) {
        cr_assert_eq(row[i], (float)image.rgb[i]);
    }
    free(row);
    row = row_of("pixels:size=5x3,gray=1", &image, &n);
    cr_assert_eq(n, 15);
    for (size_t i = 0; i < n; i++) {
        cr_assert_eq(row[i], (float)image.gray[i]);
    }
    free(row);
    free_image(&image);
}

Test(pixels, the_default_is_32_by_32_in_colour)
{
    oc_features *features = planned("pixels", 100, 60);
    cr_assert_eq(oc_features_dimension(features), 3072);
    cr_assert_eq(oc_features_planes(features), OC_RGB);
    oc_features_free(features);
    features = planned("pixels:gray=1,size=16", 3, 4);
    cr_assert_eq(oc_features_dimension(features), 256);
    cr_assert_eq(oc_features_planes(features), OC_GRAY);
    oc_features_free(features);
}

Test(pixels, other_sizes_are_the_resized_image)
{
    oc_image image = random_image(31, 17, 2);
    uint8_t resized[8 * 6 * 3];
    cr_assert_eq(oc_image_resize(&(oc_pixels){image.rgb, 31, 17, 3, 0}, (oc_extent){8, 6}, resized, NULL), OC_OK);
    float *row = row_of("pixels:size=8x6", &image, NULL);
    for (size_t i = 0; i < sizeof resized; i++) {
        cr_assert_eq(row[i], (float)resized[i]);
    }
    free(row);
    free_image(&image);
}

Test(pixels, mirroring_is_promised_only_where_columns_stay)
{
    oc_features *features = planned("pixels:size=8x4", 8, 9);
    cr_assert(oc_features_mirror_order(features, NULL, NULL) == OC_OK);
    oc_features_free(features);
    features = planned("pixels:size=8x4", 9, 4);
    cr_assert(oc_features_mirror_order(features, NULL, NULL) == OC_USAGE);
    oc_features_free(features);
}

/* Stages of different sizes and planes share one workspace. */
Test(pixels, several_sizes_allocate_nothing_after_the_first_image)
{
    oc_image image = random_image(40, 24, 3);
    oc_features *features = planned("pixels+pixels:size=9x50,gray=1+pixels:size=64+pixels:size=7", 40, 24);
    float *row = malloc(oc_features_dimension(features) * sizeof *row);
    oc_workspace *workspace = NULL;
    cr_assert_eq(oc_workspace_create(&workspace, NULL), OC_OK);
    cr_assert_eq(oc_features_extract(features, &image, workspace, row, NULL), OC_OK);
    oc_memory_fail_after(1);
    oc_status status = oc_features_extract(features, &image, workspace, row, NULL);
    oc_memory_fail_after(0);
    cr_assert_eq(status, OC_OK);
    oc_workspace_free(workspace);
    free(row);
    oc_features_free(features);
    free_image(&image);
}

Test(pixels, rows_of_more_than_two_to_the_24_values_can_be_mirrored)
{
    enum { WIDE = 4096, HIGH = 1400, VALUES = WIDE * HIGH * 3 };
    cr_assert_gt(VALUES, 1 << 24);
    oc_features *features = planned("pixels:size=4096x1400", WIDE, HIGH);
    uint32_t *order = malloc(VALUES * sizeof *order);
    cr_assert_eq(oc_features_mirror_order(features, order, NULL), OC_OK);
    for (size_t j = 0; j < VALUES; j++) {
        size_t y = j / (3 * WIDE), x = j / 3 % WIDE;
        cr_assert_eq(order[j], (y * WIDE + WIDE - 1 - x) * 3 + j % 3);
    }
    free(order);
    oc_features_free(features);
}
