/* An image's row: descriptors x (D), whitened y = T (x - mean) (r), distances z_k = |y - w_k| to the words W (K,r),
 * codes, pooled over regions. Codes (Coates, Lee and Ng, 2011, section 3.2.2; van Gemert et al., 2008):
 *
 *     triangle  f_k = max(0, m - z_k), m the mean of the z_k
 *     hard      f_k = 1 for the nearest word, else 0
 *     vlad      as hard, but a word has a vector of values in place of one (vlad.h)
 *     fisher    as soft, but a word has a vector of values in place of one (fisher.h)
 *     soft      f_k = exp(-softness z_k^2 / m^2) over the sum of these, 0 but for the nearest words where their number
 *               is given (localized soft assignment: Liu, Wang and Liu, 2011)
 *
 * Where the last of the nearest words and the one after it are equally near, rounding decides which of them has a code:
 * there processors with other kernels may differ by that code, a few hundredths of the largest.
 *
 * Blocks of 48 patches pass through the panels of words together; |y - w|^2 = |y|^2 + (|w|^2 - 2 w . y), the bracket a
 * panel product. A block's distances stay in the second-level cache until it is pooled; nothing larger exists.
 *
 * Mirrored patches: the directions of T are even or odd under mirroring, so a mirrored patch has the same even part of
 * y and the odd part with its sign changed. With a = the product of the even parts and b of the odd ones, the patch
 * scores a + b and its mirror image a - b: both at the flops of one. */
#include "features/words/encode.h"

#include "features/words/fisher.h"
#include "features/words/kernels.h"
#include "features/words/patch.h"
#include "features/words/vlad.h"
#include "src/base/fail.h"

#include <math.h>
#include <string.h>

enum { BLOCK_LANES = OC_PANEL_BLOCK * OC_PANEL };

/* The working arrays of a block of places, of the image (side 0) or of its mirror image (side 1). */
typedef struct side {
    float *z;     /* (panels, OC_PANEL_BLOCK, 32) distances, later codes */
    float *sums;  /* (OC_PANEL_BLOCK, 32): partial sums of a row over the words */
    float *best;  /* (OC_PANEL_BLOCK, 32): least distances of a row in each lane */
    float *cells; /* (cells, panels * 32): pooled codes */
} side;

typedef struct encoder {
    const oc_words_params *params;
    const oc_words *words;
    const oc_panel_kernels *panel;
    const oc_words_kernels *kernels;
    size_t panels, cuts, sides;
    size_t nearest; /* words that share a code; 0: all */
    oc_words_view view;
    float *x, *packed;                   /* (OC_PANEL_BLOCK, D) */
    float *y, *packed_even, *packed_odd; /* (OC_PANEL_BLOCK, r) in all */
    float *norm, *row_value;             /* (OC_PANEL_BLOCK) */
    float *row_least, *row_limit;        /* (OC_PANEL_BLOCK): distances of the nearest word, and of the last of the nearest */
    float *near_codes;                   /* (OC_PANEL_BLOCK, nearest): distances, later codes, nearest first */
    uint32_t *near_words;                /* (OC_PANEL_BLOCK, nearest) */
    side side[2];
    size_t *cell_places; /* (cells): descriptors in a cell */
    oc_vlad vlad;        /* the sums that encode=vlad has in place of pooled codes; without them elsewhere */
    oc_fisher fisher;    /* the same for encode=fisher */
} encoder;

static bool take_side(side *s, size_t panels, size_t cells, oc_arena *arena)
{
    s->z = oc_arena_take(arena, panels * BLOCK_LANES, sizeof *s->z);
    s->sums = oc_arena_take(arena, BLOCK_LANES, sizeof *s->sums);
    s->best = oc_arena_take(arena, BLOCK_LANES, sizeof *s->best);
    s->cells = oc_arena_take(arena, cells * panels * OC_PANEL, sizeof *s->cells);
    if (!s->z || !s->sums || !s->best || !s->cells) {
        return false;
    }
    memset(s->cells, 0, cells * panels * OC_PANEL * sizeof *s->cells);
    return true;
}

