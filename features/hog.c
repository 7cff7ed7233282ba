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
 * differ stand in hog_presets.c. */
#include "features/hog.h"

#include "src/base/fail.h"

#include <math.h>
#include <string.h>

OC_DECLARE_KERNELS(oc_hog_kernels, oc_hog_kernels);
OC_DECLARE_KERNELS(oc_hog_normalizer, oc_hog_normalizer);

const oc_hog_kernels *oc_hog_kernels_get(void)
{
    static const oc_hog_kernels *const tables[] = OC_KERNEL_TABLES(oc_hog_kernels);
    return tables[oc_isa_index()];
}

const oc_hog_normalizer *oc_hog_normalizer_get(void)
{
    static const oc_hog_normalizer *const tables[] = OC_KERNEL_TABLES(oc_hog_normalizer);
    return tables[oc_isa_index()];
}

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

/* Votes are kept by block where the weight of a pixel depends on the block it is seen in. */
static bool by_block(const oc_hog_form *form)
{
    return form->window || (form->block > 1 && (form->interpolate & OC_HOG_CELLS_LINEAR));
}

size_t oc_hog_cells_along(const oc_hog_form *form, size_t length)
{
    return (length + (form->rounded ? form->cell / 2 : 0)) / form->cell;
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

size_t oc_hog_scratch(const oc_hog_form *form, size_t nx)
{
    return (form->block * form->block * form->bins + 4) * nx + 2;
}

/* Weight of a pixel at distance `at` (in pixels, from the first pixel's outer edge) from cell `index`. */
static double cell_weight(const oc_hog_form *form, double at, double index)
{
    double distance = fabs(at / (double)form->cell - 0.5 - index);
    if (form->interpolate & OC_HOG_CELLS_LINEAR) {
        return distance < 1 ? 1 - distance : 0;
    }
    return distance < 0.5 ? 1 : 0;
}

/* The axis along one side with n cells. weights has room for oc_hog_axis_room. */
static oc_hog_axis make_axis(const oc_hog_form *form, size_t n, float *weights)
{
    bool blocks = by_block(form), linear = (form->interpolate & OC_HOG_CELLS_LINEAR) != 0;
    oc_hog_axis axis = {.targets = n, .per = 1, .step = form->cell, .span = form->cell, .weights = weights};
    if (blocks) {
        axis.per = form->block;
        axis.targets = (n - form->block + 1) * form->block;
        axis.span = form->block * form->cell;
    } else if (linear) {
        axis.span = 2 * form->cell + form->cell % 2;
        axis.offset = -(ptrdiff_t)((form->cell + 1) / 2);
    } else {
        axis.even = true;
    }
    double middle = (double)(form->block * form->cell) / 2 + form->centre;
    for (size_t c = 0; c < axis.per; c++) {
        for (size_t i = 0; i < axis.span; i++) {
            double at = (double)axis.offset + (double)i + 0.5;
            double weight = cell_weight(form, at, (double)c);
            if (form->window) {
                double from = (at - middle) / form->sigma;
                weight *= exp(-0.5 * from * from);
            }
            weights[c * axis.span + i] = (float)weight;
        }
    }
    return axis;
}

/* Weights along the whole side, see oc_hog_axis. False when memory is short. */
static bool make_patterns(oc_hog_axis *axis, size_t length, oc_arena *arena)
{
    if (axis->span % axis->step) {
        return true;
    }
    size_t phases = axis->span / axis->step;
    axis->patterns = oc_arena_take(arena, axis->per * phases, length * sizeof(float));
    for (size_t f = 0; axis->patterns && f < axis->per * phases; f++) {
        const float *weights = axis->weights + f / phases * axis->span;
        ptrdiff_t start = (ptrdiff_t)(f % phases * axis->step) + axis->offset;
        size_t at = (size_t)((start < 0 ? -start : (ptrdiff_t)axis->span - start % (ptrdiff_t)axis->span)) % axis->span;
        for (size_t x = 0; x < length; x++) {
            axis->patterns[f * length + x] = weights[at];
            at = at + 1 < axis->span ? at + 1 : 0;
        }
    }
    return axis->patterns;
}

static size_t axis_room(const oc_hog_form *form)
{
    size_t blocks = form->block * form->block * form->cell, linear = 2 * form->cell + 1;
    return blocks > linear ? blocks : linear;
}

size_t oc_hog_reach(const oc_hog_axis *axis, size_t target, size_t length, size_t *first, size_t *skip)
{
    ptrdiff_t start = (ptrdiff_t)(target / axis->per * axis->step) + axis->offset;
    ptrdiff_t end = start + (ptrdiff_t)axis->span;
    ptrdiff_t from = start < 0 ? 0 : start, to = end > (ptrdiff_t)length ? (ptrdiff_t)length : end;
    *first = (size_t)from;
    *skip = (size_t)(from - start);
    return to > from ? (size_t)(to - from) : 0;
}

/* Directions of the edges between bins. One at 0 degrees is where counting starts; directions along the axes are exact.
 */
static void make_edges(const oc_hog_form *form, oc_hog_edges *edges)
{
    double circle = form->with_sign ? 2 * M_PI : M_PI;
    *edges = (oc_hog_edges){.beyond = form->centred};
    for (size_t k = form->centred ? 0 : 1; k < form->bins; k++) {
        size_t twice = 2 * k + form->centred; /* the edge lies at twice / (2 bins) of the circle */
        double angle = (double)twice * circle / (double)(2 * form->bins);
        double c = cos(angle), s = sin(angle);
        if (form->with_sign && twice <= form->bins) {
            edges->half += 1;
            edges->turn += twice < form->bins;
        }
        if (!form->with_sign || twice != form->bins) {
            edges->cosine[edges->count] = fabs(c) < 1e-12 ? 0 : (float)c;
            edges->sine[edges->count++] = fabs(s) < 1e-12 ? 0 : (float)s;
        }
    }
}

/* Everything that is needed to turn rows of pixels into rows of votes, and the rows that were last. */
typedef struct votes {
    const oc_hog_form *form;
    const oc_hog_kernels *kernels;
    const oc_image *image;
    size_t width, height; /* of what is looked at */
    size_t channels;      /* 1 or 3 */
    size_t loaded, voted; /* rows done so far */
    float *lines[3];      /* (3, line) rows y - 1, y, y + 1 in turn, with a border column on each side */
    size_t line;
    float *gx, *gy, *other_x, *other_y; /* (width) */
    size_t ring;                        /* rows of votes that are kept */
    float *position, *magnitude;        /* (ring, width) */
    oc_hog_edges edges;
} votes;

enum { MARGIN = 16 }; /* floats in front of a line: the border column, and the alignment kept */

/* A row of pixels as floats, with the border columns that the border rule asks for, to place `slot`. */
static void load_line(votes *v, size_t y, size_t slot)
{
    size_t last = v->width - 1;
    for (size_t c = 0; c < v->channels; c++) {
        const uint8_t *bytes = v->form->color ? v->image->rgb + 3 * y * v->image->width + c
                                              : v->image->gray + y * v->image->width;
        float *line = v->lines[c] + slot * v->line + MARGIN;
        v->kernels->line(bytes, v->channels, v->width, line);
        if (v->form->gamma) {
            for (size_t x = 0; x < v->width; x++) {
                line[x] = sqrtf(line[x]);
            }
        }
        bool reflect = v->form->border == OC_HOG_REFLECT && last > 0;
        line[-1] = reflect ? line[1] : line[0];
        line[v->width] = reflect ? line[last - 1] : line[last];
    }
}

/* Row y's neighbour above (-1) or below (+1), by the border rule. */
static size_t neighbour(const votes *v, size_t y, int side)
{
    bool outside = side < 0 ? y == 0 : y + 1 == v->height;
    if (!outside) {
        return side < 0 ? y - 1 : y + 1;
    }
    bool reflect = v->form->border == OC_HOG_REFLECT && v->height > 1;
    return !reflect ? y : side < 0 ? y + 1 : y - 1;
}

static void silence_border(const votes *v, size_t y, float *magnitude)
{
    magnitude[0] = magnitude[v->width - 1] = 0;
    if (y == 0 || y + 1 == v->height) {
        memset(magnitude, 0, v->width * sizeof *magnitude);
    }
}

static void vote_row(votes *v, size_t y)
{
    const oc_hog_form *form = v->form;
    size_t above = neighbour(v, y, -1) % 3, below = neighbour(v, y, 1) % 3;
    for (size_t c = 0; c < v->channels; c++) {
        const float *lines = v->lines[c] + MARGIN;
        v->kernels->gradient(lines + above * v->line, lines + (y % 3) * v->line, lines + below * v->line, v->width,
                             c ? v->other_x : v->gx, c ? v->other_y : v->gy);
        if (c) {
            v->kernels->longest(v->other_x, v->other_y, v->width, v->gx, v->gy);
        }
    }
    float *position = v->position + (y % v->ring) * v->width;
    float *magnitude = v->magnitude + (y % v->ring) * v->width;
    if ((form->interpolate & OC_HOG_BINS_LINEAR) && form->bins > 1) {
        double circle = form->with_sign ? 2 * M_PI : M_PI;
        v->kernels->linear(v->gx, v->gy, v->width, form->with_sign, (float)((double)form->bins / circle), form->tangent,
                           position, magnitude);
    } else {
        v->kernels->sectors(v->gx, v->gy, v->width, form->with_sign, &v->edges, form->bins, position, magnitude);
    }
    if (form->border == OC_HOG_SILENT) {
        silence_border(v, y, magnitude);
    }
}

/* Votes for all rows before `end`. */
static void vote_until(votes *v, size_t end)
{
    for (; v->voted < end; v->voted++) {
        size_t wanted = v->voted + 2 < v->height ? v->voted + 2 : v->height;
        for (; v->loaded < wanted; v->loaded++) {
            load_line(v, v->loaded, v->loaded % 3);
        }
        vote_row(v, v->voted);
    }
}

/* Room for `count` lines of each channel. */
static bool start_lines(votes *v, const oc_hog_form *form, const oc_image *image, size_t count, oc_arena *arena)
{
    v->form = form;
    v->kernels = oc_hog_kernels_get();
    v->image = image;
    v->width = form->cropped ? image->width / form->cell * form->cell : image->width;
    v->height = form->cropped ? image->height / form->cell * form->cell : image->height;
    v->channels = form->color ? 3 : 1;
    v->line = (v->width + 2 * MARGIN) / MARGIN * MARGIN + MARGIN;
    bool room = true;
    for (size_t c = 0; c < v->channels; c++) {
        v->lines[c] = oc_arena_take(arena, v->line, count * sizeof(float));
        room = room && v->lines[c];
        if (room) { /* kernels read on past the border, and numbers are what they must find */
            memset(v->lines[c], 0, count * v->line * sizeof(float));
        }
    }
    return room;
}

static bool start_votes(votes *v, const oc_hog_form *form, const oc_image *image, size_t ring, oc_arena *arena)
{
    bool lines = start_lines(v, form, image, 3, arena);
    v->ring = ring < v->height ? ring : v->height;
    make_edges(form, &v->edges);
    size_t row = v->width * sizeof(float);
    v->gx = oc_arena_take(arena, row, 1);
    v->gy = oc_arena_take(arena, row, 1);
    v->other_x = oc_arena_take(arena, row, 1);
    v->other_y = oc_arena_take(arena, row, 1);
    v->position = oc_arena_take(arena, v->ring, row);
    v->magnitude = oc_arena_take(arena, v->ring, row);
    return lines && v->gx && v->gy && v->other_x && v->other_y && v->position && v->magnitude;
}

/* Scratch of the gathering: the rows of votes in reach of a target, and their sums. */
typedef struct vote_band {
    const float **positions, **magnitudes; /* (span) */
    float *sums, *scratch;                 /* (bins, width), (2, width + 2 span) */
} vote_band;

/* cells (down.targets, bins, across.targets) */
static void gather_cells(votes *v, const oc_hog_axis *down, const oc_hog_axis *across, vote_band *band, float *cells)
{
    size_t bins = v->form->bins;
    for (size_t t = 0; t < down->targets; t++) {
        size_t first, skip;
        size_t rows = oc_hog_reach(down, t, v->height, &first, &skip);
        vote_until(v, first + rows);
        for (size_t i = 0; i < rows; i++) {
            size_t at = (first + i) % v->ring * v->width;
            band->positions[i] = v->position + at;
            band->magnitudes[i] = v->magnitude + at;
        }
        v->kernels->vote(band->positions, band->magnitudes, down->weights + t % down->per * down->span + skip, rows,
                         v->width, bins, band->sums);
        v->kernels->gather(band->sums, v->width, bins, across, band->scratch, cells + t * across->targets * bins);
    }
}

/* True for what one kernel does from lines to sums (oc_hog_band). */
static bool in_bands(const oc_hog_form *form)
{
    bool odd_cells = (form->interpolate & OC_HOG_CELLS_LINEAR) && form->cell % 2;
    return form->bins == OC_HOG_BAND_BINS && !form->with_sign && !form->color && form->border != OC_HOG_SILENT &&
           !by_block(form) && !odd_cells;
}

/* Loads the lines of rows first - 1 .. first + rows, as many as a band needs. */
static void load_band(votes *v, size_t first, size_t rows, oc_hog_band *band)
{
    band->rows = rows;
    for (size_t r = 0; r < rows + 2; r++) {
        size_t y = r == 0 ? neighbour(v, first, -1) : r > rows ? neighbour(v, first + rows - 1, 1) : first + r - 1;
        load_line(v, y, r);
    }
}

/* cells (ny, bins, nx), a band at a time. */
static oc_status extract_bands(const oc_hog_form *form, const oc_image *image, size_t ny, size_t nx, oc_arena *arena,
                               float *cells, oc_error *err)
{
    votes v = {0};
    bool split = form->interpolate & OC_HOG_CELLS_LINEAR;
    size_t cell = form->cell, lead = split ? cell / 2 : 0;
    if (!start_lines(&v, form, image, cell + 2, arena)) {
        return oc_fail_memory(err, "hog");
    }
    size_t room = (v.width + OC_HOG_BAND_ROOM - 1) / OC_HOG_BAND_ROOM * OC_HOG_BAND_ROOM;
    oc_hog_band band = {.lines = v.lines[0] + MARGIN, .stride = v.line, .width = v.width, .room = room};
    band.tangent = form->interpolate & OC_HOG_BINS_LINEAR ? form->tangent : NULL;
    band.per_row = 1 / (float)cell;
    oc_hog_axis axis = {.targets = nx, .per = 1, .step = cell, .span = cell, .even = true};
    float *sums = oc_arena_take(arena, OC_HOG_BAND_BINS * room + cell, sizeof *sums);
    float *carry = oc_arena_take(arena, OC_HOG_BAND_BINS, room * sizeof *carry);
    float *scratch = oc_arena_take(arena, room, OC_HOG_JOIN_SCRATCH * sizeof *scratch);
    float *weights = oc_arena_take(arena, room, sizeof *weights);
    if (!sums || !carry || !scratch || !weights) {
        return oc_fail_memory(err, "hog");
    }
    memset(carry, 0, OC_HOG_BAND_BINS * room * sizeof *carry);
    for (size_t i = 0; split && i < room / 2; i++) {
        weights[i] = ((float)(2 * i % cell) + 0.5F) * band.per_row;
    }
    for (size_t b = 0; b < ny + split; b++) {
        size_t first = b ? b * cell - lead : 0, end = b * cell + cell - lead;
        end = end < v.height ? end : v.height;
        load_band(&v, first, end - first, &band);
        band.end = (float)(end + lead - b * cell) + 0.5F;
        v.kernels->band(&band, sums, split ? carry : NULL);
        if (split && b) {
            v.kernels->join(sums, &band, cell, nx, weights, scratch, cells + (b - 1) * OC_HOG_BAND_BINS * nx);
        } else if (!split) {
            v.kernels->gather(sums, room, OC_HOG_BAND_BINS, &axis, scratch, cells + b * OC_HOG_BAND_BINS * nx);
        }
    }
    return OC_OK;
}

/* cells (down.targets, bins, across.targets), row of votes by row of votes. */
static oc_status extract_rows(const oc_hog_form *form, const oc_image *image, oc_hog_axis *down, oc_hog_axis *across,
                              oc_arena *arena, float *cells, oc_error *err)
{
    votes v = {0};
    vote_band band = {
        .positions = oc_arena_take(arena, down->span, sizeof(float *)),
        .magnitudes = oc_arena_take(arena, down->span, sizeof(float *)),
        .sums = oc_arena_take(arena, form->bins, image->width * sizeof(float)),
        .scratch = oc_arena_take(arena, image->width + 2 * across->span, 2 * sizeof(float)),
    };
    if (!band.positions || !band.magnitudes || !band.sums || !band.scratch ||
        !start_votes(&v, form, image, down->span, arena) || !make_patterns(across, v.width, arena)) {
        return oc_fail_memory(err, "hog");
    }
    gather_cells(&v, down, across, &band, cells);
    return OC_OK;
}

static oc_status extract(const oc_stage *stage, const oc_image *image, oc_arena *arena, float *row, oc_error *err)
{
    oc_hog_form form;
    oc_hog_resolve(stage->params, &form);
    float *down_weights = oc_arena_take(arena, axis_room(&form), sizeof(float));
    float *across_weights = oc_arena_take(arena, axis_room(&form), sizeof(float));
    if (!down_weights || !across_weights) {
        return oc_fail_memory(err, "hog");
    }
    oc_hog_axis down = make_axis(&form, oc_hog_cells_along(&form, image->height), down_weights);
    oc_hog_axis across = make_axis(&form, oc_hog_cells_along(&form, image->width), across_weights);
    float *cells = oc_arena_take(arena, down.targets * across.targets, form.bins * sizeof(float));
    float *scratch = oc_arena_take(arena, oc_hog_scratch(&form, across.targets), sizeof(float));
    if (!cells || !scratch) {
        return oc_fail_memory(err, "hog");
    }
    oc_status status = in_bands(&form) ? extract_bands(&form, image, down.targets, across.targets, arena, cells, err)
                                       : extract_rows(&form, image, &down, &across, arena, cells, err);
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
