/* hog: histograms of oriented gradients.
 *
 * The gradient g = (I(x+1,y) - I(x-1,y), I(x,y+1) - I(x,y-1)) of every pixel votes with its length |g| for the bin of
 * its angle; cells of C x C pixels gather the votes, h (ny, nx, B). Blocks of cells, or the cells around a cell, then
 * take out contrast. All forms are one computation: pixels vote with a weight that is a product of a weight down and a
 * weight across (oc_hog_axis), so that votes are first summed down each column, a band of rows at a time, and then
 * across.
 *
 * The default, square roots of the votes split linearly between bins and between cells, was the best plain
 * form for a linear classifier on held-out training images of CIFAR-10 (51.7 %, votes alone 49.4) and
 * Fashion-MNIST (89.5, 88.0).
 *
 * Sources: Dalal and Triggs, "Histograms of oriented gradients for human detection" (2005); Felzenszwalb and others,
 * "Object detection with discriminatively trained part-based models" (2010). The forms of other libraries and how they
 * differ stand in form.c. */
#include "features/hog/axis.h"
#include "features/hog/draw.h"
#include "features/hog/form.h"
#include "features/hog/kernels.h"
#include "features/hog/votes.h"

#include "src/base/fail.h"

static const char *const interpolations[] = {"none", "bins", "cells", "both", "auto", NULL};
static const char *const colors[] = {"luma", "max", NULL};
static const char *const norms[] = {"auto", "none", "sqrt", "row", "neighbours", "l1", "l1-sqrt", "l2", "l2-hys", NULL};
static const char *const presets[] = {"none", "skimage", "opencv", "uoctti", NULL};

static const oc_param params[] = {
    {"cell", OC_INTEGER, offsetof(oc_hog_params, cell), "8", 1, OC_HOG_CELL, NULL, "side of a cell in pixels"},
    {"bins", OC_INTEGER, offsetof(oc_hog_params, bins), "9", 1, OC_HOG_BINS / 2, NULL, "orientations of a cell"},
    {"signed", OC_FLAG, offsetof(oc_hog_params, with_sign), "0", 0, 1, NULL, "bins cover 360 degrees instead of 180"},
    {"interpolate", OC_CHOICE, offsetof(oc_hog_params, interpolate), "auto", 0, 0, interpolations,
     "what a vote is split between: the two nearest bins, the four nearest cells, both or none; auto: both, but bins "
     "for blocks"},
    {"block", OC_INTEGER, offsetof(oc_hog_params, block), "1", 1, OC_HOG_BLOCK, NULL,
     "cells along the side of an overlapping block; 1 writes each cell once"},
    {"norm", OC_CHOICE, offsetof(oc_hog_params, norm), "auto", 0, 0, norms,
     "contrast normalisation; auto: sqrt for block=1, the best for a linear classifier on held-out training images, "
     "else l2-hys"},
    {"epsilon", OC_REAL, offsetof(oc_hog_params, epsilon), "auto", 0, 1e6, NULL,
     "contrast below which a norm fades out, in gray levels a pixel; auto: 0.01"},
    {"window", OC_FLAG, offsetof(oc_hog_params, window), "0", 0, 1, NULL,
     "Gaussian weight of the pixels of a block, sigma half its side"},
    {"gamma", OC_FLAG, offsetof(oc_hog_params, gamma), "0", 0, 1, NULL, "square root of pixel values first"},
    {"color", OC_CHOICE, offsetof(oc_hog_params, color), "luma", 0, 0, colors,
     "gradient of the luma, or of the channel where it is largest"},
    {"preset", OC_CHOICE, offsetof(oc_hog_params, preset), "none", 0, 0, presets,
     "the values of another library; leaves cell and bins to choose"},
};

static unsigned planes(const void *values)
{
    oc_hog_form form;
    oc_hog_resolve(values, &form);
    return form.color ? OC_RGB : OC_GRAY;
}