static bool take_memory(encoder *e, size_t cells, oc_arena *arena)
{
    size_t depth = e->words->depth, r = e->words->directions;
    e->x = oc_arena_take(arena, OC_PANEL_BLOCK * depth, sizeof *e->x);
    e->packed = oc_arena_take(arena, OC_PANEL_BLOCK * depth, sizeof *e->packed);
    e->y = oc_arena_take(arena, OC_PANEL_BLOCK * r, sizeof *e->y);
    e->packed_even = oc_arena_take(arena, OC_PANEL_BLOCK * r, sizeof *e->packed_even);
    e->packed_odd = oc_arena_take(arena, OC_PANEL_BLOCK * r, sizeof *e->packed_odd);
    e->norm = oc_arena_take(arena, OC_PANEL_BLOCK, sizeof *e->norm);
    e->row_value = oc_arena_take(arena, OC_PANEL_BLOCK, sizeof *e->row_value);
    e->row_least = oc_arena_take(arena, OC_PANEL_BLOCK, sizeof *e->row_least);
    e->row_limit = oc_arena_take(arena, OC_PANEL_BLOCK, sizeof *e->row_limit);
    e->near_codes = oc_arena_take(arena, OC_PANEL_BLOCK * OC_WORDS_MAX_NEAREST, sizeof *e->near_codes);
    e->near_words = oc_arena_take(arena, OC_PANEL_BLOCK * OC_WORDS_MAX_NEAREST, sizeof *e->near_words);
    e->cell_places = oc_arena_take(arena, cells, sizeof *e->cell_places);
    bool complete = e->x && e->packed && e->y && e->packed_even && e->packed_odd && e->norm && e->row_value &&
                    e->row_least && e->row_limit && e->near_codes && e->near_words && e->cell_places;
    for (size_t s = 0; s < e->sides; s++) {
        complete = complete && take_side(&e->side[s], e->panels, cells, arena);
    }
    return complete;
}

/* y = T x - T mean and |y|^2 of a block; packed for the products with the words. */
static void whiten_block(encoder *e, size_t count)
{
    const oc_words *w = e->words;
    size_t r = w->directions, rows = e->panel->rows;
    float tile[OC_PANEL_MAX_ROWS * OC_PANEL] __attribute__((aligned(64)));
    size_t groups = oc_panel_pack_block(e->x, w->depth, count, w->depth, e->packed);
    for (size_t p = 0; p < oc_panel_count(r); p++) {
        size_t lanes = r - p * OC_PANEL < OC_PANEL ? r - p * OC_PANEL : OC_PANEL;
        for (size_t g = 0; g < groups; g++) {
            e->panel->product(e->packed + g * rows * w->depth, w->transform_panels + p * OC_PANEL * w->depth, w->depth,
                              w->transform_bias + p * OC_PANEL, tile);
            for (size_t i = 0; i < rows; i++) {
                memcpy(e->y + (g * rows + i) * r + p * OC_PANEL, tile + i * OC_PANEL, lanes * sizeof *tile);
            }
        }
    }
    for (size_t i = 0; i < groups * rows; i++) { /* the rows that fill up the last group too */
        float sum = 0;
#pragma omp simd reduction(+ : sum)
        for (size_t j = 0; j < r; j++) {
            sum += e->y[i * r + j] * e->y[i * r + j];
        }
        e->norm[i] = sum;
    }
    oc_panel_pack_block(e->y, r, count, w->even, e->packed_even);
    oc_panel_pack_block(e->y + w->even, r, count, r - w->even, e->packed_odd);
}

/* Distances of a block to all words. */
static void measure_block(encoder *e, size_t count)
{
    const oc_words *w = e->words;
    size_t rows = e->panel->rows, odd = w->directions - w->even;
    float tile[2][OC_PANEL_MAX_ROWS * OC_PANEL] __attribute__((aligned(64)));
    side *plain = &e->side[0], *mirrored = &e->side[1];
    for (size_t s = 0; s < e->sides; s++) {
        memset(e->side[s].sums, 0, BLOCK_LANES * sizeof *plain->sums);
    }
    for (size_t p = 0; p < e->panels; p++) {
        size_t lanes = w->count - p * OC_PANEL < OC_PANEL ? w->count - p * OC_PANEL : OC_PANEL;
        for (size_t row = 0; row < count; row += rows) {
            size_t at = row * OC_PANEL, in = p * BLOCK_LANES + at;
            e->panel->product(e->packed_even + row * w->even, w->even_panels + p * OC_PANEL * w->even, w->even,
                              w->word_bias + p * OC_PANEL, tile[0]);
            if (e->sides == 1) {
                e->kernels->distances(tile[0], e->norm + row, rows, lanes, plain->z + in, plain->sums + at);
                continue;
            }
            e->panel->product(e->packed_odd + row * odd, w->odd_panels + p * OC_PANEL * odd, odd, w->no_bias, tile[1]);
            e->kernels->distances_both(tile[0], tile[1], e->norm + row, rows, lanes, plain->z + in, plain->sums + at,
                                       mirrored->z + in, mirrored->sums + at);
        }
    }
}

