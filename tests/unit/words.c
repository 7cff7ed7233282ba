/* The stage words: against the formulas in double precision, invariants, save and restore. */
#include "features/words.h"
#include "features/stage.h"
#include "src/base/random.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { WIDTH = 23, HEIGHT = 19, IMAGES = 40 };

/* Images with edges and shading: blurred random rectangles, the same in every run. */
typedef struct pictures {
    size_t count, width, height;
    uint8_t *rgb, *gray; /* (count, height, width, 3), (count, height, width) */
    size_t unreadable;   /* every so-maniest fails; 0 none */
} pictures;

static void paint(uint8_t *rgb, size_t width, size_t height, oc_random *random)
{
    float *plane = oc_alloc(width * height * 3, sizeof *plane);
    for (size_t r = 0; r < 12; r++) {
        size_t x0 = oc_random_below(random, width), y0 = oc_random_below(random, height);
        size_t x1 = x0 + 1 + oc_random_below(random, width), y1 = y0 + 1 + oc_random_below(random, height);
        float color[3];
        for (size_t c = 0; c < 3; c++) {
            color[c] = (float)(255 * oc_random_unit(random));
        }
        for (size_t y = y0; y < y1 && y < height; y++) {
            for (size_t x = x0; x < x1 && x < width; x++) {
                for (size_t c = 0; c < 3; c++) {
                    float *value = &plane[(y * width + x) * 3 + c];
                    *value += 0.6F * (color[c] - *value) + (float)(x - x0);
                }
            }
        }
    }
    for (size_t i = 0; i < width * height * 3; i++) {
        float value = plane[i] + (float)(20 * oc_random_unit(random));
        rgb[i] = (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
    }
    oc_free(plane);
}

static pictures make_pictures(size_t count, size_t width, size_t height)
{
    pictures p = {.count = count, .width = width, .height = height};
    p.rgb = oc_alloc(count * width * height, 3);
    p.gray = oc_alloc(count * width * height, 1);
    for (size_t i = 0; i < count; i++) {
        oc_random random = oc_random_stream(7, 7, i);
        paint(p.rgb + i * width * height * 3, width, height, &random);
    }
    for (size_t i = 0; i < count * width * height; i++) {
        p.gray[i] = (uint8_t)((p.rgb[3 * i] + p.rgb[3 * i + 1] + p.rgb[3 * i + 2]) / 3);
    }
    return p;
}

static void free_pictures(pictures *p)
{
    oc_free(p->rgb);
    oc_free(p->gray);
}

static oc_image picture(const pictures *p, size_t i)
{
    size_t pixels = p->width * p->height;
    return (oc_image){
        .width = p->width, .height = p->height, .gray = p->gray + i * pixels, .rgb = p->rgb + i * pixels * 3};
}

static oc_image mirrored(const pictures *p, size_t i)
{
    oc_image image = picture(p, i);
    size_t w = p->width, h = p->height;
    uint8_t *rgb = oc_alloc(w * h, 3), *gray = oc_alloc(w * h, 1);
    for (size_t y = 0; y < h; y++) {
        for (size_t x = 0; x < w; x++) {
            memcpy(rgb + (y * w + x) * 3, image.rgb + (y * w + w - 1 - x) * 3, 3);
            gray[y * w + x] = image.gray[y * w + w - 1 - x];
        }
    }
    image.rgb = rgb;
    image.gray = gray;
    return image;
}

static oc_status read_picture(void *context, size_t index, size_t worker, oc_image *image, oc_error *err)
{
    const pictures *p = context;
    (void)worker, (void)err;
    if (p->unreadable && index % p->unreadable == 0) {
        return OC_BAD_IMAGE;
    }
    *image = picture(p, index);
    return OC_OK;
}

static oc_stage make_stage(const char *spec, size_t width, size_t height)
{
    oc_stage stage = {.type = &oc_stage_words, .width = width, .height = height};
    stage.params = oc_alloc(1, stage.type->param_size);
    oc_params_default(stage.type->params, stage.type->param_count, stage.params);
    char copy[200];
    snprintf(copy, sizeof copy, "%s", spec);
    for (char *item = strtok(copy, ","); item; item = strtok(NULL, ",")) {
        char *value = strchr(item, '=');
        *value++ = '\0';
        const oc_param *param = oc_params_find(stage.type->params, stage.type->param_count, item);
        cr_assert(param != NULL, "%s", item);
        cr_assert_eq(oc_param_set(param, value, stage.params, NULL), OC_OK);
    }
    stage.type->settle(stage.params);
    cr_assert_eq(stage.type->plan(stage.params, width, height, &stage.dimension, NULL), OC_OK);
    return stage;
}

static void free_stage(oc_stage *stage)
{
    stage->type->forget(stage);
    oc_free(stage->params);
}

static oc_status fit_on(oc_stage *stage, pictures *p, size_t threads, uint64_t seed, oc_error *err)
{
    oc_job *job;
    cr_assert_eq(oc_job_create(threads, NULL, &job, NULL), OC_OK);
    oc_source source = {p->count, read_picture, p};
    oc_status status = stage->type->fit(stage, &source, seed, job, err);
    oc_job_free(job);
    return status;
}

static float *row_of(const oc_stage *stage, oc_image image)
{
    oc_arena arena = {0};
    float *row = oc_alloc(stage->dimension, sizeof *row);
    cr_assert_eq(stage->type->extract(stage, &image, &arena, row, NULL), OC_OK);
    oc_arena_free(&arena);
    return row;
}

/* The code of one descriptor by the formulas, in double precision: f (K). Where a descriptor lies on a word, z is the
 * root of the rounding error of |y|^2 - 2 y w + |w|^2: slack (K) is what that may change. */
static void code_of(const oc_stage *stage, const double *y, double *f, double *slack)
{
    const oc_words *w = stage->learned;
    const oc_words_params *params = stage->params;
    double mean = 0, total = 0;
    size_t nearest = 0, among = params->nearest ? (size_t)params->nearest : w->count;
    double *z = oc_alloc(w->count, sizeof *z);
    for (size_t k = 0; k < w->count; k++) {
        double squared = 0, sizes = 0;
        for (size_t j = 0; j < w->directions; j++) {
            double word = (double)w->words[k * w->directions + j], step = y[j] - word;
            squared += step * step;
            sizes += y[j] * y[j] + word * word;
        }
        slack[k] = fmin(sqrt(1e-6 * sizes), 1e-6 * sizes / sqrt(squared));
        z[k] = sqrt(squared);
        mean += z[k] / (double)w->count;
        nearest = z[k] < z[nearest] ? k : nearest;
    }
    for (size_t k = 0; k < w->count; k++) {
        size_t nearer = 0;
        for (size_t other = 0; other < w->count; other++) {
            nearer += z[other] < z[k];
        }
        f[k] = params->encode == OC_WORDS_TRIANGLE ? fmax(0, mean - z[k])
               : params->encode == OC_WORDS_HARD   ? (double)(k == nearest)
               : nearer < among                    ? exp(-params->softness * z[k] * z[k] / (mean * mean))
                                                   : 0;
        total += f[k];
    }
    for (size_t k = 0; params->encode == OC_WORDS_SOFT && k < w->count; k++) {
        f[k] /= total;
    }
    oc_free(z);
}

/* y (r) of the patch at (column, row) of the image. */
static void whitened(const oc_stage *stage, oc_image image, size_t column, size_t row, double *y)
{
    const oc_words *w = stage->learned;
    const oc_words_params *params = stage->params;
    size_t side = (size_t)params->patch, channels = params->gray ? 1 : 3, stride = (size_t)params->stride;
    const uint8_t *pixels = params->gray ? image.gray : image.rgb;
    size_t left = (image.width - side) % stride / 2, top = (image.height - side) % stride / 2;
    double x[24 * 24 * 3], mean = 0, variance = 0;
    size_t next = 0;
    for (size_t v = 0; v < side; v++) {
        for (size_t u = 0; u < side; u++) {
            for (size_t c = 0; c < channels; c++) {
                size_t at = (top + row * stride + v) * image.width + left + column * stride + u;
                x[next++] = pixels[at * channels + c];
            }
        }
    }
    for (size_t j = 0; j < next; j++) {
        mean += x[j] / (double)next;
    }
    for (size_t j = 0; j < next; j++) {
        variance += (x[j] - mean) * (x[j] - mean) / (double)next;
    }
    for (size_t i = 0; i < w->directions; i++) {
        y[i] = 0;
        for (size_t j = 0; j < next; j++) {
            double normal = (x[j] - mean) / sqrt(variance + params->contrast);
            y[i] += (double)w->transform[i * next + j] * (normal - (double)w->mean[j]);
        }
    }
}

/* The row by the formulas; with `mirror`, of the image alone: the caller adds the mirrored one's. */
static double *direct_row(const oc_stage *stage, oc_image image, double *slack)
{
    const oc_words *w = stage->learned;
    const oc_words_params *params = stage->params;
    size_t columns = oc_words_positions(params, 0, image.width), rows = oc_words_positions(params, 0, image.height);
    double *out = oc_alloc(stage->dimension, sizeof *out), *f = oc_alloc(w->count, sizeof *f);
    double *loose = oc_alloc(w->count, sizeof *loose);
    double y[24 * 24 * 3];
    size_t base = 0;
    for (size_t l = 0; l < params->grid.count; l++) {
        size_t g = (size_t)params->grid.level[l];
        for (size_t region = 0; region < g * g; region++, base += w->count) {
            size_t places = 0;
            for (size_t v = 0; v < rows; v++) {
                for (size_t u = 0; u < columns; u++) {
                    if (v * g / rows != region / g || u * g / columns != region % g) {
                        continue;
                    }
                    places++;
                    whitened(stage, image, u, v, y);
                    code_of(stage, y, f, loose);
                    for (size_t k = 0; k < w->count; k++) {
                        double *value = &out[base + k];
                        slack[base + k] += loose[k];
                        *value = params->pool == OC_WORDS_MAX ? fmax(*value, f[k]) : *value + f[k];
                    }
                }
            }
            for (size_t k = 0; params->pool == OC_WORDS_MEAN && k < w->count; k++) {
                out[base + k] /= (double)places;
            }
        }
    }
    oc_free(f);
    oc_free(loose);
    return out;
}

static void check_against_formula(const char *spec)
{
    pictures p = make_pictures(IMAGES, WIDTH, HEIGHT);
    oc_stage stage = make_stage(spec, WIDTH, HEIGHT);
    cr_assert_eq(fit_on(&stage, &p, 2, 1, NULL), OC_OK, "%s", spec);
    oc_words_params *params = stage.params;
    bool root = params->map == OC_WORDS_ROOT;
    for (size_t i = 0; i < 3; i++) {
        oc_image other = mirrored(&p, i);
        float *row = row_of(&stage, picture(&p, i));
        double *slack = oc_alloc(stage.dimension, sizeof *slack);
        double *expected = direct_row(&stage, picture(&p, i), slack);
        double *expected_mirror = direct_row(&stage, other, slack);
        for (size_t j = 0; j < stage.dimension; j++) {
            double wanted = expected[j] + (params->mirror ? expected_mirror[j] : 0);
            double value = root ? (double)row[j] * (double)row[j] : (double)row[j];
            double difference = fabs(value - wanted);
            cr_assert(difference <= 1e-4 * (1 + fabs(wanted)) + slack[j], "%s: value %zu is %g, not %g", spec, j, value,
                      wanted);
        }
        oc_free(row);
        oc_free(slack);
        oc_free(expected);
        oc_free(expected_mirror);
        oc_free(other.rgb);
        oc_free(other.gray);
    }
    free_stage(&stage);
    free_pictures(&p);
}

Test(words, triangle_follows_the_formula)
{
    check_against_formula("count=70,patch=6");
    check_against_formula("count=33,patch=5,grid=1-2-3,gray=1,pool=mean,map=none");
    check_against_formula("count=16,patch=4,stride=3,whiten=0,pool=max");
}

Test(words, hard_and_soft_follow_the_formula)
{
    check_against_formula("count=45,patch=6,encode=hard");
    check_against_formula("count=45,patch=6,encode=hard,pool=max,grid=3");
    check_against_formula("count=45,patch=6,encode=soft,softness=30");
    check_against_formula("count=45,patch=6,encode=soft,pool=max");
    check_against_formula("count=45,patch=6,encode=soft,nearest=5");
    check_against_formula("count=70,patch=6,encode=soft,nearest=32,pool=sum,mirror=1");
    check_against_formula("count=3,patch=6,encode=soft,nearest=4,grid=1");
}

Test(words, auto_stands_for_what_suits_the_descriptor)
{
    oc_stage patch = make_stage("count=9", 32, 32), sift = make_stage("count=9,descriptor=sift", 96, 96);
    oc_stage histogram = make_stage("count=9,descriptor=sift,encode=hard,grid=2", 96, 96);
    const oc_words_params *p = patch.params, *s = sift.params, *h = histogram.params;
    cr_assert(p->encode == OC_WORDS_TRIANGLE && p->pool == OC_WORDS_SUM && p->map == OC_WORDS_ROOT && p->stride == 1);
    cr_assert_eq(patch.dimension, 4 * 9);
    cr_assert(s->encode == OC_WORDS_SOFT && s->nearest == 5 && s->pool == OC_WORDS_MAX && s->map == OC_WORDS_PLAIN);
    cr_assert_eq(sift.dimension, (1 + 4 + 16) * 9);
    cr_assert(h->pool == OC_WORDS_SUM && h->map == OC_WORDS_ROOT);
    cr_assert_eq(histogram.dimension, 4 * 9);
    free_stage(&patch);
    free_stage(&sift);
    free_stage(&histogram);
}

static void check_scaled(const char *parameters, size_t width, size_t height, int64_t stride, oc_levels cells)
{
    char spec[100];
    oc_features *features = NULL;
    snprintf(spec, sizeof spec, "words:count=9,descriptor=sift%s", parameters);
    cr_assert_eq(oc_features_parse(spec, &features, NULL), OC_OK);
    oc_words_params p = oc_words_scaled(oc_features_stage(features, 0)->params, width, height);
    cr_assert_eq(p.stride, stride, "%s at %zux%zu: %d", parameters, width, height, (int)p.stride);
    cr_assert_eq(p.cells.count, cells.count, "%s at %zux%zu: %zu", parameters, width, height, p.cells.count);
    for (size_t i = 0; i < cells.count; i++) {
        cr_assert_eq(p.cells.level[i], cells.level[i]);
    }
    oc_features_free(features);
}

Test(words, gradient_descriptors_follow_the_size_of_the_image)
{
    check_scaled("", 256, 256, 8, (oc_levels){4, {4, 6, 8, 12}});
    check_scaled("", 512, 512, 16, (oc_levels){4, {8, 12, 16, 24}});
    check_scaled("", 300, 200, 8, (oc_levels){4, {4, 6, 8, 11}});
    check_scaled("", 200, 300, 8, (oc_levels){4, {4, 6, 8, 11}});
    check_scaled("", 224, 224, 6, (oc_levels){4, {4, 5, 7, 11}}); /* 7 would be odd */
    check_scaled("", 64, 64, 2, (oc_levels){2, {2, 3}});
    check_scaled("", 9, 9, 1, (oc_levels){1, {2}});
    check_scaled("", 4000, 3000, 64, (oc_levels){2, {54, 64}});
    check_scaled(",stride=5", 512, 512, 5, (oc_levels){4, {8, 12, 16, 24}});
    check_scaled(",cells=10-3", 512, 512, 16, (oc_levels){2, {10, 3}});
}

Test(words, mirror_adds_the_row_of_the_mirrored_image)
{
    check_against_formula("count=70,patch=6,mirror=1");
    check_against_formula("count=33,patch=5,mirror=1,grid=1-2-4,keep=1");
    check_against_formula("count=20,patch=5,mirror=1,pool=max,stride=2,whiten=0");
    check_against_formula("count=20,patch=7,mirror=1,encode=soft,pool=mean,gray=1");
    check_against_formula("count=20,patch=7,mirror=1,encode=hard,grid=3");
}

Test(words, threads_change_no_byte)
{
    pictures p = make_pictures(IMAGES, WIDTH, HEIGHT);
    oc_stage first = make_stage("count=60,samples=4000,mirror=1", WIDTH, HEIGHT);
    cr_assert_eq(fit_on(&first, &p, 1, 3, NULL), OC_OK);
    float *row = row_of(&first, picture(&p, 0));
    for (size_t threads = 2; threads <= 3; threads++) {
        oc_stage other = make_stage("count=60,samples=4000,mirror=1", WIDTH, HEIGHT);
        cr_assert_eq(fit_on(&other, &p, threads, 3, NULL), OC_OK);
        float *same = row_of(&other, picture(&p, 0));
        cr_assert_arr_eq(row, same, first.dimension * sizeof *row, "%zu threads", threads);
        oc_free(same);
        free_stage(&other);
    }
    oc_free(row);
    free_stage(&first);
    free_pictures(&p);
}

Test(words, another_seed_gives_other_words)
{
    pictures p = make_pictures(IMAGES, WIDTH, HEIGHT);
    oc_stage a = make_stage("count=20,samples=4000", WIDTH, HEIGHT);
    oc_stage b = make_stage("count=20,samples=4000", WIDTH, HEIGHT);
    cr_assert_eq(fit_on(&a, &p, 1, 3, NULL), OC_OK);
    cr_assert_eq(fit_on(&b, &p, 1, 4, NULL), OC_OK);
    const oc_words *wa = a.learned, *wb = b.learned;
    cr_assert(memcmp(wa->transform, wb->transform, wa->depth * sizeof(float)) != 0);
    free_stage(&a);
    free_stage(&b);
    free_pictures(&p);
}

Test(words, levels_of_the_grid_agree)
{
    pictures p = make_pictures(IMAGES, WIDTH, HEIGHT);
    oc_stage stage = make_stage("count=30,grid=1-2-3-4,map=none", WIDTH, HEIGHT);
    cr_assert_eq(fit_on(&stage, &p, 1, 1, NULL), OC_OK);
    cr_assert_eq(stage.dimension, 30 * (1 + 4 + 9 + 16));
    float *row = row_of(&stage, picture(&p, 1));
    for (size_t k = 0; k < 30; k++) {
        size_t base = 1;
        for (size_t g = 2; g <= 4; base += g * g, g++) {
            double sum = 0;
            for (size_t region = 0; region < g * g; region++) {
                sum += (double)row[(base + region) * 30 + k];
            }
            cr_assert(fabs(sum - (double)row[k]) <= 1e-5 * sum + 1e-6, "level %zu", g);
        }
    }
    oc_free(row);
    free_stage(&stage);
    free_pictures(&p);
}

Test(words, a_mirrored_image_has_the_same_row_with_mirror)
{
    static const char *const specs[] = {"count=30,mirror=1,grid=1-2-3", "count=30,mirror=1,map=none,whiten=0",
                                        "count=30,mirror=1,descriptor=sift,cells=2-4,stride=2,grid=2"};
    pictures p = make_pictures(IMAGES, WIDTH, HEIGHT);
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
        oc_stage stage = make_stage(specs[i], WIDTH, HEIGHT);
        cr_assert_eq(fit_on(&stage, &p, 2, 1, NULL), OC_OK);
        cr_assert(stage.type->can_mirror(&stage), "%s", specs[i]);
        oc_image other = mirrored(&p, 4);
        float *row = row_of(&stage, picture(&p, 4)), *same = row_of(&stage, other);
        float *told = oc_alloc(stage.dimension, sizeof *told);
        stage.type->mirror(&stage, row, told);
        for (size_t j = 0; j < stage.dimension; j++) {
            double difference = fabs((double)same[j] - (double)told[j]);
            cr_assert(difference <= 1e-3 * (1 + fabs((double)row[j])), "%s, value %zu: %g and %g", specs[i], j,
                      (double)told[j], (double)same[j]);
        }
        oc_free(row);
        oc_free(same);
        oc_free(told);
        oc_free(other.rgb);
        oc_free(other.gray);
        free_stage(&stage);
    }
    oc_stage plain = make_stage("count=30", WIDTH, HEIGHT);
    cr_assert_not(plain.type->can_mirror(&plain));
    free_stage(&plain);
    oc_stage uneven = make_stage("count=30,mirror=1,stride=2", WIDTH, HEIGHT); /* (23 - 6) % 2 = 1 */
    cr_assert_not(uneven.type->can_mirror(&uneven));
    free_stage(&uneven);
    free_pictures(&p);
}

