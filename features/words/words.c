/* Bag of visual words: which words of a learned codebook occur where in the image (Csurka et al., 2004; Coates, Lee and
 * Ng, 2011). A row holds, for each level of the grid, each region row and each region column, K values, one a word.
 *
 * words.c     the stage: parameters, plan
 * layout.c    where descriptors are taken and in which regions they count
 * patch.c     what is described: pixel patches, contrast normalised, or
 * sift.c      gradients around a place
 * codebook.c  what is learned, saved and restored
 * fit.c       learning the whitening and the words
 * encode.c    an image's row
 * draw.c      pictures
 * *_kernels.c inner loops; kernels.c chooses them */
#include "features/words/codebook.h"
#include "features/words/draw.h"
#include "features/words/encode.h"
#include "features/words/fit.h"
#include "features/words/layout.h"
#include "features/words/sift.h"

#include "src/base/fail.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

static const char *const encodings[] = {"auto", "triangle", "hard", "soft", NULL};
static const char *const descriptors[] = {"patch", "sift", NULL};
static const char *const maps[] = {"auto", "none", "sqrt", NULL};
static const char *const pools[] = {"auto", "sum", "mean", "max", NULL};

#define FIELD(name) offsetof(oc_words_params, name)
static const oc_param params_table[] = {
    {"count", OC_INTEGER, FIELD(count), "auto", 1, 65536, NULL, "number of words; auto: 1600, for sift 1000"},
    {"patch", OC_INTEGER, FIELD(patch), "6", 1, 24, NULL, "side of a patch in pixels"},
    {"stride", OC_INTEGER, FIELD(stride), "auto", 1, 64, NULL,
     "pixels from one descriptor to the next; auto: 1 for patches, for sift 8 at 256x256 and in proportion"},
    {"descriptor", OC_CHOICE, FIELD(descriptor), "patch", 0, 0, descriptors,
     "pixel patches, or dense gradient descriptors for larger images"},
    {"cells", OC_LEVELS, FIELD(cells), "auto", OC_SIFT_LEAST_CELL, OC_SIFT_MOST_CELL, NULL,
     "for descriptor=sift: sizes of the 4x4 cells in pixels; auto: 4-6-8-12 at 256x256 and in proportion"},
    {"gray", OC_FLAG, FIELD(gray), "0", 0, 1, NULL, "patches of luma alone"},
    {"contrast", OC_REAL, FIELD(contrast), "10", 1e-3, 1e6, NULL,
     "added to a patch's variance before it is divided by its root"},
    {"whiten", OC_FLAG, FIELD(whiten), "1", 0, 1, NULL, "whiten the patches"},
    {"ridge", OC_REAL, FIELD(ridge), "auto", 1e-6, 1e6, NULL,
     "added to the eigenvalues before whitening; auto: 1 for patches, 0.001 for sift"},
    {"keep", OC_REAL, FIELD(keep), "auto", 1e-3, 1, NULL,
     "part of the whitened variance to keep: fewer values, less work; auto: 0.97, for sift 0.85"},
    {"samples", OC_INTEGER, FIELD(samples), "auto", 1, 1e9, NULL,
     "descriptors to learn from; auto: 250 a word, at least 200000; for sift 100 and 60000"},
    {"iterations", OC_INTEGER, FIELD(iterations), "auto", 0, 10000, NULL, "of k-means, at most; auto: 20, for sift 10"},
    {"encode", OC_CHOICE, FIELD(encode), "auto", 0, 0, encodings,
     "code of a descriptor; auto: triangle for patches, soft for sift"},
    {"softness", OC_REAL, FIELD(softness), "auto", 0, 1e6, NULL,
     "for encode=soft: how fast codes fall with the squared distance over its mean; auto: 20"},
    {"nearest", OC_INTEGER, FIELD(nearest), "auto", 0, OC_WORDS_MOST_NEAREST, NULL,
     "for encode=soft: nearest words that share a code, 0 for all; auto: 5 for sift, else all"},
    {"pool", OC_CHOICE, FIELD(pool), "auto", 0, 0, pools,
     "how codes are joined in a region; auto: max for soft codes of nearest words, else sum"},
    {"map", OC_CHOICE, FIELD(map), "auto", 0, 0, maps, "applied to the pooled codes; auto: none to maxima, else sqrt"},
    {"grid", OC_LEVELS, FIELD(grid), "auto", 1, 16, NULL,
     "regions a side; 1-2-4 is a pyramid; auto: 2 for patches, 1-2-4 for sift"},
    {"mirror", OC_FLAG, FIELD(mirror), "0", 0, 1, NULL, "add the codes of the mirrored image"},
};