static void sum_lanes(const float *sums, size_t count, float factor, float *out)
{
    for (size_t i = 0; i < count; i++) {
        float sum = 0;
        for (size_t lane = 0; lane < OC_PANEL; lane++) {
            sum += sums[i * OC_PANEL + lane];
        }
        out[i] = factor * sum;
    }
}

static void find_least(encoder *e, side *s, size_t count)
{
    for (size_t i = 0; i < BLOCK_LANES; i++) {
        s->best[i] = INFINITY;
    }
    for (size_t p = 0; p < e->panels; p++) {
        size_t left = e->words->count - p * OC_PANEL;
        e->kernels->least(s->z + p * BLOCK_LANES, count, left < OC_PANEL ? left : OC_PANEL, s->best);
    }
}

/* The nearest words of each row and their codes. row_value holds the rows' mean distances. */
static void code_nearest(encoder *e, side *s, size_t count)
{
    find_least(e, s, count);
    for (size_t i = 0; i < count; i++) {
        e->row_limit[i] = e->kernels->bound(s->best + i * OC_PANEL, e->nearest);
    }
    e->kernels->nearest(s->z, e->row_limit, count, e->words->count,
                        &(oc_words_near){e->nearest, e->near_codes, e->near_words});
    for (size_t i = 0; i < count; i++) {
        float *codes = e->near_codes + i * e->nearest, mean = e->row_value[i], total = 0;
        float scale = mean > 0 ? (float)-e->params->softness / (mean * mean) : 0, least = codes[0];
        for (size_t j = 0; j < e->nearest; j++) {
            codes[j] = expf(scale * (codes[j] * codes[j] - least * least));
            total += codes[j];
        }
        for (size_t j = 0; j < e->nearest; j++) {
            codes[j] /= total;
        }
    }
}

/* Turns distances into exponentials and row_value into the weight that makes a row's sum 1. */
static void soften_block(encoder *e, side *s, size_t count)
{
    find_least(e, s, count);
    for (size_t i = 0; i < count; i++) {
        e->row_least[i] = e->kernels->bound(s->best + i * OC_PANEL, 1);
        float mean = e->row_value[i];
        e->row_value[i] = mean > 0 ? (float)-e->params->softness / (mean * mean) : 0;
    }
    memset(s->sums, 0, BLOCK_LANES * sizeof *s->sums);
    for (size_t p = 0; p < e->panels; p++) {
        size_t left = e->words->count - p * OC_PANEL;
        e->kernels->soften(s->z + p * BLOCK_LANES, e->row_value, e->row_least, count, left < OC_PANEL ? left : OC_PANEL,
                           s->sums);
    }
    sum_lanes(s->sums, count, 1, e->row_value);
    for (size_t i = 0; i < count; i++) {
        e->row_value[i] = 1 / e->row_value[i]; /* at least 1: the nearest word's own */
    }
}

static void pool_nearest(const encoder *e, size_t first, size_t end, float *cell)
{
    bool maximum = e->params->pool == OC_WORDS_MAX;
    for (size_t i = first * e->nearest; i < end * e->nearest; i++) {
        float *value = cell + e->near_words[i], code = e->near_codes[i];
        *value = !maximum ? *value + code : code > *value ? code : *value;
    }
}

