/* words: pictures.
 *
 * A word is a point in the whitened space, y = T (x - mean). The rows of T are orthogonal, so that the patch with the
 * least length that becomes y is x = mean + sum_i t_i y_i / |t_i|^2: the word as it looks. Words of gradient
 * descriptors are drawn as 4 x 4 stars. */
#include "features/words/draw.h"

#include "features/words/encode.h"
#include "features/words/kernels.h"
#include "features/words/patch.h"
#include "src/base/fail.h"
#include "src/draw/shapes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Every word as it looks, (K, depth). */
typedef struct looks {
    const oc_words_params *params;
    size_t count, depth, channels;
    float *values;
} looks;

static oc_status unwhiten(const oc_stage *stage, looks *l, oc_error *err)
{
    const oc_words *w = stage->state;
    const oc_words_params *params = stage->params;
    *l = (looks){params, w->count, w->depth, params->gray || oc_words_gradients(params) ? 1 : 3, NULL};
    l->values = oc_alloc(w->count, w->depth * sizeof *l->values);
    if (!l->values) {
        return oc_fail_memory(err, "the words");
    }
    for (size_t i = 0; i < w->directions; i++) {
        const float *t = w->transform + i * w->depth;
        double square = 1e-30;
        for (size_t j = 0; j < w->depth; j++) {
            square += (double)t[j] * (double)t[j];
        }
        for (size_t k = 0; k < w->count; k++) {
            float factor = (float)((double)w->words[k * w->directions + i] / square);
            for (size_t j = 0; j < w->depth; j++) {
                l->values[k * w->depth + j] += factor * t[j];
            }
        }
    }
    for (size_t i = 0; i < w->count * w->depth; i++) {
        l->values[i] += w->mean[i % w->depth];
    }
    return OC_OK;
}

static void draw_stars(oc_canvas *canvas, double x, double y, double side, const float *values)
{
    enum { CELLS = 4, DIRECTIONS = 8 };
    double cell = side / CELLS, star_values[DIRECTIONS], limit = oc_largest(values, CELLS * CELLS * DIRECTIONS);
    oc_star star = {.step = M_PI / 4, .radius = 0.48 * cell, .width = fmax(0.8, 0.12 * cell), .circle = true};
    star.color = OC_INK;
    for (size_t i = 0; i < CELLS * CELLS; i++) {
        for (size_t o = 0; o < DIRECTIONS; o++) {
            star_values[o] = (double)values[i * DIRECTIONS + o];
        }
        oc_draw_star(canvas, &star, x + ((double)(i % CELLS) + 0.5) * cell, y + ((double)(i / CELLS) + 0.5) * cell,
                     star_values, DIRECTIONS, 1, limit);
    }
}

/* Word k in a square: mid-gray for 0, full contrast for its largest value. Of gradients of opponent colours the first
 * plane, the luma, is drawn. */
static void draw_word(const looks *l, oc_canvas *canvas, double x, double y, double side, size_t k)
{
    enum { MOST = 24 * 24 * 3 };
    const float *values = l->values + k * l->depth;
    if (oc_words_gradients(l->params)) {
        draw_stars(canvas, x, y, side, values);
        return;
    }
    uint8_t pixels[MOST];
    double scale = 127 / oc_largest(values, l->depth);
    for (size_t j = 0; j < l->depth; j++) {
        pixels[j] = (uint8_t)lround(128 + scale * (double)values[j]);
    }
    size_t patch = (size_t)l->params->patch;
    oc_canvas_pixels(canvas, x, y, side, side, pixels, patch, patch, l->channels);
}

/* Where a word stands on the sheet: gray ones by the direction of their edges, then coloured ones by hue. */
typedef struct standing {
    double key;
    size_t word;
} standing;

static int by_key(const void *a, const void *b)
{
    const standing *one = a, *other = b;
    return one->key < other->key     ? -1
           : one->key > other->key   ? 1
           : one->word < other->word ? -1
                                     : one->word > other->word;
}

static double luma(const looks *l, const float *values, size_t pixel)
{
    const float *v = values + pixel * l->channels;
    return l->channels == 1 ? (double)v[0] : ((double)v[0] + (double)v[1] + (double)v[2]) / 3;
}

static double edge_direction(const looks *l, const float *values)
{
    size_t side = (size_t)l->params->patch;
    double xx = 0, yy = 0, xy = 0;
    for (size_t i = 0; i + 1 < side; i++) {
        for (size_t j = 0; j + 1 < side; j++) {
            double here = luma(l, values, i * side + j);
            double dx = luma(l, values, i * side + j + 1) - here, dy = luma(l, values, (i + 1) * side + j) - here;
            xx += dx * dx;
            yy += dy * dy;
            xy += dx * dy;
        }
    }
    return 0.5 * atan2(2 * xy, xx - yy);
}

