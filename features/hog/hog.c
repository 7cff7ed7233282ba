/* hog: histograms of oriented gradients.
 *
 * The gradient g = (I(x+1,y) - I(x-1,y), I(x,y+1) - I(x,y-1)) of every pixel votes with its length |g| for the bin of
 * its angle; cells of C x C pixels gather the votes, h (ny, nx, B). Blocks of cells, or the cells around a cell, then
 * take out contrast. All forms are one computation: pixels vote with a weight that is a product of a weight down and a
 * weight across (oc_hog_axis), so that votes are first summed down each column, a band of rows at a time, and then
 * across.
 *
 * The default, square roots of the votes split linearly between bins and between cells, was the best form without
 * blocks for a linear classifier on held-out training images of CIFAR-10 (51.7 %, votes alone 49.4) and Fashion-MNIST
 * (89.5, 88.0).
 *
 * Sources: Dalal and Triggs, "Histograms of oriented gradients for human detection" (2005); Felzenszwalb and others,
 * "Object detection with discriminatively trained part-based models" (2010). form.c lists the forms of other
 * libraries and how they differ. */
#include "features/hog/draw.h"
#include "features/hog/plan.h"
#include "features/hog/votes.h"

#include "src/base/fail.h"

static const char *const interpolations[] = {"none", "bins", "cells", "both", "auto", NULL};
static const char *const colors[] = {"luma", "max", NULL};
static const char *const norms[] = {"auto", "none", "sqrt", "row", "neighbours", "l1", "l1-sqrt", "l2", "l2-hys", NULL};
static const char *const presets[] = {"none", "skimage", "opencv", "uoctti", NULL};

static const oc_param params[] = {
    {"cell", OC_INTEGER, offsetof(oc_hog_params, cell), "8", 1, OC_HOG_CELL, NULL, "side of a cell in pixels"},
    {"bins", OC_INTEGER, offsetof(oc_hog_params, bins), "9", 1, OC_HOG_BINS / 2, NULL,
     "number of orientations of a "
     "cell"},
    {"signed", OC_FLAG, offsetof(oc_hog_params, with_sign), "0", 0, 1, NULL, "bins cover 360 degrees instead of 180"},
    {"interpolate", OC_CHOICE, offsetof(oc_hog_params, interpolate), "auto", 0, 0, interpolations,
     "a vote is split between: the two nearest bins, the four nearest cells, both, or none; auto: both, but only "
     "bins for blocks"},
    {"block", OC_INTEGER, offsetof(oc_hog_params, block), "1", 1, OC_HOG_BLOCK, NULL,
     "cells along the side of an overlapping block; 1: no blocks, each cell is written once"},
    {"norm", OC_CHOICE, offsetof(oc_hog_params, norm), "auto", 0, 0, norms,
     "contrast normalisation; auto: sqrt for block=1 (best for a linear classifier on held-out training images), "
     "else l2-hys"},
    {"epsilon", OC_REAL, offsetof(oc_hog_params, epsilon), "auto", 0, 1e6, NULL,
     "contrast, in gray levels per pixel, below which normalised values fade to 0; auto: 0.01"},
    {"window", OC_FLAG, offsetof(oc_hog_params, window), "0", 0, 1, NULL,
     "weight the pixels of a block by a Gaussian, sigma half the side of the block"},
    {"gamma", OC_FLAG, offsetof(oc_hog_params, gamma), "0", 0, 1, NULL,
     "replace pixel values by their square root "
     "first"},
    {"color", OC_CHOICE, offsetof(oc_hog_params, color), "luma", 0, 0, colors,
     "luma: gradient of the luma; max: gradient of the channel where it is largest"},
    {"preset", OC_CHOICE, offsetof(oc_hog_params, preset), "none", 0, 0, presets,
     "compute the values of another library; cell and bins can still be set"},
};

static oc_status resolve(void *values, oc_needs *needs, oc_error *err)
{
    oc_hog_params *p = values;
    (void)err;
    oc_hog_resolve(p);
    needs->planes = p->preset == OC_HOG_OWN && p->color ? OC_RGB : OC_GRAY;
    return OC_OK;
}

static oc_status extract(const oc_stage *stage, const oc_image *image, oc_scratch *memory, float *row, oc_error *err)
{
    const oc_hog_plan *plan = stage->plan.own;
    oc_arena *arena = &memory->arena;
    size_t nx = plan->across.targets, ny = plan->down.targets;
    float *cells = oc_arena_take(arena, ny * nx, plan->form.bins * sizeof(float));
    float *scratch = oc_arena_take(arena, oc_hog_scratch(&plan->form, nx), sizeof(float));
    if (!cells || !scratch) {
        return oc_fail_memory(err, "hog");
    }
    oc_status status = oc_hog_cells(plan, image, arena, cells, err);
    if (status == OC_OK) {
        oc_hog_grid grid = {cells, ny, nx, plan->down.per};
        oc_hog_normalizer_get()->normalize(&plan->form, &grid, scratch, row);
    }
    return status;
}

const oc_stage_type oc_stage_hog = {
    .name = "hog",
    .help = "histograms of oriented gradients",
    .params = params,
    .param_count = sizeof params / sizeof *params,
    .param_size = sizeof(oc_hog_params),
    .resolve = resolve,
    .conflict = oc_hog_conflict,
    .plan = oc_hog_plan_make,
    .extract = extract,
    .mirror_order = oc_hog_mirror_order,
    .pictures = &oc_hog_pictures,
};