/* Adds the codes of rows first..end-1, which lie in one cell. */
static void pool_run(encoder *e, side *s, size_t first, size_t end, float *cell)
{
    if (e->nearest) {
        pool_nearest(e, first, end, cell);
        return;
    }
    bool maximum = e->params->pool == OC_WORDS_MAX, soft = e->params->encode == OC_WORDS_SOFT;
    void (*pool)(const float *, const float *, size_t,
                 float *) = soft ? (maximum ? e->kernels->max_weighted : e->kernels->add_weighted)
                                 : (maximum ? e->kernels->max_triangle : e->kernels->add_triangle);
    for (size_t p = 0; p < e->panels; p++) {
        pool(s->z + p * BLOCK_LANES + first * OC_PANEL, e->row_value + first, end - first, cell + p * OC_PANEL);
    }
}

/* Codes a block on one side and pools it, run by run of places in the same cell. */
static void pool_block(encoder *e, size_t which, const oc_words_place *places, size_t count)
{
    side *s = &e->side[which];
    sum_lanes(s->sums, count, 1 / (float)e->words->count, e->row_value);
    if (e->nearest) {
        code_nearest(e, s, count);
    } else if (e->params->encode == OC_WORDS_SOFT) {
        soften_block(e, s, count);
    }
    for (size_t i = 0; e->vlad.sums && i < count; i++) {
        oc_vlad_add(&e->vlad, which ? places[i].mirror_cell : places[i].cell, e->near_words[i],
                    e->y + i * e->words->directions, which == 1);
    }
    for (size_t i = 0; e->fisher.sums && i < count * e->nearest; i++) {
        const oc_words_place *place = &places[i / e->nearest];
        oc_fisher_add(&e->fisher, which ? place->mirror_cell : place->cell, e->near_words[i], e->near_codes[i],
                      e->y + i / e->nearest * e->words->directions, which == 1);
    }
    for (size_t first = 0, end; first < count; first = end) {
        uint32_t cell = which ? places[first].mirror_cell : places[first].cell;
        for (end = first + 1; end < count; end++) {
            if ((which ? places[end].mirror_cell : places[end].cell) != cell) {
                break;
            }
        }
        pool_run(e, s, first, end, s->cells + cell * e->panels * OC_PANEL);
    }
}

/* Adds one region, a rectangle of cells, to K values of the row. */
static void pool_region(const encoder *e, const side *s, const size_t from[2], const size_t to[2], float *out)
{
    size_t places = 0, count = e->words->count;
    float *region = s->z; /* no longer used */
    memset(region, 0, count * sizeof *region);
    for (size_t v = from[0]; v < to[0]; v++) {
        for (size_t u = from[1]; u < to[1]; u++) {
            const float *cell = s->cells + (v * e->cuts + u) * e->panels * OC_PANEL;
            places += e->cell_places[v * e->cuts + u];
            for (size_t k = 0; k < count; k++) {
                float larger = cell[k] > region[k] ? cell[k] : region[k];
                region[k] = e->params->pool == OC_WORDS_MAX ? larger : region[k] + cell[k];
            }
        }
    }
    float factor = e->params->pool == OC_WORDS_MEAN && places ? 1 / (float)places : 1;
    for (size_t k = 0; k < count; k++) {
        out[k] += factor * region[k];
    }
}

static void map_row(float *row, size_t count)
{
    for (size_t k = 0; k < count; k++) {
        row[k] = sqrtf(row[k]);
    }
}

static void write_row(const encoder *e, float *row)
{
    const oc_levels *grid = &e->params->grid;
    for (size_t l = 0; l < grid->count; l++) {
        size_t g = (size_t)grid->level[l];
        for (size_t region = 0; region < g * g; region++, row += e->words->count) {
            size_t v = region / g, u = region % g;
            size_t from[2] = {oc_words_region_start(grid, v, g), oc_words_region_start(grid, u, g)};
            size_t to[2] = {oc_words_region_start(grid, v + 1, g), oc_words_region_start(grid, u + 1, g)};
            memset(row, 0, e->words->count * sizeof *row);
            for (size_t s = 0; s < e->sides; s++) {
                pool_region(e, &e->side[s], from, to, row);
            }
            if (e->params->map == OC_WORDS_ROOT) {
                map_row(row, e->words->count);
            }
        }
    }
}

