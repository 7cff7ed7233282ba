/* Bag of visual words: which words of a learned codebook occur where in the image (Csurka et al., 2004; Coates, Lee and
 * Ng, 2011). A row holds, for each level of the grid, each region row and each region column, K values, one a word.
 *
 * words.c     the stage: parameters, fitted state
 * plan.c      the plan for one size of images
 * layout.c    where descriptors are taken, and the regions that pool them
 * patch.c     descriptors: pixel patches, contrast normalised, or
 * sift.c      gradients around a place
 * opponent.c  the planes of opponent colours
 * codebook.c  the learned arrays: prepare, save, load
 * fit.c       learning the whitening and the words
 * encode.c    an image's row
 * vlad.c      residuals in place of counts
 * fisher.c    residuals and how widely they spread
 * draw.c      pictures
 * *_kernels.c inner loops; kernels.c chooses them */
#include "features/words/codebook.h"
#include "features/words/draw.h"
#include "features/words/encode.h"
#include "features/words/fit.h"
#include "features/words/plan.h"
#include "features/words/sift.h"

#include "src/base/fail.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

static const char *const encodings[] = {"auto", "triangle", "hard", "soft", "vlad", "fisher", NULL};
static const char *const descriptors[] = {"patch", "sift", "opponent-sift", NULL};
static const char *const maps[] = {"auto", "none", "sqrt", NULL};
static const char *const pools[] = {"auto", "sum", "mean", "max", NULL};

#define FIELD(name) offsetof(oc_words_params, name)
static const oc_param params_table[] = {
    {"count", OC_INTEGER, FIELD(count), "auto", 1, 65536, NULL,
     "number of words; auto: 1600, sift 1000, vlad 128, "
     "fisher 64"},
    {"patch", OC_INTEGER, FIELD(patch), "6", 1, 24, NULL, "side of a patch in pixels"},
    {"stride", OC_INTEGER, FIELD(stride), "auto", 1, 64, NULL,
     "pixels from one descriptor to the next; auto: 1 for patches; for sift 8 at 256x256, scaled with the image size"},
    {"descriptor", OC_CHOICE, FIELD(descriptor), "patch", 0, 0, descriptors,
     "patch: pixels; sift, opponent-sift: gradients, for larger images"},
    {"cells", OC_LEVELS, FIELD(cells), "auto", OC_SIFT_MIN_CELL, OC_SIFT_MAX_CELL, NULL,
     "for descriptor=sift: sizes of the 4x4 cells in pixels; auto: 4-6-8-12 at 256x256, scaled with the image size"},
    {"gray", OC_FLAG, FIELD(gray), "0", 0, 1, NULL, "patches of luma only"},
    {"contrast", OC_REAL, FIELD(contrast), "10", 1e-3, 1e6, NULL,
     "added to the variance of a patch before the patch is divided by its standard deviation"},
    {"whiten", OC_FLAG, FIELD(whiten), "1", 0, 1, NULL, "whiten the patches"},
    {"ridge", OC_REAL, FIELD(ridge), "auto", 1e-6, 1e6, NULL,
     "added to the eigenvalues in whitening; auto: 1 for patches, 0.001 for sift"},
    {"keep", OC_REAL, FIELD(keep), "auto", 1e-3, 1, NULL,
     "fraction of the whitened variance to keep: fewer values, less work; auto: 0.97, for sift 0.85"},
    {"samples", OC_INTEGER, FIELD(samples), "auto", 1, 1e9, NULL,
     "number of descriptors to learn from; auto: 250 for each word, at least 200000; for sift 100 and 60000"},
    {"iterations", OC_INTEGER, FIELD(iterations), "auto", 0, 10000, NULL,
     "maximum number of k-means iterations; "
     "auto: 20, for sift 10"},
    {"encode", OC_CHOICE, FIELD(encode), "auto", 0, 0, encodings,
     "how a descriptor is coded by the words; auto: "
     "triangle for patches, soft for sift"},
    {"softness", OC_REAL, FIELD(softness), "auto", 0, 1e6, NULL,
     "for encode=soft, fisher: how fast codes fall with squared distance / mean squared distance; auto: 20, for "
     "fisher 50"},
    {"nearest", OC_INTEGER, FIELD(nearest), "auto", 0, OC_WORDS_MAX_NEAREST, NULL,
     "for encode=soft, fisher: number of nearest words that share a code, 0: all, of fisher 32; auto: 5 for sift and "
     "fisher, else all"},
    {"pool", OC_CHOICE, FIELD(pool), "auto", 0, 0, pools,
     "how the codes of a region are combined; auto: max for soft codes of nearest words, else sum"},
    {"map", OC_CHOICE, FIELD(map), "auto", 0, 0, maps, "function of the pooled codes; auto: none for max, else sqrt"},
    {"grid", OC_LEVELS, FIELD(grid), "auto", 1, 16, NULL,
     "regions per side; 1-2-4 is a pyramid; auto: 2 for patches, 1-2-4 for sift, 1 for vlad and fisher"},
    {"mirror", OC_FLAG, FIELD(mirror), "0", 0, 1, NULL, "add the codes of the mirrored image"},
};

/* The values for "auto" were chosen on held-out training images: for patches of CIFAR-10 (JPEG), for gradient
 * descriptors of objects before photographs. Eigenvalues of contrast-normalised patches are 0.01 to 30, those of
 * gradient descriptors a thousandth of that; the lowest ones of a JPEG file are noise. */
