/* words: which words contribute most to a score, in which regions, and where each is strongest. */
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

/* Words that are listed for a class, and as many against it; the width of both lists in heights of the picture. */
enum { LISTED = 6 };
const double OC_WORDS_LIST = 1.5;

/* A value of the row that contributes to a score: a word in a region, and where in it the word has its largest code. */
typedef struct contribution {
    size_t word;
    oc_words_region where;
    double part;
    float code; /* 0: the word does not occur in the region */
    oc_words_place place;
} contribution;

/* The LISTED values that contribute most in one direction, from the front or from the back of the order. */
static size_t list_parts(const oc_words_looks *l, const oc_words_standing *order, size_t count, bool against,
                         contribution *list)
{
    size_t listed = 0;
    for (size_t i = 0; i < LISTED && i < count; i++) {
        const oc_words_standing *at = against ? &order[count - 1 - i] : &order[i];
        if (against ? at->key > 0 : at->key < 0) {
            list[listed++] = (contribution){.word = at->word % l->count,
                                            .where = oc_words_find_region(&l->params->grid, at->word / l->count),
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
    oc_words_walk w;
    oc_status status = oc_words_walk_start(&w, stage, image, err);
    while (status == OC_OK && (status = oc_words_walk_next(&w, err)) == OC_OK && w.block) {
        for (size_t i = 0; i < w.block * count; i++) {
            const oc_words_place *place = &w.plan->places[w.first + i / count];
            contribution *c = &list[i % count];
            float code = w.codes[i / count * words + c->word];
            if (code > c->code && oc_words_contains(&params->grid, c->where, place->cell)) {
                c->code = code;
                c->place = *place;
            }
        }
    }
    oc_words_walk_end(&w);
    return status;
}

/* One line of a list: number, word, region and contribution. */
static void draw_line(const oc_words_looks *l, const oc_draw_request *s, const contribution *c, oc_pen pen,
                      size_t number)
{
    double side = 0.86 * s->height, x = s->x + 28, aspect = (double)s->image->width / (double)s->image->height;
    double width = aspect > 1 ? side : side * aspect, height = aspect > 1 ? side / aspect : side;
    double across = width / (double)c->where.level, down = height / (double)c->where.level,
           top = s->y + (side - height) / 2;
    char text[40];
    snprintf(text, sizeof text, "%zu", number);
    oc_canvas_text(s->canvas, s->x, s->y + 0.6 * side, pen, text);
    oc_words_draw_word(l, s->canvas, x, s->y, side, c->word);
    oc_canvas_frame(s->canvas, x, s->y, side, side, OC_RULE);
    x += 1.15 * side;
    oc_canvas_fill(s->canvas, x + (double)c->where.u * across, top + (double)c->where.v * down, across, down,
                   pen.color);
    oc_canvas_frame(s->canvas, x, top, width, height, OC_QUIET);
    oc_snprintf(text, sizeof text, "%+.3f%s", c->part, c->code > 0 ? "" : " absent");
    oc_canvas_text(s->canvas, x + width + 12, s->y + 0.6 * side, pen, text);
}

static oc_rectangle place_on_picture(const oc_words_looks *l, const oc_draw_request *s, const contribution *c)
{
    bool sift = oc_words_gradients(l->params);
    double scale = s->width / (double)s->image->width;
    double side = (double)(sift ? oc_sift_extent(c->place.size) : c->place.size) * scale;
    return (oc_rectangle){s->x + c->place.x * scale, s->y + c->place.y * scale, side, side};
}

static void frame_place(const oc_words_looks *l, const oc_draw_request *s, const contribution *c, oc_color color)
{
    oc_rectangle r = place_on_picture(l, s, c);
    for (double inset = 0; c->code > 0 && inset < 3; inset++) {
        oc_canvas_frame(s->canvas, r.x + inset, r.y + inset, r.width - 2 * inset, r.height - 2 * inset, color);
    }
}

/* The number of contribution i in the corner of its place, beside the numbers of others at the same place. */
static void number_place(const oc_words_looks *l, const oc_draw_request *s, const contribution *list, size_t i,
                         oc_pen pen)
{
    oc_rectangle r = place_on_picture(l, s, &list[i]);
    char text[24];
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

/* The words that contribute most for and against: the places where each is strongest on the pale image, then two
 * lists. */
oc_status oc_words_draw_parts(const oc_words_looks *l, const oc_stage *stage, const oc_draw_request *s, oc_error *err)
{
    contribution list[2 * LISTED];
    oc_words_standing *order = oc_alloc(stage->plan.dimension, sizeof *order);
    if (!order) {
        return oc_fail_memory(err, "the words");
    }
    for (size_t j = 0; j < stage->plan.dimension; j++) {
        order[j] = (oc_words_standing){-(double)s->row[j], j};
    }
    qsort(order, stage->plan.dimension, sizeof *order, oc_words_by_key);
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
        line.x = s->x + left.width + 30 + (against ? 0.5 : 0) * OC_WORDS_LIST * s->height;
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