/* The number of words whose code is not 0; 0 when it is not fixed. */
static size_t nearest_words(const oc_words_params *params, size_t words)
{
    bool one = params->encode == OC_WORDS_HARD || params->encode == OC_WORDS_VLAD;
    bool soft = params->encode == OC_WORDS_SOFT || params->encode == OC_WORDS_FISHER;
    size_t wanted = one ? 1 : soft ? (size_t)params->nearest : 0;
    wanted = wanted || params->encode != OC_WORDS_FISHER ? wanted : OC_WORDS_MAX_NEAREST; /* 0: as many as there may be */
    return wanted < words ? wanted : words;
}

/* An encoder with room for the pooled codes of `cells` cells. */
static oc_status start(encoder *e, const oc_words_coding *c, size_t cells, oc_error *err)
{
    const oc_words_params *params = &c->plan->params;
    *e = (encoder){.params = params,
                   .words = c->words,
                   .panel = oc_panel(),
                   .kernels = oc_words_kernels_get(),
                   .panels = oc_panel_count(c->words->count),
                   .cuts = oc_words_cuts(&params->grid),
                   .sides = params->mirror ? 2 : 1,
                   .nearest = nearest_words(params, c->words->count)};
    return take_memory(e, cells, c->arena) ? oc_words_view_create(&e->view, c->plan, c->image, c->arena, err)
                                           : oc_fail_memory(err, "visual words");
}

/* Codes of at most OC_PANEL_BLOCK places, added to the cells they belong to. */
static void encode_block(encoder *e, const oc_words_place *places, size_t count)
{
    oc_words_describe(&e->view, places, count, e->x);
    whiten_block(e, count);
    measure_block(e, count);
    for (size_t s = 0; s < e->sides; s++) {
        pool_block(e, s, places, count);
    }
}

oc_status oc_words_encode(const oc_words_coding *c, float *row, oc_error *err)
{
    const oc_words_place *places = c->plan->places;
    size_t count = c->plan->place_count, cuts = oc_words_cuts(&c->plan->params.grid);
    encoder e;
    oc_status status = start(&e, c, cuts * cuts, err);
    if (status != OC_OK) {
        return status;
    }
    if (c->plan->params.encode == OC_WORDS_VLAD &&
        !oc_vlad_create(&e.vlad, c->words, oc_words_values(&c->plan->params), cuts * cuts, c->arena)) {
        return oc_fail_memory(err, "visual words");
    }
    if (c->plan->params.encode == OC_WORDS_FISHER &&
        !oc_fisher_create(&e.fisher, c->words, oc_words_values(&c->plan->params), cuts * cuts + 1, c->arena)) {
        return oc_fail_memory(err, "visual words");
    }
    memset(e.cell_places, 0, cuts * cuts * sizeof *e.cell_places);
    for (size_t i = 0; i < count; i++) {
        e.cell_places[places[i].cell]++;
    }
    for (size_t first = 0; first < count; first += OC_PANEL_BLOCK) {
        encode_block(&e, places + first, count - first < OC_PANEL_BLOCK ? count - first : OC_PANEL_BLOCK);
    }
    if (e.vlad.sums) {
        oc_vlad_write(&e.vlad, &c->plan->params.grid, row);
    } else if (e.fisher.sums) {
        oc_fisher_write(&e.fisher, &c->plan->params.grid, row);
    } else {
        write_row(&e, row);
    }
    return OC_OK;
}

/* Every place is a cell of its own, for itself and for its mirror image. */
oc_status oc_words_codes(const oc_words_coding *c, const oc_words_place *places, size_t count, float *codes,
                         oc_error *err)
{
    encoder e;
    oc_words_place single[OC_PANEL_BLOCK];
    oc_status status = start(&e, c, OC_PANEL_BLOCK, err);
    if (status != OC_OK) {
        return status;
    }
    for (size_t i = 0; i < count; i++) {
        single[i] = places[i];
        single[i].cell = single[i].mirror_cell = (uint32_t)i;
    }
    encode_block(&e, single, count);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < c->words->count; k++) {
            float *code = codes + i * c->words->count + k;
            *code = 0;
            for (size_t s = 0; s < e.sides; s++) {
                *code += e.side[s].cells[i * e.panels * OC_PANEL + k];
            }
        }
    }
    return OC_OK;
}
