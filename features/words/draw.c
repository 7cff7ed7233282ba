/* words: pictures of codebooks, weights and rows, and where in an image a score comes from. */
#include "features/words/draw.h"

#include "features/words/looks.h"

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
enum { MAX_SHOWN = 100 };
static const double USED_HEAD = 0.4, USED_HEIGHT = 1.12;

static double luma(const oc_words_looks *l, const float *values, size_t pixel)
{
    const float *v = values + pixel * l->channels;
    return l->channels == 1 ? (double)v[0] : ((double)v[0] + (double)v[1] + (double)v[2]) / 3;
}

static double edge_direction(const oc_words_looks *l, const float *values)
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
static double sheet_key(const oc_words_looks *l, const float *values)
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

static size_t most_used_columns(size_t count)
{
    size_t shown = count < MAX_SHOWN ? count : MAX_SHOWN;
    return (size_t)ceil(sqrt((double)shown));
}

/* The words that are used most, with their share of all codes, where s->row has the mean row; else the first ones. */
static oc_status draw_most_used(const oc_words_looks *l, const oc_stage *stage, const oc_draw_request *s, oc_error *err)
{
    oc_words_standing *order = oc_alloc(l->count, sizeof *order);
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
    qsort(order, l->count, sizeof *order, oc_words_by_key);
    size_t columns = most_used_columns(l->count), shown = l->count < MAX_SHOWN ? l->count : MAX_SHOWN;
    double side = s->width / (double)columns, top = s->y + USED_HEAD * side, word = 0.82 * side;
    oc_pen pen = {.size = fmin(20, 0.18 * side), .color = OC_QUIET};
    char text[100];
    snprintf(text, sizeof text,
             sum > 0 ? "The %zu words that are used most, with their share of all codes" : "%zu words", shown);
    oc_canvas_text_cut(s->canvas, s->x, s->y + 0.6 * USED_HEAD * side, pen, s->width, text);
    pen.align = 0.5;
    for (size_t i = 0; i < shown; i++) {
        double x = s->x + (double)(i % columns) * side, y = top + (double)(i / columns) * USED_HEIGHT * side;
        oc_words_draw_word(l, s->canvas, x, y, word, order[i].word);
        oc_canvas_frame(s->canvas, x, y, word, word, OC_RULE);
        oc_snprintf(text, sizeof text, "%.2f %%", sum > 0 ? -100 * order[i].key / sum : 0);
        oc_canvas_text(s->canvas, x + word / 2, y + word + 1.1 * pen.size, pen, sum > 0 ? text : "");
    }
    oc_free(order);
    return OC_OK;
}

static oc_status draw_sheet(const oc_words_looks *l, const oc_draw_request *s, oc_error *err)
{
    oc_words_standing *order = oc_alloc(l->count, sizeof *order);
    if (!order) {
        return oc_fail_memory(err, "the words");
    }
    for (size_t k = 0; k < l->count; k++) {
        order[k] = (oc_words_standing){sheet_key(l, l->values + k * l->depth), k};
    }
    qsort(order, l->count, sizeof *order, oc_words_by_key);
    size_t columns = sheet_columns(l->count);
    double side = s->width / (double)columns, gap = side > 12 ? fmax(1, round(0.08 * side)) : 0;
    for (size_t i = 0; i < l->count; i++) {
        oc_words_draw_word(l, s->canvas, s->x + (double)(i % columns) * side, s->y + (double)(i / columns) * side,
                           side - gap, order[i].word);
    }
    oc_free(order);
    return OC_OK;
}

/* In each region of the finest level the words that weigh most, on the left for the class, on the right against it; of
 * residuals, whose weights have no sign for a word, in one frame. */
