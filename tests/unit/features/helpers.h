/* What the tests of the feature stages share: images out of nothing, and rows of a spec. */
#ifndef OC_TESTS_FEATURE_HELPERS_H
#define OC_TESTS_FEATURE_HELPERS_H

#include <criterion/criterion.h>
#include <math.h>
#include <ocellus/features.h>

#include "src/base/memory.h"
#include "src/base/random.h"

#include <stdlib.h>

enum { GUARD = 16 }; /* floats on both sides of a row that must not be touched */

/* An image with both planes; free with free_image. */
static inline oc_image make_image(size_t width, size_t height)
{
    return (oc_image){.width = width,
                      .height = height,
                      .gray = calloc(width * height, 1),
                      .rgb = calloc(width * height, 3),
                      .source_width = width,
                      .source_height = height};
}

static inline void free_image(oc_image *image)
{
    free(image->gray);
    free(image->rgb);
}

static inline void fill_image(oc_image *image, uint8_t value)
{
    for (size_t i = 0; i < image->width * image->height; i++) {
        image->gray[i] = image->rgb[3 * i] = image->rgb[3 * i + 1] = image->rgb[3 * i + 2] = value;
    }
}

/* Noise over a slope, so that all levels, directions and contrasts occur. */
static inline oc_image random_image(size_t width, size_t height, uint64_t seed)
{
    oc_image image = make_image(width, height);
    oc_random random = oc_random_stream(seed, 1, 0);
    for (size_t i = 0; i < width * height; i++) {
        size_t slope = (i % width * 3 + i / width * 5) % 200;
        size_t noise = i / width % 32 < 16 ? 56 : 6;
        for (size_t c = 0; c < 3; c++) {
            image.rgb[3 * i + c] = (uint8_t)(slope + oc_random_below(&random, noise));
        }
        image.gray[i] = (uint8_t)(slope + oc_random_below(&random, noise));
    }
    return image;
}

static inline oc_image mirrored_image(const oc_image *image)
{
    oc_image mirror = make_image(image->width, image->height);
    for (size_t i = 0; i < image->width * image->height; i++) {
        size_t to = i / image->width * image->width + image->width - 1 - i % image->width;
        mirror.gray[to] = image->gray[i];
        for (size_t c = 0; c < 3; c++) {
            mirror.rgb[3 * to + c] = image->rgb[3 * i + c];
        }
    }
    return mirror;
}

static inline oc_features *parse(const char *spec)
{
    oc_features *features = NULL;
    oc_error err = {0};
    cr_assert_eq(oc_features_parse(spec, &features, &err), OC_OK, "%s: %s", spec, err.message);
    return features;
}

static inline oc_features *planned(const char *spec, size_t width, size_t height)
{
    oc_features *features = parse(spec);
    oc_error err = {0};
    cr_assert_eq(oc_features_plan(features, width, height, &err), OC_OK, "%s: %s", spec, err.message);
    return features;
}

/* The row of an image, allocated; checks that nothing around it was written. */
static inline float *extracted(const oc_features *features, const oc_image *image)
{
    size_t n = oc_features_dimension(features);
    oc_workspace *workspace = NULL;
    cr_assert_eq(oc_workspace_create(&workspace, NULL), OC_OK);
    float *guarded = malloc((n + 2 * GUARD) * sizeof *guarded);
    for (size_t i = 0; i < n + 2 * GUARD; i++) {
        guarded[i] = -12345;
    }
    oc_error err = {0};
    cr_assert_eq(oc_features_extract(features, image, workspace, guarded + GUARD, &err), OC_OK, "%s", err.message);
    float *row = malloc((n ? n : 1) * sizeof *row);
    for (size_t i = 0; i < n; i++) {
        row[i] = guarded[GUARD + i];
        cr_assert(isfinite(row[i]), "%s: value %zu is %g", oc_features_spec(features), i, (double)row[i]);
    }
    for (size_t i = 0; i < GUARD; i++) {
        cr_assert_eq(guarded[i], -12345, "%s: written before the row", oc_features_spec(features));
        cr_assert_eq(guarded[GUARD + n + i], -12345, "%s: written behind the row", oc_features_spec(features));
    }
    free(guarded);
    oc_workspace_free(workspace);
    return row;
}

/* The same from the spec alone. */
static inline float *row_of(const char *spec, const oc_image *image, size_t *dimension)
{
    oc_features *features = planned(spec, image->width, image->height);
    float *row = extracted(features, image);
    if (dimension) {
        *dimension = oc_features_dimension(features);
    }
    oc_features_free(features);
    return row;
}

/* The largest |a - b| / max(1, |b|); infinite when one of them is NaN. */
static inline double difference(const float *a, const float *b, size_t n)
{
    double worst = 0;
    for (size_t i = 0; i < n; i++) {
        double size = fabs((double)b[i]) > 1 ? fabs((double)b[i]) : 1;
        double d = fabs((double)a[i] - (double)b[i]) / size;
        worst = !(d <= worst) ? (isnan(d) ? INFINITY : d) : worst;
    }
    return worst;
}

#endif
