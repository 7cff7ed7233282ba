/* Rows of the stage words against the formulas in double precision. */
#include "features/words/opponent.h"
#include "tests/unit/features/words_support.h"

#include <criterion/criterion.h>
#include <math.h>

/* The code of one descriptor by the formulas, in double precision: f (K). Where a descriptor lies on a word, z is the
 * root of the rounding error of |y|^2 - 2 y w + |w|^2: slack (K) is what that may change. */
static void code_of(const oc_stage *stage, const double *y, double *f, double *slack)
{
    const oc_words *w = stage->state;
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
    for (size_t k = 0; (params->encode == OC_WORDS_SOFT || params->encode == OC_WORDS_FISHER) && k < w->count; k++) {
        f[k] /= total;
    }
    oc_free(z);
}

/* y (r) of the patch at (column, row) of the image. */
static void whitened(const oc_stage *stage, oc_image image, size_t column, size_t row, double *y)
{
    const oc_words *w = stage->state;
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
    const oc_words *w = stage->state;
    const oc_words_params *params = stage->params;
    size_t columns = oc_words_positions(params, 0, image.width), rows = oc_words_positions(params, 0, image.height);
    double *out = oc_alloc(stage->plan.dimension, sizeof *out), *f = oc_alloc(w->count, sizeof *f);
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
    oc_stage stage = make_words(spec, WIDTH, HEIGHT);
    cr_assert_eq(fit_words(&stage, &p, 2, 1, NULL), OC_OK, "%s", spec);
    oc_words_params *params = stage.params;
    bool root = params->map == OC_WORDS_ROOT;
    for (size_t i = 0; i < 3; i++) {
        oc_image other = mirrored_picture(&p, i);
        float *row = words_row(&stage, picture(&p, i));
        double *slack = oc_alloc(stage.plan.dimension, sizeof *slack);
        double *expected = direct_row(&stage, picture(&p, i), slack);
        double *expected_mirror = direct_row(&stage, other, slack);
        for (size_t j = 0; j < stage.plan.dimension; j++) {
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
    free_words(&stage);
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

Test(words, mirror_adds_the_row_of_the_mirrored_image)
{
    check_against_formula("count=70,patch=6,mirror=1");
    check_against_formula("count=33,patch=5,mirror=1,grid=1-2-4,keep=1");
    check_against_formula("count=20,patch=5,mirror=1,pool=max,stride=2,whiten=0");
    check_against_formula("count=20,patch=7,mirror=1,encode=soft,pool=mean,gray=1");
    check_against_formula("count=20,patch=7,mirror=1,encode=hard,grid=3");
}

/* The sums of residuals of one image, (regions, K, D), by the formula of vlad.h before any length is brought to
 * 1; the grid has one level. */
static void add_residuals(const oc_stage *stage, oc_image image, double *sums)
{
    const oc_words *w = stage->state;
    const oc_words_params *params = stage->params;
    size_t columns = oc_words_positions(params, 0, image.width), rows = oc_words_positions(params, 0, image.height);
    size_t g = (size_t)params->grid.level[0], values = oc_words_values(params);
    double y[24 * 24 * 3];
    for (size_t place = 0; place < rows * columns; place++) {
        size_t v = place / columns, u = place % columns, nearest = 0;
        double least = INFINITY;
        whitened(stage, image, u, v, y);
        for (size_t k = 0; k < w->count; k++) {
            double squared = 0;
            for (size_t d = 0; d < w->directions; d++) {
                double step = y[d] - (double)w->words[k * w->directions + d];
                squared += step * step;
            }
            nearest = squared < least ? k : nearest;
            least = fmin(least, squared);
        }
        double *sum = sums + ((v * g / rows * g + u * g / columns) * w->count + nearest) * values;
        for (size_t d = 0; d < w->directions; d++) {
            sum[d] += y[d] - (double)w->words[nearest * w->directions + d];
        }
    }
}

static void check_residuals(const char *spec)
{
    pictures p = make_pictures(IMAGES, WIDTH, HEIGHT);
    oc_stage stage = make_words(spec, WIDTH, HEIGHT);
    cr_assert_eq(fit_words(&stage, &p, 2, 1, NULL), OC_OK, "%s", spec);
    const oc_words_params *params = stage.params;
    size_t values = oc_words_values(params), count = (size_t)params->count, words = stage.plan.dimension / values;
    for (size_t i = 0; i < 3; i++) {
        oc_image other = mirrored_picture(&p, i);
        float *row = words_row(&stage, picture(&p, i));
        double *sums = oc_alloc(stage.plan.dimension, sizeof *sums), *sizes = oc_alloc(words, sizeof *sizes);
        add_residuals(&stage, picture(&p, i), sums);
        if (params->mirror) {
            add_residuals(&stage, other, sums);
        }
        for (size_t j = 0; j < stage.plan.dimension; j++) {
            sizes[j / values] += sums[j] * sums[j];
        }
        for (size_t j = 0; j < stage.plan.dimension; j++) {
            size_t first = j / values / count * count, present = 0;
            for (size_t k = first; k < first + count; k++) {
                present += sizes[k] > 0;
            }
            double size = sqrt(sizes[j / values] * (double)present), wanted = size > 0 ? sums[j] / size : 0;
            cr_assert(fabs((double)row[j] - wanted) <= 1e-3, "%s: value %zu is %g, not %g", spec, j, (double)row[j],
                      wanted);
        }
        oc_free(row);
        oc_free(sums);
        oc_free(sizes);
        oc_free(other.rgb);
        oc_free(other.gray);
    }
    free_words(&stage);
    free_pictures(&p);
}

Test(words, vlad_follows_the_formula)
{
    check_residuals("count=5,patch=6,encode=vlad");
    check_residuals("count=9,patch=3,encode=vlad,grid=2,gray=1");
    check_residuals("count=7,patch=5,encode=vlad,grid=3,mirror=1");
}

/* The sums of fisher.h, (K, 2 D), of one image on a grid of one region. */
static void add_deviations(const oc_stage *stage, oc_image image, double *sums)
{
    const oc_words *w = stage->state;
    size_t columns = oc_words_positions(stage->params, 0, image.width), r = w->directions;
    size_t rows = oc_words_positions(stage->params, 0, image.height), values = oc_words_values(stage->params);
    double y[24 * 24 * 3], *code = oc_alloc(w->count, sizeof *code), *slack = oc_alloc(w->count, sizeof *slack);
    for (size_t place = 0; place < rows * columns; place++) {
        whitened(stage, image, place % columns, place / columns, y);
        code_of(stage, y, code, slack);
        for (size_t j = 0; j < w->count * r; j++) {
            double off = (y[j % r] - (double)w->words[j]) / (double)w->spread[j];
            double *sum = sums + j / r * values + j % r;
            sum[0] += code[j / r] * off;
            sum[values / 2] += code[j / r] * (off * off - 1) / sqrt(2);
        }
    }
    oc_free(code);
    oc_free(slack);
}

static void check_deviations(const char *spec)
{
    pictures p = make_pictures(IMAGES, WIDTH, HEIGHT);
    oc_stage stage = make_words(spec, WIDTH, HEIGHT);
    cr_assert_eq(fit_words(&stage, &p, 2, 1, NULL), OC_OK, "%s", spec);
    size_t values = oc_words_values(stage.params), words = stage.plan.dimension / values; /* all of them have patches */
    for (size_t i = 0; i < 3; i++) {
        oc_image other = mirrored_picture(&p, i);
        float *row = words_row(&stage, picture(&p, i));
        double *sums = oc_alloc(stage.plan.dimension, sizeof *sums), sizes[10] = {0};
        add_deviations(&stage, picture(&p, i), sums);
        if (((const oc_words_params *)stage.params)->mirror) {
            add_deviations(&stage, other, sums);
        }
        for (size_t j = 0; j < stage.plan.dimension; j++) {
            sizes[j / values] += fabs(sums[j]); /* of the roots, squared */
        }
        for (size_t j = 0; j < stage.plan.dimension; j++) {
            double size = sizes[j / values] * (double)words;
            double wanted = copysign(sqrt(fabs(sums[j]) / size), sums[j]);
            cr_assert(fabs((double)row[j] - wanted) <= 2e-3, "%s: value %zu is %g, not %g", spec, j, (double)row[j],
                      wanted);
        }
        oc_free(row);
        oc_free(sums);
        oc_free(other.rgb);
        oc_free(other.gray);
    }
    free_words(&stage);
    free_pictures(&p);
}

Test(words, fisher_follows_the_formula)
{
    check_deviations("count=6,patch=4,encode=fisher,gray=1");
    check_deviations("count=5,patch=3,encode=fisher,nearest=2,mirror=1");
    check_deviations("count=4,patch=4,encode=fisher,nearest=0,gray=1,softness=30");
}

Test(words, vlad_keeps_at_most_64_directions)
{
    pictures p = make_pictures(IMAGES, WIDTH, HEIGHT);
    oc_stage stage = make_words("count=4,patch=6,encode=vlad", WIDTH, HEIGHT);
    cr_assert_eq(fit_words(&stage, &p, 1, 1, NULL), OC_OK);
    const oc_words *w = stage.state;
    cr_assert(w->depth == 108 && w->directions == 64, "%zu of %zu", w->directions, w->depth);
    cr_assert_eq(stage.plan.dimension, 4 * 64);
    free_words(&stage);
    free_pictures(&p);
}

Test(words, opponent_colours_are_differences)
{
    static const uint8_t rgb[] = {255, 0, 0, 0, 255, 0, 0, 0, 255, 90, 90, 90, 255, 255, 0, 10, 7, 4};
    static const uint8_t red_green[] = {255, 0, 128, 128, 128, 129}, yellow_blue[] = {191, 191, 0, 128, 255, 130};
    uint8_t a[6], b[6];
    oc_opponent_planes(rgb, 6, a, b);
    for (size_t i = 0; i < 6; i++) {
        cr_assert(a[i] == red_green[i] && b[i] == yellow_blue[i], "pixel %zu: %d and %d", i, a[i], b[i]);
    }
}

/* Of a gray image the opponent planes have no gradient; the luma's descriptor is that of descriptor=sift. */
Test(words, opponent_descriptors_begin_with_that_of_the_luma)
{
    pictures p = make_pictures(1, 40, 40);
    oc_stage luma = make_words("descriptor=sift,cells=4,count=2", 40, 40);
    oc_stage opponent = make_words("descriptor=opponent-sift,cells=4,count=2", 40, 40);
    oc_image image = picture(&p, 0);
    for (size_t i = 0; i < 40 * 40; i++) {
        image.rgb[3 * i] = image.rgb[3 * i + 1] = image.rgb[3 * i + 2] = image.gray[i];
    }
    oc_arena arena = {0};
    oc_words_view view, colors;
    float one[128], three[384];
    const oc_words_plan *plan = luma.plan.own;
    cr_assert_eq(oc_words_view_create(&view, plan, &image, &arena, NULL), OC_OK);
    cr_assert_eq(oc_words_view_create(&colors, opponent.plan.own, &image, &arena, NULL), OC_OK);
    oc_words_describe(&view, &plan->places[3], 1, one);
    oc_words_describe(&colors, &plan->places[3], 1, three);
    for (size_t j = 0; j < 384; j++) {
        float wanted = j < 128 ? one[j] : 0;
        cr_assert(fabsf(three[j] - wanted) <= 1e-6F, "value %zu is %g, not %g", j, (double)three[j], (double)wanted);
    }
    oc_arena_free(&arena);
    free_words(&luma);
    free_words(&opponent);
    free_pictures(&p);
}
