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
#include "src/base/locale.h"
#include "src/draw/shapes.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of gradient descriptors no more words are drawn than can be told apart; heights are in columns. */
enum { MOST_USED = 100 };
static const double USED_HEAD = 0.4, USED_HEIGHT = 1.12;

/* Words that are listed for a class, and as many against it; the width of both lists in heights of the picture. */
enum { LISTED = 6 };
static const double LIST = 1.5;

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
    *l = (looks){params, w->count, w->depth, params->gray || params->descriptor == OC_WORDS_SIFT ? 1 : 3, NULL};
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
    oc_star star = {.step = M_PI / 4,
                    .radius = 0.48 * cell,
                    .width = fmax(0.8, 0.09 * cell),
                    .lines = DIRECTIONS,
                    .limit = limit,
                    .circle = true,
                    .color = OC_INK};
    for (size_t i = 0; i < CELLS * CELLS; i++) {
        for (size_t o = 0; o < DIRECTIONS; o++) {
            star_values[o] = (double)values[i * DIRECTIONS + o];
        }
        oc_draw_star(canvas, &star, x + ((double)(i % CELLS) + 0.5) * cell, y + ((double)(i / CELLS) + 0.5) * cell,
                     star_values);
    }
}

/* Word k in a square: mid-gray for 0, full contrast for its largest value. */
static void draw_word(const looks *l, oc_canvas *canvas, double x, double y, double side, size_t k)
{
    enum { MOST = 24 * 24 * 3 };
    const float *values = l->values + k * l->depth;
    if (l->params->descriptor == OC_WORDS_SIFT) {
        draw_stars(canvas, x, y, side, values);
        return;
    }
    uint8_t pixels[MOST];
    double scale = 127 / oc_largest(values, l->depth);
    for (size_t j = 0; j < l->depth; j++) {
        pixels[j] = (uint8_t)lround(128 + scale * (double)values[j]);
    }
    size_t patch = (size_t)l->params->patch;
    oc_canvas_pixels(canvas, (oc_rectangle){x, y, side, side}, (oc_pixels){pixels, patch, patch, l->channels});
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
    if (l->params->descriptor == OC_WORDS_SIFT) {
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

static size_t most_used_columns(size_t count)
{
    size_t shown = count < MOST_USED ? count : MOST_USED;
    return (size_t)ceil(sqrt((double)shown));
}

/* The words that are used most, with their share of all codes, where s->row has the mean row; else the first ones. */
static oc_status draw_most_used(const looks *l, const oc_stage *stage, const oc_draw_request *s, oc_error *err)
{
    standing *order = oc_alloc(l->count, sizeof *order);
    if (!order) {
        return oc_fail_memory(err, "the words");
    }
    double sum = 0;
    for (size_t k = 0; k < l->count; k++) {
        order[k].word = k;
        for (size_t j = k; s->row && j < stage->plan.dimension; j += l->count) {
            order[k].key -= fmax(0, (double)s->row[j]);
        }
        sum -= order[k].key;
    }
    qsort(order, l->count, sizeof *order, by_key);
    size_t columns = most_used_columns(l->count), shown = l->count < MOST_USED ? l->count : MOST_USED;
    double side = s->width / (double)columns, top = s->y + USED_HEAD * side, word = 0.82 * side;
    oc_pen pen = {.size = fmin(20, 0.18 * side), .color = OC_QUIET};
    char text[100];
    snprintf(text, sizeof text,
             sum > 0 ? "The %zu words that are used most, with their share of all codes" : "%zu words", shown);
    oc_canvas_text_cut(s->canvas, s->x, s->y + 0.6 * USED_HEAD * side, pen, s->width, text);
    pen.align = 0.5;
    for (size_t i = 0; i < shown; i++) {
        double x = s->x + (double)(i % columns) * side, y = top + (double)(i / columns) * USED_HEIGHT * side;
        draw_word(l, s->canvas, x, y, word, order[i].word);
        oc_canvas_frame(s->canvas, x, y, word, word, OC_RULE);
        oc_snprintf(text, sizeof text, "%.2f %%", sum > 0 ? -100 * order[i].key / sum : 0);
        oc_canvas_text(s->canvas, x + word / 2, y + word + 1.1 * pen.size, pen, sum > 0 ? text : "");
    }
    oc_free(order);
    return OC_OK;
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
    size_t count = (size_t)params->count, used = count < MOST_USED ? count : MOST_USED;
    double columns = (double)sheet_columns(count), rows = ceil((double)count / columns);
    if (params->descriptor == OC_WORDS_SIFT) {
        columns = (double)most_used_columns(count);
        rows = USED_HEAD + USED_HEIGHT * ceil((double)used / columns);
    }
    double image = (double)stage->plan.width / (double)stage->plan.height;
    return kind == OC_DRAW_LEARNED   ? columns / rows
           : kind == OC_DRAW_WEIGHTS ? 2.1
                                     : image + (kind == OC_DRAW_PARTS ? LIST : 0);
}

static const char *legend(const oc_stage *stage)
{
    (void)stage;
    return "words in blue frames speak for the class, those in orange frames against it";
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
    double side = (double)(params->descriptor == OC_WORDS_SIFT ? oc_sift_extent(place->size) : place->size);
    oc_spread_evenly((oc_map){a->map, a->image->width, a->image->height},
                     (oc_box){place->x, place->y, place->x + side, place->y + side}, part);
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

static oc_status attribute(const oc_stage *stage, const oc_image *image, const double *data_term, const double *offset,
                           double *map, oc_error *err)
{
    const oc_words_params *params = stage->params;
    size_t count = (size_t)params->count, regions = stage->plan.dimension / count;
    double *sums = oc_alloc(stage->plan.dimension, sizeof *sums);
    attribution a = {stage, image, regions, sums, data_term, map};
    oc_status status = sums ? pass(&a, true, err) : oc_fail_memory(err, "the picture");
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
        oc_spread_evenly((oc_map){map, image->width, image->height}, (oc_box){x, y, x + across, y + down}, rest);
    }
    oc_free(sums);
    return status;
}

/* A value of the row that contributes to a score: a word in a region, and where in it the word has its largest code. */
typedef struct contribution {
    size_t word;
    region where;
    double part;
    float code; /* 0: the word does not occur in the region */
    oc_words_place place;
} contribution;

/* The LISTED values that contribute most in one direction, from the front or from the back of the order. */
static size_t list_parts(const looks *l, const standing *order, size_t count, bool against, contribution *list)
{
    size_t listed = 0;
    for (size_t i = 0; i < LISTED && i < count; i++) {
        const standing *at = against ? &order[count - 1 - i] : &order[i];
        if (against ? at->key > 0 : at->key < 0) {
            list[listed++] = (contribution){.word = at->word % l->count,
                                            .where = find_region(&l->params->grid, at->word / l->count),
                                            .part = -at->key};
        }
    }
    return listed;
}

static oc_status find_places(const oc_stage *stage, const oc_image *image, contribution *list, size_t count,
                             oc_error *err)
{
    const oc_words_params *params = stage->params;
    size_t words = (size_t)params->count;
    walk w;
    oc_status status = walk_start(&w, stage, image, err);
    while (status == OC_OK && (status = walk_next(&w, err)) == OC_OK && w.block) {
        for (size_t i = 0; i < w.block * count; i++) {
            const oc_words_place *place = &w.plan->places[w.first + i / count];
            contribution *c = &list[i % count];
            float code = w.codes[i / count * words + c->word];
            if (code > c->code && contains(&params->grid, c->where, place->cell)) {
                c->code = code;
                c->place = *place;
            }
        }
    }
    walk_end(&w);
    return status;
}

/* One line of a list: number, word, region and contribution. */
static void draw_line(const looks *l, const oc_draw_request *s, const contribution *c, oc_pen pen, size_t number)
{
    double side = 0.86 * s->height, x = s->x + 28, aspect = (double)s->image->width / (double)s->image->height;
    double width = aspect > 1 ? side : side * aspect, height = aspect > 1 ? side / aspect : side;
    double across = width / (double)c->where.level, down = height / (double)c->where.level,
           top = s->y + (side - height) / 2;
    char text[40];
    snprintf(text, sizeof text, "%zu", number);
    oc_canvas_text(s->canvas, s->x, s->y + 0.6 * side, pen, text);
    draw_word(l, s->canvas, x, s->y, side, c->word);
    oc_canvas_frame(s->canvas, x, s->y, side, side, OC_RULE);
    x += 1.15 * side;
    oc_canvas_fill(s->canvas, x + (double)c->where.u * across, top + (double)c->where.v * down, across, down,
                   pen.color);
    oc_canvas_frame(s->canvas, x, top, width, height, OC_QUIET);
    oc_snprintf(text, sizeof text, "%+.3f%s", c->part, c->code > 0 ? "" : " absent");
    oc_canvas_text(s->canvas, x + width + 12, s->y + 0.6 * side, pen, text);
}

static oc_rectangle place_on_picture(const looks *l, const oc_draw_request *s, const contribution *c)
{
    bool sift = l->params->descriptor == OC_WORDS_SIFT;
    double scale = s->width / (double)s->image->width;
    double side = (double)(sift ? oc_sift_extent(c->place.size) : c->place.size) * scale;
    return (oc_rectangle){s->x + c->place.x * scale, s->y + c->place.y * scale, side, side};
}

static void frame_place(const looks *l, const oc_draw_request *s, const contribution *c, oc_color color)
{
    oc_rectangle r = place_on_picture(l, s, c);
    for (double inset = 0; c->code > 0 && inset < 3; inset++) {
        oc_canvas_frame(s->canvas, r.x + inset, r.y + inset, r.width - 2 * inset, r.height - 2 * inset, color);
    }
}

/* The number of contribution i in the corner of its place, beside the numbers of others at the same place. */
static void number_place(const looks *l, const oc_draw_request *s, const contribution *list, size_t i, oc_pen pen)
{
    oc_rectangle r = place_on_picture(l, s, &list[i]);
    char text[20];
    double x = r.x + 3;
    for (size_t j = 0; list[i].code > 0 && j <= i; j++) {
        if (list[j].code > 0 && list[j].place.x == list[i].place.x && list[j].place.y == list[i].place.y) {
            snprintf(text, sizeof text, "%zu", j + 1);
            double width = oc_text_extent(pen, text) + 6;
            if (j == i) {
                oc_canvas_fill(s->canvas, x, r.y + 3, width, 1.1 * pen.size, OC_PAPER);
                oc_canvas_text(s->canvas, x + 3, r.y + 3 + 0.9 * pen.size, pen, text);
            }
            x += width + 2;
        }
    }
}

/* The words that contribute most for and against: the places where each is strongest on the pale image, then two lists. */
static oc_status draw_parts(const looks *l, const oc_stage *stage, const oc_draw_request *s, oc_error *err)
{
    contribution list[2 * LISTED];
    standing *order = oc_alloc(stage->plan.dimension, sizeof *order);
    if (!order) {
        return oc_fail_memory(err, "the words");
    }
    for (size_t j = 0; j < stage->plan.dimension; j++) {
        order[j] = (standing){-(double)s->row[j], j};
    }
    qsort(order, stage->plan.dimension, sizeof *order, by_key);
    size_t first = list_parts(l, order, stage->plan.dimension, false, list);
    size_t count = first + list_parts(l, order, stage->plan.dimension, true, list + first);
    oc_free(order);
    oc_status status = count ? find_places(stage, s->image, list, count, err) : OC_OK;
    oc_draw_request left = *s, line = *s;
    left.width = s->height * (double)s->image->width / (double)s->image->height;
    oc_draw_pale(&left, l->channels == 3);
    oc_canvas_frame(s->canvas, left.x, left.y, left.width, left.height, OC_RULE);
    line.height = (s->height - 30) / LISTED;
    for (size_t i = 0; status == OC_OK && i < count; i++) {
        bool against = i >= first;
        size_t row = against ? i - first : i;
        oc_pen pen = {.size = 20, .bold = true, .color = against ? OC_AGAINST : OC_FOR};
        line.x = s->x + left.width + 30 + (against ? 0.5 : 0) * LIST * s->height;
        line.y = s->y + 30 + (double)row * line.height;
        if (row == 0) {
            oc_canvas_text(s->canvas, line.x, s->y + 16, pen, against ? "against the class" : "for the class");
        }
        draw_line(l, &line, &list[i], pen, i + 1);
        frame_place(l, &left, &list[i], pen.color);
    }
    for (size_t i = 0; status == OC_OK && i < count; i++) {
        oc_pen pen = {.size = 20, .bold = true, .color = i < first ? OC_FOR : OC_AGAINST};
        number_place(l, &left, list, i, pen);
    }
    return status;
}

static oc_status draw(const oc_stage *stage, const oc_draw_request *s, oc_error *err)
{
    looks l;
    oc_status status = unwhiten(stage, &l, err);
    if (status == OC_OK) {
        bool sift = l.params->descriptor == OC_WORDS_SIFT;
        status = s->kind == OC_DRAW_LEARNED   ? (sift ? draw_most_used(&l, stage, s, err) : draw_sheet(&l, s, err))
                 : s->kind == OC_DRAW_WEIGHTS ? draw_weights(&l, s, err)
                 : s->kind == OC_DRAW_PARTS   ? draw_parts(&l, stage, s, err)
                                              : draw_mosaic(&l, stage, s, err);
    }
    oc_free(l.values);
    return status;
}
const oc_stage_pictures oc_words_pictures = {aspect, legend, draw, attribute};