/* 0..1 in gray words, 1..2 in words more than a third of whose energy is colour. */
static double sheet_key(const looks *l, const float *values)
{
    double gray = 0, colored = 0, red_green = 0, blue_yellow = 0, product = 0;
    if (oc_words_gradients(l->params)) {
        return 0;
    }
    for (size_t i = 0; i < l->depth / l->channels; i++) {
        double mean = luma(l, values, i);
        gray += (double)l->channels * mean * mean;
        for (size_t c = 0; c < l->channels; c++) {
            double off = (double)values[i * l->channels + c] - mean;
            colored += off * off;
        }
        if (l->channels == 3) {
            double u = (double)values[3 * i] - (double)values[3 * i + 1];
            double v = (double)values[3 * i + 2] - mean;
            red_green += u * u;
            blue_yellow += v * v;
            product += u * v;
        }
    }
    bool gray_word = colored * 2 < gray;
    double angle = gray_word ? edge_direction(l, values) : 0.5 * atan2(2 * product, red_green - blue_yellow);
    return (gray_word ? 0 : 1) + (angle / M_PI + 0.5) * 0.999;
}

static size_t sheet_columns(size_t count)
{
    return (size_t)ceil(sqrt(1.6 * (double)count));
}

static oc_status draw_sheet(const looks *l, const oc_draw_request *s, oc_error *err)
{
    standing *order = oc_alloc(l->count, sizeof *order);
    if (!order) {
        return oc_fail_memory(err, "the words");
    }
    for (size_t k = 0; k < l->count; k++) {
        order[k] = (standing){sheet_key(l, l->values + k * l->depth), k};
    }
    qsort(order, l->count, sizeof *order, by_key);
    size_t columns = sheet_columns(l->count);
    double side = s->width / (double)columns, gap = side > 12 ? fmax(1, round(0.08 * side)) : 0;
    for (size_t i = 0; i < l->count; i++) {
        draw_word(l, s->canvas, s->x + (double)(i % columns) * side, s->y + (double)(i / columns) * side, side - gap,
                  order[i].word);
    }
    oc_free(order);
    return OC_OK;
}

/* In each region of the finest level the words that weigh most, on the left for the class, on the right against it. */
static oc_status draw_weights(const looks *l, const oc_draw_request *s, oc_error *err)
{
    const oc_levels *grid = &l->params->grid;
    size_t g = (size_t)grid->level[grid->count - 1], per = g == 1 ? 6 : g == 2 ? 3 : 2, regions = 0;
    for (size_t level = 0; level + 1 < grid->count; level++) {
        regions += (size_t)(grid->level[level] * grid->level[level]);
    }
    standing *order = oc_alloc(l->count, sizeof *order);
    if (!order) {
        return oc_fail_memory(err, "the words");
    }
    double half = s->height, region = half / (double)g, side = region / ((double)per + 0.3);
    for (size_t i = 0; i < 2 * g * g; i++) {
        bool against = i >= g * g;
        size_t r = i % (g * g);
        const float *weights = s->row + (regions + r) * l->count;
        double left = s->x + (against ? s->width - half : 0) + (double)(r % g) * region + 0.15 * side;
        double top = s->y + (double)(r / g) * region + 0.15 * side;
        for (size_t k = 0; k < l->count; k++) {
            order[k] = (standing){against ? (double)weights[k] : -(double)weights[k], k};
        }
        qsort(order, l->count, sizeof *order, by_key);
        for (size_t j = 0; j < per * per && j < l->count && order[j].key < 0; j++) {
            draw_word(l, s->canvas, left + (double)(j % per) * side, top + (double)(j / per) * side, 0.93 * side,
                      order[j].word);
        }
    }
    oc_canvas_frame(s->canvas, s->x, s->y, half, half, OC_FOR);
    oc_canvas_frame(s->canvas, s->x + s->width - half, s->y, half, half, OC_AGAINST);
    oc_free(order);
    return OC_OK;
}

/* All places of an image and their codes, block by block. */
typedef struct walk {
    const oc_stage *stage;
    const oc_image *image;
    const oc_words_plan *plan;
    size_t first, block; /* places of the current block */
    float *codes;        /* (OC_PANEL_BLOCK, K) */
    oc_arena arena;
} walk;