static oc_status draw_weights(const oc_words_looks *l, const oc_draw_request *s, oc_error *err)
{
    const oc_levels *grid = &l->params->grid;
    size_t g = (size_t)grid->level[grid->count - 1], per = g == 1 ? 6 : g == 2 ? 3 : 2, regions = 0;
    for (size_t level = 0; level + 1 < grid->count; level++) {
        regions += (size_t)(grid->level[level] * grid->level[level]);
    }
    oc_words_standing *order = oc_alloc(l->count, sizeof *order);
    if (!order) {
        return oc_fail_memory(err, "the words");
    }
    bool signs = !oc_words_residuals(l->params);
    double half = s->height, region = half / (double)g, side = region / ((double)per + 0.3);
    for (size_t i = 0; i < (signs ? 2 : 1) * g * g; i++) {
        bool against = i >= g * g;
        size_t r = i % (g * g);
        const float *weights = s->row + (regions + r) * l->count;
        double left = s->x + (against ? s->width - half : 0) + (double)(r % g) * region + 0.15 * side;
        double top = s->y + (double)(r / g) * region + 0.15 * side;
        for (size_t k = 0; k < l->count; k++) {
            order[k] = (oc_words_standing){against ? (double)weights[k] : -(double)weights[k], k};
        }
        qsort(order, l->count, sizeof *order, oc_words_by_key);
        for (size_t j = 0; j < per * per && j < l->count && order[j].key < 0; j++) {
            oc_words_draw_word(l, s->canvas, left + (double)(j % per) * side, top + (double)(j / per) * side,
                               0.93 * side, order[j].word);
        }
    }
    oc_canvas_frame(s->canvas, s->x, s->y, half, half, signs ? OC_FOR : OC_RULE);
    if (signs) {
        oc_canvas_frame(s->canvas, s->x + s->width - half, s->y, half, half, OC_AGAINST);
    }
    oc_free(order);
    return OC_OK;
}

/* The image as a mosaic: on places that lie side by side, of the first size, the word that each is nearest to. */
static oc_status draw_mosaic(const oc_words_looks *l, const oc_stage *stage, const oc_draw_request *s, oc_error *err)
{
    oc_words_walk w;
    oc_status status = oc_words_walk_start(&w, stage, s->image, err);
    const oc_words_params *params = &w.plan->params;
    size_t extent = oc_words_extent(params, 0), stride = (size_t)params->stride;
    size_t step = (extent + stride - 1) / stride * stride;
    double scale = s->width / (double)s->image->width;
    oc_draw_pale(s, l->channels == 3);
    while (status == OC_OK && (status = oc_words_walk_next(&w, err)) == OC_OK && w.block) {
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
            oc_words_draw_word(l, s->canvas, s->x + place->x * scale, s->y + place->y * scale, (double)extent * scale,
                               best);
        }
    }
    oc_canvas_frame(s->canvas, s->x, s->y, s->width, s->height, OC_RULE);
    oc_words_walk_end(&w);
    return status;
}

static double aspect(const oc_stage *stage, oc_drawing kind)
{
    const oc_words_params *params = stage->params;
    size_t count = (size_t)params->count, used = count < MAX_SHOWN ? count : MAX_SHOWN;
    double columns = (double)sheet_columns(count), rows = ceil((double)count / columns);
    if (oc_words_gradients(params)) {
        columns = (double)most_used_columns(count);
        rows = USED_HEAD + USED_HEIGHT * ceil((double)used / columns);
    }
    double image = (double)stage->plan.width / (double)stage->plan.height;
    return kind == OC_DRAW_LEARNED   ? columns / rows
           : kind == OC_DRAW_WEIGHTS ? (oc_words_residuals(params) ? 1 : 2.1)
                                     : image + (kind == OC_DRAW_PARTS ? OC_WORDS_LIST : 0);
}

static const char *legend(const oc_stage *stage)
{
    const oc_words_params *params = stage->params;
    if (oc_words_residuals(params)) {
        return "the words whose residuals weigh most, for the class or against it";
    }
    return "words in blue frames speak for the class, those in orange frames against it";
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
    oc_spread_evenly((oc_map){a->map, a->image->width, a->image->height},
                     (oc_box){place->x, place->y, place->x + side, place->y + side}, part);
}

/* One pass over all places. The first one sums the codes; the second one gives each place its share of the data terms
 * of its words in each region, data_term[j] times its code over the sum of codes. */