Test(words, flat_images_give_finite_rows)
{
    static const char *const specs[] = {"count=20", "count=20,mirror=1,pool=max", "count=20,encode=soft",
                                        "count=20,descriptor=sift,cells=3,stride=2"};
    pictures p = make_pictures(IMAGES, WIDTH, HEIGHT), flat = make_pictures(1, WIDTH, HEIGHT);
    for (int level = 0; level < 256; level += 255) {
        memset(flat.rgb, level, WIDTH * HEIGHT * 3);
        memset(flat.gray, level, WIDTH * HEIGHT);
        for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
            oc_stage stage = make_stage(specs[i], WIDTH, HEIGHT);
            cr_assert_eq(fit_on(&stage, &p, 1, 1, NULL), OC_OK);
            float *row = row_of(&stage, picture(&flat, 0));
            for (size_t j = 0; j < stage.dimension; j++) {
                cr_assert(isfinite(row[j]), "%s", specs[i]);
            }
            oc_free(row);
            free_stage(&stage);
        }
    }
    free_pictures(&p);
    free_pictures(&flat);
}

Test(words, sizes_that_do_not_do_are_named)
{
    oc_stage stage = make_stage("patch=6,grid=4", WIDTH, HEIGHT);
    size_t dimension = 77;
    oc_error err;
    cr_assert_eq(stage.type->plan(stage.params, 5, 40, &dimension, &err), OC_TOO_SMALL);
    cr_assert(strstr(err.message, "5x40") && strstr(err.message, "6x6"), "%s", err.message);
    cr_assert_eq(stage.type->plan(stage.params, 8, 40, &dimension, &err), OC_TOO_SMALL);
    cr_assert(strstr(err.message, "8x40") && strstr(err.message, "4x4"), "%s", err.message);
    cr_assert_eq(stage.type->plan(stage.params, SIZE_MAX / 4, SIZE_MAX / 4, &dimension, &err), OC_TOO_LARGE);
    cr_assert_eq(dimension, 77);
    free_stage(&stage);
}

