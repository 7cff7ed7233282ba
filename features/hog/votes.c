/* hog: from the pixels of an image to votes, and from votes to cells: by rows of votes, for every form, or by bands of
 * rows, where one kernel does both. */
#include "features/hog/votes.h"

#include "src/base/fail.h"

#include <math.h>
#include <string.h>

/* The state of turning rows of pixels into rows of votes, and the last rows of both. */
typedef struct votes {
    const oc_hog_plan *plan;
    const oc_hog_form *form;
    const oc_hog_kernels *kernels;
    const oc_image *image;
    size_t width, height; /* of the plan */
    size_t channels;      /* 1 or 3 */
    size_t loaded, voted; /* rows done so far */
    float *lines[3];      /* (3, line) rows y - 1, y, y + 1 in turn, with a border column on each side */
    size_t line;
    float *gx, *gy, *other_x, *other_y; /* (width) */
    size_t ring;                        /* rows of votes that are kept */
    float *position, *magnitude;        /* (ring, width) */
} votes;

enum { MARGIN = 16 }; /* floats before a line: the border column, and room that keeps the alignment */

/* Loads row y of the image as floats into line `slot`, with border columns by the border rule. */
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

/* The row above (side -1) or below (side +1) row y, by the border rule. */
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
        double radians = form->with_sign ? 2 * M_PI : M_PI;
        oc_hog_circle circle = {form->with_sign, (float)((double)form->bins / radians), form->tangent};
        v->kernels->linear(v->gx, v->gy, v->width, &circle, position, magnitude);
    } else {
        v->kernels->sectors(v->gx, v->gy, v->width, &v->plan->edges, position, magnitude);
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

/* Room for `count` lines of each channel. False when memory is short. */
static bool start_lines(votes *v, const oc_hog_plan *plan, const oc_image *image, size_t count, oc_arena *arena)
{
    const oc_hog_form *form = &plan->form;
    *v = (votes){.plan = plan, .form = form, .kernels = oc_hog_kernels_get(), .image = image};
    v->width = plan->width;
    v->height = plan->height;
    v->channels = form->color ? 3 : 1;
    v->line = (v->width + 2 * MARGIN) / MARGIN * MARGIN + MARGIN;
    bool room = true;
    for (size_t c = 0; c < v->channels; c++) {
        v->lines[c] = oc_arena_take(arena, v->line, count * sizeof(float));
        room = room && v->lines[c];
        if (room) { /* kernels read past the border, where there must be finite numbers */
            memset(v->lines[c], 0, count * v->line * sizeof(float));
        }
    }
    return room;
}

static bool start_votes(votes *v, const oc_hog_plan *plan, const oc_image *image, oc_arena *arena)
{
    bool lines = start_lines(v, plan, image, 3, arena);
    v->ring = plan->down.span < v->height ? plan->down.span : v->height;
    size_t row = v->width * sizeof(float);
    v->gx = oc_arena_take(arena, row, 1);
    v->gy = oc_arena_take(arena, row, 1);
    v->other_x = oc_arena_take(arena, row, 1);
    v->other_y = oc_arena_take(arena, row, 1);
    v->position = oc_arena_take(arena, v->ring, row);
    v->magnitude = oc_arena_take(arena, v->ring, row);
    return lines && v->gx && v->gy && v->other_x && v->other_y && v->position && v->magnitude;
}

/* Scratch of the gathering: the rows of votes that a target gathers, and their sums. */
typedef struct vote_band {
    const float **positions, **magnitudes; /* (span) */
    float *sums, *scratch;                 /* (bins, width), (2, width + 2 span) */
} vote_band;

/* cells (down.targets, bins, across.targets) */
static void gather_cells(votes *v, vote_band *band, float *cells)
{
    const oc_hog_axis *down = &v->plan->down, *across = &v->plan->across;
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
        oc_hog_rows voting = {band->positions, band->magnitudes, down->weights + t % down->per * down->span + skip,
                              rows, v->width};
        v->kernels->vote(&voting, bins, band->sums);
        oc_hog_gatherer_get()->gather(band->sums, v->width, bins, across, band->scratch,
                                      cells + t * across->targets * bins);
    }
}

/* True for the forms that one kernel takes from lines to sums (oc_hog_band). */
static bool in_bands(const oc_hog_form *form)
{
    bool odd_cells = (form->interpolate & OC_HOG_CELLS_LINEAR) && form->cell % 2;
    return form->bins == OC_HOG_BAND_BINS && !form->with_sign && !form->color && form->border != OC_HOG_SILENT &&
           !oc_hog_by_block(form) && !odd_cells;
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
static oc_status extract_bands(const oc_hog_plan *plan, const oc_image *image, oc_arena *arena, float *cells,
                               oc_error *err)
{
    const oc_hog_form *form = &plan->form;
    votes v;
    bool split = form->interpolate & OC_HOG_CELLS_LINEAR;
    size_t cell = form->cell, lead = split ? cell / 2 : 0, nx = plan->nx;
    if (!start_lines(&v, plan, image, cell + 2, arena)) {
        return oc_fail_memory(err, "hog");
    }
    size_t room = (v.width + OC_HOG_BAND_ROOM - 1) / OC_HOG_BAND_ROOM * OC_HOG_BAND_ROOM;
    oc_hog_band band = {.lines = v.lines[0] + MARGIN, .stride = v.line, .width = v.width, .room = room};
    band.tangent = form->interpolate & OC_HOG_BINS_LINEAR ? form->tangent : NULL;
    band.cell = cell;
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
    for (size_t b = 0; b < plan->ny + split; b++) {
        size_t first = b ? b * cell - lead : 0, end = b * cell + cell - lead;
        end = end < v.height ? end : v.height;
        load_band(&v, first, end - first, &band);
        band.end = (float)(end + lead - b * cell) + 0.5F;
        v.kernels->band(&band, sums, split ? carry : NULL);
        if (split && b) {
            oc_hog_gatherer_get()->join(sums, &band, nx, weights, scratch, cells + (b - 1) * OC_HOG_BAND_BINS * nx);
        } else if (!split) {
            oc_hog_gatherer_get()->gather(sums, room, OC_HOG_BAND_BINS, &axis, scratch,
                                          cells + b * OC_HOG_BAND_BINS * nx);
        }
    }
    return OC_OK;
}

/* cells (down.targets, bins, across.targets), row of votes by row of votes. */
static oc_status extract_rows(const oc_hog_plan *plan, const oc_image *image, oc_arena *arena, float *cells,
                              oc_error *err)
{
    votes v;
    size_t span = plan->down.span;
    vote_band band = {
        .positions = oc_arena_take(arena, span, sizeof(float *)),
        .magnitudes = oc_arena_take(arena, span, sizeof(float *)),
        .sums = oc_arena_take(arena, plan->form.bins, image->width * sizeof(float)),
        .scratch = oc_arena_take(arena, image->width + 2 * plan->across.span, 2 * sizeof(float)),
    };
    if (!band.positions || !band.magnitudes || !band.sums || !band.scratch || !start_votes(&v, plan, image, arena)) {
        return oc_fail_memory(err, "hog");
    }
    gather_cells(&v, &band, cells);
    return OC_OK;
}

oc_status oc_hog_cells(const oc_hog_plan *plan, const oc_image *image, oc_arena *arena, float *cells, oc_error *err)
{
    return in_bands(&plan->form) ? extract_bands(plan, image, arena, cells, err)
                                 : extract_rows(plan, image, arena, cells, err);
}
