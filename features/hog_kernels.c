/* hog: from rows of pixels to votes, and from votes to cells. Compiled once for each processor family. */
#include "features/hog.h"

#include <math.h>
#include <string.h>

enum { STRIP = 64 }; /* columns that are worked on at a time */

static void line(const uint8_t *bytes, size_t stride, size_t width, float *out)
{
    if (stride == 1) {
        for (size_t x = 0; x < width; x++) {
            out[x] = bytes[x];
        }
        return;
    }
    for (size_t x = 0; x < width; x++) {
        out[x] = bytes[x * stride];
    }
}

static void gradient(const float *restrict above, const float *restrict row, const float *restrict below,
                     size_t width, float *restrict gx, float *restrict gy)
{
    for (size_t x = 0; x < width; x++) {
        gx[x] = row[x + 1] - row[(ptrdiff_t)x - 1];
        gy[x] = below[x] - above[x];
    }
}

static void longest(const float *restrict other_x, const float *restrict other_y, size_t width, float *restrict gx,
                    float *restrict gy)
{
    for (size_t x = 0; x < width; x++) {
        float other = other_x[x] * other_x[x] + other_y[x] * other_y[x];
        bool longer = other > gx[x] * gx[x] + gy[x] * gy[x];
        gx[x] = longer ? other_x[x] : gx[x];
        gy[x] = longer ? other_y[x] : gy[x];
    }
}

/* Angle between the gradient (|gx|, |gy|) and the x axis, 0 .. 90 degrees, in bins; `quarter` are the bins of 90 degrees, c
 * (OC_HOG_TERMS) the polynomial for 0 .. 45 degrees. */
static inline float angle_in_bins(float gx, float gy, float quarter, const float *c)
{
    float x = fabsf(gx), y = fabsf(gy);
    float small = x < y ? x : y, large = x < y ? y : x;
    float r = small / (large + 1e-30F); /* 0 for no gradient at all */
    float s = r * r;
    float angle = r * (c[0] + s * (c[1] + s * (c[2] + s * (c[3] + s * (c[4] + s * c[5])))));
    return x < y ? quarter - angle : angle;
}

static void linear(const float *restrict gx, const float *restrict gy, size_t width, bool with_sign,
                   float bins_per_radian, const float *tangent, float *restrict position,
                   float *restrict magnitude)
{
    float terms[OC_HOG_TERMS], quarter = 1.57079633F * bins_per_radian;
    for (size_t k = 0; k < OC_HOG_TERMS; k++) {
        terms[k] = tangent[k] * bins_per_radian;
    }
    const float c[OC_HOG_TERMS] = {terms[0], terms[1], terms[2], terms[3], terms[4], terms[5]};
    for (size_t i = 0; i < width; i++) {
        float angle = angle_in_bins(gx[i], gy[i], quarter, c);
        position[i] = (gx[i] * gy[i] < 0 ? 2 * quarter - angle : angle) - 0.5F;
        magnitude[i] = sqrtf(gx[i] * gx[i] + gy[i] * gy[i]);
    }
    /* The second half of the circle: half a turn more for downward angles, which leaves 0 .. 180 degrees to the others. */
    for (size_t i = 0; with_sign && i < width; i++) {
        float whole = gy[i] < 0 ? 2 * quarter : 0;
        float back = gx[i] < 0 ? 2 * quarter : 0;
        position[i] += gy[i] == 0 ? back : whole;
    }
}

/* Folds gradients that point into the lower half of the circle to the upper half, and tells which did (1, else 0). */
static void fold(const float *restrict gx, const float *restrict gy, size_t n, float *restrict x, float *restrict y,
                 float *restrict lower)
{
    for (size_t i = 0; i < n; i++) {
        float below = gy[i] < 0 ? 1 : 0;
        float left = gx[i] < 0 ? 1 : 0;
        lower[i] = gy[i] == 0 ? left : below;
        float sign = 1 - 2 * lower[i];
        x[i] = sign * gx[i];
        y[i] = sign * gy[i];
    }
}

/* position += 1 where the folded gradient has passed the edge (c, s) and lies in the half of the circle that counts. Integers
 * up to 255 keep a distance of more than a thousandth from every edge that they do not lie on, so that floats decide exactly;
 * the two products are compared, not subtracted, so that equal ones are equal. */