Test(words, more_words_than_patches_is_an_error_with_both_numbers)
{
    pictures p = make_pictures(1, 10, 8);
    oc_stage stage = make_stage("count=16", 10, 8); /* 5 x 3 patches */
    oc_error err;
    cr_assert_eq(fit_on(&stage, &p, 1, 1, &err), OC_BAD_DATA);
    cr_assert(strstr(err.message, "16 words") && strstr(err.message, "15 patches"), "%s", err.message);
    cr_assert_null(stage.learned);
    free_stage(&stage);
    free_pictures(&p);
}

Test(words, unreadable_images_are_left_out)
{
    pictures p = make_pictures(IMAGES, WIDTH, HEIGHT);
    p.unreadable = 3;
    oc_stage a = make_stage("count=25,samples=3000", WIDTH, HEIGHT);
    oc_stage b = make_stage("count=25,samples=3000", WIDTH, HEIGHT);
    cr_assert_eq(fit_on(&a, &p, 1, 1, NULL), OC_OK);
    cr_assert_eq(fit_on(&b, &p, 3, 1, NULL), OC_OK);
    const oc_words *wa = a.learned, *wb = b.learned;
    cr_assert_eq(wa->directions, wb->directions);
    cr_assert_arr_eq(wa->words, wb->words, wa->count * wa->directions * sizeof(float));
    p.unreadable = 1;
    oc_stage none = make_stage("count=25", WIDTH, HEIGHT);
    cr_assert_eq(fit_on(&none, &p, 2, 1, NULL), OC_BAD_DATA);
    free_stage(&a);
    free_stage(&b);
    free_stage(&none);
    free_pictures(&p);
}

