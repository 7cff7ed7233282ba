/* words: how a word looks, and the places and regions of an image.
 *
 * A word is a point in the whitened space, y = T (x - mean). The rows of T are orthogonal, so that the patch with the
 * least length that becomes y is x = mean + sum_i t_i y_i / |t_i|^2: the word as it looks. Words of gradient
 * descriptors are drawn as 4 x 4 stars. */
#include "features/words/looks.h"

#include "features/words/encode.h"
#include "features/words/kernels.h"
#include "src/base/fail.h"
#include "src/draw/shapes.h"

#include <math.h>

oc_status oc_words_unwhiten(const oc_stage *stage, oc_words_looks *l, oc_error *err)
{
    const oc_words *w = stage->state;
    const oc_words_params *params = stage->params;
    *l = (oc_words_looks){params, w->count, w->depth, params->gray || oc_words_gradients(params) ? 1 : 3, NULL};
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
void oc_words_draw_word(const oc_words_looks *l, oc_canvas *canvas, double x, double y, double side, size_t k)
{
    enum { MAX_VALUES = 24 * 24 * 3 };
    const float *values = l->values + k * l->depth;
    if (oc_words_gradients(l->params)) {
        draw_stars(canvas, x, y, side, values);
        return;
    }
    uint8_t pixels[MAX_VALUES];
    double scale = 127 / oc_largest(values, l->depth);
    for (size_t j = 0; j < l->depth; j++) {
        pixels[j] = (uint8_t)lround(128 + scale * (double)values[j]);
    }
    size_t patch = (size_t)l->params->patch;
    oc_canvas_pixels(canvas, (oc_rectangle){x, y, side, side}, (oc_pixels){pixels, patch, patch, l->channels, 0});
}

int oc_words_by_key(const void *a, const void *b)
{
    const oc_words_standing *one = a, *other = b;
    return one->key < other->key     ? -1
           : one->key > other->key   ? 1
           : one->word < other->word ? -1
                                     : one->word > other->word;
}

oc_status oc_words_walk_start(oc_words_walk *w, const oc_stage *stage, const oc_image *image, oc_error *err)
{
    const oc_words *words = stage->state;
    *w = (oc_words_walk){.stage = stage, .image = image};
    w->plan = stage->plan.own;
    w->codes = oc_alloc(words->count, OC_PANEL_BLOCK * sizeof *w->codes);
    return w->codes ? OC_OK : oc_fail_memory(err, "the words");
}

void oc_words_walk_end(oc_words_walk *w)
{
    oc_free(w->codes);
    oc_arena_free(&w->arena);
}

/* The next block; the number of its places is 0 at the end. */
oc_status oc_words_walk_next(oc_words_walk *w, oc_error *err)
{
    w->first += w->block;
    size_t left = w->plan->place_count - w->first;
    w->block = left < OC_PANEL_BLOCK ? left : OC_PANEL_BLOCK;
    oc_arena_reset(&w->arena);
    oc_words_coding coding = {w->plan, w->stage->state, w->image, &w->arena};
    return w->block ? oc_words_codes(&coding, w->plan->places + w->first, w->block, w->codes, err) : OC_OK;
}

oc_words_region oc_words_find_region(const oc_levels *grid, size_t index)
{
    size_t l = 0;
    while (index >= (size_t)(grid->level[l] * grid->level[l])) {
        index -= (size_t)(grid->level[l] * grid->level[l]);
        l++;
    }
    size_t g = (size_t)grid->level[l];
    return (oc_words_region){g, index / g, index % g};
}

bool oc_words_contains(const oc_levels *grid, oc_words_region r, size_t cell)
{
    size_t cuts = oc_words_cuts(grid), v = cell / cuts, u = cell % cuts;
    return v >= oc_words_region_start(grid, r.v, r.level) && v < oc_words_region_start(grid, r.v + 1, r.level) &&
           u >= oc_words_region_start(grid, r.u, r.level) && u < oc_words_region_start(grid, r.u + 1, r.level);
}
