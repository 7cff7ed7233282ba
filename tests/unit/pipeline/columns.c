/* The columns of a row: axes and names, and that a name tells the truth about its value. */
#include "tests/unit/features/helpers.h"

#include <stdio.h>
#include <string.h>

enum { NAME = 100 };

static const char *column(const oc_features *features, size_t j)
{
    static char name[NAME];
    size_t length = oc_features_column_name(features, j, name, sizeof name);
    cr_assert_eq(length, strlen(name));
    return name;
}

Test(columns, names_count_the_axes_from_outside_to_inside)
{
    static const struct {
        const char *spec;
        size_t column;
        const char *name;
    } cases[] = {
        {"pixels:size=4x3", (2 * 4 + 1) * 3 + 2, "pixels.y2.x1.c2"},
        {"pixels:size=4x3,gray=1", 2 * 4 + 1, "pixels.y2.x1"},
        {"hog:cell=8", (2 * 6 + 1) * 9 + 4, "hog.y2.x1.b4"},
        {"hog:cell=8,block=2", (((2 * 5 + 1) * 2 + 1) * 2 + 0) * 9 + 8, "hog.y2.x1.cy1.cx0.b8"},
        {"hog:preset=opencv", (((2 * 3 + 1) * 2 + 1) * 2 + 0) * 9 + 8, "hog.x2.y1.cx1.cy0.b8"},
        {"hog:preset=uoctti", (30 * 4 + 2) * 6 + 1, "hog.v30.y2.x1"},
        {"color:grid=2", ((1 * 2 + 0) * 8 + 3) * 64 + 5 * 8 + 7, "color.y1.x0.h3.s5.v7"},
        {"color:grid=2,joint=0,space=lab", ((1 * 2 + 0) * 3 + 1) * 8 + 7, "color.y1.x0.c1.b7"},
        {"color:space=hue,bins=7", 6, "color.y0.x0.h6"},
        {"words:count=5,grid=3", (2 * 3 + 1) * 5 + 4, "words.y2.x1.w4"},
        {"words:count=5,grid=1-2-4", (5 + 3 * 4 + 1) * 5 + 4, "words.l4.y3.x1.w4"},
        {"words:count=5,grid=1-2-4", (1 + 2) * 5, "words.l2.y1.x0.w0"},
        {"pixels:size=1+hog+hog:bins=5+pixels:size=1", 3 + 24 * 9 + 24 * 5 + 2, "pixels2.y0.x0.c2"},
        {"pixels:size=1+hog+hog:bins=5+pixels:size=1", 3 + 24 * 9 + 5, "hog2.y0.x1.b0"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        oc_features *features = planned(cases[i].spec, 48, 32);
        cr_expect_str_eq(column(features, cases[i].column), cases[i].name, "%s: %s", cases[i].spec,
                         column(features, cases[i].column));
        oc_features_free(features);
    }
}

Test(columns, a_short_buffer_gets_as_much_as_fits_and_the_whole_length)
{
    oc_features *features = planned("hog:cell=8,block=2", 48, 32);
    const char *whole = column(features, 0);
    for (size_t size = 0; size <= strlen(whole) + 1; size++) {
        char text[NAME] = "untouched";
        cr_assert_eq(oc_features_column_name(features, 0, text, size), strlen(whole));
        if (size == 0) {
            cr_assert_str_eq(text, "untouched");
        } else {
            cr_assert_eq(strlen(text), size - 1);
            cr_assert_eq(strncmp(text, whole, size - 1), 0, "%s", text);
        }
    }
    oc_features_free(features);
}

/* A black image with a white square of 4 x 4 pixels in cell (row 2, column 1) of 8 x 8 pixels. */
static oc_image square_in_cell(void)
{
    oc_image image = make_image(48, 32);
    for (size_t y = 18; y < 22; y++) {
        for (size_t x = 10; x < 14; x++) {
            size_t at = y * 48 + x;
            image.gray[at] = image.rgb[3 * at] = 255;
        }
    }
    return image;
}

/* The index after the mark, as in ".cy1", or 0 when the name has none. */
static size_t index_of(const char *name, const char *mark)
{
    const char *at = strstr(name, mark);
    return at ? strtoul(at + strlen(mark), NULL, 10) : 0;
}

Test(columns, values_are_where_their_names_say)
{
    static const char *const specs[] = {"hog:interpolate=none,norm=none", "hog:interpolate=none,block=2,norm=none",
                                        "hog:preset=skimage", "hog:preset=opencv", "hog:preset=uoctti"};
    oc_image image = square_in_cell();
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
        oc_features *features = planned(specs[i], 48, 32);
        size_t dimension = oc_features_dimension(features), there = 0;
        bool spread = i >= 3; /* these share votes with the cells around */
        float *row = extracted(features, &image);
        for (size_t j = 0; j < dimension; j++) {
            const char *name = column(features, j);
            size_t y = index_of(name, ".y") + index_of(name, ".cy"), x = index_of(name, ".x") + index_of(name, ".cx");
            bool near = spread ? y >= 1 && y <= 3 && x <= 2 : y == 2 && x == 1;
            cr_assert(near || !(fabsf(row[j]) > 1e-6F), "%s: %s is %g", specs[i], name, (double)row[j]);
            there += near && row[j] > 0;
        }
        cr_assert_gt(there, 0, "%s", specs[i]);
        free(row);
        oc_features_free(features);
    }
    free_image(&image);
}

Test(columns, colours_are_where_their_names_say)
{
    oc_image image = make_image(48, 32);
    for (size_t y = 16; y < 32; y++) {
        for (size_t x = 0; x < 24; x++) { /* the region below on the left: blue, the others black */
            image.rgb[3 * (y * 48 + x) + 2] = 255;
        }
    }
    static const char *const specs[] = {"color:space=rgb,grid=2", "color:space=rgb,grid=2,joint=0",
                                        "color:space=hsv,grid=2"};
    static const char *const full[][2] = {{"color.y1.x0.r0.g0.b7", "color.y0.x1.r0.g0.b0"},
                                          {"color.y1.x0.c2.b7", "color.y0.x1.c2.b0"},
                                          {"color.y1.x0.h5.s7.v7", "color.y0.x1.h0.s0.v0"}};
    for (size_t i = 0; i < 3; i++) {
        oc_features *features = planned(specs[i], 48, 32);
        float *row = extracted(features, &image);
        size_t found = 0;
        for (size_t j = 0; j < oc_features_dimension(features); j++) {
            const char *name = column(features, j);
            if (strcmp(name, full[i][0]) == 0 || strcmp(name, full[i][1]) == 0) {
                cr_assert(fabsf(row[j] - 1) <= 1e-6F, "%s: %s is %g", specs[i], name, (double)row[j]);
                found++;
            }
        }
        cr_assert_eq(found, 2, "%s", specs[i]);
        free(row);
        oc_features_free(features);
    }
    free_image(&image);
}