static void pass_edge(const float *restrict x, const float *restrict y, const float *restrict counts, size_t n, float c,
                      float s, bool beyond, float *restrict position)
{
    if (beyond) {
        for (size_t i = 0; i < n; i++) {
            position[i] += y[i] * c > x[i] * s ? counts[i] : 0;
        }
    } else {
        for (size_t i = 0; i < n; i++) {
            position[i] += y[i] * c >= x[i] * s ? counts[i] : 0;
        }
    }
}

static void sectors(const float *restrict gx, const float *restrict gy, size_t width, bool with_sign,
                    const oc_hog_edges *edges, size_t bins, float *restrict position, float *restrict magnitude)
{
    float x[STRIP], y[STRIP], halves[2][STRIP]; /* which half a gradient was in: upper, lower */
    for (size_t from = 0; from < width; from += STRIP) {
        size_t n = width - from < STRIP ? width - from : STRIP;
        float *to = position + from;
        fold(gx + from, gy + from, n, x, y, halves[1]);
        for (size_t i = 0; i < n; i++) {
            halves[0][i] = with_sign ? 1 - halves[1][i] : 1;
            to[i] = with_sign ? edges->half * halves[1][i] : 0;
            magnitude[from + i] = sqrtf(x[i] * x[i] + y[i] * y[i]);
        }
        for (size_t k = 0; k < edges->count; k++) {
            bool second = with_sign && k >= edges->turn;
            float sign = second ? -1 : 1;
            pass_edge(x, y, halves[second], n, sign * edges->cosine[k], sign * edges->sine[k], edges->beyond, to);
        }
        for (size_t i = 0; i < n; i++) {
            to[i] = to[i] >= (float)bins ? 0 : to[i];
        }
    }
}

static inline float hat(float distance)
{
    float height = 1 - fabsf(distance);
    return height > 0 ? height : 0;
}

/* totals (bins, STRIP) += the votes of STRIP pixels of one row. The first and the last bin are neighbours. */
static inline void vote_strip(const float *restrict position, const float *restrict magnitude, size_t bins,
                              float (*restrict totals)[STRIP])
{
    for (size_t k = 0; k < bins; k++) {
        float bin = (float)k;
        for (size_t i = 0; i < STRIP; i++) {
            totals[k][i] += magnitude[i] * hat(position[i] - bin);
        }
    }
    if (bins > 1) {
        float beyond = (float)bins;
        for (size_t i = 0; i < STRIP; i++) {
            totals[0][i] += magnitude[i] * hat(position[i] - beyond);
            totals[bins - 1][i] += magnitude[i] * hat(position[i] + 1);
        }
    }
}

/* The plain form of `vote`, for any number of bins. */
static void vote_plain(const float *const *positions, const float *const *magnitudes, const float *weights, size_t rows,
                 size_t width, size_t bins, float *sums)
{
    float position[STRIP] = {0}, magnitude[STRIP] = {0}, totals[OC_HOG_BINS][STRIP];
    for (size_t x = 0; x < width; x += STRIP) {
        size_t n = width - x < STRIP ? width - x : STRIP;
        memset(totals, 0, bins * sizeof *totals);
        memset(magnitude, 0, sizeof magnitude); /* what lies beyond the last column does not vote */
        for (size_t r = 0; r < rows; r++) {
            float weight = weights[r];
            memcpy(position, positions[r] + x, n * sizeof *position);
            for (size_t i = 0; i < n; i++) {
                magnitude[i] = weight * magnitudes[r][x + i];
            }
            vote_strip(position, magnitude, bins, totals);
        }
        for (size_t k = 0; k < bins; k++) {
            memcpy(sums + k * width + x, totals[k], n * sizeof *sums);
        }
    }
}

/* As many floats as a register holds. */
#if defined(__AVX512F__)
enum { LANES = 16 };
#elif defined(__AVX2__)
enum { LANES = 8 };
#else
enum { LANES = 4 };
#endif
typedef float lanes __attribute__((vector_size(LANES * sizeof(float))));
typedef int32_t places __attribute__((vector_size(LANES * sizeof(int32_t))));

/* sums (bins, width) of LANES columns. A vote is split between bin floor(position) and the next one; the bins are compared one
 * after the other, so that their sums stay in registers. Inlined with a constant number of bins. */