/* Chosen on held-out training images: for patches of CIFAR-10 (JPEG), for gradient descriptors of objects before
 * photographs. Eigenvalues of contrast-normalised patches are 0.01 to 30, those of gradient descriptors a thousandth of
 * that; what a JPEG file has at the low end is noise. */
static void settle(void *values)
{
    oc_words_params *p = values;
    bool sift = p->descriptor == OC_WORDS_SIFT;
    if (p->count == OC_AUTO) {
        p->count = sift ? 1000 : 1600;
    }
    if (p->stride == OC_AUTO && !sift) {
        p->stride = 1;
    }
    if (isnan(p->ridge)) {
        p->ridge = sift ? 0.001 : 1;
    }
    if (p->samples == OC_AUTO) {
        int64_t some = p->count * (sift ? 100 : 250), least = sift ? 60000 : 200000;
        p->samples = some > least ? some : least;
    }
    if (p->iterations == OC_AUTO) {
        p->iterations = sift ? 10 : 20;
    }
    if (isnan(p->keep)) {
        p->keep = sift ? 0.85 : 0.97;
    }
    if (p->encode == OC_WORDS_ENCODE_AUTO) {
        p->encode = sift ? OC_WORDS_SOFT : OC_WORDS_TRIANGLE;
    }
    if (isnan(p->softness)) {
        p->softness = 20;
    }
    if (p->nearest == OC_AUTO) {
        p->nearest = sift ? 5 : 0;
    }
    if (p->pool == OC_WORDS_POOL_AUTO) {
        p->pool = p->encode == OC_WORDS_SOFT && p->nearest ? OC_WORDS_MAX : OC_WORDS_SUM;
    }
    if (p->map == OC_WORDS_MAP_AUTO) {
        p->map = p->pool == OC_WORDS_MAX ? OC_WORDS_PLAIN : OC_WORDS_ROOT;
    }
    if (p->grid.count == 0) {
        p->grid = sift ? (oc_levels){3, {1, 2, 4}} : (oc_levels){1, {2}};
    }
}

static const char *refuse(const void *values, const char *name)
{
    const oc_words_params *p = values;
    bool sift = p->descriptor == OC_WORDS_SIFT, soft = p->encode == OC_WORDS_SOFT;
    if (strcmp(name, "patch") == 0 && sift) {
        return "descriptor=sift has no patches; 'cells' are its sizes";
    }
    if (strcmp(name, "cells") == 0 && !sift) {
        return "only descriptor=sift has cells; 'patch' is the size of a patch";
    }
    if (strcmp(name, "gray") == 0 && sift && !p->gray) {
        return "descriptor=sift looks at the luma alone";
    }
    if (strcmp(name, "ridge") == 0 && !p->whiten) {
        return "with whiten=0 no eigenvalue is divided by";
    }
    if (strcmp(name, "nearest") == 0 && !soft) {
        return "only with encode=soft words share a code";
    }
    if (strcmp(name, "softness") == 0 && !soft) {
        return "only encode=soft has soft codes";
    }
    if (strcmp(name, "softness") == 0 && p->nearest == 1) {
        return "with nearest=1 one word gets the whole code";
    }
    return NULL;
}

static unsigned planes(const void *values)
{
    const oc_words_params *params = values;
    return params->gray || params->descriptor == OC_WORDS_SIFT ? OC_GRAY : OC_RGB;
}

/* Photographs brought to less would lose what gradient descriptors see. */
static size_t side(const void *values)
{
    const oc_words_params *params = values;
    return params->descriptor == OC_WORDS_SIFT ? 256 : 0;
}