static void replace_auto(oc_words_params *p)
{
    bool sift = oc_words_gradients(p), residuals = oc_words_residuals(p), fisher = p->encode == OC_WORDS_FISHER;
    if (p->count == OC_AUTO) {
        p->count = fisher ? 64 : residuals ? 128 : sift ? 1000 : 1600;
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
        p->keep = residuals ? 1 : sift ? 0.85 : 0.97;
    }
    if (p->encode == OC_WORDS_ENCODE_AUTO) {
        p->encode = sift ? OC_WORDS_SOFT : OC_WORDS_TRIANGLE;
    }
    if (isnan(p->softness)) {
        p->softness = fisher ? 50 : 20;
    }
    if (p->nearest == OC_AUTO) {
        p->nearest = sift || fisher ? 5 : 0;
    }
    if (p->pool == OC_WORDS_POOL_AUTO) {
        p->pool = p->encode == OC_WORDS_SOFT && p->nearest ? OC_WORDS_MAX : OC_WORDS_SUM;
    }
    if (p->map == OC_WORDS_MAP_AUTO) {
        p->map = p->pool == OC_WORDS_MAX ? OC_WORDS_PLAIN : OC_WORDS_ROOT;
    }
    if (p->grid.count == 0) {
        p->grid = residuals ? (oc_levels){1, {1}} : sift ? (oc_levels){3, {1, 2, 4}} : (oc_levels){1, {2}};
    }
}

static const char *conflict(const void *values, const char *name)
{
    const oc_words_params *p = values;
    bool sift = oc_words_gradients(p), residuals = oc_words_residuals(p);
    bool soft = p->encode == OC_WORDS_SOFT || p->encode == OC_WORDS_FISHER;
    if (strcmp(name, "patch") == 0 && sift) {
        return "gradient descriptors have no patches; 'cells' are their sizes";
    }
    if (strcmp(name, "cells") == 0 && !sift) {
        return "only gradient descriptors have cells; 'patch' is the size of a patch";
    }
    if (strcmp(name, "gray") == 0 && p->descriptor == OC_WORDS_SIFT && !p->gray) {
        return "descriptor=sift looks at the luma alone";
    }
    if (strcmp(name, "gray") == 0 && p->descriptor == OC_WORDS_OPPONENT_SIFT) {
        return "descriptor=opponent-sift is of colours; descriptor=sift looks at the luma alone";
    }
    if (strcmp(name, "pool") == 0 && residuals) {
        return "encode=vlad and encode=fisher add residuals";
    }
    if (strcmp(name, "map") == 0 && residuals) {
        return "encode=vlad and encode=fisher bring residuals to length 1";
    }
    if (strcmp(name, "keep") == 0 && residuals) {
        return "encode=vlad and encode=fisher keep the 64 directions of most variance";
    }
    if (strcmp(name, "ridge") == 0 && !p->whiten) {
        return "with whiten=0 no eigenvalue is divided by";
    }
    if (strcmp(name, "nearest") == 0 && !soft) {
        return "only with encode=soft or fisher words share a code";
    }
    if (strcmp(name, "softness") == 0 && !soft) {
        return "only encode=soft and encode=fisher have soft codes";
    }
    if (strcmp(name, "softness") == 0 && p->nearest == 1) {
        return "with nearest=1 one word gets the whole code";
    }
    return NULL;
}

/* Gradient descriptors need more than 128 pixels: photographs brought to less lose the detail that they describe. */
static oc_status resolve(void *values, oc_needs *needs, oc_error *err)
{
    oc_words_params *p = values;
    bool sift = oc_words_gradients(p), opponent = p->descriptor == OC_WORDS_OPPONENT_SIFT;
    (void)err;
    replace_auto(p);
    needs->planes = opponent ? OC_GRAY | OC_RGB : p->gray || sift ? OC_GRAY : OC_RGB;
    needs->min_side = sift ? 256 : 0;
    return OC_OK;
}

static void free_state(oc_stage *stage)
{
    if (stage->state) {
        oc_words_free(stage->state);
        oc_free(stage->state);
        stage->state = NULL;
    }
}

/* Makes `words` the state of the stage, or frees it. */
static oc_status set_state(oc_stage *stage, oc_words *words, oc_error *err)
{
    oc_words *state = oc_alloc(1, sizeof *state);
    if (!state) {
        oc_words_free(words);
        return oc_fail_memory(err, "words");
    }
    *state = *words;
    free_state(stage);
    stage->state = state;
    return OC_OK;
}

static oc_status fit(oc_stage *stage, const oc_source *source, uint64_t seed, oc_job *job, oc_error *err)
{
    oc_words words = {0};
    oc_status status = oc_words_fit(stage->plan.own, source, seed, &words, job, err);
    return status == OC_OK ? set_state(stage, &words, err) : status;
}

static oc_status extract(const oc_stage *stage, const oc_image *image, oc_scratch *scratch, float *row, oc_error *err)
{
    oc_words_coding coding = {stage->plan.own, stage->state, image, &scratch->arena};
    return oc_words_encode(&coding, row, err);
}

static size_t save_state(const oc_stage *stage, oc_tensor *out)
{
    return stage->state ? oc_words_save(stage->state, out) : 0;
}

static oc_status load_state(oc_stage *stage, const oc_tensor *from, size_t count, oc_error *err)
{
    oc_words words = {0};
    oc_status status = oc_words_load(stage->params, from, count, &words, err);
    return status == OC_OK ? set_state(stage, &words, err) : status;
}

const oc_stage_type oc_stage_words = {
    .name = "words",
    .help = "bag of visual words: patches coded by a learned codebook",
    .params = params_table,
    .param_count = sizeof params_table / sizeof *params_table,
    .param_size = sizeof(oc_words_params),
    .resolve = resolve,
    .conflict = conflict,
    .plan = oc_words_plan_make,
    .extract = extract,
    .mirror_order = oc_words_mirror_columns,
    .fit = fit,
    .save_state = save_state,
    .load_state = load_state,
    .free_state = free_state,
    .pictures = &oc_words_pictures,
};
