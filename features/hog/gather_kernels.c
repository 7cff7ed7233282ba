/* hog: from the sums of votes down the columns to cells. Compiled once for each processor family. */
#include "features/hog/kernels.h"

#include <string.h>

enum {
    SHORT =
        64, /* rows of at most so many columns are joined for all bins at once: one bin would not fill the vectors */
    NINE = OC_HOG_BAND_BINS
};

/* Reference implementation of `gather`. */
static void gather_reference(const float *sums, size_t width, size_t bins, const oc_hog_axis *axis, float *scratch,
                             float *cells)
{
    (void)scratch;
    size_t blocks = axis->targets / axis->per;
    for (size_t t = 0; t < axis->targets; t++) {
        size_t first, skip;
        size_t reach = oc_hog_reach(axis, t, width, &first, &skip);
        const float *weights = axis->weights + t % axis->per * axis->span + skip;
        for (size_t k = 0; k < bins; k++) {
            float total = 0;
            for (size_t i = 0; i < reach; i++) {
                total += weights[i] * sums[k * width + first + i];
            }
            cells[k * axis->targets + t % axis->per * blocks + t / axis->per] = total;
        }
    }
}

static void add_pairs(const float *restrict values, size_t n, float *restrict to)
{
    for (size_t i = 0; i < n; i++) {
        to[i] = values[2 * i] + values[2 * i + 1];
    }
}

/* Scratch memory (2, room). */
typedef struct halves {
    float *memory;
    size_t room;
} halves;

/* to[i * stride] = the sum of `side` values from i * side on, for n sums: neighbours are added in pairs while the
 * remaining side is even. The scratch holds the halves in turn, and its second row may hold the values. */
static void add_up(const float *values, size_t n, size_t side, halves scratch, float *to, size_t stride)
{
    for (size_t turn = 0; side % 2 == 0; turn ^= 1) {
        side /= 2;
        bool last = side == 1 && stride == 1 && values != to;
        float *half = last ? to : scratch.memory + turn * scratch.room;
        add_pairs(values, n * side, half);
        if (last) {
            return;
        }
        values = half;
    }
    for (size_t i = 0; i < n; i++) {
        float total = values[i * side];
        for (size_t j = 1; j < side; j++) {
            total += values[i * side + j];
        }
        to[i * stride] = total;
    }
}

static void weigh(const float *restrict values, const float *restrict weights, size_t n, float *restrict to)
{
    for (size_t i = 0; i < n; i++) {
        to[i] = values[i] * weights[i];
    }
}

/* Blocks that are `phases` apart lie end to end, so that one pattern of weights along the row serves all of them
 * (oc_hog_axis). */
static void gather(const float *sums, size_t width, size_t bins, const oc_hog_axis *axis, float *scratch, float *cells)
{
    if (!axis->even && !axis->patterns) {
        gather_reference(sums, width, bins, axis, scratch, cells);
        return;
    }
    size_t blocks = axis->targets / axis->per, phases = axis->span / axis->step;
    halves sides = {scratch, width + 2 * axis->span};
    float *weighted = scratch + sides.room;
    for (size_t k = 0; k < bins; k++) {
        if (axis->even) {
            add_up(sums + k * width, blocks, axis->span, sides, cells + k * blocks, 1);
            continue;
        }
        for (size_t f = 0; f < axis->per * phases; f++) {
            size_t phase = f % phases, c = f / phases;
            size_t n = phase < blocks ? (blocks - phase + phases - 1) / phases : 0;
            ptrdiff_t start = (ptrdiff_t)(phase * axis->step) + axis->offset;
            size_t first = start > 0 ? (size_t)start : 0, lead = (size_t)((ptrdiff_t)first - start);
            size_t inside = width - first < n * axis->span - lead ? width - first : n * axis->span - lead;
            memset(weighted, 0, lead * sizeof *weighted);
            weigh(sums + k * width + first, axis->patterns + f * width + first, inside, weighted + lead);
            memset(weighted + lead + inside, 0, (n * axis->span - lead - inside) * sizeof *weighted);
            add_up(weighted, n, axis->span, sides, cells + k * axis->targets + c * blocks + phase, phases);
        }
    }
}

/* Sums of neighbours, and the same sums with weights that rise by `step` from one value to the next. */
static void weigh_pairs(const float *restrict values, const float *restrict weights, float step, size_t n,
                        float *restrict sums, float *restrict weighted)
{
    for (size_t i = 0; i < n; i++) {
        float odd = values[2 * i + 1];
        sums[i] = values[2 * i] + odd;
        weighted[i] = sums[i] * weights[i] + odd * step;
    }
}

/* cells (targets) of one bin; whole and rising (targets - 1): sums between the centres of neighbours, see
 * weigh_pairs. */
static void join_bin(const float *sums, const oc_hog_band *band, size_t targets, const float *whole,
                     const float *rising, float *cells)
{
    size_t cell = band->cell, half = cell / 2, n = targets - 1, rest = band->width - n * cell - half;
    rest = rest < cell ? rest : cell;
    float first = 0, last = 0;
    for (size_t i = 0; i < half; i++) {
        first += sums[i] * band->per_row * ((float)(half + i) + 0.5F);
    }
    for (size_t i = 0; i < rest; i++) {
        last += sums[half + n * cell + i] * (1 - band->per_row * ((float)i + 0.5F));
    }
    cells[n] = last + (n ? rising[n - 1] : first);
    for (size_t t = 1; t < n; t++) {
        cells[t] = whole[t] - rising[t] + rising[t - 1];
    }
    if (n) {
        cells[0] = whole[0] - rising[0] + first;
    }
}

/* Short rows of whole cells are treated as one long row of all bins, so that small images fill the vectors too. */
static void join(const float *sums, const oc_hog_band *band, size_t targets, const float *weights, float *scratch,
                 float *cells)
{
    size_t cell = band->cell, half = cell / 2, room = band->room;
    bool chained = room % cell == 0 && room <= SHORT;
    size_t bins = chained ? NINE : 1, groups = chained ? room / cell : targets - 1, pairs = groups * half;
    float *whole = scratch, *rising = whole + NINE * room / 2;
    halves sides = {rising + NINE * room / 2, NINE * room / 4};
    for (size_t k = 0; k < NINE; k += bins) {
        for (size_t j = 0; j < bins; j++) {
            weigh_pairs(sums + (k + j) * room + half, weights, band->per_row, pairs, whole + j * pairs,
                        rising + j * pairs);
        }
        add_up(whole, bins * groups, half, sides, whole, 1);
        add_up(rising, bins * groups, half, sides, rising, 1);
        for (size_t j = 0; j < bins; j++) {
            join_bin(sums + (k + j) * room, band, targets, whole + j * groups, rising + j * groups,
                     cells + (k + j) * targets);
        }
    }
}

extern const oc_hog_gatherer OC_KERNELS(oc_hog_gatherer);
const oc_hog_gatherer OC_KERNELS(oc_hog_gatherer) = {gather, gather_reference, join};
