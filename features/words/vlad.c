/* Codes of residuals; vlad.h has the formula. */
#include "features/words/vlad.h"

#include <math.h>
#include <string.h>

bool oc_vlad_create(oc_vlad *v, const oc_words *words, size_t values, size_t cells, oc_arena *arena)
{
    size_t count = cells * words->count * values;
    *v = (oc_vlad){words, values, oc_arena_take(arena, count, sizeof *v->sums)};
    if (!v->sums) {
        return false;
    }
    memset(v->sums, 0, count * sizeof *v->sums);
    return true;
}

void oc_vlad_add(const oc_vlad *v, size_t cell, size_t word, const float *y, bool mirrored)
{
    const oc_words *w = v->words;
    const float *center = w->words + word * w->directions;
    float *sum = v->sums + (cell * w->count + word) * v->values, sign = mirrored ? -1.F : 1.F;
    for (size_t d = 0; d < w->even; d++) {
        sum[d] += y[d] - center[d];
    }
    for (size_t d = w->even; d < w->directions; d++) {
        sum[d] += sign * y[d] - center[d];
    }
}

static float length(const float *x, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        sum += (double)x[i] * (double)x[i];
    }
    return (float)sqrt(sum);
}

/* out (K,D): the residuals of all words in a region, to length 1. */
static void normalise(float *out, size_t words, size_t values)
{
    size_t present = 0;
    for (size_t k = 0; k < words; k++) {
        present += length(out + k * values, values) > 0;
    }
    for (size_t k = 0; k < words; k++) {
        float size = length(out + k * values, values) * sqrtf((float)present);
        for (size_t d = 0; size > 0 && d < values; d++) {
            out[k * values + d] /= size;
        }
    }
}

void oc_vlad_write(const oc_vlad *v, const oc_levels *grid, float *row)
{
    size_t count = v->words->count * v->values;
    for (size_t l = 0; l < grid->count; l++) {
        size_t g = (size_t)grid->level[l];
        for (size_t region = 0; region < g * g; region++, row += count) {
            oc_words_sum_region(grid, g, region, v->sums, count, row);
            normalise(row, v->words->count, v->values);
        }
    }
}
