/* hog: from the pixels of an image to votes, and from votes to cells, either by rows of votes, for every form, or by
 * bands of rows, where one kernel does it all. */
#include "features/hog/votes.h"

#include "features/hog/kernels.h"
#include "src/base/fail.h"

#include <math.h>
#include <string.h>

/* Directions of the edges between bins. One at 0 degrees is where counting starts; directions along the axes are
 * exact. */
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
        oc_hog_gatherer_get()->gather(band->sums, v->width, bins, across, band->scratch,
                                      cells + t * across->targets * bins);
    }
}

/* True for what one kernel does from lines to sums (oc_hog_band). */
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
            oc_hog_gatherer_get()->join(sums, &band, cell, nx, weights, scratch,
                                        cells + (b - 1) * OC_HOG_BAND_BINS * nx);
        } else if (!split) {
            oc_hog_gatherer_get()->gather(sums, room, OC_HOG_BAND_BINS, &axis, scratch,
                                          cells + b * OC_HOG_BAND_BINS * nx);
        }
    }
    return OC_OK;
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

oc_status oc_hog_cells(const oc_hog_form *form, const oc_image *image, oc_hog_axis *down, oc_hog_axis *across,
                       oc_arena *arena, float *cells, oc_error *err)
{
    return in_bands(form) ? extract_bands(form, image, down->targets, across->targets, arena, cells, err)
                          : extract_rows(form, image, down, across, arena, cells, err);
}
