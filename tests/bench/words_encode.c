/* Encoding against a bare matrix product: the stage `words` (triangle codes, 2x2 sum pooling, from pixels to row) and
 * sgemm at the shape of its product, patches x values of a patch x words, in turns on one thread. Prints both rates, in
 * multiply-adds times two of that shape, and their ratio; then the cost of mirror=1 against mirror=0.
 *
 *     bench-words_encode [WORDS [IMAGES]] */
#include <ocellus/features.h>

#include "src/base/memory.h"
#include "src/base/random.h"
#include "src/matrix/blas.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
    SIDE = 32,
    PATCH = 6,
    PLACES = (SIDE - PATCH + 1) * (SIDE - PATCH + 1),
    VALUES = PATCH * PATCH * 3,
    REPEATS = 7
};

typedef struct pictures {
    size_t count;
    uint8_t *rgb; /* (count, SIDE, SIDE, 3) */
} pictures;

static oc_status read_picture(void *context, size_t index, size_t worker, oc_image *image, oc_error *err)
{
    const pictures *p = context;
    (void)worker, (void)err;
    *image = (oc_image){.width = SIDE, .height = SIDE, .rgb = p->rgb + index * SIDE * SIDE * 3};
    return OC_OK;
}

/* Smooth noise: each pixel near its neighbours, as in photographs. */
static pictures make_pictures(size_t count)
{
    pictures p = {count, oc_alloc(count * SIDE * SIDE, 3)};
    for (size_t i = 0; i < count; i++) {
        oc_random random = oc_random_stream(1, 1, i);
        uint8_t *rgb = p.rgb + i * SIDE * SIDE * 3;
        for (size_t j = 0; j < SIDE * SIDE * 3; j++) {
            double left = j >= 3 ? rgb[j - 3] : 128, above = j >= SIDE * 3 ? rgb[j - SIDE * 3] : left;
            double value = (left + above) / 2 + 25 * oc_random_normal(&random);
            rgb[j] = (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
        }
    }
    return p;
}

static oc_features *make_features(const char *spec, const oc_source *source)
{
    oc_features *features = NULL;
    oc_error err;
    if (oc_features_parse(spec, &features, &err) != OC_OK || oc_features_plan(features, SIDE, SIDE, &err) != OC_OK ||
        oc_features_fit(features, source, 1, NULL, &err) != OC_OK) {
        fprintf(stderr, "bench-words_encode: %s\n", err.message);
        exit(1);
    }
    return features;
}

/* Processor time: everything runs on this thread, and other programs disturb it less than the clock on the wall. */
static double seconds_used(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static double time_rows(const oc_features *features, pictures *p, oc_workspace *workspace, float *row)
{
    double start = seconds_used();
    for (size_t i = 0; i < p->count; i++) {
        oc_image image;
        read_picture(p, i, 0, &image, NULL);
        if (oc_features_extract(features, &image, workspace, row, NULL) != OC_OK) {
            exit(1);
        }
    }
    return seconds_used() - start;
}

static double time_product(size_t m, size_t words, const float *a, const float *b, float *c)
{
    double start = seconds_used();
    oc_gemm_nt(m, words, VALUES, 1, a, VALUES, b, VALUES, 0, c, words);
    return seconds_used() - start;
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *values)
{
    qsort(values, REPEATS, sizeof *values, ascending);
    return values[REPEATS / 2];
}

int main(int argc, char **argv)
{
    size_t words = argc > 1 ? strtoull(argv[1], NULL, 10) : 1600, images = argc > 2 ? strtoull(argv[2], NULL, 10) : 50;
    static const char *const forms[] = {"keep=1", "keep=1,mirror=1", "mirror=0", "mirror=1"};
    enum { FORMS = sizeof forms / sizeof *forms };
    pictures p = make_pictures(images);
    oc_source source = {images, read_picture, &p};
    oc_features *features[FORMS];
    oc_workspace *workspace;
    oc_error err;
    for (size_t f = 0; f < FORMS; f++) {
        char spec[200];
        snprintf(spec, sizeof spec, "words:count=%zu,patch=%d,iterations=2,samples=%zu,%s", words, PATCH, 4 * words,
                 forms[f]);
        features[f] = make_features(spec, &source);
    }
    if (oc_workspace_create(&workspace, &err) != OC_OK) {
        return 1;
    }
    enum { ROWS = 4096 };
    float *row = oc_alloc(oc_features_dimension(features[0]), sizeof *row);
    float *a = oc_alloc(ROWS * VALUES, sizeof *a), *b = oc_alloc(words * VALUES, sizeof *b);
    float *c = oc_alloc(ROWS * words, sizeof *c);
    double product[REPEATS], encode[FORMS][REPEATS];
    time_product(ROWS, words, a, b, c);
    for (size_t repeat = 0; repeat < REPEATS; repeat++) {
        product[repeat] = time_product(ROWS, words, a, b, c);
        for (size_t f = 0; f < FORMS; f++) {
            encode[f][repeat] = time_rows(features[f], &p, workspace, row);
        }
    }
    double work = 2e-9 * (double)words * VALUES, rate = work * ROWS / median(product);
    printf("sgemm %d x %d x %zu            %7.1f GFLOP/s\n", ROWS, VALUES, words, rate);
    for (size_t f = 0; f < FORMS; f++) {
        double seconds = median(encode[f]), encoding = work * (double)(images * PLACES) / seconds;
        printf("words:count=%zu,%-16s %7.1f GFLOP/s of that shape, %.3f of sgemm, %6.0f images/s\n", words, forms[f],
               encoding, encoding / rate, (double)images / seconds);
        oc_features_free(features[f]);
    }
    printf("mirror=1 against mirror=0       %7.3f of the time (keep=1), %.3f (default keep)\n",
           encode[1][REPEATS / 2] / encode[0][REPEATS / 2], encode[3][REPEATS / 2] / encode[2][REPEATS / 2]);
    oc_workspace_free(workspace);
    oc_free(row);
    oc_free(a);
    oc_free(b);
    oc_free(c);
    oc_free(p.rgb);
    return 0;
}