static inline __attribute__((always_inline)) void vote_lanes(const float *const *positions, const float *const *magnitudes,
                                                             const float *weights, size_t rows, size_t width, size_t x,
                                                             const int bins, float *sums)
{
    lanes totals[OC_HOG_BINS];
    for (int k = 0; k < bins; k++) {
        totals[k] = (lanes){0};
    }
    for (size_t r = 0; r < rows; r++) {
        lanes position, magnitude;
        memcpy(&position, positions[r] + x, sizeof position);
        memcpy(&magnitude, magnitudes[r] + x, sizeof magnitude);
        magnitude *= weights[r];
        places bin = __builtin_convertvector(position + 1, places) - 1; /* -1 is the last bin */
        lanes second = magnitude * (position - __builtin_convertvector(bin, lanes)), first = magnitude - second;
        bin += (bin < 0) & bins;
        for (int k = 0; k < bins; k++) {
            places hit = bin == k;
            int next = k + 1 < bins ? k + 1 : 0;
            totals[k] += (lanes)(hit & (places)first);
            totals[next] += (lanes)(hit & (places)second);
        }
    }
    for (int k = 0; k < bins; k++) {
        memcpy(sums + (size_t)k * width + x, &totals[k], sizeof totals[k]);
    }
}

static inline __attribute__((always_inline)) void vote_all(const float *const *positions, const float *const *magnitudes,
                                                           const float *weights, size_t rows, size_t width,
                                                           const int bins, float *sums)
{
    for (size_t x = 0; x + LANES < width; x += LANES) {
        vote_lanes(positions, magnitudes, weights, rows, width, x, bins, sums);
    }
    vote_lanes(positions, magnitudes, weights, rows, width, width - LANES, bins, sums); /* may overlap the one before */
}

static void vote(const float *const *positions, const float *const *magnitudes, const float *weights, size_t rows,
                 size_t width, size_t bins, float *sums)
{
    if (bins == 9 && width >= LANES) {
        vote_all(positions, magnitudes, weights, rows, width, 9, sums);
    } else if (bins == 18 && width >= LANES) {
        vote_all(positions, magnitudes, weights, rows, width, 18, sums);
    } else {
        vote_plain(positions, magnitudes, weights, rows, width, bins, sums);
    }
}

/* Where target t stands in a row of cells: the first cells of all blocks, then the second ones, and so on. */
static inline size_t place(const oc_hog_axis *axis, size_t t)
{
    return t % axis->per * (axis->targets / axis->per) + t / axis->per;
}

static void gather_weighted(const float *sums, size_t width, size_t bins, const oc_hog_axis *axis, float *cells)
{
    for (size_t t = 0; t < axis->targets; t++) {
        size_t first, skip;
        size_t reach = oc_hog_reach(axis, t, width, &first, &skip);
        const float *weights = axis->weights + t % axis->per * axis->span + skip;
        for (size_t k = 0; k < bins; k++) {
            const float *from = sums + k * width + first;
            float total = 0;
#pragma omp simd reduction(+ : total)
            for (size_t i = 0; i < reach; i++) {
                total += weights[i] * from[i];
            }
            cells[k * axis->targets + place(axis, t)] = total;
        }
    }
}

static void add_pairs(const float *restrict from, size_t n, float *restrict to)
{
    for (size_t i = 0; i < n; i++) {
        to[i] = from[2 * i] + from[2 * i + 1];
    }
}

/* The same where every pixel counts once and fully: neighbours are added in pairs as long as what is left of a cell is even. */
static void gather_even(const float *sums, size_t width, size_t bins, const oc_hog_axis *axis, float *scratch,
                        float *cells)
{
    for (size_t k = 0; k < bins; k++) {
        const float *from = sums + k * width;
        size_t side = axis->span;
        for (size_t step = 0; side % 2 == 0; side /= 2, step++) {
            float *to = scratch + step % 2 * width;
            add_pairs(from, axis->targets * side / 2, to);
            from = to;
        }
        for (size_t t = 0; t < axis->targets; t++) {
            float total = from[t * side];
            for (size_t i = 1; i < side; i++) {
                total += from[t * side + i];
            }
            cells[k * axis->targets + t] = total;
        }
    }
}

static void gather(const float *sums, size_t width, size_t bins, const oc_hog_axis *axis, float *scratch, float *cells)
{
    if (axis->even) {
        gather_even(sums, width, bins, axis, scratch, cells);
    } else {
        gather_weighted(sums, width, bins, axis, cells);
    }
}

extern const oc_hog_kernels OC_KERNELS(oc_hog_kernels);
const oc_hog_kernels OC_KERNELS(oc_hog_kernels) = {line, gradient, longest, linear, sectors, vote, vote_plain, gather};
