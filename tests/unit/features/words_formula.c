/* Rows of the stage words against the formulas in double precision. */
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
    for (size_t k = 0; params->encode == OC_WORDS_SOFT && k < w->count; k++) {
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