static oc_status walk_start(walk *w, const oc_stage *stage, const oc_image *image, oc_error *err)
{
    const oc_words *words = stage->state;
    *w = (walk){.stage = stage, .image = image};
    w->plan = stage->plan.own;
    w->codes = oc_alloc(words->count, OC_PANEL_BLOCK * sizeof *w->codes);
    return w->codes ? OC_OK : oc_fail_memory(err, "the words");
}

static void walk_end(walk *w)
{
    oc_free(w->codes);
    oc_arena_free(&w->arena);
}

/* The next block; the number of its places is 0 at the end. */
static oc_status walk_next(walk *w, oc_error *err)
{
    w->first += w->block;
    size_t left = w->plan->place_count - w->first;
    w->block = left < OC_PANEL_BLOCK ? left : OC_PANEL_BLOCK;
    oc_arena_reset(&w->arena);
    oc_words_coding coding = {w->plan, w->stage->state, w->image, &w->arena};
    return w->block ? oc_words_codes(&coding, w->plan->places + w->first, w->block, w->codes, err) : OC_OK;
}

/* The image as a mosaic: on places that lie side by side, of the first size, the word that each is nearest to. */
static oc_status draw_mosaic(const looks *l, const oc_stage *stage, const oc_draw_request *s, oc_error *err)
{
    walk w;
    oc_status status = walk_start(&w, stage, s->image, err);
    const oc_words_params *params = &w.plan->params;
    size_t extent = oc_words_extent(params, 0), stride = (size_t)params->stride;
    size_t step = (extent + stride - 1) / stride * stride;
    double scale = s->width / (double)s->image->width;
    oc_draw_pale(s, l->channels == 3);
    while (status == OC_OK && (status = walk_next(&w, err)) == OC_OK && w.block) {
        for (size_t i = 0; i < w.block; i++) {
            const oc_words_place *place = &w.plan->places[w.first + i], *origin = &w.plan->places[0];
            if (place->size != origin->size || (place->x - origin->x) % step || (place->y - origin->y) % step) {
                continue;
            }
            const float *codes = w.codes + i * l->count;
            size_t best = 0;
            for (size_t k = 1; k < l->count; k++) {
                best = codes[k] > codes[best] ? k : best;
            }
            draw_word(l, s->canvas, s->x + place->x * scale, s->y + place->y * scale, (double)extent * scale, best);
        }
    }
    oc_canvas_frame(s->canvas, s->x, s->y, s->width, s->height, OC_RULE);
    walk_end(&w);
    return status;
}

static double aspect(const oc_stage *stage, oc_drawing kind)
{
    const oc_words_params *params = stage->params;
    double columns = (double)sheet_columns((size_t)params->count);
    return kind == OC_DRAW_LEARNED   ? columns / ceil((double)params->count / columns)
           : kind == OC_DRAW_WEIGHTS ? 2.1
                                     : (double)stage->plan.width / (double)stage->plan.height;
}

static const char *legend(const oc_stage *stage)
{
    const oc_words_params *params = stage->params;
    if (params->encode == OC_WORDS_VLAD) {
        return "the words whose residuals weigh most, for the class or against it";
    }
    return "words in blue frames speak for the class, those in orange frames against it";
}

/* The weights of residuals are drawn as one a word, their length. */
static oc_status draw_lengths(const looks *l, const oc_stage *stage, const oc_draw_request *s, oc_error *err)
{
    size_t each = oc_words_values(l->params), words = stage->plan.dimension / each;
    oc_draw_request request = *s;
    float *lengths = oc_alloc(words, sizeof *lengths);
    if (!lengths) {
        return oc_fail_memory(err, "the words");
    }
    for (size_t i = 0; i < stage->plan.dimension; i++) {
        lengths[i / each] = hypotf(lengths[i / each], s->row[i]);
    }
    request.row = lengths;
    oc_status status = draw_weights(l, &request, err);
    oc_free(lengths);
    return status;
}

static oc_status draw(const oc_stage *stage, const oc_draw_request *s, oc_error *err)
{
    looks l;
    oc_status status = unwhiten(stage, &l, err);
    if (status == OC_OK && s->kind == OC_DRAW_WEIGHTS) {
        status = l.params->encode == OC_WORDS_VLAD ? draw_lengths(&l, stage, s, err) : draw_weights(&l, s, err);
    } else if (status == OC_OK) {
        status = s->kind == OC_DRAW_LEARNED ? draw_sheet(&l, s, err) : draw_mosaic(&l, stage, s, err);
    }
    oc_free(l.values);
    return status;
}