Test(words, saved_and_restored_gives_the_same_bytes)
{
    static const char *const specs[] = {"count=40,mirror=1", "count=33,gray=1,whiten=0,patch=5",
                                        "count=20,descriptor=sift,cells=3,stride=2"};
    pictures p = make_pictures(IMAGES, WIDTH, HEIGHT);
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
        oc_stage stage = make_stage(specs[i], WIDTH, HEIGHT), copy = make_stage(specs[i], WIDTH, HEIGHT);
        cr_assert_eq(fit_on(&stage, &p, 1, 1, NULL), OC_OK);
        oc_tensor tensors[OC_STAGE_MAX_TENSORS];
        size_t count = stage.type->tensors(&stage, tensors);
        cr_assert_eq(stage.type->restore(&copy, tensors, count, NULL), OC_OK);
        float *row = row_of(&stage, picture(&p, 2)), *same = row_of(&copy, picture(&p, 2));
        cr_assert_arr_eq(row, same, stage.dimension * sizeof *row);
        oc_free(row);
        oc_free(same);
        free_stage(&stage);
        free_stage(&copy);
    }
    free_pictures(&p);
}

Test(words, damaged_arrays_are_refused)
{
    pictures p = make_pictures(IMAGES, WIDTH, HEIGHT);
    oc_stage stage = make_stage("count=40,mirror=1", WIDTH, HEIGHT);
    oc_stage copy = make_stage("count=40,mirror=1", WIDTH, HEIGHT);
    cr_assert_eq(fit_on(&stage, &p, 1, 1, NULL), OC_OK);
    oc_tensor good[OC_STAGE_MAX_TENSORS], bad[OC_STAGE_MAX_TENSORS];
    size_t count = stage.type->tensors(&stage, good);
    for (size_t i = 0; i < count; i++) {
        for (int damage = 0; damage < 5; damage++) {
            memcpy(bad, good, sizeof good);
            float saved = bad[i].values[1];
            bad[i].name = damage == 0 ? "other" : bad[i].name;
            bad[i].rows += damage == 1;
            bad[i].columns -= damage == 2;
            bad[i].rows = damage == 3 ? 0 : bad[i].rows;
            bad[i].values[1] = damage == 4 ? NAN : saved;
            oc_error err;
            cr_assert_eq(stage.type->restore(&copy, bad, count, &err), OC_BAD_FILE, "%zu, %d", i, damage);
            cr_assert_null(copy.learned);
            bad[i].values[1] = saved;
        }
    }
    cr_assert_eq(stage.type->restore(&copy, good, count - 1, NULL), OC_BAD_FILE);
    oc_words *w = stage.learned;
    w->parity[0] = -1; /* an odd direction before an even one */
    cr_assert_eq(stage.type->restore(&copy, good, count, NULL), OC_BAD_FILE);
    free_stage(&stage);
    free_stage(&copy);
    free_pictures(&p);
}

