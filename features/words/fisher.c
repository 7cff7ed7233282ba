/* Codes of means and variances; fisher.h has the formulas. */
#include "features/words/fisher.h"

#include <math.h>
#include <string.h>

static size_t sums_of_word(const oc_words *w)
{
    return 1 + 2 * w->directions;
}

bool oc_fisher_create(oc_fisher *f, const oc_words *words, size_t values, size_t cells, oc_arena *arena)
{
    size_t count = cells * words->count * sums_of_word(words);
    *f = (oc_fisher){words, values, oc_arena_take(arena, count, sizeof *f->sums)};
    if (!f->sums) {
        return false;
    }
    memset(f->sums, 0, count * sizeof *f->sums);
    return true;
}

void oc_fisher_add(const oc_fisher *f, size_t cell, size_t word, float code, const float *y, bool mirrored)
{
    const oc_words *w = f->words;
    const float *center = w->words + word * w->directions;
    float *sums = f->sums + (cell * w->count + word) * sums_of_word(w);
    float *first = sums + 1, *second = first + w->directions;
    sums[0] += code;
    for (size_t d = 0; d < w->directions; d++) {
        float value = (mirrored && d >= w->even ? -y[d] : y[d]) - center[d];
        first[d] += code * value;
        second[d] += code * value * value;
    }
}

static float signed_root(float value)
{
    return copysignf(sqrtf(fabsf(value)), value);
}

/* out (2 D) of the sums of a word, to length 1; false where it has no descriptors. */
static bool write_word(const oc_fisher *f, size_t word, const float *sums, float *out)
{
    size_t r = f->words->directions, half = f->values / 2;
    const float *spread = f->words->spread + word * r;
    double squares = 0;
    for (size_t d = 0; d < r; d++) {
        float inverse = 1 / spread[d];
        out[d] = signed_root(sums[1 + d] * inverse);
        out[half + d] = signed_root((float)M_SQRT1_2 * (sums[1 + r + d] * inverse * inverse - sums[0]));
        squares += (double)(out[d] * out[d] + out[half + d] * out[half + d]);
    }
    float factor = squares > 0 ? (float)(1 / sqrt(squares)) : 0;
    for (size_t j = 0; j < f->values; j++) {
        out[j] *= factor;
    }
    return squares > 0;
}

void oc_fisher_write(const oc_fisher *f, const oc_levels *grid, float *row)
{
    size_t cuts = oc_words_cuts(grid), each = sums_of_word(f->words), words = f->words->count;
    float *region_sums = f->sums + cuts * cuts * words * each;
    for (size_t l = 0; l < grid->count; l++) {
        size_t g = (size_t)grid->level[l];
        for (size_t region = 0; region < g * g; region++, row += words * f->values) {
            size_t present = 0;
            oc_words_sum_region(grid, g, region, f->sums, words * each, region_sums);
            memset(row, 0, words * f->values * sizeof *row);
            for (size_t k = 0; k < words; k++) {
                present += write_word(f, k, region_sums + k * each, row + k * f->values);
            }
            float factor = present ? 1 / sqrtf((float)present) : 0;
            for (size_t j = 0; j < words * f->values; j++) {
                row[j] *= factor;
            }
        }
    }
}