static oc_status plan(const void *values, size_t width, size_t height, size_t *dimension, oc_error *err)
{
    oc_hog_form form;
    oc_hog_resolve(values, &form);
    size_t nx = oc_hog_cells_along(&form, width), ny = oc_hog_cells_along(&form, height);
    if (nx < form.block || ny < form.block) {
        size_t side = form.block * form.cell;
        return oc_fail(err, OC_TOO_SMALL, "an image of %zux%zu pixels is smaller than one %s of %zux%zu", width, height,
                       form.block > 1 ? "block" : "cell", side, side);
    }
    size_t each = form.uoctti ? form.bins / 2 * 3 + 4 : form.bins * form.block * form.block, blocks;
    if (!oc_multiply(ny - form.block + 1, nx - form.block + 1, &blocks) || !oc_multiply(blocks, each, dimension) ||
        *dimension > SIZE_MAX / 64) {
        return oc_fail(err, OC_TOO_LARGE, "the row of a %zux%zu image does not fit into memory", width, height);
    }
    return OC_OK;
}

static oc_status extract(const oc_stage *stage, const oc_image *image, oc_scratch *memory, float *row, oc_error *err)
{
    oc_arena *arena = &memory->arena;
    oc_hog_form form;
    oc_hog_resolve(stage->params, &form);
    float *down_weights = oc_arena_take(arena, oc_hog_axis_room(&form), sizeof(float));
    float *across_weights = oc_arena_take(arena, oc_hog_axis_room(&form), sizeof(float));
    if (!down_weights || !across_weights) {
        return oc_fail_memory(err, "hog");
    }
    oc_hog_axis down = oc_hog_axis_make(&form, oc_hog_cells_along(&form, image->height), down_weights);
    oc_hog_axis across = oc_hog_axis_make(&form, oc_hog_cells_along(&form, image->width), across_weights);
    float *cells = oc_arena_take(arena, down.targets * across.targets, form.bins * sizeof(float));
    float *scratch = oc_arena_take(arena, oc_hog_scratch(&form, across.targets), sizeof(float));
    if (!cells || !scratch) {
        return oc_fail_memory(err, "hog");
    }
    oc_status status = oc_hog_cells(&form, image, &down, &across, arena, cells, err);
    if (status == OC_OK) {
        oc_hog_normalizer_get()->normalize(&form, cells, down.targets, across.targets, down.per, scratch, row);
    }
    return status;
}

/* Mirroring sends the angle a to 180 - a degrees, so bin k to bins - 1 - k of a half circle. With votes for the nearest
 * bin alone an angle on an edge stays where it is and breaks the symmetry, as does a rest of columns that no cell
 * covers. */
static bool can_mirror(const oc_stage *stage)
{
    oc_hog_form form;
    oc_hog_resolve(stage->params, &form);
    return (form.interpolate & OC_HOG_BINS_LINEAR) && form.centre == 0 && !form.uoctti &&
           !(form.with_sign && form.bins % 2) && stage->width % form.cell == 0;
}

static void mirror(const oc_stage *stage, const float *row, float *out)
{
    oc_hog_form form;
    oc_hog_resolve(stage->params, &form);
    size_t bins = form.bins, block = form.block;
    size_t nx = stage->width / form.cell - block + 1, ny = stage->height / form.cell - block + 1;
    size_t last = form.with_sign ? bins / 2 + bins - 1 : bins - 1;
    for (size_t i = 0; i < ny * nx * block * block; i++) {
        size_t cx = i % block, cy = i / block % block, bx = i / (block * block) % nx, by = i / (block * block) / nx;
        size_t to = ((by * nx + nx - 1 - bx) * block + cy) * block + block - 1 - cx;
        for (size_t k = 0; k < bins; k++) {
            out[to * bins + (last - k) % bins] = row[i * bins + k];
        }
    }
}

const oc_stage_type oc_stage_hog = {
    .name = "hog",
    .help = "histograms of oriented gradients",
    .params = params,
    .param_count = sizeof params / sizeof *params,
    .param_size = sizeof(oc_hog_params),
    .refuse = oc_hog_refuse,
    .planes = planes,
    .plan = plan,
    .extract = extract,
    .can_mirror = can_mirror,
    .mirror = mirror,
    .aspect = oc_hog_aspect,
    .key = oc_hog_key,
    .draw = oc_hog_draw,
    .spread = oc_hog_spread,
};