/* A region: row v, column u of level x level regions. */
typedef struct region {
    size_t level, v, u;
} region;

static region find_region(const oc_levels *grid, size_t index)
{
    size_t l = 0;
    while (index >= (size_t)(grid->level[l] * grid->level[l])) {
        index -= (size_t)(grid->level[l] * grid->level[l]);
        l++;
    }
    size_t g = (size_t)grid->level[l];
    return (region){g, index / g, index % g};
}

static bool contains(const oc_levels *grid, region r, size_t cell)
{
    size_t cuts = oc_words_cuts(grid), v = cell / cuts, u = cell % cuts;
    return v >= oc_words_region_start(grid, r.v, r.level) && v < oc_words_region_start(grid, r.v + 1, r.level) &&
           u >= oc_words_region_start(grid, r.u, r.level) && u < oc_words_region_start(grid, r.u + 1, r.level);
}

/* The sums (regions, K) of the values of each word. */
static void sum_values(const double *values, size_t words, size_t each, double *sums)
{
    for (size_t i = 0; i < words; i++) {
        sums[i] = 0;
        for (size_t d = 0; d < each; d++) {
            sums[i] += values[i * each + d];
        }
    }
}

/* A score that is attributed to the places of an image. */
typedef struct attribution {
    const oc_stage *stage;
    const oc_image *image;
    size_t regions;
    double *sums; /* (regions, K): of the codes of all places */
    const double *data_term;
    double *map;
} attribution;

static void add_place(const attribution *a, const oc_words_place *place, double part)
{
    const oc_words_params *params = a->stage->params;
    double side = (double)(oc_words_gradients(params) ? oc_sift_extent(place->size) : place->size);
    oc_spread_evenly(a->map, a->image->width, a->image->height, place->x, place->y, place->x + side, place->y + side,
                     part);
}

/* One pass over all places. The first one sums the codes; the second one gives each place its share of the data terms of
 * its words in each region, data_term[j] times its code over the sum of codes. */
static oc_status pass(const attribution *a, bool first, oc_error *err)
{
    const oc_words_params *params = a->stage->params;
    size_t count = (size_t)params->count;
    walk w;
    oc_status status = walk_start(&w, a->stage, a->image, err);
    while (status == OC_OK && (status = walk_next(&w, err)) == OC_OK && w.block) {
        for (size_t i = 0; i < w.block * a->regions; i++) {
            size_t r = i % a->regions;
            const oc_words_place *place = &w.plan->places[w.first + i / a->regions];
            const float *codes = w.codes + i / a->regions * count;
            double *sum = a->sums + r * count, part = 0;
            if (!contains(&params->grid, find_region(&params->grid, r), place->cell)) {
                continue;
            }
            for (size_t k = 0; k < count; k++) {
                if (first) {
                    sum[k] += (double)codes[k];
                } else if (sum[k] > 0) {
                    part += a->data_term[r * count + k] * ((double)codes[k] / sum[k]);
                }
            }
            if (!first) {
                add_place(a, place, part);
            }
        }
    }
    walk_end(&w);
    return status;
}

static oc_status attribute(const oc_stage *stage, const oc_image *image, const double *data_terms,
                           const double *offsets, double *map, oc_error *err)
{
    const oc_words_params *params = stage->params;
    size_t count = (size_t)params->count, each = oc_words_values(params), words = stage->plan.dimension / each;
    size_t regions = words / count;
    double *sums = oc_alloc(words, 3 * sizeof *sums), *data_term = sums + words, *offset = sums + 2 * words;
    if (!sums) {
        return oc_fail_memory(err, "the picture");
    }
    sum_values(data_terms, words, each, data_term);
    sum_values(offsets, words, each, offset);
    attribution a = {stage, image, regions, sums, data_term, map};
    oc_status status = pass(&a, true, err);
    if (status == OC_OK) {
        status = pass(&a, false, err);
    }
    for (size_t r = 0; status == OC_OK && r < regions; r++) {
        region where = find_region(&params->grid, r);
        double across = (double)image->width / (double)where.level, down = (double)image->height / (double)where.level;
        double rest = 0, x = (double)where.u * across, y = (double)where.v * down;
        for (size_t k = 0; k < count; k++) {
            rest += offset[r * count + k] + (sums[r * count + k] > 0 ? 0 : data_term[r * count + k]);
        }
        oc_spread_evenly(map, image->width, image->height, x, y, x + across, y + down, rest);
    }
    oc_free(sums);
    return status;
}

const oc_stage_pictures oc_words_pictures = {aspect, legend, draw, attribute};