static oc_status pass(const attribution *a, bool first, oc_error *err)
{
    const oc_words_params *params = a->stage->params;
    size_t count = (size_t)params->count;
    oc_words_walk w;
    oc_status status = oc_words_walk_start(&w, a->stage, a->image, err);
    while (status == OC_OK && (status = oc_words_walk_next(&w, err)) == OC_OK && w.block) {
        for (size_t i = 0; i < w.block * a->regions; i++) {
            size_t r = i % a->regions;
            const oc_words_place *place = &w.plan->places[w.first + i / a->regions];
            const float *codes = w.codes + i / a->regions * count;
            double *sum = a->sums + r * count, part = 0;
            if (!oc_words_contains(&params->grid, oc_words_find_region(&params->grid, r), place->cell)) {
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
    oc_words_walk_end(&w);
    return status;
}

static oc_status attribute(const oc_stage *stage, const oc_image *image, const double *data_terms,
                           const double *offsets, double *map, oc_error *err)
{
    const oc_words_params *params = stage->params;
    size_t count = (size_t)params->count, each = oc_words_values(params), words = stage->plan.dimension / each;
    size_t regions = words / count;
    double *sums = oc_alloc(words, 3 * sizeof *sums);
    if (!sums) {
        return oc_fail_memory(err, "the picture");
    }
    double *data_term = sums + words, *offset = sums + 2 * words;
    sum_values(data_terms, words, each, data_term);
    sum_values(offsets, words, each, offset);
    attribution a = {stage, image, regions, sums, data_term, map};
    oc_status status = pass(&a, true, err);
    if (status == OC_OK) {
        status = pass(&a, false, err);
    }
    for (size_t r = 0; status == OC_OK && r < regions; r++) {
        oc_words_region where = oc_words_find_region(&params->grid, r);
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

static oc_status draw_kind(const oc_words_looks *l, const oc_stage *stage, const oc_draw_request *s, oc_error *err)
{
    if (s->kind == OC_DRAW_LEARNED) {
        return oc_words_gradients(l->params) ? draw_most_used(l, stage, s, err) : draw_sheet(l, s, err);
    }
    return s->kind == OC_DRAW_WEIGHTS ? draw_weights(l, s, err)
           : s->kind == OC_DRAW_PARTS ? oc_words_draw_parts(l, stage, s, err)
                                      : draw_mosaic(l, stage, s, err);
}

/* Residuals are drawn with one value for each word: the length of its weights, or the sum of its parts of a score. How
 * often a word was used cannot be read from them. */
static oc_status draw_residuals(const oc_words_looks *l, const oc_stage *stage, const oc_draw_request *s, oc_error *err)
{
    size_t each = oc_words_values(l->params), words = stage->plan.dimension / each;
    oc_draw_request request = *s;
    oc_stage by_word = *stage;
    float *values = oc_alloc(words, sizeof *values);
    if (!values) {
        return oc_fail_memory(err, "the words");
    }
    for (size_t i = 0; s->row && i < stage->plan.dimension; i++) {
        float *value = &values[i / each];
        *value = s->kind == OC_DRAW_WEIGHTS ? hypotf(*value, s->row[i]) : *value + s->row[i];
    }
    by_word.plan.dimension = words;
    request.row = s->kind == OC_DRAW_LEARNED || !s->row ? NULL : values;
    oc_status status = draw_kind(l, &by_word, &request, err);
    oc_free(values);
    return status;
}

static oc_status draw(const oc_stage *stage, const oc_draw_request *s, oc_error *err)
{
    oc_words_looks l;
    oc_status status = oc_words_unwhiten(stage, &l, err);
    if (status == OC_OK) {
        bool residuals = oc_words_residuals(l.params);
        status = residuals ? draw_residuals(&l, stage, s, err) : draw_kind(&l, stage, s, err);
    }
    oc_free(l.values);
    return status;
}
const oc_stage_pictures oc_words_pictures = {aspect, legend, draw, attribute};