Test(words, nothing_is_allocated_after_the_first_image)
{
    pictures p = make_pictures(IMAGES, WIDTH, HEIGHT);
    oc_stage stage = make_stage("count=40,descriptor=sift,cells=2-3,stride=2", WIDTH, HEIGHT);
    cr_assert_eq(fit_on(&stage, &p, 1, 1, NULL), OC_OK);
    oc_arena arena = {0};
    float *row = oc_alloc(stage.dimension, sizeof *row);
    oc_image image = picture(&p, 0);
    cr_assert_eq(stage.type->extract(&stage, &image, &arena, row, NULL), OC_OK);
    oc_arena_reset(&arena);
    oc_memory_fail_after(1);
    oc_status status = stage.type->extract(&stage, &image, &arena, row, NULL);
    oc_memory_fail_after(0);
    cr_assert_eq(status, OC_OK);
    oc_arena_free(&arena);
    oc_free(row);
    free_stage(&stage);
    free_pictures(&p);
}

Test(words, short_memory_leaves_the_stage_unfitted)
{
    pictures p = make_pictures(10, WIDTH, HEIGHT);
    oc_stage stage = make_stage("count=20,mirror=1", WIDTH, HEIGHT);
    oc_source source = {p.count, read_picture, &p};
    size_t failures = 0;
    for (size_t n = 1; n < 200; n++) {
        oc_memory_fail_after(n);
        oc_status status = stage.type->fit(&stage, &source, 1, NULL, NULL);
        oc_memory_fail_after(0);
        if (status == OC_OK) {
            break;
        }
        cr_assert_eq(status, OC_NO_MEMORY, "allocation %zu: %d", n, (int)status);
        cr_assert_null(stage.learned);
        failures++;
    }
    cr_assert(failures > 20 && failures < 150, "%zu", failures);
    free_stage(&stage);
    free_pictures(&p);
}