static oc_status plan(const void *values, size_t width, size_t height, size_t *dimension, oc_error *err)
{
    oc_words_params settled = oc_words_scaled(values, width, height);
    const oc_words_params *params = &settled;
    size_t regions = 0, bytes, places = 0;
    for (size_t l = 0; l < params->grid.count; l++) {
        regions += (size_t)(params->grid.level[l] * params->grid.level[l]);
    }
    for (size_t s = 0; s < oc_words_sizes(params); s++) {
        size_t extent = oc_words_extent(params, s), in_size;
        size_t columns = oc_words_positions(params, s, width), rows = oc_words_positions(params, s, height);
        if (columns == 0 || rows == 0) {
            return oc_fail(err, OC_TOO_SMALL, "images of %zux%zu are smaller than a descriptor of %zux%zu", width,
                           height, extent, extent);
        }
        for (size_t l = 0; l < params->grid.count; l++) {
            size_t level = (size_t)params->grid.level[l];
            if (level > columns || level > rows) {
                return oc_fail(err, OC_TOO_SMALL,
                               "images of %zux%zu have %zux%zu descriptors of %zux%zu pixels, fewer "
                               "than the %zux%zu regions",
                               width, height, columns, rows, extent, extent, level, level);
            }
        }
        if (!oc_multiply(columns, rows, &in_size) || !oc_add(places, in_size, &places)) {
            places = SIZE_MAX;
        }
    }
    if (places > UINT32_MAX || !oc_multiply(regions, (size_t)params->count * sizeof(float), &bytes)) {
        return oc_fail(err, OC_TOO_LARGE, "images of %zux%zu are too large", width, height);
    }
    *dimension = regions * (size_t)params->count;
    return OC_OK;
}

static void forget(oc_stage *stage)
{
    if (stage->learned) {
        oc_words_free(stage->learned);
        oc_free(stage->learned);
        stage->learned = NULL;
    }
}

static oc_status adopt(oc_stage *stage, oc_words *words, oc_error *err)
{
    oc_words *learned = oc_alloc(1, sizeof *learned);
    if (!learned) {
        oc_words_free(words);
        return oc_fail_memory(err, "words");
    }
    *learned = *words;
    forget(stage);
    stage->learned = learned;
    return OC_OK;
}

static oc_status fit(oc_stage *stage, const oc_source *source, uint64_t seed, oc_job *job, oc_error *err)
{
    oc_words words = {0};
    oc_status status = oc_words_fit(stage->params, stage->width, stage->height, source, seed, &words, job, err);
    return status == OC_OK ? adopt(stage, &words, err) : status;
}

static oc_status extract(const oc_stage *stage, const oc_image *image, oc_scratch *scratch, float *row, oc_error *err)
{
    return oc_words_encode(stage->params, stage->learned, image, &scratch->arena, row, err);
}

static size_t tensors(const oc_stage *stage, oc_tensor *out)
{
    return stage->learned ? oc_words_save(stage->learned, out) : 0;
}

static oc_status restore(oc_stage *stage, const oc_tensor *from, size_t count, oc_error *err)
{
    oc_words words = {0};
    oc_status status = oc_words_load(stage->params, from, count, &words, err);
    return status == OC_OK ? adopt(stage, &words, err) : status;
}

/* With both codes added, the mirrored image has the same row (to rounding: the sums run in another order), provided
 * that its descriptors are the mirrored ones: that they leave the same border left and right. */
static bool can_mirror(const oc_stage *stage)
{
    oc_words_params params = oc_words_scaled(stage->params, stage->width, stage->height);
    bool symmetric = params.mirror;
    for (size_t s = 0; s < oc_words_sizes(&params); s++) {
        size_t border = (stage->width - oc_words_extent(&params, s)) % (size_t)params.stride;
        symmetric = symmetric && border % 2 == 0;
    }
    return symmetric;
}

static void mirror(const oc_stage *stage, const float *row, float *out)
{
    memcpy(out, row, stage->dimension * sizeof *out);
}

const oc_stage_type oc_stage_words = {
    .name = "words",
    .help = "bag of visual words: patches coded by a learned codebook",
    .params = params_table,
    .param_count = sizeof params_table / sizeof *params_table,
    .param_size = sizeof(oc_words_params),
    .settle = settle,
    .refuse = refuse,
    .planes = planes,
    .side = side,
    .plan = plan,
    .fit = fit,
    .extract = extract,
    .tensors = tensors,
    .restore = restore,
    .forget = forget,
    .can_mirror = can_mirror,
    .mirror = mirror,
    .aspect = oc_words_aspect,
    .key = oc_words_key,
    .draw = oc_words_draw,
    .spread = oc_words_spread,
};
